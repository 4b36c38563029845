/* SPDX-License-Identifier: MIT */
/*
 * cell beside the borrow flag as PyO3 has it, a compare-exchange loop, and beside a pthread mutex:
 * what it costs to be told of an overlap, and what readers lose by a loop.
 *
 * The bound is two locked instructions, one to borrow and one to release. All threads share one
 * field.
 */
#include <afield/cell.h>

#include <pthread.h>

#include "bench.h"

struct limits {
	int64_t low, high, step, spare;
};
AFIELD_TYPE(limits_cell, cell, struct limits);

struct raw {
	AFIELD_ATOMIC(uint64_t) flag; /* 0 unused, all ones exclusive, otherwise a count */
	pthread_mutex_t mutex;
	struct limits value;
};

BENCH_APART(limits_cell, ours);
BENCH_APART(struct raw, raw);

static void our_shared(limits_cell *it)
{
	AFIELD_BORROWED(limits_cell, limits, it)
	bench_keep(limits->low);
}
static void loop_shared(struct raw *it)
{
	uint64_t seen = AFIELD_LOAD(&it->flag, relaxed);

	do {
		if (seen == UINT64_MAX)
			return;
	} while (!AFIELD_COMPARE_EXCHANGE_WEAK(&it->flag, &seen, seen + 1, acq_rel));
	bench_keep(it->value.low);
	AFIELD_FETCH_SUB(&it->flag, 1, release);
}
static void mutex_shared(struct raw *it)
{
	pthread_mutex_lock(&it->mutex);
	bench_keep(it->value.low);
	pthread_mutex_unlock(&it->mutex);
}
BENCH_BODY(our_borrow, limits_cell, our_shared(it));
BENCH_BODY(loop_borrow, struct raw, loop_shared(it));
BENCH_BODY(mutex_borrow, struct raw, mutex_shared(it));

static void our_exclusive(limits_cell *it)
{
	AFIELD_BORROWED_MUT(limits_cell, limits, it)
	limits->low++;
}
static void loop_exclusive(struct raw *it)
{
	uint64_t none = 0;

	if (!AFIELD_COMPARE_EXCHANGE(&it->flag, &none, UINT64_MAX, acq_rel))
		return;
	it->value.low++;
	AFIELD_STORE(&it->flag, 0, release);
}
BENCH_BODY(our_borrow_mut, limits_cell, our_exclusive(it));
BENCH_BODY(loop_borrow_mut, struct raw, loop_exclusive(it));

static const struct bench_group groups[] = {
	{.name = "borrow, release",
	 .bound = {.rmws = 2},
	 .contenders = {{"afield", our_borrow, &ours.it, NULL, NULL, NULL},
			{"compare-exchange loop", loop_borrow, &raw.it, NULL, NULL, NULL},
			{"pthread mutex", mutex_borrow, &raw.it, NULL, NULL, NULL}}},
	{.name = "borrow_mut, release_mut",
	 .threads = BENCH_ONE,
	 .bound = {.rmws = 2},
	 .contenders = {{"afield", our_borrow_mut, &ours.it, NULL, NULL, NULL},
			{"compare-exchange", loop_borrow_mut, &raw.it, NULL, NULL, NULL}}},
};
BENCH_MAIN("cell", groups)
