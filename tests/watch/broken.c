/* SPDX-License-Identifier: MIT */
/*
 * Fields that are broken now and then, each at full load under a watch, each in a process of its
 * own: every one of them is reported within a minute, and afield-check refutes the file.
 *
 *	broken AFIELD-CHECK [NAME]
 */
/* Of the verbs that are written here few are called. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wunused-function"
#endif

#include <afield/atomic.h>
#include <afield/counter.h>
#include <afield/map.h>
#include <afield/seqlock.h>
#include <afield/queue.h>
#include <afield/stack.h>

#include "broken_row.h"
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Integers of which one verb is broken: what the watched type calls has another name here.
 */
AFIELD_TYPE(stale__plain, atomic_integer, int64_t);
static int64_t broken_load(const stale__plain *field)
{
	static __thread int64_t cached;

	if (!now_and_then(64))
		cached = stale__plain_load(field);
	return cached;
}

AFIELD_TYPE(torn__plain, atomic_integer, int64_t);
static bool broken_compare_exchange(torn__plain *field, int64_t *expected, int64_t desired)
{
	int64_t seen = torn__plain_load(field);
	bool is_equal = seen == *expected;

	if (now_and_then(64))
		sched_yield();
	if (is_equal)
		torn__plain_store(field, desired);
	*expected = seen;
	return is_equal;
}
static int64_t broken_exchange(torn__plain *field, int64_t value)
{
	int64_t seen = torn__plain_load(field);

	if (now_and_then(64))
		sched_yield();
	torn__plain_store(field, value);
	return seen;
}
static int64_t broken_fetch_add(torn__plain *field, int64_t value)
{
	return broken_exchange(field, torn__plain_load(field) + value);
}
static int64_t broken_fetch_max(torn__plain *field, int64_t value)
{
	int64_t seen = torn__plain_load(field);

	return seen < value ? broken_exchange(field, value) : seen;
}
static void broken_store(torn__plain *field, int64_t value)
{
	if (!now_and_then(64))
		torn__plain_store(field, value);
}

#define stale__plain_load broken_load
AFIELD__WATCH_ATOMIC_INTEGER(stale);
#undef stale__plain_load
#define torn__plain_compare_exchange broken_compare_exchange
#define torn__plain_exchange broken_exchange
#define torn__plain_fetch_add broken_fetch_add
#define torn__plain_fetch_max broken_fetch_max
#define torn__plain_store broken_store
AFIELD__WATCH_ATOMIC_INTEGER(torn);

/* A seqlock whose reader sees half of a write. */
struct halves {
	uint64_t one, two;
};
AFIELD_TYPE(split__plain, seqlock, struct halves);
static void broken_load_into(const split__plain *field, struct halves *value)
{
	struct halves later;

	split__plain_load_into(field, value);
	if (!now_and_then(16))
		return;
	split__plain_load_into(field, &later);
	value->two = later.two;
}
#define split__plain_load_into broken_load_into
AFIELD__WATCH_SEQLOCK(split);

/* A map that loads an old value, and one whose remove tells twice. */
AFIELD_TYPE(old__plain, map, int32_t, uint64_t);
static bool broken_map_load(const old__plain *field, int32_t key, uint64_t *value)
{
	static __thread uint64_t cached;
	static __thread bool is_there;

	if (!now_and_then(64))
		is_there = old__plain_load(field, key, &cached);
	*value = cached;
	return is_there;
}
#define old__plain_load broken_map_load
AFIELD__WATCH_MAP(old);
AFIELD_TYPE(again__plain, map, int32_t, uint64_t);
static bool broken_remove(again__plain *field, int32_t key, uint64_t *value)
{
	return now_and_then(64) ? again__plain_load(field, key, value)
				: again__plain_remove(field, key, value);
}
#define again__plain_remove broken_remove
AFIELD__WATCH_MAP(again);

