/* SPDX-License-Identifier: MIT */
/*
 * Age: no reader ever holds an object for longer than one grace period after it was unlinked.
 *
 * An object is born at age 0, the writer that unlinks it makes it 1, and its callback, after the
 * grace period, makes it 2. Readers look at the age as the last thing in their section and count
 * what they see:
 *
 *   age 0   acceptable   the object is still linked
 *   age 1   interesting  it was unlinked while the reader held it; must be seen at least once,
 *                        or the run has not raced at all
 *   age 2   forbidden    it was reclaimed under the reader
 *
 * The twin without a grace period calls the callback at once. It has to show age 2, which proves
 * that the test can see it.
 */
#include <afield/reclaim.h>

#include "test.h"

#include <sched.h>
#include <time.h>

#define POOL 4096
#define THREADS 8

struct object {
	struct afield_retired retired;
	int age;  /* __atomic; see above */
	int free; /* __atomic; 1 when it may be used again: memory stays, so that age 2 is readable
		   */
};

static struct object pool[THREADS][POOL];
static struct object *current; /* __atomic */
static long ages[3];           /* __atomic */
static int stop, skips_grace_period;

static void reclaim(struct afield_retired *retired)
{
	struct object *object = (struct object *)(void *)retired;

	__atomic_store_n(&object->age, 2, __ATOMIC_RELAXED);
	__atomic_store_n(&object->free, 1, __ATOMIC_RELEASE);
}

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void read_ages(long *seen)
{
	for (int i = 0; i < 200; i++)
		AFIELD_READ_SECTION
		{
			struct object *object = __atomic_load_n(&current, __ATOMIC_ACQUIRE);

			if (i % 8 == 0)
				sched_yield(); /* a writer may come in here */
			if (object)
				seen[__atomic_load_n(&object->age, __ATOMIC_RELAXED)]++;
		}
}

static struct object *take(int index, int *next)
{
	for (int i = 0; i < POOL; i++) {
		struct object *object = &pool[index][(*next)++ % POOL];

		if (__atomic_exchange_n(&object->free, 0, __ATOMIC_ACQUIRE))
			return object;
	}
	return NULL;
}

static void replace(int index, int *next)
{
	struct object *fresh = take(index, next), *old;

	if (!fresh) {
		sched_yield();
		return;
	}
	__atomic_store_n(&fresh->age, 0, __ATOMIC_RELAXED);
	old = __atomic_exchange_n(&current, fresh, __ATOMIC_SEQ_CST);
	if (!old)
		return;
	__atomic_store_n(&old->age, 1, __ATOMIC_RELAXED);
	if (skips_grace_period)
		reclaim(&old->retired);
	else
		afield_retire(&old->retired, reclaim);
}

static void read_or_write(void *unused, int index)
{
	long seen[3] = {0, 0, 0};
	int next = 0;

	(void)unused;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		if (index % 4 == 0)
			replace(index, &next);
		else
			read_ages(seen);
	for (int age = 0; age < 3; age++)
		__atomic_fetch_add(&ages[age], seen[age], __ATOMIC_RELAXED);
}

/* Threads that read once, retire once and are gone: each takes a record, which the next may
 * have. */
static void *read_once(void *opaque)
{
	struct object *object = (struct object *)opaque;

	AFIELD_READ_SECTION
	{
		struct object *held = __atomic_load_n(&current, __ATOMIC_ACQUIRE);

		if (held)
			__atomic_fetch_add(&ages[__atomic_load_n(&held->age, __ATOMIC_RELAXED)], 1,
					   __ATOMIC_RELAXED);
	}
	afield_retire(&object->retired, reclaim);
	return NULL;
}

static long churned;

static void *churn(void *unused)
{
	static struct object objects[64];

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		struct object *object = &objects[churned % 64];
		pthread_t thread;

		if (churned >= 64 && !__atomic_exchange_n(&object->free, 0, __ATOMIC_ACQUIRE)) {
			sched_yield();
			continue;
		}
		if (pthread_create(&thread, NULL, read_once, object))
			abort();
		pthread_join(thread, NULL);
		churned++;
	}
	return unused;
}

static void *end_after(void *opaque)
{
	double end = seconds() + *(double *)opaque;
	struct timespec pause = {0, 10000000};

	while (seconds() < end &&
	       !(skips_grace_period && __atomic_load_n(&ages[2], __ATOMIC_RELAXED)))
		nanosleep(&pause, NULL);
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void run(int is_broken, double duration)
{
	pthread_t clock, churner;

	stop = 0;
	current = NULL;
	skips_grace_period = is_broken;
	memset(ages, 0, sizeof(ages));
	for (int i = 0; i < THREADS; i++)
		for (int j = 0; j < POOL; j++)
			pool[i][j].free = 1;
	if (pthread_create(&clock, NULL, end_after, &duration))
		abort();
	if (!is_broken && pthread_create(&churner, NULL, churn, NULL))
		abort();
	test_threads(THREADS, read_or_write, NULL);
	pthread_join(clock, NULL);
	if (!is_broken)
		pthread_join(churner, NULL);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
	printf("  age 0: %ld  age 1: %ld  age 2: %ld  threads come and gone: %ld\n", ages[0],
	       ages[1], ages[2], churned);
}

static void nothing_is_older_than_one_grace_period(void)
{
	run(0, 0.02 * (double)test_scaled(100));
	TEST_CHECK(ages[0] > 0);
	TEST_CHECK(ages[1] > 0);
	TEST_CHECK(ages[2] == 0);
	TEST_CHECK(churned > 0);
}

static void without_grace_periods_the_test_sees_it(void)
{
	run(1, 2);
	TEST_CHECK(ages[2] > 0);
}

int main(void)
{
	TEST_RUN(nothing_is_older_than_one_grace_period);
	TEST_RUN(without_grace_periods_the_test_sees_it);
	return test_done();
}
