/* SPDX-License-Identifier: MIT */
/*
 * main leaves by pthread_exit: the process ends with its last thread, as POSIX has it, whether the
 * fields were in use or not, and dies by SIGTERM as long as it has not.
 *
 * The library has a thread of its own, which must not be the one that keeps the process. It ends
 * when there is nothing to reclaim for a moment, and is started again by the next retire; so behind
 * the last thread of the program the process is over when what was retired is reclaimed. It blocks
 * the signals that the program may have handlers for, lest these run in a thread that nobody knows.
 * Signals sent to the process then wait until it has ended, for at most as long as the destructors
 * take: while it has other threads, one of them takes the signal.
 */
#include <afield/queue.h>
#include <afield/rcu.h>
#include <afield/reclaim.h>

#include "ends.h"

static int is_slow;

static void value_end(int *value)
{
	(void)value;
	if (is_slow)
		sleep(1);
}

AFIELD_TYPE(value_rcu, rcu, int, value_end);
AFIELD_TYPE(int_queue, queue, int);

static value_rcu field;
static int_queue queue;

static void use_fields(void)
{
	for (int i = 0; i < 100; i++) {
		int value;

		(void)!int_queue_push(&queue, i);
		(void)int_queue_pop(&queue, &value);
	}
	for (int i = 0; i < 2; i++)
		value_rcu_store(&field, value_rcu_new(&i));
}

static void *use_and_end(void *unused)
{
	usleep(50000);
	use_fields();
	return unused;
}

static void *end_later(void *unused)
{
	usleep(50000);
	return unused;
}

static void *stay(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void start(void *(*body)(void *argument))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, NULL))
		abort();
	pthread_detach(thread);
}

static void leave_alone(void)
{
	use_fields();
	pthread_exit(NULL);
}
static void leave_quiet(void)
{
	use_fields();
	(void)afield_barrier();
	pthread_exit(NULL);
}
static void leave_a_user(void)
{
	start(use_and_end);
	pthread_exit(NULL);
}
static void leave_both(void)
{
	use_fields();
	start(use_and_end);
	start(end_later);
	pthread_exit(NULL);
}
static void leave_a_thread_that_stays(void)
{
	use_fields();
	start(stay);
	pthread_exit(NULL);
}
static void leave_a_slow_destructor(void)
{
	is_slow = 1;
	use_fields();
	pthread_exit(NULL);
}

static void the_process_ends(void)
{
	TEST_CHECK(ends_with(leave_alone, 0));
	TEST_CHECK(ends_with(leave_quiet, 0));
	TEST_CHECK(ends_with(leave_a_user, 0));
	TEST_CHECK(ends_with(leave_both, 0));
	TEST_CHECK(ends_with(leave_a_slow_destructor, 0));
}

/* Whether SIGTERM ends it, or it has ended before. */
static int is_ended_by_sigterm(void (*program)(void))
{
	pid_t child = ends_start(program);
	int status;

	usleep(300000);
	kill(child, SIGTERM);
	status = ends_status(child);
	return status >= 0 && ((WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) ||
			       (WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

static void sigterm_ends_it(void)
{
	TEST_CHECK(is_ended_by_sigterm(leave_a_thread_that_stays));
	TEST_CHECK(is_ended_by_sigterm(leave_a_slow_destructor));
	TEST_CHECK(is_ended_by_sigterm(leave_quiet));
}

int main(void)
{
	TEST_RUN(the_process_ends);
	TEST_RUN(sigterm_ends_it);
	return test_done();
}
