/* SPDX-License-Identifier: MIT */
/*
 * ring beside ConcurrencyKit's and beside a ring under a mutex with two condition variables: what
 * it costs to put an element in and to take one out.
 *
 * One operation is a push and a pop by the same thread on a ring that is shared by all. The bound
 * is what they must write: two locked instructions where many threads push and pop, two stores
 * where one does. ConcurrencyKit's ring for many threads is left out where they are more than the
 * processors: each push spins until the previous one has been committed, and when that thread has
 * been preempted a row takes minutes. How elements get from one thread to another is measured in
 * bench_handover.c.
 */
#include <afield/ring.h>
#include <afield/ring_spsc.h>

#include <pthread.h>

#include "bench.h"
#include "bench_rivals.inc"

struct record {
	int64_t members[5];
};
AFIELD_TYPE(long_ring, ring, int64_t, SIZE);
AFIELD_TYPE(record_ring, ring, struct record, SIZE);
AFIELD_TYPE(long_spsc, ring_spsc, int64_t, SIZE);

static long_ring longs;
static record_ring records;
static long_spsc spsc;
static struct locked locked = LOCKED_FRESH;
static struct packaged packaged_mpmc, packaged_spsc;

static void our_pair(long_ring *it, long i)
{
	int64_t value = 0;

	bench_keep(long_ring_push(it, i));
	bench_keep(long_ring_pop(it, &value));
	bench_keep(value);
}
static void our_record_pair(record_ring *it, long i)
{
	struct record record = {{i, i, i, i, i}};

	bench_keep(record_ring_push(it, record));
	bench_keep(record_ring_pop(it, &record));
	bench_keep(record.members[4]);
}
static void packaged_pair(struct packaged *it, long i)
{
	void *value = NULL;

	bench_keep(ck_ring_enqueue_mpmc(&it->ring, it->places, (void *)(uintptr_t)i));
	bench_keep(ck_ring_dequeue_mpmc(&it->ring, it->places, &value));
	bench_keep(value);
}
static void locked_pair(struct locked *it, long i)
{
	int64_t value = 0;

	bench_keep(locked_push(it, i));
	bench_keep(locked_pop(it, &value));
	bench_keep(value);
}
BENCH_BODY(our_body, long_ring, our_pair(it, i));
BENCH_BODY(our_record_body, record_ring, our_record_pair(it, i));
BENCH_BODY(packaged_body, struct packaged, packaged_pair(it, i));
BENCH_BODY(locked_body, struct locked, locked_pair(it, i));

static void our_spsc_pair(long_spsc *it, long i)
{
	int64_t value = 0;

	bench_keep(long_spsc_push_release(it, i));
	bench_keep(long_spsc_pop_release(it, &value));
	bench_keep(value);
}
static void our_bare_pair(long_spsc *it, long i)
{
	int64_t value = 0;

	bench_keep(long_spsc_push(it, i));
	bench_keep(long_spsc_pop(it, &value));
	bench_keep(value);
}
static void packaged_spsc_pair(struct packaged *it, long i)
{
	void *value = NULL;

	bench_keep(ck_ring_enqueue_spsc(&it->ring, it->places, (void *)(uintptr_t)i));
	bench_keep(ck_ring_dequeue_spsc(&it->ring, it->places, &value));
	bench_keep(value);
}
BENCH_BODY(our_spsc_body, long_spsc, our_spsc_pair(it, i));
BENCH_BODY(our_bare_body, long_spsc, our_bare_pair(it, i));
BENCH_BODY(packaged_spsc_body, struct packaged, packaged_spsc_pair(it, i));

static const struct bench_group groups[] = {
	{.name = "push, pop",
	 .threads = BENCH_ONE | BENCH_CORES,
	 .bound = {.rmws = 2},
	 .contenders = {{"afield", our_body, &longs, NULL, NULL, NULL},
			{"ck_ring mpmc", packaged_body, &packaged_mpmc, NULL, NULL, NULL},
			{"mutex, condvars", locked_body, &locked, NULL, NULL, NULL},
			{"afield, 40 bytes", our_record_body, &records, NULL, NULL, NULL}}},
	{.name = "push, pop",
	 .threads = BENCH_OVER,
	 .bound = {.rmws = 2},
	 .contenders = {{"afield", our_body, &longs, NULL, NULL, NULL},
			{"mutex, condvars", locked_body, &locked, NULL, NULL, NULL},
			{"afield, 40 bytes", our_record_body, &records, NULL, NULL, NULL}}},
	{.name = "spsc push, pop",
	 .threads = BENCH_ONE,
	 .bound = {.stores = 4},
	 .contenders = {{"afield release", our_spsc_body, &spsc, NULL, NULL, NULL},
			{"ck_ring spsc", packaged_spsc_body, &packaged_spsc, NULL, NULL, NULL},
			{"afield seq_cst", our_bare_body, &spsc, NULL, NULL, NULL}}},
};

int main(int argc, char **argv)
{
	packaged_begin(&packaged_mpmc);
	packaged_begin(&packaged_spsc);
	return bench_main(argc, argv, "ring", groups, sizeof(groups) / sizeof(groups[0]));
}
