/* SPDX-License-Identifier: MIT */
/*
 * A thread is cancelled while it reclaims by itself, because no thread of the library's can be
 * made: it goes on, and ends at a cancellation point of its own. Otherwise nobody would ever
 * reclaim again.
 */
#define _GNU_SOURCE
#include <afield/reclaim.h>

#include "reader.h"
#include "test.h"

#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

static int refuses;             /* no thread is made; __atomic */
static int called;              /* callbacks; __atomic */
static int was_cancelled_after; /* the barrier had returned; read when the thread is joined */

/* The libraries' calls come by here. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
		   void *argument)
{
	int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	void *found = dlsym(RTLD_NEXT, "pthread_create");

	if (__atomic_load_n(&refuses, __ATOMIC_SEQ_CST))
		return EAGAIN;
	memcpy(&next, &found, sizeof(next)); /* ISO C has no such cast */
	return next(thread, attributes, run, argument);
}

static void note(struct afield_retired *retired)
{
	(void)retired;
	__atomic_fetch_add(&called, 1, __ATOMIC_SEQ_CST);
}

static int never; /* nobody sets it: the thread is cancelled */
static void *reclaim_and_end(void *object)
{
	while (!__atomic_load_n(&refuses, __ATOMIC_SEQ_CST))
		usleep(1000);
	afield_retire((struct afield_retired *)object, note);
	if (afield_barrier() == 0)
		was_cancelled_after = 1;
	while (!__atomic_load_n(&never, __ATOMIC_RELAXED))
		pause();
	return NULL;
}

static void who_is_cancelled_gives_the_role_back(void)
{
	static struct afield_retired first, second;
	struct reader reader; /* holds up the grace period */
	pthread_t reclaimer;
	void *result = NULL;

	reader.depth = 1;
	reader_park(&reader);
	if (pthread_create(&reclaimer, NULL, reclaim_and_end, &first))
		abort();
	__atomic_store_n(&refuses, 1, __ATOMIC_SEQ_CST);
	usleep(100000); /* it waits for the reader, asleep */
	pthread_cancel(reclaimer);
	usleep(20000);
	reader_leave(&reader);
	pthread_join(reclaimer, &result);
	TEST_CHECK(result == PTHREAD_CANCELED);
	TEST_CHECK(was_cancelled_after);
	afield_retire(&second, note);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(__atomic_load_n(&called, __ATOMIC_SEQ_CST) == 2);
}

int main(void)
{
	alarm(60);
	__atomic_store_n(&refuses, 0, __ATOMIC_SEQ_CST);
	TEST_RUN(who_is_cancelled_gives_the_role_back);
	return test_done();
}