/* Counters: an addition is lost, or a sum is an old one. */
AFIELD_TYPE(lossy__plain, counter, int64_t);
static void broken_add(lossy__plain *field, int64_t amount)
{
	if (!now_and_then(256))
		lossy__plain_add(field, amount);
}
AFIELD_TYPE(late__plain, counter, int64_t);
static int64_t broken_sum(const late__plain *field)
{
	static __thread int64_t old;
	int64_t now = late__plain_sum(field);

	if (!now_and_then(64))
		old = now;
	return old;
}
#define lossy__plain_add broken_add
AFIELD__WATCH_COUNTER(lossy);
#define late__plain_sum broken_sum
AFIELD__WATCH_COUNTER(late);

/* Loads ---------------------------------------------------------------------------------------- */

#define ROW_WORK(name)                                                       \
	static void work_##name(void *field, uint64_t next, uint64_t serial) \
	{                                                                    \
		uint64_t value;                                              \
		if (next % 2)                                                \
			(void)!name##_push((name *)field, serial);           \
		else if (next % 16)                                          \
			(void)name##_pop((name *)field, &value);             \
		else                                                         \
			(void)name##_is_empty((name *)field);                \
	}
ROW_WORK(bad_queue)
ROW_WORK(bad_stack)

static void work_stale(void *field, uint64_t next, uint64_t serial)
{
	if (next % 2)
		(void)stale_load((const stale *)field);
	else
		stale_store((stale *)field, (int64_t)serial);
}

static uint64_t torn_verb; /* set before the threads begin */

static void work_torn(void *field, uint64_t next, uint64_t serial)
{
	int64_t seen, value = (int64_t)serial;
	torn *it = (torn *)field;

	if (next % 4 == 0) {
		(void)torn_load(it);
		return;
	}
	switch (torn_verb) {
	case 0:
		seen = torn_load(it);
		(void)torn_compare_exchange(it, &seen, value);
		return;
	case 1:
		(void)torn_exchange(it, value);
		return;
	case 2:
		(void)torn_fetch_add(it, 3);
		return;
	case 3: /* lowered again, or it would never again be raised by both */
		if (next % 8 == 1)
			(void)torn_fetch_and(it, 255);
		else
			(void)torn_fetch_max(it, (int64_t)(next >> 8));
		return;
	default:
		torn_store(it, value);
	}
}

static void work_split(void *field, uint64_t next, uint64_t serial)
{
	struct halves value = {serial, serial};

	if (next % 2)
		split_store((split *)field, value);
	else
		(void)split_load((split *)field);
}

#define MAP_WORK(name)                                                       \
	static void work_##name(void *field, uint64_t next, uint64_t serial) \
	{                                                                    \
		uint64_t value;                                              \
		if (next % 4 == 0)                                           \
			(void)!name##_set((name *)field, 1, serial);         \
		else if (next % 4 == 1)                                      \
			(void)name##_remove((name *)field, 1, &value);       \
		else                                                         \
			(void)name##_load((name *)field, 1, &value);         \
	}
MAP_WORK(old)
MAP_WORK(again)

static void work_lossy(void *field, uint64_t next, uint64_t serial)
{
	(void)serial;
	if (next % 4)
		lossy_add((lossy *)field, 1);
	else
		(void)lossy_sum((lossy *)field);
}

static void work_late(void *field, uint64_t next, uint64_t serial)
{
	(void)serial;
	if (next % 4)
		late_add((late *)field, 1);
	else
		(void)late_sum((late *)field);
}

#define WATCH(name)                                                                           \
	static struct afield_watch *watch_##name(void *field, unsigned one_in,                \
						 afield_watch_report *report, void *argument) \
	{                                                                                     \
		return name##_watch((const name *)field, one_in, report, argument);           \
	}
WATCH(bad_queue)
WATCH(bad_stack)
WATCH(stale)
WATCH(torn)
WATCH(lossy)
WATCH(split)
WATCH(old)
WATCH(again)
WATCH(late)

static struct row row = {.lock = PTHREAD_MUTEX_INITIALIZER};
static stale a_stale;
static torn a_torn;
static split a_split;
static old an_old;
static again an_again;
static lossy a_lossy;
static late a_late;

#define LOAD(name, field)                        \
	{                                        \
		watch_##name, work_##name, field \
		, 2, 0, 0, NULL                  \
	}
