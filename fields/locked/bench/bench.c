/* SPDX-License-Identifier: MIT */
/*
 * locked beside a plain pthread mutex: what the owner's number and the look for
 * waiters cost.
 *
 * The bound is two locked instructions, one to take a lock and one to give it back. All threads
 * share one field.
 */
#include <afield/locked.h>

#include "bench.h"

#include <pthread.h>

struct limits {
	int64_t low, high, step, spare;
};
AFIELD_TYPE(limits_locked, locked, struct limits);

struct raw {
	pthread_mutex_t mutex;
	struct limits value;
};

BENCH_APART(limits_locked, ours);
BENCH_APART(struct raw, raw);

static void ours_pair(limits_locked *it)
{
	struct limits *limits = limits_locked_lock(it);

	limits->low++;
	limits_locked_unlock(it);
}
static void raw_pair(struct raw *it)
{
	pthread_mutex_lock(&it->mutex);
	it->value.low++;
	pthread_mutex_unlock(&it->mutex);
}
BENCH_BODY(our_pair, limits_locked, ours_pair(it));
BENCH_BODY(their_pair, struct raw, raw_pair(it));

static void ours_load(limits_locked *it)
{
	struct limits seen;

	limits_locked_load(it, &seen);
	bench_keep_memory(&seen);
}
static void raw_load(struct raw *it)
{
	struct limits seen;

	pthread_mutex_lock(&it->mutex);
	seen = it->value;
	pthread_mutex_unlock(&it->mutex);
	bench_keep_memory(&seen);
}
BENCH_BODY(our_load, limits_locked, ours_load(it));
BENCH_BODY(their_load, struct raw, raw_load(it));

/* The table's way, which Python takes. */
static void by_table(limits_locked *it)
{
	struct limits seen;

	limits_locked_type()->load(limits_locked_type(), it, &seen);
	bench_keep_memory(&seen);
}
BENCH_BODY(our_table_load, limits_locked, by_table(it));

static const struct bench_group groups[] = {
	{.name = "lock, add, unlock",
	 .bound = {.rmws = 2},
	 .contenders = {{"afield", our_pair, &ours.it, NULL, NULL, NULL},
			{"pthread mutex", their_pair, &raw.it, NULL, NULL, NULL}}},
	{.name = "load 32 bytes",
	 .bound = {.rmws = 2},
	 .contenders = {{"afield", our_load, &ours.it, NULL, NULL, NULL},
			{"afield by table", our_table_load, &ours.it, NULL, NULL, NULL},
			{"pthread mutex", their_load, &raw.it, NULL, NULL, NULL}}},
};
BENCH_MAIN("locked", groups)
