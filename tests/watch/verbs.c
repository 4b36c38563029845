/* SPDX-License-Identifier: MIT */
/*
 * What every verb of a watched atomic, counter and seqlock writes down, entry by entry: in a window
 * that is there when it begins, in one that opens while it runs, and in none.
 */
/* Of the verbs that are written here few are called. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wunused-function"
#endif

#include <afield/atomic.h>
#include <afield/counter.h>
#include <afield/seqlock.h>

#include "window.h"

/* The types: between the two ends of each verb stands between() ------------------------------- */

AFIELD_TYPE(level__plain, atomic_integer, int64_t);
#define level__plain_load(...) (between(), level__plain_load(__VA_ARGS__))
#define level__plain_load_acquire(...) (between(), level__plain_load_acquire(__VA_ARGS__))
#define level__plain_store(...) (between(), level__plain_store(__VA_ARGS__))
#define level__plain_store_release(...) (between(), level__plain_store_release(__VA_ARGS__))
#define level__plain_exchange(...) (between(), level__plain_exchange(__VA_ARGS__))
#define level__plain_fetch_add(...) (between(), level__plain_fetch_add(__VA_ARGS__))
#define level__plain_fetch_sub_acq_rel(...) (between(), level__plain_fetch_sub_acq_rel(__VA_ARGS__))
#define level__plain_fetch_and(...) (between(), level__plain_fetch_and(__VA_ARGS__))
#define level__plain_fetch_or(...) (between(), level__plain_fetch_or(__VA_ARGS__))
#define level__plain_fetch_xor(...) (between(), level__plain_fetch_xor(__VA_ARGS__))
#define level__plain_fetch_min(...) (between(), level__plain_fetch_min(__VA_ARGS__))
#define level__plain_fetch_max(...) (between(), level__plain_fetch_max(__VA_ARGS__))
#define level__plain_compare_exchange(...) (between(), level__plain_compare_exchange(__VA_ARGS__))
AFIELD__WATCH_ATOMIC_INTEGER(level);
AFIELD_WATCHED(marks, atomic_integer, uint32_t);
AFIELD_WATCHED(small, atomic_integer, int32_t);
AFIELD_WATCHED(large, atomic_integer, uint64_t);
AFIELD_WATCHED(place, atomic, void *);

AFIELD_TYPE(hits__plain, counter, int64_t);
#define hits__plain_add(...) (between(), hits__plain_add(__VA_ARGS__))
#define hits__plain_sum(...) (between(), hits__plain_sum(__VA_ARGS__))
#define hits__plain_reset(...) (between(), hits__plain_reset(__VA_ARGS__))
AFIELD__WATCH_COUNTER(hits);

AFIELD_TYPE(limit__plain, seqlock, uint64_t);
#define limit__plain_load_into(...) (between(), limit__plain_load_into(__VA_ARGS__))
#define limit__plain_try_load(...) (between(), !is_refused && limit__plain_try_load(__VA_ARGS__))
#define limit__plain_store_from(...) (between(), limit__plain_store_from(__VA_ARGS__))
#define limit__plain_exchange(...) (between(), limit__plain_exchange(__VA_ARGS__))
#define limit__plain_update(...) (between(), limit__plain_update(__VA_ARGS__))
AFIELD__WATCH_SEQLOCK(limit);

/* Values -------------------------------------------------------------------------------------- */

struct three {
	unsigned char bytes[3];
};

static void values_are_their_bits(void)
{
	const int8_t byte = -2;
	const int16_t quarter = -3;
	const int32_t half = -4;
	const int64_t whole = -5;
	const struct three three = {{1, 2, 3}};
	const uint64_t two[] = {1, 2}, other[] = {1, 3};

	TEST_CHECK(AFIELD__WATCH_BITS(&byte) == 0xfe);
	TEST_CHECK(AFIELD__WATCH_BITS(&quarter) == 0xfffd);
	TEST_CHECK(AFIELD__WATCH_BITS(&half) == 0xfffffffc);
	TEST_CHECK(AFIELD__WATCH_BITS(&whole) == (uint64_t)-5);
	TEST_CHECK(AFIELD__WATCH_BITS(&three) == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
							  ? UINT64_C(0x030201)
							  : UINT64_C(0x010203) << 40));
	TEST_CHECK(AFIELD__WATCH_BITS(&two) == afield__watch_hash(two, sizeof(two)));
	TEST_CHECK(AFIELD__WATCH_BITS(&two) != AFIELD__WATCH_BITS(&other));
}

