/* SPDX-License-Identifier: MIT */
/*
 * Fork while other threads write a map and the library resizes it. The child has one thread, and a
 * map that it must be able to read, write, resize and end, in bounded time: no lock of liburcu's
 * may be held there by a thread that is not there any more.
 */
#include <afield/map.h>

#include "child.h"
#include "../map_hash_table.h"
#include "test.h"

AFIELD_TYPE(number_map, map, int64_t, int64_t);

enum { STEADY = 100, LOOSE = 4000, CHILDS = 3000 };

static number_map map;
static int stop; /* __atomic */

/* Elements come and go by thousands, so that the table is resized all the time. */
static void *write_all_the_time(void *opaque)
{
	int64_t first = STEADY + *(int64_t *)opaque * LOOSE;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (int64_t key = first; key < first + LOOSE; key++)
			(void)!number_map_set(&map, key, -key);
		usleep(20000); /* a resize has its time */
		for (int64_t key = first; key < first + LOOSE; key++)
			number_map_remove(&map, key, NULL);
		usleep(20000);
	}
	return NULL;
}

static int count_one(int64_t key, const int64_t *value, void *argument)
{
	*(int64_t *)argument += *value == -key;
	return 0;
}

/* What the child does; the result is the step that went wrong. */
static int live_on(void *unused)
{
	number_map own;
	int64_t value, met = 0;

	(void)unused;
	memset(&own, 0, sizeof(own));
	for (int64_t key = 0; key < STEADY; key++)
		if (!number_map_load(&map, key, &value) || value != -key)
			return 1;
	for (int64_t key = 0; key < CHILDS; key++)
		if (number_map_set(&map, -1 - key, 1 + key) || number_map_set(&own, key, -key))
			return 2;
	/* A request of the parent's is done first, and then the child's own. */
	for (int i = 0; i < 4; i++)
		if (afield_barrier())
			return 3;
	if (afield__map_buckets(&own.map) < CHILDS || afield__map_buckets(&map.map) < CHILDS)
		return 4;
	number_map_walk(&own, count_one, &met);
	if (met != CHILDS || number_map_count(&own) != CHILDS)
		return 5;
	number_map_fini(&own);
	number_map_fini(&map);
	return afield_barrier() || afield_backlog() != 0 ? 6 : 0;
}

static void children_use_the_map(void)
{
	static int64_t numbers[] = {0, 1};
	pthread_t threads[CHILD_COMPANY + 1];
	int64_t value;

	for (int64_t key = 0; key < STEADY; key++)
		TEST_CHECK(number_map_set(&map, key, -key) == 0);
	for (int i = 0; i < CHILD_COMPANY; i++)
		if (pthread_create(&threads[i], NULL, write_all_the_time, &numbers[i]))
			abort();
	for (long i = 0; i < test_scaled(20); i++) {
		TEST_CHECK(child_finds(live_on, NULL));
		usleep((unsigned)(i * 1700 % 13000));
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < CHILD_COMPANY; i++)
		pthread_join(threads[i], NULL);
	for (int64_t key = 0; key < STEADY; key++)
		TEST_CHECK(number_map_load(&map, key, &value) && value == -key);
	number_map_fini(&map);
	TEST_CHECK(afield_barrier() == 0);
}

/* A resize is asked for and not begun at the fork: it is done in both processes. */
static void a_request_is_inherited(void)
{
	memset(&map, 0, sizeof(map));
	for (int64_t key = 0; key < 2000; key++)
		TEST_CHECK(number_map_set(&map, key, -key) == 0);
	TEST_CHECK(child_finds(live_on, NULL));
	for (int i = 0; i < 4; i++)
		TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield__map_buckets(&map.map) >= 2000);
	number_map_fini(&map);
	TEST_CHECK(afield_barrier() == 0);
}

/*
 * A thread whose maps grow all the time, until the number of a resize is left behind in one of
 * them: the child counts its elements, moves them to another table, and goes on as if nothing had
 * been.
 */
enum { MOST_GROWN = 6000 };
static number_map growing;
static AFIELD_ATOMIC(long) added; /* to `growing`, at least, while `is_whole`; by its thread */
static AFIELD_ATOMIC(bool) is_whole;
static void *grow_maps(void *unused)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		AFIELD_STORE(&added, 0, seq_cst);
		AFIELD_STORE(&is_whole, true, seq_cst);
		for (int64_t key = 0; key < MOST_GROWN; key++) {
			TEST_CHECK(number_map_set(&growing, key, -key) == 0);
			AFIELD_STORE(&added, key + 1, seq_cst);
		}
		AFIELD_STORE(&is_whole, false, seq_cst);
		number_map_fini(&growing);
	}
	return unused;
}

static int grow_on(void *unused)
{
	struct afield__map_table *table = AFIELD_LOAD(&growing.map.table, seq_cst);
	bool is_orphaned = table && afield_thread_is_gone(AFIELD_LOAD(&table->resizer, relaxed));
	long count = AFIELD_LOAD(&added, seq_cst);
	int64_t value, met = 0;

	(void)unused;
	if (!AFIELD_LOAD(&is_whole, seq_cst))
		return 0; /* it ends in the parent */
	for (int64_t key = 0; key < count; key++)
		if (!number_map_load(&growing, key, &value) || value != -key)
			return 1;
	number_map_walk(&growing, count_one, &met);
	if (number_map_count(&growing) != (size_t)met || met < count || met > count + 1)
		return 2;
	for (int64_t key = count; key < 4 * count + 100; key++)
		if (number_map_set(&growing, key, -key) < 0)
			return 3;
	for (int64_t key = 0; key < 4 * count + 100; key++)
		if (!number_map_load(&growing, key, &value) || value != -key)
			return 4;
	if (number_map_count(&growing) != (size_t)(4 * count + 100))
		return 5;
	if (count < 1000 && afield__map_buckets(&growing.map) < (size_t)(4 * count + 100))
		return 6; /* it grows again */
	number_map_fini(&growing);
	return is_orphaned ? -1 : 0;
}

static void children_go_on_with_a_map_that_grows(void)
{
	pthread_t thread;
	long orphaned = 0, forks = test_scaled(120);

	if (!CHILD_COMPANY)
		return;
	__atomic_store_n(&stop, 0, __ATOMIC_RELAXED);
	if (pthread_create(&thread, NULL, grow_maps, NULL))
		abort();
	for (long i = 0; i < forks; i++) {
		pid_t child;
		int status, step;

		fflush(stdout);
		child = fork();
		if (child == 0) {
			alarm(30);
			_exit(grow_on(NULL) & 0xff);
		}
		if (child < 0 || waitpid(child, &status, 0) != child)
			abort();
		step = WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
		orphaned += step == 0xff;
		TEST_CHECK(step == 0 || step == 0xff);
		if (step != 0 && step != 0xff)
			printf("  the child's step %d went wrong\n", step);
		usleep((unsigned)(i * 37 % 900));
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	printf("  %ld of %ld children found a resize left behind\n", orphaned, forks);
	TEST_CHECK(orphaned > 0);
}

int main(void)
{
	TEST_RUN(children_use_the_map);
	TEST_RUN(a_request_is_inherited);
	TEST_RUN(children_go_on_with_a_map_that_grows);
	return test_done();
}
