/* SPDX-License-Identifier: MIT */
/*
 * Who waits for the thread that reclaims is told when it does not come: because it cannot be made
 * after all, or because the process ends. Each case is a process of its own, in which the library's
 * attempt to make its thread is up to the test.
 */
#define _GNU_SOURCE
#include "asleep.h"
#include "child.h"
#include "reader.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/syscall.h>

/* How the library's attempts end, which name attributes; others succeed. */
static enum { IS_MADE, IS_REFUSED, IS_REFUSED_LATE } attempts;
static AFIELD_ATOMIC(bool) is_tried;
typedef AFIELD_ATOMIC(pid_t) thread_number;
static thread_number waiter;

static void await_sleep(const thread_number *thread)
{
	while (!is_asleep(AFIELD_LOAD(thread, seq_cst)))
		pause_ms(1);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
		   void *argument)
{
	int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	void *found = dlsym(RTLD_NEXT, "pthread_create");

	if (attributes && attempts != IS_MADE) {
		AFIELD_STORE(&is_tried, true, seq_cst);
		if (attempts == IS_REFUSED_LATE)
			await_sleep(&waiter);
		attempts = IS_REFUSED;
		return EAGAIN;
	}
	memcpy(&next, &found, sizeof(next)); /* ISO C has no such cast */
	return next(thread, attributes, run, argument);
}

static pthread_t start(void *(*body)(void *), void *argument)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, argument))
		abort();
	return thread;
}

static struct afield_retired objects[4];
static void leave_alone(struct afield_retired *unused)
{
	(void)unused;
}

static int barrier_result = 1; /* read when the thread is joined */
static void *wait_for_a_round(void *thread)
{
	AFIELD_STORE((thread_number *)thread, (pid_t)syscall(SYS_gettid), seq_cst);
	afield_retire(&objects[0], leave_alone);
	barrier_result = afield_barrier();
	return NULL;
}

/* The limit is one. */
static void *wait_for_room(void *thread)
{
	AFIELD_STORE((thread_number *)thread, (pid_t)syscall(SYS_gettid), seq_cst);
	for (int i = 1; i < 4; i++)
		afield_retire(&objects[i], leave_alone);
	return NULL;
}

static void *make_a_thread(void *unused)
{
	TEST_CHECK(afield_start() == -EAGAIN);
	return unused;
}

/* One makes the thread, and another waits for it by then. */
static int wait_for_one_that_does_not_come(void *(*wait)(void *))
{
	pthread_t maker, other;

	attempts = IS_REFUSED_LATE;
	maker = start(make_a_thread, NULL);
	while (!AFIELD_LOAD(&is_tried, seq_cst))
		pause_ms(1);
	other = start(wait, &waiter);
	pthread_join(other, NULL);
	pthread_join(maker, NULL);
	return afield_barrier() == 0 && afield_backlog() == 0 ? 0 : 1;
}

static int wait_for_its_round(void *unused)
{
	(void)unused;
	return wait_for_one_that_does_not_come(wait_for_a_round) || barrier_result != 0;
}

static int wait_for_its_room(void *unused)
{
	(void)unused;
	afield_set_backlog_limit(1);
	return wait_for_one_that_does_not_come(wait_for_room);
}

static void a_thread_that_cannot_be_made_is_not_waited_for(void)
{
	TEST_CHECK(child_finds(wait_for_its_round, NULL));
	TEST_CHECK(child_finds(wait_for_its_room, NULL));
}

/* Ends the process. Runs when the library has stopped; who waited has gone on. */
static pthread_t waits[2];
static int wait_count;
static void look(void)
{
	for (int i = 0; i < wait_count; i++)
		pthread_join(waits[i], NULL);
	_exit(barrier_result == -ECANCELED && test_failures == 0 ? 0 : 9);
}

/* A reader holds up the round. */
static int exit_beside_who_waits(void *unused)
{
	static struct reader reader;
	static thread_number other;

	(void)unused;
	if (atexit(look))
		return 1;
	reader.depth = 1;
	reader_park(&reader);
	waits[0] = start(wait_for_a_round, &waiter);
	await_sleep(&waiter);
	afield_set_backlog_limit(1);
	waits[1] = start(wait_for_room, &other);
	await_sleep(&other);
	wait_count = 2;
	exit(1);
}

/* The callback of one that reclaims by itself does not end, and another waits to do so. */
static AFIELD_ATOMIC(bool) is_called;
static void stay(struct afield_retired *unused)
{
	(void)unused;
	AFIELD_STORE(&is_called, true, seq_cst);
	for (;;)
		pause();
}

static void *reclaim_for_ever(void *object)
{
	afield_retire((struct afield_retired *)object, stay);
	(void)afield_barrier();
	return NULL;
}

static int exit_beside_who_wants_to_reclaim(void *unused)
{
	(void)unused;
	attempts = IS_REFUSED;
	if (atexit(look))
		return 1;
	(void)start(reclaim_for_ever, &objects[1]);
	while (!AFIELD_LOAD(&is_called, seq_cst))
		pause_ms(1);
	waits[0] = start(wait_for_a_round, &waiter);
	await_sleep(&waiter);
	wait_count = 1;
	exit(1);
}

static void nobody_waits_when_the_process_ends(void)
{
	TEST_CHECK(child_finds(exit_beside_who_waits, NULL));
	TEST_CHECK(child_finds(exit_beside_who_wants_to_reclaim, NULL));
}

int main(void)
{
	TEST_RUN(a_thread_that_cannot_be_made_is_not_waited_for);
	TEST_RUN(nobody_waits_when_the_process_ends);
	return test_done();
}
