/* SPDX-License-Identifier: MIT */
/*
 * One thread is in exit(), where nothing is reclaimed any more, when another forks: the child is
 * not in exit(), and reclaims, until it exits by itself. When the thread that is in exit() forks,
 * its child is in exit(), too.
 */
#include "child.h"
#include "reader.h"

#include <errno.h>

static int called;   /* __atomic */
static int is_there; /* __atomic: the exiting thread is in its handler */
static int is_good = -1;

static void note(struct afield_retired *unused)
{
	(void)unused;
	__atomic_fetch_add(&called, 1, __ATOMIC_SEQ_CST);
}

static struct afield_retired objects[4];

static int reclaim(void *unused)
{
	int before = __atomic_load_n(&called, __ATOMIC_SEQ_CST);

	(void)unused;
	afield_retire(&objects[1], note);
	if (afield_barrier() != 0)
		return 1;
	/* And what the thread in exit() had dropped. */
	return __atomic_load_n(&called, __ATOMIC_SEQ_CST) == before + 2 ? 0 : 2;
}

static int drop(void *unused)
{
	(void)unused;
	afield_retire(&objects[2], note);
	return afield_barrier() == -ECANCELED ? 0 : 1;
}

static void *fork_beside(void *unused)
{
	while (!__atomic_load_n(&is_there, __ATOMIC_SEQ_CST))
		pause_ms(1);
	__atomic_store_n(&is_good, child_finds(reclaim, NULL), __ATOMIC_SEQ_CST);
	return unused;
}

/* Was there before the library, so it runs when that has stopped. */
static void look(void)
{
	int result;

	TEST_CHECK(drop(NULL) == 0);
	TEST_CHECK(child_finds(drop, NULL));
	__atomic_store_n(&is_there, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&is_good, __ATOMIC_SEQ_CST) < 0)
		pause_ms(1);
	TEST_CHECK(is_good);
	result = test_done();
	fflush(stdout);
	_exit(result);
}

int main(void)
{
	pthread_t thread;

	alarm(60);
	if (atexit(look) || pthread_create(&thread, NULL, fork_beside, NULL))
		abort();
	afield_retire(&objects[0], note);
	TEST_CHECK(afield_barrier() == 0);
	exit(0);
}
