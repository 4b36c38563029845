/* SPDX-License-Identifier: MIT */
/*
 * faults: what may happen to a thread in the middle of an operation, tried at each of its accesses,
 * for all operations of a table: a signal handler runs that uses the fields, the thread ends, or
 * another thread forks. A test says what its kinds' operations are and what may be done with them:
 *
 *	OPERATION(count_add, afield_i64_fetch_add(&fields.count, 1));
 *	static const struct fault_operation operations[] = {
 *		{"atomic add", count_add, IN_HANDLER, NULL},
 *	};
 *	static const struct faults faults = {operations, 1, begin, end};
 *
 *	faults_by_handlers(&faults);
 *	faults_by_ends(&faults);
 *
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_FAULTS_H
#define AFIELD_TESTS_FAULTS_H

#include <afield/wait.h>

#include "child.h"
#include "schedule.h"
#include "test.h"

#include <signal.h>

enum {
	IN_HANDLER = 1, /* a signal handler may do it, whatever it interrupted */
	KEEPS = 2,      /* a thread that ends in it has something that it never gives back */
	WAITS = 4,      /* it waits for who has that */
	LOSES = 8,      /* a thread that ends in it loses an object, which nobody destroys */
	SLEEPS = 16,    /* its child may wait, for a thread of its own */
};

struct fault_operation {
	const char *name;
	void (*run)(void *unused);
	int is;
	int (*in_child)(void *unused); /* returns 0 when it went well; or NULL: nobody forks */
};

struct faults {
	const struct fault_operation *operations;
	int count;
	void (*begin)(void);    /* makes fresh fields */
	void (*end)(long lost); /* ends them, when so many objects may have been lost */
};

/* An operation of few words. */
#define OPERATION(name, ...)           \
	static void name(void *unused) \
	{                              \
		(void)unused;          \
		__VA_ARGS__;           \
	}                              \
	typedef int name##_is_an_operation

static const struct faults *faults_now;
static volatile sig_atomic_t faults_handled;

static inline void faults_handle(int unused)
{
	(void)unused;
	for (int i = 0; i < faults_now->count; i++)
		if (faults_now->operations[i].is & IN_HANDLER)
			faults_now->operations[i].run(NULL);
	faults_handled++;
}

static inline void faults_interrupt(void *unused)
{
	(void)unused;
	raise(SIGUSR1);
}

/* Signals: the handler does all that a handler may. */
static inline void faults_by_handlers(const struct faults *faults)
{
	faults_now = faults;
	signal(SIGUSR1, faults_handle);
	for (int i = 0; i < faults->count; i++) {
		const struct fault_operation *operation = &faults->operations[i];
		long at = 1;

		faults_handled = 0;
		faults->begin();
		while (schedule_fault(at, operation->run, faults_interrupt, NULL))
			at++;
		faults->end(0);
		printf("  %-18s interrupted at each of %2ld accesses\n", operation->name, at - 1);
		TEST_CHECK(at > 1);
		TEST_CHECK(faults_handled == at - 1);
	}
}

static inline void *faults_run_others(void *opaque)
{
	const struct fault_operation *ended = (const struct fault_operation *)opaque;

	for (int i = 0; i < faults_now->count; i++) {
		const struct fault_operation *other = &faults_now->operations[i];

		if (!ended || !(ended->is & KEEPS) || !(other->is & WAITS))
			other->run(NULL);
	}
	return NULL;
}

/* Ends: the thread is gone. What it had stays taken; all that does not wait for it goes on. */
static inline void faults_by_ends(const struct faults *faults)
{
	faults_now = faults;
	for (int i = 0; i < faults->count; i++) {
		const struct fault_operation *operation = &faults->operations[i];
		bool has_ended;
		long at = 1;

		do {
			pthread_t others;

			faults->begin();
			has_ended = schedule_fault(at, operation->run, schedule_end_thread, NULL);
			if (pthread_create(&others, NULL, faults_run_others,
					   has_ended ? (void *)(uintptr_t)operation : NULL))
				abort();
			pthread_join(others, NULL);
			faults->end(operation->is & LOSES ? 1 : 0);
		} while (has_ended && at++);
		printf("  %-18s ended at each of %2ld accesses\n", operation->name, at - 1);
		TEST_CHECK(at > 1);
	}
}

/* In the child nobody is there to wake who sleeps, and a host hears of it before. */
static void *faults_fail_asleep(void)
{
	printf("the child sleeps\n");
	fflush(stdout);
	_exit(1);
	return NULL;
}

static inline int faults_in_child(void *opaque)
{
	static const struct afield_host sleepless = {
		faults_fail_asleep, NULL, NULL, NULL, NULL, NULL, NULL};
	const struct fault_operation *operation = (const struct fault_operation *)opaque;

	if (!(operation->is & SLEEPS) && !afield_set_host(&sleepless))
		return -1;
	return operation->in_child(NULL);
}

static bool faults_child_is_well;
static inline void *faults_fork_here(void *operation)
{
	faults_child_is_well = child_finds(faults_in_child, operation);
	return NULL;
}

static inline void faults_be_forked(void *operation)
{
	pthread_t forker;

	if (pthread_create(&forker, NULL, faults_fork_here, operation))
		abort();
	pthread_join(forker, NULL);
}

/* Another thread forks while this one stands at an access. */
static inline void faults_by_forks(const struct faults *faults)
{
	for (int i = 0; i < faults->count; i++) {
		const struct fault_operation *operation = &faults->operations[i];
		bool is_forked;
		long at = 1;

		do {
			faults->begin();
			is_forked = schedule_fault(at, operation->run, faults_be_forked,
						   (void *)(uintptr_t)operation);
			faults->end(0);
			TEST_CHECK(!is_forked || faults_child_is_well);
			if (is_forked && !faults_child_is_well)
				printf("  %s, access %ld\n", operation->name, at);
		} while (is_forked && at++);
		printf("  %-18s forked at each of %2ld accesses\n", operation->name, at - 1);
		TEST_CHECK(at > 1);
	}
}

#endif
