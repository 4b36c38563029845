/* SPDX-License-Identifier: MIT */
/*
 * Fork, while other threads read and retire. The child has one thread and all that waited in the
 * parent; it must be able to read, retire and wait for the barrier, in bounded time.
 */
#include "child.h"
#include "reader.h"

#include <sched.h>
#include <time.h>

#define RETIRERS 2
#define OBJECTS 1024

/* Objects come from pools: the child of a process with threads should not depend on malloc. */
struct object {
	struct afield_retired retired;
	int busy; /* __atomic; 1 from before it is retired until its callback */
};

static struct object pools[RETIRERS][OBJECTS];
static int stop;

static void reclaim(struct afield_retired *retired)
{
	struct object *object = (struct object *)(void *)retired;

	__atomic_store_n(&object->busy, 0, __ATOMIC_RELEASE);
}

static void *retire_all_the_time(void *opaque)
{
	struct object *objects = (struct object *)opaque;

	for (unsigned i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); i++) {
		struct object *object = &objects[i % OBJECTS];

		if (__atomic_load_n(&object->busy, __ATOMIC_ACQUIRE)) {
			sched_yield();
			continue;
		}
		__atomic_store_n(&object->busy, 1, __ATOMIC_RELAXED);
		if (i % 2) {
			afield_retire(&object->retired, reclaim);
			continue;
		}
		AFIELD_READ_SECTION
		{
			afield_retire(&object->retired, reclaim);
		}
	}
	return NULL;
}

static void *read_all_the_time(void *unused)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		AFIELD_READ_SECTION
		{
			AFIELD_READ_SECTION
			{
			}
		}
	return unused;
}

static void *read_once(void *unused)
{
	AFIELD_READ_SECTION
	{
	}
	return unused;
}

static void *come_and_go(void *unused)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, read_once, NULL))
			abort();
		pthread_join(thread, NULL);
	}
	return unused;
}

/* What the child does; the result is the step that went wrong. */
static int live_on(void *unused)
{
	static struct object objects[100];

	(void)unused;
	for (int i = 0; i < 100; i++) {
		objects[i].busy = 1;
		afield_retire(&objects[i].retired, reclaim);
	}
	if (afield_barrier())
		return 1;
	for (int i = 0; i < 100; i++)
		if (__atomic_load_n(&objects[i].busy, __ATOMIC_ACQUIRE))
			return 2;
	if (afield_backlog() != 0) /* what waited in the parent came back here too */
		return 3;
	AFIELD_READ_SECTION
	{
		if (afield_barrier() == 0)
			return 4;
	}
	return 0;
}

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void a_process_that_never_retired_may_fork(void)
{
	TEST_CHECK(child_finds(live_on, NULL));
}

static void start_company(pthread_t *threads)
{
	for (int i = 0; i < RETIRERS; i++)
		if (pthread_create(&threads[i], NULL, retire_all_the_time, pools[i]))
			abort();
	if (pthread_create(&threads[RETIRERS], NULL, read_all_the_time, NULL) ||
	    pthread_create(&threads[RETIRERS + 1], NULL, come_and_go, NULL))
		abort();
}

static void children_retire_and_wait(void)
{
	pthread_t threads[RETIRERS + 2];
	double start = seconds();
	long forks = test_scaled(100);

	if (CHILD_COMPANY)
		start_company(threads);
	for (long i = 0; i < forks && test_failures == 0; i++)
		TEST_CHECK(child_finds(live_on, NULL));
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	for (int i = 0; CHILD_COMPANY && i < RETIRERS + 2; i++)
		pthread_join(threads[i], NULL);
	printf("  %ld forks, %.1f ms each\n", forks, (seconds() - start) * 1e3 / (double)forks);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
}

static int fork_and_live_on(void *unused)
{
	int step = live_on(unused);

	return step ? step : !child_finds(live_on, NULL);
}

static void a_child_may_fork_again(void)
{
	TEST_CHECK(child_finds(fork_and_live_on, NULL));
}

/*
 * A reader of the parent is in its section at the fork, and is not in the child: there nobody waits
 * for it. In the parent it still holds up what was retired.
 */
static void a_reader_inside_stays_in_the_parent(void)
{
	static struct object held;
	struct reader reader;

	reader.depth = 2;
	reader_park(&reader);
	TEST_CHECK(child_finds(live_on, NULL));
	held.busy = 1;
	afield_retire(&held.retired, reclaim);
	pause_ms(50);
	TEST_CHECK(__atomic_load_n(&held.busy, __ATOMIC_SEQ_CST) == 1);
	reader_leave(&reader);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(__atomic_load_n(&held.busy, __ATOMIC_SEQ_CST) == 0);
}

