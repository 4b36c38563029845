/* SPDX-License-Identifier: MIT */
/*
 * Destructors and exit(). Behind the library's stop, which comes where it was first used in the
 * order of atexit, no destructor begins: handlers that were there before find none beside them, and
 * what still waited is dropped. The one that runs at that moment is waited for, unless it calls
 * exit itself. Who wants all of them to run calls afield_barrier before.
 */
#include <afield/queue.h>
#include <afield/rcu.h>
#include <afield/reclaim.h>

#include "ends.h"

enum { VALUES = 200, GOOD = 3 };

static int began, ended, is_leaving, has_begun_late; /* __atomic */
static void (*at_destruction)(void);

static void value_end(int *value)
{
	(void)value;
	__atomic_fetch_add(&began, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&is_leaving, __ATOMIC_SEQ_CST))
		__atomic_store_n(&has_begun_late, 1, __ATOMIC_SEQ_CST);
	if (at_destruction)
		at_destruction();
	__atomic_fetch_add(&ended, 1, __ATOMIC_SEQ_CST);
}

AFIELD_TYPE(value_rcu, rcu, int, value_end);
AFIELD_TYPE(int_queue, queue, int);

static value_rcu field;
static int_queue queue;

static void replace_values(int count)
{
	for (int i = 0; i < count; i++)
		value_rcu_store(&field, value_rcu_new(&i));
}

static void await_first(void)
{
	while (!__atomic_load_n(&began, __ATOMIC_SEQ_CST))
		usleep(100);
}

/* Handlers run while the library would go on, for as long as a few grace periods. */
static void see_nobody(void)
{
	__atomic_store_n(&is_leaving, 1, __ATOMIC_SEQ_CST);
	usleep(150000);
	if (__atomic_load_n(&has_begun_late, __ATOMIC_SEQ_CST) ||
	    __atomic_load_n(&began, __ATOMIC_SEQ_CST) != __atomic_load_n(&ended, __ATOMIC_SEQ_CST))
		_exit(1);
}

static void leave_at_once(void)
{
	atexit(see_nobody);
	replace_values(VALUES);
	exit(GOOD);
}

static void take_long(void)
{
	usleep(20000);
}

/* In the middle of a destructor, with others behind it. */
static void leave_in_the_middle(void)
{
	at_destruction = take_long;
	atexit(see_nobody);
	replace_values(VALUES);
	await_first();
	exit(GOOD);
}

static void leave(void)
{
	exit(GOOD);
}

static void leave_in_a_destructor(void)
{
	at_destruction = leave;
	atexit(see_nobody);
	replace_values(2);
	for (;;)
		pause();
}

static void leave_behind_a_barrier(void)
{
	replace_values(VALUES + 1);
	if (afield_barrier())
		_exit(1);
	exit(__atomic_load_n(&ended, __ATOMIC_SEQ_CST) == VALUES ? GOOD : 2);
}

/* A handler uses fields, and the library that has stopped. */
static void use_fields(void)
{
	int value;

	see_nobody();
	replace_values(VALUES);
	for (int i = 0; i < VALUES; i++)
		if (int_queue_push(&queue, i) != 0 || !int_queue_pop(&queue, &value) || value != i)
			_exit(1);
	afield_set_backlog_limit(10);
	replace_values(VALUES);
	(void)afield_barrier();
	value_rcu_fini(&field);
	int_queue_fini(&queue);
	if (__atomic_load_n(&has_begun_late, __ATOMIC_SEQ_CST))
		_exit(1);
}

static void leave_with_a_handler_that_goes_on(void)
{
	atexit(use_fields);
	replace_values(VALUES);
	exit(GOOD);
}

static void *work_on(void *unused)
{
	for (int i = 0;; i++) {
		int value;

		(void)!int_queue_push(&queue, i);
		(void)int_queue_pop(&queue, &value);
		value_rcu_store(&field, value_rcu_new(&i));
	}
	return unused;
}

static void leave_beside_threads(void)
{
	pthread_t thread;

	atexit(see_nobody);
	for (int i = 0; i < 4; i++)
		if (pthread_create(&thread, NULL, work_on, NULL))
			abort();
	await_first();
	exit(GOOD);
}

static void none_begins_behind_the_stop(void)
{
	for (long i = test_scaled(10); i > 0; i--)
		TEST_CHECK(ends_with(leave_at_once, GOOD));
}
static void the_one_that_runs_is_waited_for(void)
{
	for (long i = test_scaled(10); i > 0; i--)
		TEST_CHECK(ends_with(leave_in_the_middle, GOOD));
}
static void a_destructor_may_call_exit(void)
{
	int status = ends_status(ends_start(leave_in_a_destructor));

	/* see_nobody finds this destructor unfinished, and no other. */
	TEST_CHECK(status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 1);
}
static void a_barrier_before_has_all_of_them_run(void)
{
	TEST_CHECK(ends_with(leave_behind_a_barrier, GOOD));
}
static void handlers_may_use_fields(void)
{
	TEST_CHECK(ends_with(leave_with_a_handler_that_goes_on, GOOD));
}
static void other_threads_may_go_on(void)
{
	for (long i = test_scaled(10); i > 0; i--)
		TEST_CHECK(ends_with(leave_beside_threads, GOOD));
}

int main(void)
{
	TEST_RUN(none_begins_behind_the_stop);
	TEST_RUN(the_one_that_runs_is_waited_for);
	TEST_RUN(a_destructor_may_call_exit);
	TEST_RUN(a_barrier_before_has_all_of_them_run);
	TEST_RUN(handlers_may_use_fields);
	TEST_RUN(other_threads_may_go_on);
	return test_done();
}