static void types_know_their_models(void)
{
	TEST_CHECK(is_judged_by(&level__watch_type, "level", "integer", AFIELD__WATCH_ONE, 8));
	TEST_CHECK(is_judged_by(&large__watch_type, "large", "unsigned", AFIELD__WATCH_ONE, 0));
	TEST_CHECK(is_judged_by(&small__watch_type, "small", "integer32", AFIELD__WATCH_ONE, 4));
	TEST_CHECK(is_judged_by(&marks__watch_type, "marks", "unsigned32", AFIELD__WATCH_ONE, 0));
	TEST_CHECK(is_judged_by(&place__watch_type, "place", "unsigned", AFIELD__WATCH_ONE, 0));
	TEST_CHECK(is_judged_by(&hits__watch_type, "hits", "counter", AFIELD__WATCH_SUM, 0));
	TEST_CHECK(is_judged_by(&limit__watch_type, "limit", "register", AFIELD__WATCH_ONE, 0));
}

/* Kinds --------------------------------------------------------------------------------------- */

static level a_level;

static int64_t twice(int64_t old, void *argument)
{
	int *calls = (int *)argument;

	/* What has come between is not written down, and is seen. */
	if (calls && ++*calls == 1)
		level__plain_store_relaxed(&a_level, old + 1);
	return old * 2;
}

