/*
 * waiting: threads that hold a field, and what becomes of those that wait for it, beside a host
 * with a lock of its own (host.h).
 *
 * A room says how its field is held, by functions that call `meanwhile` once while it is, and how
 * it is wanted, by functions that wait for it, let it go again and return 0, or the error that the
 * wait ended with. The three tests here are those that every kind must pass:
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

#include "host.h"

#include <errno.h>
#include <signal.h>

typedef void (*waiting_hold)(void (*meanwhile)(void));
typedef int (*waiting_want)(void);

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

/* Signals come, and the host says that a wait is over. */
static inline void waiting_ends_at_a_signal(waiting_hold hold, waiting_want want)
{
	struct waiting_holder holder = {hold, waiting_until_told, pthread_self()};
	pthread_t self = pthread_self(), other;
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = waiting_on_signal;
	sigaction(SIGUSR1, &action, NULL);
	waiting_holder_start(&holder);
	waiting_set(&host_wants_stop, 1);
	other = waiting_thread(waiting_disturb, &self);
	host_attach_thread();
	TEST_CHECK(want() == -EINTR);
	TEST_CHECK(want() == -EINTR);
	host_detach_thread();
	waiting_set(&host_wants_stop, 0);
	pthread_join(other, NULL);
	waiting_holder_end(&holder);
	TEST_CHECK(want() == 0);
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
