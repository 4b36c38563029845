/* SPDX-License-Identifier: MIT */
/*
 * A thread waits for the barrier in a host that never lets it go on, as an interpreter that has
 * shut down does with its daemon threads. The library's thread rests and ends as if nobody waited.
 */
#define _GNU_SOURCE
#include "reader.h"

#include <afield/wait.h>

#include <unistd.h>

static int is_down; /* __atomic */

static void *detach(void)
{
	return &is_down;
}

static void attach(void *unused)
{
	while (__atomic_load_n(&is_down, __ATOMIC_SEQ_CST))
		pause();
	(void)unused;
}

static const struct afield_host host = {detach, attach, NULL, NULL, NULL, NULL, NULL};

static void leave_alone(struct afield_retired *unused)
{
	(void)unused;
}

static void *wait_for_good(void *unused)
{
	static struct afield_retired retired;

	afield_retire(&retired, leave_alone);
	(void)afield_barrier();
	return unused;
}

static double seconds_used(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void nobody_works_for_who_is_lost(void)
{
	struct reader reader;
	pthread_t lost;
	double before;

	reader.depth = 1;
	reader_park(&reader); /* so that the barrier sleeps, detached */
	if (pthread_create(&lost, NULL, wait_for_good, NULL))
		abort();
	pause_ms(100);
	__atomic_store_n(&is_down, 1, __ATOMIC_SEQ_CST);
	reader_leave(&reader);
	pause_ms(100);
	TEST_CHECK(afield_backlog() == 0);
	before = seconds_used();
	pause_ms(500);
	printf("  %.3f s used in half a second\n", seconds_used() - before);
	TEST_CHECK(seconds_used() - before < 0.1);
}

int main(void)
{
	alarm(60);
	TEST_CHECK(afield_set_host(&host));
	TEST_RUN(nobody_works_for_who_is_lost);
	return test_done();
}
