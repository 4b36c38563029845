/* SPDX-License-Identifier: MIT */
/*
 * counter: an addition beside one atomic word, and beside the least there can be: a word for each
 * thread, on a line of its own, which only that thread adds to. And what a sum costs.
 *
 * The bound of an addition is one locked instruction and no line from another core.
 */
#include <afield/atomic.h>
#include <afield/counter.h>

#include "bench.h"

enum { THREADS_MOST = 1024 };

static afield_counter ours, alone;
static afield_i64 word;
static struct {
	AFIELD_ATOMIC(int64_t) part;
	char apart[120];
} each[THREADS_MOST];

static void stripe(void *state, int threads)
{
	(void)state, (void)threads;
	afield__counter_add_slow(&ours.counter, 0);
}

BENCH_BODY(our_add, afield_counter, afield_counter_add(it, 1));
BENCH_BODY(word_add, afield_i64, afield_i64_fetch_add(it, 1));
BENCH_BODY(own_add, void, AFIELD_FETCH_ADD(&each[thread].part, 1, seq_cst));
BENCH_BODY(owner_add, void,
	   AFIELD_STORE(&each[thread].part, AFIELD_LOAD(&each[thread].part, relaxed) + 1, release));
BENCH_BODY(our_sum, afield_counter, bench_keep(afield_counter_sum(it)));
BENCH_BODY(word_load, afield_i64, bench_keep(afield_i64_load(it)));

static const struct bench_group groups[] = {
	{.name = "add",
	 .bound = {.rmws = 1},
	 .contenders = {{"afield counter", our_add, &ours, stripe, NULL, NULL},
			{"one atomic word", word_add, &word, NULL, NULL, NULL},
			{"a word per thread, locked", own_add, NULL, NULL, NULL, NULL},
			{"a word per thread, owner", owner_add, NULL, NULL, NULL, NULL}}},
	{.name = "add, never contended",
	 .threads = BENCH_ONE,
	 .bound = {.rmws = 1},
	 .contenders = {{"afield counter", our_add, &alone, NULL, NULL, NULL},
			{"one atomic word", word_add, &word, NULL, NULL, NULL}}},
	{.name = "sum",
	 .threads = BENCH_ONE,
	 .bound = {.loads = 2},
	 .contenders = {{"afield counter", our_sum, &ours, stripe, NULL, NULL},
			{"one atomic word", word_load, &word, NULL, NULL, NULL}}},
};
BENCH_MAIN("counter", groups)
