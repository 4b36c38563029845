/* SPDX-License-Identifier: MIT */
/*
 * Histories of a ring that has room for one element, for the judge. Slots are as many, or two.
 */
#include "../../../tests/support/litmus_client.h"
#include "client_model.h"
#include "litmus_ring.h"

static void call_push(int self, long value)
{
	client_call(self, "push", value, 0);
	client_return(self, push((uintptr_t)value) ? CLIENT_OK : CLIENT_FAIL);
}

static void call_pop(int self)
{
	uintptr_t word;

	client_call(self, "pop", 0, 0);
	word = pop();
	client_return(self, word ? (long)word : CLIENT_EMPTY);
}

static void call_count(int self)
{
	client_call(self, "count", 0, 0);
	client_return(self, (long)afield__ring_count(&ring));
}

static void push_two(int self)
{
	call_push(self, 1);
	call_push(self, 2);
}

static void pop_two(int self)
{
	call_pop(self);
	call_pop(self);
}

PROGRAM(client_push_two_pop_two)
{
	begin(1, 1, 5);
	CLIENT_RUN(push_two, pop_two);
	call_pop(CLIENT_MAIN);
	client_end();
}

static void push_and_pop(int self)
{
	call_push(self, self + 1);
	call_pop(self);
}

PROGRAM(client_each_push_and_pop)
{
	begin(1, 1, 0);
	CLIENT_RUN(push_and_pop, push_and_pop);
	call_pop(CLIENT_MAIN);
	client_end();
}

static void pop_and_push(int self)
{
	call_pop(self);
	call_push(self, 1);
}

static void count_two(int self)
{
	call_count(self);
	call_count(self);
}

PROGRAM(client_count)
{
	begin(1, 2, 0);
	call_push(CLIENT_MAIN, 3);
	CLIENT_RUN(pop_and_push, count_two);
	client_end();
}

static void push_one(int self)
{
	call_push(self, self + 1);
}

PROGRAM(client_three)
{
	begin(1, 2, 0);
	CLIENT_RUN(push_one, push_one, call_pop);
	call_pop(CLIENT_MAIN);
	client_end();
}

RING_MODEL(1)
PROGRAMS(client_push_two_pop_two, client_each_push_and_pop, client_count, client_three)