static const struct variant {
	const char *name;
	struct load load;
	enum mistake mistake;
	bool is_stack;
	uint64_t verb;
} variants[] = {
	{"queue.other_end", LOAD(bad_queue, &row), OTHER_END, false, 0},
	{"queue.second", LOAD(bad_queue, &row), SECOND, false, 0},
	{"queue.twice", LOAD(bad_queue, &row), TWICE, false, 0},
	{"queue.lost", LOAD(bad_queue, &row), LOST, false, 0},
	{"queue.nothing", LOAD(bad_queue, &row), NOTHING, false, 0},
	{"queue.empty", LOAD(bad_queue, &row), EMPTY, false, 0},
	{"queue.newer", LOAD(bad_queue, &row), NEWER, false, 0},
	{"queue.never", LOAD(bad_queue, &row), NEVER, false, 0},
	{"stack.other_end", LOAD(bad_stack, &row), OTHER_END, true, 0},
	{"stack.second", LOAD(bad_stack, &row), SECOND, true, 0},
	{"stack.twice", LOAD(bad_stack, &row), TWICE, true, 0},
	{"stack.lost", LOAD(bad_stack, &row), LOST, true, 0},
	{"stack.nothing", LOAD(bad_stack, &row), NOTHING, true, 0},
	{"atomic.stale_load", LOAD(stale, &a_stale), OTHER_END, false, 0},
	{"atomic.torn_compare_exchange", LOAD(torn, &a_torn), OTHER_END, false, 0},
	{"atomic.torn_exchange", LOAD(torn, &a_torn), OTHER_END, false, 1},
	{"atomic.torn_fetch_add", LOAD(torn, &a_torn), OTHER_END, false, 2},
	{"atomic.torn_fetch_max", LOAD(torn, &a_torn), OTHER_END, false, 3},
	{"atomic.lost_store", LOAD(torn, &a_torn), OTHER_END, false, 4},
	{"seqlock.half", LOAD(split, &a_split), OTHER_END, false, 0},
	{"map.old_load", LOAD(old, &an_old), OTHER_END, false, 0},
	{"map.remove_again", LOAD(again, &an_again), OTHER_END, false, 0},
	{"counter.lost_add", LOAD(lossy, &a_lossy), OTHER_END, false, 0},
	{"counter.stale_sum", LOAD(late, &a_late), OTHER_END, false, 0},
};
enum { VARIANTS = sizeof(variants) / sizeof(*variants) };

static int run(const struct variant *variant, const char *check)
{
	struct load load = variant->load;
	struct afield_watch_counts counts;
	char path[64], command[512];
	double begin = load_now();
	int status;

	(void)snprintf(path, sizeof(path), "watch.broken.%s.history", variant->name);
	load.path = path;
	row.mistake = variant->mistake;
	row.is_stack = variant->is_stack;
	torn_verb = variant->verb;
	load_watch(&load, UINT64_MAX, 60, &counts);
	printf("%-30s %5.1f s, %llu windows, %llu unknown: %s\n", variant->name, load_now() - begin,
	       (unsigned long long)counts.windows, (unsigned long long)counts.unknown,
	       load.reports ? "caught" : "NOT CAUGHT");
	fflush(stdout);
	if (!load.reports)
		return 1;
	(void)snprintf(command, sizeof(command), "'%s' '%s' > /dev/null", check, path);
	status = system(command);
	if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 1) {
		printf("%s: afield-check does not refute it\n", path);
		return 1;
	}
	return 0;
}

static const char *checker, *only;

/* Eight at a time: a process waits for two seconds before it reports. */
static void each_is_caught(void)
{
	int running = 0, status;

	fflush(stdout);
	for (int i = 0; i < VARIANTS; i++) {
		if (only && strcmp(only, variants[i].name) != 0)
			continue;
		if (running == 8 && running--)
			TEST_CHECK(wait(&status) > 0 && status == 0);
		running++;
		if (fork() == 0)
			_exit(run(&variants[i], checker));
	}
	while (running--)
		TEST_CHECK(wait(&status) > 0 && status == 0);
}

int main(int count, char **arguments)
{
	if (count < 2) {
		fputs("broken AFIELD-CHECK [NAME]\n", stderr);
		return 2;
	}
	checker = arguments[1];
	only = count > 2 ? arguments[2] : NULL;
	TEST_RUN(each_is_caught);
	return test_done();
}
