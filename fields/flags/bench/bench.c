/* SPDX-License-Identifier: MIT */
/*
 * flags: one bit of a word, beside a bool of its own for it, C11's fetch_or, and bits behind a
 * mutex.
 *
 * The bound of a change is one locked instruction, that of a test one load.
 */
#include <afield/atomic.h>
#include <afield/flags.h>

#include <pthread.h>

#include "bench.h"

#define DOOR(flag) flag(door, open) flag(door, locked) flag(door, dirty)
AFIELD_FLAGS(door, DOOR);
AFIELD_TYPE(door_flags, flags, door);

static door_flags ours;
static afield_bool one;
static AFIELD_ATOMIC(uint64_t) word;
static struct guarded {
	pthread_mutex_t mutex;
	uint64_t bits;
} guarded = {PTHREAD_MUTEX_INITIALIZER, 0};

static void guarded_set(struct guarded *it, uint64_t bits)
{
	pthread_mutex_lock(&it->mutex);
	it->bits |= bits;
	pthread_mutex_unlock(&it->mutex);
}
static bool guarded_test(struct guarded *it, uint64_t bits)
{
	bool is_set;

	pthread_mutex_lock(&it->mutex);
	is_set = (it->bits & bits) == bits;
	pthread_mutex_unlock(&it->mutex);
	return is_set;
}

BENCH_BODY(our_test, door_flags, bench_keep(door_flags_test(it, door_locked)));
BENCH_BODY(bool_test, afield_bool, bench_keep(afield_bool_load(it)));
BENCH_BODY(their_test, struct guarded, bench_keep(guarded_test(it, door_locked)));
BENCH_BODY(our_set, door_flags, door_flags_set(it, door_locked));
BENCH_BODY(bool_set, afield_bool, afield_bool_store(it, true));
BENCH_BODY(c11_set, void, AFIELD_FETCH_OR(&word, door_locked, seq_cst));
BENCH_BODY(their_set, struct guarded, guarded_set(it, door_locked));
BENCH_BODY(our_ask, door_flags, bench_keep(door_flags_test_and_set(it, door_locked)));
BENCH_BODY(bool_ask, afield_bool, bench_keep(afield_bool_exchange(it, true)));

static const struct bench_group groups[] = {
	{.name = "test",
	 .threads = BENCH_ONE | BENCH_CORES,
	 .bound = {.loads = 1},
	 .contenders = {{"afield flags", our_test, &ours, NULL, NULL, NULL},
			{"afield bool", bool_test, &one, NULL, NULL, NULL},
			{"mutex", their_test, &guarded, NULL, NULL, NULL}}},
	{.name = "set",
	 .bound = {.rmws = 1},
	 .contenders = {{"afield flags", our_set, &ours, NULL, NULL, NULL},
			{"afield bool", bool_set, &one, NULL, NULL, NULL},
			{"C11 fetch_or", c11_set, NULL, NULL, NULL, NULL},
			{"mutex", their_set, &guarded, NULL, NULL, NULL}}},
	{.name = "test_and_set",
	 .threads = BENCH_ONE | BENCH_CORES,
	 .bound = {.rmws = 1},
	 .contenders = {{"afield flags", our_ask, &ours, NULL, NULL, NULL},
			{"afield bool, exchange", bool_ask, &one, NULL, NULL, NULL}}},
};
BENCH_MAIN("flags", groups)
