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
	TEST_CHECK(child_lives_on(live_on, NULL));
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
		TEST_CHECK(child_lives_on(live_on, NULL));
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

	return step ? step : !child_lives_on(live_on, NULL);
}

static void a_child_may_fork_again(void)
{
	TEST_CHECK(child_lives_on(fork_and_live_on, NULL));
}

/* A thread that retires one object, inside a section or not, and says when it is done. */
struct late {
	struct object object;
	pthread_barrier_t known, go;
	int is_inside;
	int is_done; /* __atomic */
};

static void *retire_late(void *opaque)
{
	struct late *late = (struct late *)opaque;

	AFIELD_READ_SECTION
	{
	}
	pthread_barrier_wait(&late->known);
	pthread_barrier_wait(&late->go);
	if (late->is_inside)
		afield_read_lock();
	afield_retire(&late->object.retired, reclaim);
	if (late->is_inside)
		afield_read_unlock();
	__atomic_store_n(&late->is_done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/*
 * Nobody is in the middle of an enqueue at the instant of the fork: who comes while it goes on is
 * held at the gate. liburcu knows the threads from before; it would hold unknown ones itself.
 */
static void the_gate_holds_retirers(void)
{
	static struct late late[2];
	struct timespec pause = {0, 50000000};
	pthread_t threads[2];

	late[1].is_inside = 1;
	for (int i = 0; i < 2; i++) {
		pthread_barrier_init(&late[i].known, NULL, 2);
		pthread_barrier_init(&late[i].go, NULL, 2);
		if (pthread_create(&threads[i], NULL, retire_late, &late[i]))
			abort();
		pthread_barrier_wait(&late[i].known);
	}
	afield_fork_prepare();
	for (int i = 0; i < 2; i++)
		pthread_barrier_wait(&late[i].go);
	nanosleep(&pause, NULL);
	for (int i = 0; i < 2; i++)
		TEST_CHECK(!__atomic_load_n(&late[i].is_done, __ATOMIC_SEQ_CST));
	TEST_CHECK(afield_backlog() == 0);
	afield_fork_parent();
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		TEST_CHECK(late[i].is_done);
	}
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
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
	TEST_CHECK(child_lives_on(live_on, NULL));
	held.busy = 1;
	afield_retire(&held.retired, reclaim);
	pause_ms(50);
	TEST_CHECK(__atomic_load_n(&held.busy, __ATOMIC_SEQ_CST) == 1);
	reader_leave(&reader);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(__atomic_load_n(&held.busy, __ATOMIC_SEQ_CST) == 0);
}

static int is_forked; /* __atomic */
static void *fork_beside(void *is_good)
{
	*(int *)is_good = child_lives_on(live_on, NULL);
	__atomic_store_n(&is_forked, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* When a grace period waits for the reader already, the fork waits for both. */
static void a_fork_waits_for_the_grace_period(void)
{
	static struct object held;
	struct reader reader;
	pthread_t thread;
	int is_good = 0;

	reader.depth = 1;
	reader_park(&reader);
	held.busy = 1;
	afield_retire(&held.retired, reclaim);
	pause_ms(100); /* the worker has begun */
	if (pthread_create(&thread, NULL, fork_beside, &is_good))
		abort();
	pause_ms(50);
	TEST_CHECK(!__atomic_load_n(&is_forked, __ATOMIC_SEQ_CST));
	reader_leave(&reader);
	pthread_join(thread, NULL);
	TEST_CHECK(is_good);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(__atomic_load_n(&held.busy, __ATOMIC_SEQ_CST) == 0);
}

int main(void)
{
	TEST_RUN(a_process_that_never_retired_may_fork);
	TEST_RUN(children_retire_and_wait);
	TEST_RUN(a_child_may_fork_again);
	TEST_RUN(the_gate_holds_retirers);
	TEST_RUN(a_reader_inside_stays_in_the_parent);
	TEST_RUN(a_fork_waits_for_the_grace_period);
	return test_done();
}
