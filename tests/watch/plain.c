/* SPDX-License-Identifier: MIT */
/*
 * What a watched type costs in a program without -DAFIELD_WATCH: nothing. With -DRAW the types are
 * made by AFIELD_TYPE; ../instructions/compare.sh compares the two, instruction by instruction.
 */
#include <afield/atomic.h>
#include <afield/counter.h>
#include <afield/map.h>
#include <afield/queue.h>
#include <afield/ring.h>
#include <afield/seqlock.h>
#include <afield/stack.h>
#include <afield/watch.h>

#ifdef RAW
#define TYPE AFIELD_TYPE
#else
#define TYPE AFIELD_WATCHED
#endif

struct pair {
	long one, two;
};
TYPE(numbers, queue, long);
TYPE(pairs, stack, struct pair);
TYPE(line, ring, struct pair, 16);
TYPE(hits, counter, int64_t);
TYPE(level, atomic_integer, int32_t);
TYPE(place, atomic, void *);
TYPE(limits, seqlock, struct pair);
TYPE(table, map, long, struct pair);
TYPE(names, map, afield_map_text, long);

int push(numbers *field, long value)
{
	return numbers_push(field, value);
}
bool pop(numbers *field, long *value)
{
	return numbers_pop(field, value);
}
int push_pair(pairs *field, struct pair value)
{
	return pairs_push(field, value);
}
void clear(pairs *field)
{
	pairs_clear(field);
}
int put(line *field, struct pair value)
{
	return line_push(field, value);
}
bool get(line *field, struct pair *value)
{
	return line_pop(field, value);
}
void add(hits *field)
{
	hits_add(field, 1);
}
int64_t sum(hits *field)
{
	return hits_sum(field);
}
int32_t fetch_max(level *field, int32_t value)
{
	return level_fetch_max(field, value);
}
bool compare_exchange(place *field, void **expected, void *desired)
{
	return place_compare_exchange(field, expected, desired);
}
bool find(const names *field, struct afield_bytes key, long *value)
{
	return names_load(field, key, value);
}
int set(table *field, long key, struct pair value)
{
	return table_set(field, key, value);
}
void store(limits *field, struct pair value)
{
	limits_store(field, value);
}
struct pair copy(const limits *field)
{
	return limits_load(field);
}
void *load(const place *field)
{
	return place_load_acquire(field);
}
