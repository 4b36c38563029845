/* SPDX-License-Identifier: MIT */
/*
 * waiting: threads that hold a field, and what becomes of those that wait for it, together with a
 * host that has a lock of its own (host.h).
 *
 * A kind says how its field is held, by functions that call `meanwhile` once while it is, and how
 * it is wanted, by functions that wait for it, let it go again and return 0, or the error that the
 * wait ended with. For a container, to hold it is to empty it and to put something in at the end,
 * and to want it is to take something out and put it back. The tests here are those that every kind
 * must pass, that of deadlines where a wait has one:
 *
 *	static void hold(void (*meanwhile)(void))
 *	{
 *		AFIELD_LOCKED(pair_locked, pair, &field)
 *		meanwhile();
 *	}
 *	static int want(void) { return pair_locked_load(&field, &value); }
 *
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_WAITING_H
#define AFIELD_TESTS_WAITING_H

#include <afield/detail/guard.h>

#include "host.h"

#include <errno.h>
#include <signal.h>

typedef void (*waiting_hold)(void (*meanwhile)(void));
typedef int (*waiting_want)(void);
typedef int (*waiting_want_until)(const struct timespec *deadline);

/* Wants a field by the lock of its table with that number. */
static inline int waiting_lock_until(const struct afield_type *type, void *field, unsigned number,
				     const struct timespec *deadline)
{
	const struct afield_lock_mode *mode = &type->binding->lock_modes[number];
	int error = mode->begin(type, field, deadline);

	if (!error)
		mode->end(type, field);
	return error;
}

static int waiting_is_held, waiting_may_end;

static inline int waiting_flag(const int *which)
{
	return __atomic_load_n(which, __ATOMIC_SEQ_CST);
}

static inline void waiting_set(int *which, int value)
{
	__atomic_store_n(which, value, __ATOMIC_SEQ_CST);
}

static inline pthread_t waiting_thread(void *(*body)(void *argument), void *argument)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, argument))
		abort();
	return thread;
}

/* What a holder does meanwhile: it lets go when it has been attached, which takes that another
 * thread sleeps detached; or when it is told. */
static inline void waiting_attach(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);

	waiting_set(&waiting_is_held, 1);
	host_await_sleep(sleeps);
	host_attach_thread();
	host_detach_thread();
}

static inline void waiting_until_told(void)
{
	waiting_set(&waiting_is_held, 1);
	while (!waiting_flag(&waiting_may_end))
		usleep(100);
}

struct waiting_holder {
	waiting_hold hold;
	void (*meanwhile)(void);
	pthread_t thread;
};

static inline void *waiting_holder_run(void *opaque)
{
	struct waiting_holder *holder = (struct waiting_holder *)opaque;

	holder->hold(holder->meanwhile);
	return NULL;
}

/* Returns when the field is held. */
static inline void waiting_holder_start(struct waiting_holder *holder)
{
	waiting_set(&waiting_is_held, 0);
	waiting_set(&waiting_may_end, 0);
	holder->thread = waiting_thread(waiting_holder_run, holder);
	while (!waiting_flag(&waiting_is_held))
		usleep(100);
}

static inline void waiting_holder_end(struct waiting_holder *holder)
{
	waiting_set(&waiting_may_end, 1);
	pthread_join(holder->thread, NULL);
}

/* A native thread has the field and goes on only when it has been attached. */
static inline void waiting_gives_up_the_host(waiting_hold hold, waiting_want want)
{
	struct waiting_holder holder = {hold, waiting_attach, pthread_self()};

	waiting_holder_start(&holder);
	host_attach_thread(); /* the holder cannot attach until this thread sleeps */
	TEST_CHECK(want() == 0);
	TEST_CHECK(host_is_attached);
	host_detach_thread();
	waiting_holder_end(&holder);
}

static inline void waiting_on_signal(int number)
{
	(void)number;
}

static inline void *waiting_disturb(void *sleeper)
{
	while (waiting_flag(&host_wants_stop)) {
		pthread_kill(*(pthread_t *)sleeper, SIGUSR1);
		usleep(1000);
	}
	return NULL;
}

/* Signals come, and the host says that a wait is over: also where the handler's flags have system
 * calls start again. */
static inline void waiting_ends_at_a_signal(waiting_hold hold, waiting_want want)
{
	struct waiting_holder holder = {hold, waiting_until_told, pthread_self()};
	pthread_t self = pthread_self(), other;
	struct sigaction action;

	waiting_holder_start(&holder);
	for (int restarts = 0; restarts < 2; restarts++) {
		memset(&action, 0, sizeof(action));
		action.sa_handler = waiting_on_signal;
		action.sa_flags = restarts ? SA_RESTART : 0;
		sigaction(SIGUSR1, &action, NULL);
		waiting_set(&host_wants_stop, 1);
		other = waiting_thread(waiting_disturb, &self);
		host_attach_thread();
		TEST_CHECK(want() == -EINTR);
		TEST_CHECK(want() == -EINTR);
		host_detach_thread();
		waiting_set(&host_wants_stop, 0);
		pthread_join(other, NULL);
	}
	waiting_holder_end(&holder);
	TEST_CHECK(want() == 0);
}

