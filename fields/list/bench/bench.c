/* SPDX-License-Identifier: MIT */
/*
 * list beside an array under a reader-writer lock: reading all of 8 and of 256 elements in place,
 * and replacing one element, which here copies them all.
 */
#include <afield/list.h>

#include "bench.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT = 8, LONG = 256 };

AFIELD_TYPE(number_list, list, long);

static number_list short_list, long_list;

static struct locked {
	pthread_rwlock_t rwlock;
	size_t count;
	long values[LONG];
} short_array = {PTHREAD_RWLOCK_INITIALIZER, SHORT, {0}},
  long_array = {PTHREAD_RWLOCK_INITIALIZER, LONG, {0}};

static void fill(void *state, int threads)
{
	static const long values[LONG];
	number_list *list = (number_list *)state;

	(void)threads;
	if (number_list_assign(list, values, list == &short_list ? SHORT : LONG))
		abort();
}

static void drain(void *state)
{
	(void)state;
	(void)afield_barrier();
}

BENCH_BODY(read_ours, number_list, {
	long sum = 0;
	AFIELD_LIST_EACH(number_list, each, it)
	sum += *each.item;
	bench_keep(sum);
});
BENCH_BODY(read_locked, struct locked, {
	long sum = 0;
	pthread_rwlock_rdlock(&it->rwlock);
	for (size_t k = 0; k < it->count; k++)
		sum += it->values[k];
	pthread_rwlock_unlock(&it->rwlock);
	bench_keep(sum);
});
BENCH_BODY(set_ours, number_list, bench_keep(number_list_set(it, -1, i)));
BENCH_BODY(set_locked, struct locked, {
	pthread_rwlock_wrlock(&it->rwlock);
	it->values[it->count - 1] = i;
	pthread_rwlock_unlock(&it->rwlock);
});

#define OURS(body, list)                                 \
	{                                                \
		"afield", body, &list, fill, drain, NULL \
	}
#define LOCKED(body, array)                                      \
	{                                                        \
		"pthread rwlock", body, &array, NULL, NULL, NULL \
	}

static struct bench_group groups[] = {
	{.name = "read all of 8",
	 .bound = {.loads = 16, .stores = 2},
	 .contenders = {OURS(read_ours, short_list), LOCKED(read_locked, short_array)}},
	{.name = "read all of 256",
	 .bound = {.loads = 264, .stores = 2},
	 .contenders = {OURS(read_ours, long_list), LOCKED(read_locked, long_array)}},
	{.name = "set one of 8",
	 .bound = {.rmws = 1},
	 .contenders = {OURS(set_ours, short_list), LOCKED(set_locked, short_array)}},
	{.name = "set one of 256",
	 .bound = {.rmws = 1},
	 .contenders = {OURS(set_ours, long_list), LOCKED(set_locked, long_array)}},
};

int main(int argc, char **argv)
{
	return bench_main(argc, argv, "list", groups, sizeof(groups) / sizeof(groups[0]));
}
