/* SPDX-License-Identifier: MIT */
/*
 * crowd: many threads wait for one field, and a change is enough for one of them: it wakes that one
 * (wait.h). What is counted is how often another has gone back to sleep.
 *
 * When to use it: in a kind whose waiters all wait for the same thing. When not: where a change is
 * for all of them.
 *
 *	waiting_end_wakes_one(hold);             // a lock, held as waiting.h says
 *	waiting_change_wakes_one(take, give);    // a container: one takes and keeps what one gives
 *
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_CROWD_H
#define AFIELD_TESTS_CROWD_H

#include "waiting.h"

/* Threads of which one at a time is to be woken, and how many of them are done. */
enum { WAITING_CROWD = 16 };
static int waiting_done;

/* Starts them, and returns when all of them sleep; or nearly, for what is counted is the detach. */
static inline void waiting_crowd_start(pthread_t *threads, void *(*body)(void *argument),
				       void *argument)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);

	waiting_set(&waiting_done, 0);
	for (int i = 0; i < WAITING_CROWD; i++)
		threads[i] = waiting_thread(body, argument);
	while (__atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST) < sleeps + WAITING_CROWD)
		usleep(100);
	usleep(50000);
}

/* Waits for them, and says how often one of them has gone to sleep once more. */
static inline unsigned long waiting_crowd_end(pthread_t *threads, unsigned long before)
{
	unsigned long sleeps;

	for (int i = 0; i < WAITING_CROWD; i++)
		pthread_join(threads[i], NULL);
	sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST) - before;
	printf("  %d threads went back to sleep %lu times\n", WAITING_CROWD, sleeps);
	return sleeps;
}

static inline void *waiting_to_take(void *take)
{
	host_attach_thread();
	TEST_CHECK((*(waiting_want *)take)() == 0);
	host_detach_thread();
	__atomic_add_fetch(&waiting_done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Many wait to take something and keep it. Each change gives something to one of them: it wakes
 * that one. Were it to wake all, half of them would go back to sleep each time. */
static inline void waiting_change_wakes_one(waiting_want take, void (*change)(void))
{
	pthread_t threads[WAITING_CROWD];
	unsigned long before;

	waiting_crowd_start(threads, waiting_to_take, &take);
	before = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	for (int i = 1; i <= WAITING_CROWD; i++) {
		change();
		while (waiting_flag(&waiting_done) != i)
			usleep(100);
		usleep(2000); /* whoever else was woken is asleep again */
	}
	TEST_CHECK(waiting_crowd_end(threads, before) <= WAITING_CROWD);
}

/* Others are attached meanwhile, and look. */
static inline void waiting_slowly(void)
{
	host_detach_thread();
	usleep(2000);
	host_attach_thread();
}

static inline void *waiting_to_hold(void *hold)
{
	host_attach_thread();
	(*(waiting_hold *)hold)(waiting_slowly);
	host_detach_thread();
	return NULL;
}

/* The same where each hands on by letting go: a lock. */
static inline void waiting_end_wakes_one(waiting_hold hold)
{
	struct waiting_holder holder = {hold, waiting_until_told, pthread_self()};
	pthread_t threads[WAITING_CROWD];
	unsigned long before;

	waiting_holder_start(&holder);
	waiting_crowd_start(threads, waiting_to_hold, &hold);
	before = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	waiting_holder_end(&holder);
	TEST_CHECK(waiting_crowd_end(threads, before) <= WAITING_CROWD);
}

#endif
