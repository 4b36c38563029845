/* SPDX-License-Identifier: MIT */
/*
 * once when the value is there, which is nearly always: beside pthread_once in front of a static,
 * and beside a plain pointer, which is the least there can be.
 *
 * The bound of a read is one load.
 */
#include <afield/once.h>

#include <pthread.h>

#include "bench.h"

struct table {
	int64_t words[4];
};
AFIELD_TYPE(table_once, once, struct table);

static int fill(struct table *table, void *argument)
{
	(void)argument;
	table->words[0] = 1;
	return 0;
}

static table_once ours, fresh;
static pthread_once_t theirs = PTHREAD_ONCE_INIT;
static struct table their_table;
static struct table *plain;

static void fill_theirs(void)
{
	fill(&their_table, NULL);
	plain = &their_table;
}

static void prepare(void *state, int threads)
{
	const struct table *table;

	(void)state, (void)threads;
	table_once_get_or_init(&ours, fill, NULL, &table);
	pthread_once(&theirs, fill_theirs);
}

static int64_t our_read(table_once *it)
{
	const struct table *table = NULL;

	table_once_get_or_init(it, fill, NULL, &table);
	return table->words[0];
}
static int64_t their_read(pthread_once_t *it)
{
	pthread_once(it, fill_theirs);
	return their_table.words[0];
}
BENCH_BODY(our_get, table_once, bench_keep(table_once_get(it)->words[0]));
BENCH_BODY(our_get_or_init, table_once, bench_keep(our_read(it)));
BENCH_BODY(their_once, pthread_once_t, bench_keep(their_read(it)));
BENCH_BODY(pointer, struct table *, bench_keep((*(struct table *volatile *)it)->words[0]));

/* The making itself: an exchange to begin and a store to end, and what gives back the field. */
static void make_and_end(table_once *it)
{
	const struct table *table;

	table_once_get_or_init(it, fill, NULL, &table);
	table_once_type()->fini(table_once_type(), it);
}
BENCH_BODY(our_making, table_once, make_and_end(it));

static const struct bench_group groups[] = {
	{.name = "get, value is there",
	 .threads = BENCH_ONE | BENCH_CORES,
	 .bound = {.loads = 2},
	 .contenders = {{"afield get", our_get, &ours, prepare, NULL, NULL},
			{"afield get_or_init", our_get_or_init, &ours, prepare, NULL, NULL},
			{"pthread_once", their_once, &theirs, prepare, NULL, NULL},
			{"plain pointer", pointer, &plain, prepare, NULL, NULL}}},
	{.name = "make",
	 .threads = BENCH_ONE,
	 .bound = {.rmws = 2},
	 .contenders = {{"afield", our_making, &fresh, NULL, NULL, NULL}}},
};
BENCH_MAIN("once", groups)
