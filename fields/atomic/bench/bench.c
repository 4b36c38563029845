/* SPDX-License-Identifier: MIT */
/*
 * atomic beside C11's own operations, which compile to the same instructions (a test compares
 * them): every row should read 1.00. fetch_min, fetch_max and the floating point verbs have no
 * operation of C11's; their rival is the loop that one writes instead.
 */
#include <afield/atomic.h>

#include <stdatomic.h>

#include "bench.h"

/* Each is used as the field, or as C11's. */
BENCH_APART(afield_i64, our_integer);
BENCH_APART(_Atomic int64_t, raw_integer);
BENCH_APART(afield_f64, our_real);
BENCH_APART(_Atomic double, raw_real);

#define PAIR(verb, ours, raw)                     \
	BENCH_BODY(our_##verb, afield_i64, ours); \
	BENCH_BODY(raw_##verb, _Atomic int64_t, raw)

PAIR(load, bench_keep(afield_i64_load(it)), bench_keep(atomic_load(it)));
PAIR(load_acquire, bench_keep(afield_i64_load_acquire(it)),
     bench_keep(atomic_load_explicit(it, memory_order_acquire)));
PAIR(load_relaxed, bench_keep(afield_i64_load_relaxed(it)),
     bench_keep(atomic_load_explicit(it, memory_order_relaxed)));
PAIR(store, afield_i64_store(it, i), atomic_store(it, i));
PAIR(store_release, afield_i64_store_release(it, i),
     atomic_store_explicit(it, i, memory_order_release));
PAIR(exchange, bench_keep(afield_i64_exchange(it, i)), bench_keep(atomic_exchange(it, i)));
PAIR(fetch_add, bench_keep(afield_i64_fetch_add(it, 1)), bench_keep(atomic_fetch_add(it, 1)));
PAIR(fetch_add_relaxed, bench_keep(afield_i64_fetch_add_relaxed(it, 1)),
     bench_keep(atomic_fetch_add_explicit(it, 1, memory_order_relaxed)));
PAIR(fetch_or, bench_keep(afield_i64_fetch_or(it, 1)), bench_keep(atomic_fetch_or(it, 1)));

/* Succeeds alone; beside others it takes the value found for its next try. */
static void our_compare_exchange(void *state, long iterations, int thread)
{
	int64_t seen = 0;

	(void)thread;
	for (long i = 0; i < iterations; i++)
		if (afield_i64_compare_exchange((afield_i64 *)state, &seen, seen + 1))
			seen++;
}

static void raw_compare_exchange(void *state, long iterations, int thread)
{
	int64_t seen = 0;

	(void)thread;
	for (long i = 0; i < iterations; i++)
		if (atomic_compare_exchange_strong((_Atomic int64_t *)state, &seen, seen + 1))
			seen++;
}

/* A new maximum every time: the loop has to write. */
static int64_t raw_max(_Atomic int64_t *it, int64_t operand)
{
	int64_t seen = atomic_load(it);

	while (operand > seen && !atomic_compare_exchange_weak(it, &seen, operand))
		;
	return seen;
}
static void zero(void *state, int threads)
{
	(void)threads;
	atomic_store((_Atomic int64_t *)state, 0);
}
static void our_fetch_max(void *state, long iterations, int thread)
{
	int64_t base = afield_i64_load((afield_i64 *)state);

	(void)thread;
	for (long i = 1; i <= iterations; i++)
		bench_keep(afield_i64_fetch_max((afield_i64 *)state, base + i));
}
static void raw_fetch_max(void *state, long iterations, int thread)
{
	int64_t base = atomic_load((_Atomic int64_t *)state);

	(void)thread;
	for (long i = 1; i <= iterations; i++)
		bench_keep(raw_max((_Atomic int64_t *)state, base + i));
}
/* A value below the maximum: a load and no more. */
PAIR(old_max, bench_keep(afield_i64_fetch_max(it, -1)), bench_keep(raw_max(it, -1)));

static double raw_add(_Atomic double *it, double operand)
{
	double seen = atomic_load(it);

	while (!atomic_compare_exchange_weak(it, &seen, seen + operand))
		;
	return seen;
}
BENCH_BODY(our_real_load, afield_f64, bench_keep_double(afield_f64_load(it)));
BENCH_BODY(raw_real_load, _Atomic double, bench_keep_double(atomic_load(it)));
BENCH_BODY(our_real_add, afield_f64, bench_keep_double(afield_f64_fetch_add(it, 1)));
BENCH_BODY(raw_real_add, _Atomic double, bench_keep_double(raw_add(it, 1)));

#define CONTENDERS(verb)                                                          \
	.contenders = {{"afield", our_##verb, &our_integer.it, zero, NULL, NULL}, \
		       {"C11", raw_##verb, &raw_integer.it, zero, NULL, NULL}}
#define REAL_CONTENDERS(verb)                                                  \
	.contenders = {{"afield", our_##verb, &our_real.it, NULL, NULL, NULL}, \
		       {"C11", raw_##verb, &raw_real.it, NULL, NULL, NULL}}
#define A_LOAD .bound = {.loads = 1}
#define AN_RMW .bound = {.rmws = 1}

/* All threads share one word. Loads of it run side by side, so that one thread tells all. */
static const struct bench_group groups[] = {
	{.name = "i64 load_relaxed", .threads = BENCH_ONE, A_LOAD, CONTENDERS(load_relaxed)},
	{.name = "i64 load_acquire", .threads = BENCH_ONE, A_LOAD, CONTENDERS(load_acquire)},
	{.name = "i64 load", .threads = BENCH_ONE | BENCH_CORES, A_LOAD, CONTENDERS(load)},
	{.name = "i64 store_release",
	 .threads = BENCH_ONE | BENCH_CORES,
	 .bound = {.stores = 1},
	 CONTENDERS(store_release)},
	{.name = "i64 store", .threads = BENCH_ONE | BENCH_CORES, AN_RMW, CONTENDERS(store)},
	{.name = "i64 exchange", .threads = BENCH_ONE, AN_RMW, CONTENDERS(exchange)},
	{.name = "i64 fetch_add", AN_RMW, CONTENDERS(fetch_add)},
	{.name = "i64 fetch_add_relaxed",
	 .threads = BENCH_ONE,
	 AN_RMW,
	 CONTENDERS(fetch_add_relaxed)},
	{.name = "i64 fetch_or", .threads = BENCH_ONE, AN_RMW, CONTENDERS(fetch_or)},
	{.name = "i64 compare_exchange", AN_RMW, CONTENDERS(compare_exchange)},
	{.name = "i64 fetch_max, larger",
	 .threads = BENCH_ONE | BENCH_CORES,
	 .bound = {.rmws = 1},
	 CONTENDERS(fetch_max)},
	{.name = "i64 fetch_max, smaller", .threads = BENCH_ONE, A_LOAD, CONTENDERS(old_max)},
	{.name = "f64 load", .threads = BENCH_ONE, A_LOAD, REAL_CONTENDERS(real_load)},
	{.name = "f64 fetch_add", AN_RMW, REAL_CONTENDERS(real_add)},
};
BENCH_MAIN("atomic", groups)
