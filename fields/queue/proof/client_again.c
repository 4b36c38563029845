/* SPDX-License-Identifier: MIT */
/*
 * Histories of a queue that has been used before, for the judge: its ring, of one slot, is empty and
 * open. A pop that finds nothing there may be late, and by then the ring is full and closed, and
 * another is behind it.
 */
#define LITMUS_SEGMENTS 5
#include "../../../tests/support/litmus_client.h"
#include "litmus_queue.h"

static void push(int self, long value)
{
	client_call(self, "push", value, 0);
	push_number((int)value - 1);
	client_return(self, CLIENT_NOTHING);
}

static void pop(int self)
{
	uintptr_t value;

	client_call(self, "pop", 0, 0);
	value = pop_number();
	client_return(self, value ? (long)value : CLIENT_EMPTY);
}

static void push_two(int self)
{
	push(self, 1);
	push(self, 2);
}

PROGRAM(client_late_pop)
{
	push(CLIENT_MAIN, 3);
	pop(CLIENT_MAIN);
	CLIENT_RUN(push_two, pop);
	pop(CLIENT_MAIN);
	pop(CLIENT_MAIN);
	client_end();
}

CLIENT_MODEL(queue)
PROGRAMS(client_late_pop)