static int waiting_is_over;
static inline void *waiting_to_be_cancelled(void *want)
{
	host_attach_thread();
	TEST_CHECK((*(waiting_want *)want)() == 0);
	host_detach_thread();
	waiting_set(&waiting_is_over, 1);
	pthread_testcancel();
	return NULL;
}

/*
 * A thread is cancelled before it sleeps, or while it does. The hooks of the test's host are
 * cancellation points, as those of an interpreter may be. The thread waits on, has the field, lets
 * it go, and ends then; nothing is lost.
 */
static inline void waiting_outlives_a_cancel(waiting_hold hold, waiting_want want)
{
	for (int is_asleep = 0; is_asleep < 2; is_asleep++) {
		struct waiting_holder holder = {hold, waiting_until_told, pthread_self()};
		unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
		pthread_t waiter;
		void *result = NULL;

		waiting_holder_start(&holder);
		waiting_set(&waiting_is_over, 0);
		host_attach_thread(); /* the waiter begins when this thread detaches */
		waiter = waiting_thread(waiting_to_be_cancelled, &want);
		if (!is_asleep)
			pthread_cancel(waiter);
		host_detach_thread();
		host_await_sleep(sleeps);
		usleep(20000); /* it is asleep */
		if (is_asleep)
			pthread_cancel(waiter);
		usleep(20000);
		TEST_CHECK(!waiting_flag(&waiting_is_over));
		waiting_holder_end(&holder);
		pthread_join(waiter, &result);
		TEST_CHECK(result == PTHREAD_CANCELED && waiting_flag(&waiting_is_over));
		TEST_CHECK(want() == 0);
	}
}

struct waiting_late {
	waiting_want_until want;
	struct timespec deadline, processor_time;
	int result;
};

static inline void *waiting_until(void *argument)
{
	struct waiting_late *late = (struct waiting_late *)argument;

	host_attach_thread();
	late->result = late->want(&late->deadline);
	host_detach_thread();
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &late->processor_time);
	return NULL;
}

static inline struct timespec waiting_time(long seconds, long nanoseconds)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	time.tv_sec += seconds;
	time.tv_nsec += nanoseconds;
	return time;
}

/*
 * Deadlines with nanoseconds out of range, before the clock began and past its end: each is the sum
 * of its parts, and none keeps the thread awake. A wait that the kernel refuses would go round.
 */
static inline void waiting_keeps_odd_deadlines(waiting_hold hold, waiting_want_until want)
{
	const time_t last = (time_t)(((UINT64_C(1) << (8 * sizeof(time_t) - 2)) - 1) * 2 + 1);
	struct timespec past[] = {{0, 0},    {0, -1},          {-5, 0},         {-last - 1, 0},
				  {1, -500}, {-1, 1999999999}, {-last - 1, -1}, {-9, 999999999}};
	struct timespec far[4] = {waiting_time(1000, 1000000000), waiting_time(1000, -1500000000)};
	struct waiting_holder holder = {hold, waiting_until_told, pthread_self()};
	unsigned long before = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	struct timespec soon = waiting_time(-3, 3000000000 + 30000000);

	far[2].tv_sec = far[3].tv_sec = last;
	far[3].tv_nsec = 1999999999;
	waiting_holder_start(&holder);
	host_attach_thread();
	for (size_t i = 0; i < sizeof(past) / sizeof(past[0]); i++)
		TEST_CHECK(want(&past[i]) == -ETIMEDOUT);
	TEST_CHECK(want(&soon) == -ETIMEDOUT);
	soon.tv_sec += 3; /* as it is written */
	soon.tv_nsec -= 3000000000;
	TEST_CHECK(test_has_passed(&soon));
	host_detach_thread();
	waiting_holder_end(&holder);
	for (int i = 0; i < 4; i++) {
		struct waiting_late late = {want, far[i], {0, 0}, -1};
		unsigned long sleeps;
		pthread_t waiter;

		waiting_holder_start(&holder);
		sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
		waiter = waiting_thread(waiting_until, &late);
		host_await_sleep(sleeps);
		usleep(60000);
		waiting_holder_end(&holder);
		pthread_join(waiter, NULL);
		TEST_CHECK(late.result == 0);
		/* It was asleep nearly all of the time. */
		TEST_CHECK(late.processor_time.tv_sec == 0 &&
			   late.processor_time.tv_nsec < 8000000);
	}
	TEST_CHECK(__atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST) - before < 100);
}

static inline void *waiting_for_ever(void *want)
{
	host_attach_thread();
	(*(waiting_want *)want)();
	TEST_CHECK(!"a thread came back from a host that has ended");
	return NULL;
}

/*
 * A daemon thread waits, and the host ends before it has the field: the field is free afterwards.
 * The last test of a program, for no thread attaches any more.
 */
static inline void waiting_at_the_end_holds_nothing(waiting_hold hold, waiting_want want)
{
	struct waiting_holder holder = {hold, waiting_until_told, pthread_self()};
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	pthread_t daemon;

	waiting_holder_start(&holder);
	daemon = waiting_thread(waiting_for_ever, &want);
	host_await_sleep(sleeps);
	usleep(20000); /* it is asleep */
	waiting_set(&host_is_ending, 1);
	waiting_holder_end(&holder);
	usleep(20000); /* it wakes, and stays in attach */
	for (int i = 0; i < 100; i++)
		TEST_CHECK(want() == 0);
	pthread_detach(daemon);
}

#endif