static void atomics(void)
{
	level *it = &a_level;
	int64_t seen = 0;

#define SET_5 level__plain_store_relaxed(it, 5)
	CASE(it, SET_5, TEST_CHECK(level_load(it) == 5), true, AFIELD__WATCH_load, 0, 1, {0}, {5});
	CASE(it, SET_5, TEST_CHECK(level_load_acquire(it) == 5), true, AFIELD__WATCH_load, 0, 1,
	     {0}, {5});
	CASE(it, SET_5, level_store(it, -1), true, AFIELD__WATCH_store, 1, 0, {UINT64_MAX}, {0});
	TEST_CHECK(level__plain_load_relaxed(it) == -1);
	CASE(it, SET_5, level_store_release(it, 6), true, AFIELD__WATCH_store, 1, 0, {6}, {0});
	TEST_CHECK(level__plain_load_relaxed(it) == 6);
#define FETCH(verb, name, operand, after)                                                        \
	CASE(it, SET_5, TEST_CHECK(level_##verb(it, operand) == 5), true, name, 1, 1, {operand}, \
	     {5});                                                                               \
	TEST_CHECK(level__plain_load_relaxed(it) == (after))
	FETCH(exchange, AFIELD__WATCH_exchange, 9, 9);
	FETCH(fetch_add, AFIELD__WATCH_fetch_add, 9, 14);
	FETCH(fetch_sub_acq_rel, AFIELD__WATCH_fetch_sub, 9, -4);
	FETCH(fetch_and, AFIELD__WATCH_fetch_and, 9, 1);
	FETCH(fetch_or, AFIELD__WATCH_fetch_or, 9, 13);
	FETCH(fetch_xor, AFIELD__WATCH_fetch_xor, 9, 12);
	FETCH(fetch_min, AFIELD__WATCH_fetch_min, 3, 3);
	FETCH(fetch_max, AFIELD__WATCH_fetch_max, 9, 9);
	CASE(it, SET_5; seen = 5, TEST_CHECK(level_compare_exchange(it, &seen, 7)), true,
			AFIELD__WATCH_compare_exchange, 2, 2, {5, 7}, {1, 5});
	TEST_CHECK(level__plain_load_relaxed(it) == 7);
	CASE(it, SET_5; seen = 4, TEST_CHECK(!level_compare_exchange(it, &seen, 7) && seen == 5),
			true, AFIELD__WATCH_compare_exchange, 2, 2, {4, 7}, {0, 5});
	TEST_CHECK(level__plain_load_relaxed(it) == 5);
}

static void an_update_is_its_exchanges(void)
{
	const uint32_t verb = AFIELD__WATCH_compare_exchange;
	const struct line lines[] = {{1, 2, {verb, 2, 2, {5, 10}, {0, 6}}},
				     {3, 4, {verb, 2, 2, {6, 12}, {1, 6}}}};
	int calls = 0;

	mode = WHOLE;
	level__plain_store_relaxed(&a_level, 5);
	open_window(&a_level);
	TEST_CHECK(level_update(&a_level, twice, &calls) == 6);
	close_window(lines, 2, 4);
	TEST_CHECK(calls == 2 && level__plain_load_relaxed(&a_level) == 12);
}

static void *wait_for_change(void *old)
{
	TEST_CHECK(level_wait(&a_level, *(int64_t *)old, NULL) == 0);
	return NULL;
}

/* Who waits is told, and nothing of it is written down. */
static void waits_pass(void)
{
	const struct timespec moment = {0, 1000000};

	mode = WHOLE;
	open_window(&a_level);
	for (int64_t i = 0; i < 4; i++) {
		pthread_t thread;

		level__plain_store_relaxed(&a_level, i);
		TEST_CHECK(pthread_create(&thread, NULL, wait_for_change, &i) == 0);
		while (AFIELD_LOAD(&afield_waiters_of(&a_level)->count, seq_cst) == 0)
			nanosleep(&moment, NULL);
		nanosleep(&moment, NULL);
		level__plain_store_relaxed(&a_level, i + 1);
		if (i % 2)
			level_notify_one(&a_level);
		else
			level_notify_all(&a_level);
		pthread_join(thread, NULL);
	}
	close_window(NULL, 0, 0);
}

static void counters(void)
{
	static hits a_counter;
	hits *it = &a_counter;

#define SUM_5 hits__plain_reset(it), hits__plain_add(it, 5)
	CASE(it, (void)SUM_5, hits_add(it, -2), true, AFIELD__WATCH_SUM_ADD, 1, 0, {(uint64_t)-2},
	     {0});
	TEST_CHECK(hits__plain_sum(it) == 3);
	CASE(it, (void)SUM_5, TEST_CHECK(hits_sum(it) == 5), true, AFIELD__WATCH_SUM_READ, 0, 1,
	     {0}, {5});
	CASE(it, (void)SUM_5, TEST_CHECK(hits_reset(it) == 5), true, AFIELD__WATCH_SUM_RESET, 0, 1,
	     {0}, {5});
	TEST_CHECK(hits__plain_sum(it) == 0);
	hits_fini(it);
}

static bool add_one(uint64_t *value, void *argument)
{
	++*value;
	return *(bool *)argument;
}

static void seqlocks(void)
{
	static limit a_limit;
	const uint64_t five = 5;
	limit *it = &a_limit;
	uint64_t value = 0;
	bool changes = true;

#define LIMIT_5 limit__plain_store_from(it, &five)
	CASE(it, LIMIT_5, TEST_CHECK(limit_load(it) == 5), true, AFIELD__WATCH_READ, 0, 1, {0},
	     {5});
	CASE(it, LIMIT_5, TEST_CHECK(limit_try_load(it, &value) && value == 5), true,
	     AFIELD__WATCH_READ, 0, 1, {0}, {5});
	REFUSED(it, TEST_CHECK(!limit_try_load(it, &value)));
	CASE(it, LIMIT_5, limit_store(it, 6), true, AFIELD__WATCH_WRITE, 1, 0, {6}, {0});
	TEST_CHECK(limit_load(it) == 6);
	CASE(it, LIMIT_5, TEST_CHECK(limit_exchange(it, 6) == 5), true, AFIELD__WATCH_RMW, 1, 1,
	     {6}, {5});
	TEST_CHECK(limit_load(it) == 6);
	/* What began unseen knows neither value. */
	CASE(it, LIMIT_5, TEST_CHECK(limit_update(it, add_one, &changes) == 1), true,
	     AFIELD__WATCH_UPDATE, 0, mode == WHOLE ? 2 : 0, {0},
	     {mode == WHOLE ? 5 : 0, mode == WHOLE ? 6 : 0});
	TEST_CHECK(limit_load(it) == 6);
	changes = false;
	CASE(it, LIMIT_5, TEST_CHECK(limit_update(it, add_one, &changes) == 0), true,
	     AFIELD__WATCH_UPDATE, 0, mode == WHOLE ? 2 : 0, {0},
	     {mode == WHOLE ? 5 : 0, mode == WHOLE ? 5 : 0});
	TEST_CHECK(limit_load(it) == 5);
	TEST_CHECK(limit_reset_orphans(it) == 0);
	limit_fini(it);
}

/* Whose window it is -------------------------------------------------------------------------- */

static void of_another_field_nothing_is_written(void)
{
	static level other;

	mode = WHOLE;
	open_window(&other);
	level_store(&a_level, 1);
	close_window(NULL, 0, 0);
}

/* One that found the window closed, and ends in the same epoch, is behind its end. */
static void behind_the_end_nothing_is_written(void)
{
	mode = WHOLE;
	open_window(&a_level);
	TEST_CHECK(afield__watch_close(&window) == 1);
	level_store(&a_level, 1);
	close_window(NULL, 0, 0);
}

/* One that began in front of the end and ends behind it has no time, and takes none from those whose
 * ends are still to come. */
static void an_end_behind_the_end_has_no_time(void)
{
	const struct line line = {1, AFIELD__WATCH_AFTER, {AFIELD__WATCH_store, 1, 0, {1}, {0}}};

	mode = CLOSING;
	open_window(&a_level);
	level_store(&a_level, 1);
	close_window(&line, 1, 1);
}

int main(void)
{
	TEST_RUN(values_are_their_bits);
	TEST_RUN(types_know_their_models);
	TEST_RUN(atomics);
	TEST_RUN(an_update_is_its_exchanges);
	TEST_RUN(waits_pass);
	TEST_RUN(counters);
	TEST_RUN(seqlocks);
	TEST_RUN(of_another_field_nothing_is_written);
	TEST_RUN(behind_the_end_nothing_is_written);
	TEST_RUN(an_end_behind_the_end_has_no_time);
	return test_done();
}
