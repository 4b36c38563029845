/* SPDX-License-Identifier: MIT */
/*
 * litmus_client: programs that call a kind's operations and keep a history of the calls. At its end
 * an execution gives its history to the judge (tests/explore/judge.c), which looks for an order of
 * all operations that the kind's model (proof/model.c) allows.
 *
 *	static void push(int self, long value)
 *	{
 *		client_call(self, "push", value, 0);
 *		...
 *		client_return(self, CLIENT_NOTHING);
 *	}
 *	static void push_two(int self) { push(self, 1); push(self, 2); }
 *
 *	PROGRAM(two_push_two_pop)
 *	{
 *		CLIENT_RUN(push_two, pop_two);
 *		pop(CLIENT_MAIN);                  main may call before and after, too
 *		client_end();
 *	}
 *	CLIENT_MODEL(queue)                        of the file, before its last line: the model
 *	                                           is afield_queue_model()
 *
 * What comes before what: a call comes behind a return when the return happens before it, in the
 * sense of the memory model. Steps of the scheduler do not count: that one was made after another
 * is no part of an execution. What orders calls of two threads is what a user's own words do
 * between them, so there are such words here: each thread tells by a release how many of its
 * operations are over, and looks before each call, by an acquire, how far the others are. The look
 * may find an old number. So of all the ways in which users can order their calls, none to all that
 * the schedule leaves room for, each is tried.
 *
 * Plain C11, which has no mutants: it is not what the programs are about.
 */
#ifndef AFIELD_TESTS_LITMUS_CLIENT_H
#define AFIELD_TESTS_LITMUS_CLIENT_H

#include "litmus.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>

enum { CLIENT_MAIN = 3, CLIENTS, CLIENT_OPERATIONS = 6 };

/* Results that are no numbers. */
#define CLIENT_NOTHING LONG_MIN /* the verb has no result */
#define CLIENT_EMPTY (LONG_MIN + 1)
#define CLIENT_FAIL (LONG_MIN + 2)
#define CLIENT_OK (LONG_MIN + 3)
#define CLIENT_NIL (LONG_MIN + 4)

/* How many operations of each thread are over, by all that one thread knows. */
struct client_known {
	int of[CLIENTS];
};

struct client_operation {
	const char *verb;
	long arguments[2];
	long result;
	struct client_known before; /* the call */
};

/* Written by the thread with that number, and by main when it is alone. */
static struct client {
	struct client_operation operations[CLIENT_OPERATIONS];
	int count;
	struct client_known known;
	struct client_known told[CLIENT_OPERATIONS + 1]; /* when so many were over */
} clients[CLIENTS];
static _Atomic(int) client_over[CLIENTS]; /* how many are over */
static int client_count;                  /* threads beside main */

static void client_learn(struct client_known *known, const struct client_known *more)
{
	for (int i = 0; i < CLIENTS; i++)
		if (known->of[i] < more->of[i])
			known->of[i] = more->of[i];
}

static void client_call(int self, const char *verb, long argument, long second)
{
	struct client *client = &clients[self];
	struct client_operation *operation = &client->operations[client->count];

	assert(client->count < CLIENT_OPERATIONS);
	for (int i = 0; i < client_count; i++)
		if (i != self) {
			int over = atomic_load_explicit(&client_over[i], memory_order_acquire);

			client_learn(&client->known, &clients[i].told[over]);
		}
	client_learn(&client->known, &clients[CLIENT_MAIN].known);
	operation->verb = verb;
	operation->arguments[0] = argument;
	operation->arguments[1] = second;
	client_learn(&operation->before, &client->known);
}

static void client_return(int self, long result)
{
	struct client *client = &clients[self];

	client->operations[client->count++].result = result;
	client->known.of[self] = client->count;
	client_learn(&client->told[client->count], &client->known);
	if (self < client_count)
		atomic_store_explicit(&client_over[self], client->count, memory_order_release);
}

/* Two or three threads. Main calls nothing meanwhile, and then comes behind all of it. */
#define CLIENT_RUN(...) CLIENT__RUN(__VA_ARGS__, NULL, NULL)
#define CLIENT__RUN(first, second, third, ...) client_run(first, second, third)

static void client_run(litmus_steps *first, litmus_steps *second, litmus_steps *third)
{
	client_count = third ? 3 : 2;
	litmus_run(first, second, third, NULL);
	client_count = 0;
	for (int i = 0; i < CLIENT_MAIN; i++)
		clients[CLIENT_MAIN].known.of[i] = clients[i].count;
}

#ifdef AFIELD_EXPLORE
#include <afield/check.h>

/* The kind's model, for the judge. */
const struct afield_model *client_model(void);
#define CLIENT_MODEL(kind)                                      \
	const struct afield_model *afield_##kind##_model(void); \
	const struct afield_model *client_model(void)           \
	{                                                       \
		return afield_##kind##_model();                 \
	}

/* Thread, verb, arguments, result, and how many of each thread's come before: the judge's text. */
static int client_write(char *text, size_t size, int self, const struct client_operation *operation)
{
	static const char *const words[] = {"-", "empty", "fail", "ok", "nil"};
	char number[24];
	bool is_word = operation->result <= CLIENT_NIL;

	snprintf(number, sizeof(number), "%ld", operation->result);
	return snprintf(text, size, "%d %s %ld %ld %s %d%d%d%d;", self, operation->verb,
			operation->arguments[0], operation->arguments[1],
			is_word ? words[operation->result - LONG_MIN] : number,
			operation->before.of[0], operation->before.of[1], operation->before.of[2],
			operation->before.of[3]);
}

static void client_end(void)
{
	char text[400] = "";
	int used = 0;

	for (int i = 0; i < CLIENTS; i++)
		for (int k = 0; k < clients[i].count && used < (int)sizeof(text); k++)
			used += client_write(text + used, sizeof(text) - (size_t)used, i,
					     &clients[i].operations[k]);
	afield_explore_outcome("%s", text);
}
#else
#define CLIENT_MODEL(kind)
static void client_end(void)
{
}
#endif

#endif
