/* SPDX-License-Identifier: MIT */
/*
 * Histories of a ring with one thread at each end and room for two, for the judge: the operations
 * that linearize, and a third thread that counts.
 */
#include "../../../tests/support/litmus_client.h"
#include "client_model.h"
#include "litmus_spsc.h"

static void call_push(int self, int value)
{
	client_call(self, "push", value, 0);
	client_return(self, push(value, false) ? CLIENT_OK : CLIENT_FAIL);
}

static void call_pop(int self)
{
	int value;

	client_call(self, "pop", 0, 0);
	value = pop(false);
	client_return(self, value ? value : CLIENT_EMPTY);
}

static void count(int self)
{
	client_call(self, "count", 0, 0);
	client_return(self, (long)afield__spsc_count(&ring));
}

static void push_three(int self)
{
	call_push(self, 1);
	call_push(self, 2);
	call_push(self, 3);
}

static void pop_two(int self)
{
	call_pop(self);
	call_pop(self);
}

PROGRAM(client_both_ends)
{
	begin(UINT64_MAX);
	CLIENT_RUN(push_three, pop_two);
	call_pop(CLIENT_MAIN);
	client_end();
}

/* Each end counts, too: the number that it writes itself it may look at with less order. */
static void push_count_push(int self)
{
	call_push(self, 1);
	count(self);
	call_push(self, 2);
}

static void pop_and_count(int self)
{
	call_pop(self);
	count(self);
}

PROGRAM(client_ends_count)
{
	begin(UINT64_MAX);
	call_push(CLIENT_MAIN, 4);
	CLIENT_RUN(push_count_push, pop_and_count);
	client_end();
}

static void push_one(int self)
{
	call_push(self, 1);
}

PROGRAM(client_third_counts)
{
	begin(UINT64_MAX);
	call_push(CLIENT_MAIN, 4);
	CLIENT_RUN(push_one, call_pop, count);
	client_end();
}

RING_MODEL(2)
PROGRAMS(client_both_ends, client_ends_count, client_third_counts)
