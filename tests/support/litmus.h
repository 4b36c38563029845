/* SPDX-License-Identifier: MIT */
/*
 * litmus: what every litmus program needs beside its steps. A program is a few threads that run a
 * core's functions beside each other, and what holds when they have ended:
 *
 *	static void push(int self) { ... }         the steps of a thread, which is told its number
 *	static void pop(int self) { ... }
 *
 *	PROGRAM(one_push_two_pops)
 *	{
 *		prepare();
 *		RUN(push, pop, pop);               threads 0, 1 and 2; returns when they have ended
 *		assert(...);
 *	}
 *	PROGRAMS(one_push_two_pops, ...)           at the end of the file: main
 *
 * A file may have several programs; a build has one of them: -DLITMUS=NAME, or the first. It is
 * plain C11 for any model checker:
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/queue fields/queue/proof/litmus.c -lpthread
 */
#ifndef AFIELD_TESTS_LITMUS_H
#define AFIELD_TESTS_LITMUS_H

#include <afield/ordering.h>

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* A build has one program of the file, and the helpers of the others. */
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#endif

#define PROGRAM(name) static void litmus_##name(void)

#define PROGRAMS(...) LITMUS__MAIN(__VA_ARGS__, )
#ifdef LITMUS
#define LITMUS__MAIN(...) LITMUS__MAIN_OF(LITMUS)
#else
#define LITMUS__MAIN(first, ...) LITMUS__MAIN_OF(first)
#endif
#define LITMUS__MAIN_OF(name) LITMUS__MAIN_OF_NAME(name)
#define LITMUS__MAIN_OF_NAME(name) \
	int main(void)             \
	{                          \
		litmus_##name();   \
		return 0;          \
	}

/* Runs two to four threads; thread i calls the i-th function with i. */
#define RUN(...) LITMUS__RUN(__VA_ARGS__, NULL, NULL, NULL)
#define LITMUS__RUN(first, second, third, fourth, ...) litmus_run(first, second, third, fourth)

typedef void litmus_steps(int self);

struct litmus_thread {
	litmus_steps *steps;
	int self;
};

static void *litmus_begin(void *argument)
{
	struct litmus_thread *thread = (struct litmus_thread *)argument;

	thread->steps(thread->self);
	return NULL;
}

static void litmus_start(pthread_t *id, struct litmus_thread *thread, litmus_steps *steps, int self)
{
	int error;

	thread->steps = steps;
	thread->self = self;
	error = pthread_create(id, NULL, litmus_begin, thread);
	assert(!error);
}

/* Without a loop: an outside checker goes round one only so often. */
static void litmus_run(litmus_steps *first, litmus_steps *second, litmus_steps *third,
		       litmus_steps *fourth)
{
	pthread_t ids[4];
	struct litmus_thread threads[4];

	litmus_start(&ids[0], &threads[0], first, 0);
	litmus_start(&ids[1], &threads[1], second, 1);
	if (third)
		litmus_start(&ids[2], &threads[2], third, 2);
	if (fourth)
		litmus_start(&ids[3], &threads[3], fourth, 3);
	pthread_join(ids[0], NULL);
	pthread_join(ids[1], NULL);
	if (third)
		pthread_join(ids[2], NULL);
	if (fourth)
		pthread_join(ids[3], NULL);
}

#endif