/* The library's thread waits for a reader of the parent, which waits for nobody but the fork. */
static void a_fork_waits_for_no_grace_period(void)
{
	static struct object held;
	struct reader reader;

	reader.depth = 1;
	reader_park(&reader);
	held.busy = 1;
	afield_retire(&held.retired, reclaim);
	pause_ms(100); /* a grace period has begun */
	TEST_CHECK(child_finds(live_on, NULL));
	TEST_CHECK(__atomic_load_n(&held.busy, __ATOMIC_SEQ_CST) == 1);
	reader_leave(&reader);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(__atomic_load_n(&held.busy, __ATOMIC_SEQ_CST) == 0);
}

static int leave_and_live_on(void *unused)
{
	if (!afield_is_reading())
		return 10;
	afield_read_unlock();
	return live_on(unused);
}

/* The section goes on in both processes, and holds up what was retired until it is left. */
static void a_thread_may_fork_inside_a_section(void)
{
	afield_read_lock();
	TEST_CHECK(child_finds(leave_and_live_on, NULL));
	TEST_CHECK(afield_is_reading());
	afield_read_unlock();
	TEST_CHECK(live_on(NULL) == 0);
}

/* What waits in the parent, in every number, is reclaimed in both, once. */
static long given_back;
static void count(struct afield_retired *retired)
{
	(void)retired;
	__atomic_fetch_add(&given_back, 1, __ATOMIC_SEQ_CST);
}

static int count_given_back(void *number)
{
	if (afield_backlog() != (size_t) * (long *)number)
		return 20;
	if (afield_barrier() || afield_backlog() != 0)
		return 21;
	return __atomic_load_n(&given_back, __ATOMIC_SEQ_CST) == *(long *)number ? 0 : 22;
}

static void the_child_has_all_that_waits(void)
{
	static struct object objects[200];
	struct reader reader;

	for (long number = 0; number < 200; number += 13) {
		reader.depth = 1;
		reader_park(&reader);
		given_back = 0;
		for (long i = 0; i < number; i++) {
			afield_retire_bytes(&objects[i].retired, 4000, count);
			if (i == number / 2)
				pause_ms(5); /* the first half is in hand now */
		}
		TEST_CHECK(child_finds(count_given_back, &number));
		reader_leave(&reader);
		TEST_CHECK(afield_barrier() == 0);
		TEST_CHECK(given_back == number);
		TEST_CHECK(afield_backlog_bytes() == 0);
	}
}

/* A callback that forks: the child of the library's own thread. */
static int forked_child = -1;
static void fork_in_callback(struct afield_retired *retired)
{
	(void)retired;
	forked_child = child_finds(live_on, NULL);
}

static void a_callback_may_fork(void)
{
	static struct object first, second[100];

	given_back = 0;
	AFIELD_READ_SECTION /* so that they are of one round */
	{
		for (int i = 0; i < 100; i++) {
			if (i == 50)
				afield_retire(&first.retired, fork_in_callback);
			afield_retire(&second[i].retired, count);
		}
	}
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(forked_child == 1);
	TEST_CHECK(given_back == 100);
}

/* By hand, twice, and for children that no handler knows of. */
static void brackets_do_no_harm(void)
{
	pid_t child;
	int status = -1;

	TEST_CHECK(afield_handle_forks() == 0);
	TEST_CHECK(afield_handle_forks() == 0);
	afield_fork_prepare();
	child = fork();
	if (child == 0) {
		afield_fork_child();
		afield_fork_child();
		_exit(live_on(NULL));
	}
	afield_fork_parent();
	TEST_CHECK(waitpid(child, &status, 0) == child && status == 0);
}

int main(void)
{
	TEST_RUN(a_process_that_never_retired_may_fork);
	TEST_RUN(children_retire_and_wait);
	TEST_RUN(a_child_may_fork_again);
	TEST_RUN(a_reader_inside_stays_in_the_parent);
	TEST_RUN(a_fork_waits_for_no_grace_period);
	TEST_RUN(a_thread_may_fork_inside_a_section);
	TEST_RUN(the_child_has_all_that_waits);
	TEST_RUN(a_callback_may_fork);
	TEST_RUN(brackets_do_no_harm);
	return test_done();
}
