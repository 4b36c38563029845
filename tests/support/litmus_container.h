/* SPDX-License-Identifier: MIT */
/*
 * litmus_container: histories of a container of values (queue, stack), for the judge. Before it the
 * kind has four functions:
 *
 *	static void put(long value);      of 1 to 4, each once
 *	static long take(void);           or CLIENT_EMPTY
 *	static long count_all(void);
 *	static bool has_none(void);
 *
 * and behind it CLIENT_MODEL and PROGRAMS, with those of this file.
 */
#ifndef AFIELD_TESTS_LITMUS_CONTAINER_H
#define AFIELD_TESTS_LITMUS_CONTAINER_H

#include "litmus_client.h"

static void push(int self, long value)
{
	client_call(self, "push", value, 0);
	put(value);
	client_return(self, CLIENT_NOTHING);
}

static void pop(int self)
{
	client_call(self, "pop", 0, 0);
	client_return(self, take());
}

static void count(int self)
{
	client_call(self, "count", 0, 0);
	client_return(self, count_all());
}

static void is_empty(int self)
{
	client_call(self, "is_empty", 0, 0);
	client_return(self, has_none());
}

static void push_two(int self)
{
	push(self, 1);
	push(self, 2);
}

static void pop_two(int self)
{
	pop(self);
	pop(self);
}

PROGRAM(client_push_two_pop_two)
{
	CLIENT_RUN(push_two, pop_two);
	pop(CLIENT_MAIN);
	client_end();
}

static void push_and_pop(int self)
{
	push(self, self + 1);
	pop(self);
}

PROGRAM(client_each_push_and_pop)
{
	push(CLIENT_MAIN, 3);
	CLIENT_RUN(push_and_pop, push_and_pop);
	pop(CLIENT_MAIN);
	client_end();
}

/* There is one, or none for a moment, and the other thread's one more. */
static void pop_and_push(int self)
{
	pop(self);
	push(self, 1);
}

static void push_and_count(int self)
{
	push(self, 2);
	count(self);
}

PROGRAM(client_count)
{
	push(CLIENT_MAIN, 3);
	CLIENT_RUN(pop_and_push, push_and_count);
	client_end();
}

static void look_twice(int self)
{
	is_empty(self);
	is_empty(self);
}

PROGRAM(client_is_empty)
{
	push(CLIENT_MAIN, 3);
	CLIENT_RUN(pop, look_twice);
	client_end();
}

static void push_one(int self)
{
	push(self, 4);
}

PROGRAM(client_three)
{
	CLIENT_RUN(push_and_pop, push_one, pop);
	pop(CLIENT_MAIN);
	client_end();
}

#endif
