/* SPDX-License-Identifier: MIT */
/*
 * Fork while other threads write a map, which grows and shrinks. The child has one thread, and a
 * map that it must be able to read, write, resize and end, in bounded time.
 */
#include <afield/map.h>

#include "child.h"
#include "../map_table.h"
#include "test.h"

AFIELD_TYPE(number_map, map, int64_t, int64_t);

enum { STEADY = 100, LOOSE = 4000, CHILDS = 3000 };

static number_map map;
static int stop; /* __atomic */

/* Elements come and go by thousands, so that the table grows and shrinks all the time. */
static void *write_all_the_time(void *opaque)
{
	int64_t first = STEADY + *(int64_t *)opaque * LOOSE;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (int64_t key = first; key < first + LOOSE; key++)
			(void)!number_map_set(&map, key, -key);
		usleep(20000); /* a shrink has its time */
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

/* A shrink is asked for and not begun at the fork: it is done in both processes. */
enum { LARGE = 20000 };
static int shrink_on(void *unused)
{
	int64_t value;

	(void)unused;
	if (!number_map_remove(&map, STEADY - 1, NULL) || number_map_count(&map) != STEADY - 1)
		return 1;
	for (int i = 0; i < 10; i++)
		if (afield_barrier())
			return 2;
	if (afield__map_buckets(&map.map) >= LARGE / 8)
		return 3;
	for (int64_t key = 0; key < STEADY - 1; key++)
		if (!number_map_load(&map, key, &value) || value != -key)
			return 4;
	number_map_fini(&map);
	return afield_barrier() || afield_backlog() != 0 ? 5 : 0;
}

static void a_request_is_inherited(void)
{
	if (!CHILD_COMPANY) /* the library's thread frees what was removed */
		return;
	memset(&map, 0, sizeof(map));
	for (int64_t key = 0; key < LARGE; key++)
		TEST_CHECK(number_map_set(&map, key, -key) == 0);
	for (int64_t key = STEADY; key < LARGE; key++)
		TEST_CHECK(number_map_remove(&map, key, NULL));
	TEST_CHECK(child_finds(shrink_on, NULL));
	TEST_CHECK(shrink_on(NULL) == 0);
}

/* Who has put a map right as a child, and forks, is another in its own child. */
static int set_one(void *unused)
{
	(void)unused;
	return number_map_set(&map, 3, 3) != 0 || number_map_count(&map) != 3;
}
static int set_and_fork(void *unused)
{
	(void)unused;
	return number_map_set(&map, 2, 2) != 0 || !child_finds(set_one, NULL);
}
static void a_child_of_a_child_uses_the_map(void)
{
	memset(&map, 0, sizeof(map));
	TEST_CHECK(number_map_set(&map, 1, 1) == 0);
	TEST_CHECK(child_finds(set_and_fork, NULL));
	number_map_fini(&map);
}

/*
 * A thread whose map grows and shrinks all the time, until a step of a shrink is left behind: the
 * child counts its elements, goes on with the shrink, and grows again as if nothing had been.
 */
enum { MOST_GROWN = 6000, LEAST_LEFT = 10 };
static number_map growing;
static AFIELD_ATOMIC(long) added; /* to `growing`, at least; by its thread */
static void *grow_and_shrink(void *unused)
{
	int64_t key = 0;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (; key < MOST_GROWN; key++) {
			TEST_CHECK(number_map_set(&growing, key, -key) == 0);
			AFIELD_STORE(&added, key + 1, seq_cst);
		}
		while (key > LEAST_LEFT) {
			AFIELD_STORE(&added, --key, seq_cst);
			TEST_CHECK(number_map_remove(&growing, key, NULL));
		}
		usleep(5000); /* a shrink may begin */
	}
	return unused;
}

static bool is_shrinking(const struct afield__map_table *table)
{
	return table && AFIELD_LOAD(&table->is_requested, seq_cst) &&
	       AFIELD_LOAD(&table->step, seq_cst) != AFIELD__MAP_LOWER;
}

static int go_on(void *unused)
{
	bool is_orphaned = is_shrinking(AFIELD_LOAD(&growing.map.table, seq_cst));
	long count = AFIELD_LOAD(&added, seq_cst);
	int64_t value, met = 0;

	(void)unused;
	for (int64_t key = 0; key < count; key++)
		if (!number_map_load(&growing, key, &value) || value != -key)
			return 1;
	number_map_walk(&growing, count_one, &met);
	if (number_map_count(&growing) != (size_t)met || met < count || met > count + 1)
		return 2;
	for (int64_t key = count; key < 4 * count + 100; key++)
		if (number_map_set(&growing, key, -key) < 0)
			return 3;
	for (int i = 0; i < 4; i++)
		if (afield_barrier())
			return 4; /* the shrink is over */
	for (int64_t key = 0; key < 4 * count + 100; key++)
		if (!number_map_load(&growing, key, &value) || value != -key)
			return 5;
	if (number_map_count(&growing) != (size_t)(4 * count + 100))
		return 6;
	if (afield__map_buckets(&growing.map) < (size_t)(4 * count + 100))
		return 7; /* it grows again */
	number_map_fini(&growing);
	return afield_barrier() ? 8 : is_orphaned ? -1 : 0;
}

static void children_go_on_with_a_map_that_grows_and_shrinks(void)
{
	pthread_t thread;
	long orphaned = 0, forks = test_scaled(120);

	if (!CHILD_COMPANY)
		return;
	__atomic_store_n(&stop, 0, __ATOMIC_RELAXED);
	if (pthread_create(&thread, NULL, grow_and_shrink, NULL))
		abort();
	for (long i = 0; i < forks; i++) {
		pid_t child;
		int status, step;

		fflush(stdout);
		child = fork();
		if (child == 0) {
			alarm(30);
			_exit(go_on(NULL) & 0xff);
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
	number_map_fini(&growing);
	printf("  %ld of %ld children found a shrink left behind\n", orphaned, forks);
	TEST_CHECK(orphaned > 0);
}

int main(void)
{
	TEST_RUN(children_use_the_map);
	TEST_RUN(a_request_is_inherited);
	TEST_RUN(a_child_of_a_child_uses_the_map);
	TEST_RUN(children_go_on_with_a_map_that_grows_and_shrinks);
	return test_done();
}
