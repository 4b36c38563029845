/* SPDX-License-Identifier: MIT */
/*
 * map beside raw liburcu and beside a simple hash table under a lock, with 16384 keys that all
 * threads use in the same order. The simple table is what one would write: chains, as many buckets
 * as keys, nodes that are changed in place.
 */
#include <afield/map.h>

#include "bench.h"

#include <pthread.h>
#include <stdlib.h>

enum { KEYS = 16384, SPREAD = 40503 };

AFIELD_TYPE(bench_map, map, long, long);
static bench_map ours;

struct node {
	struct node *next;
	long key, value;
};

static struct simple {
	pthread_mutex_t mutex;
	pthread_rwlock_t rwlock;
	struct node *buckets[KEYS];
} simple = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_RWLOCK_INITIALIZER, {NULL}};

/* The link to the key, or to where it would be. */
static struct node **find(struct simple *table, long key)
{
	unsigned long hash = (unsigned long)key * 0x9e3779b97f4a7c15;
	struct node **link = &table->buckets[hash >> 50];

	while (*link && (*link)->key != key)
		link = &(*link)->next;
	return link;
}

static void set(struct simple *table, long key, long value)
{
	struct node **link = find(table, key);

	if (!*link) {
		*link = (struct node *)malloc(sizeof(**link));
		if (!*link)
			abort();
		(*link)->next = NULL;
		(*link)->key = key;
	}
	(*link)->value = value;
}

static void take_out(struct simple *table, long key)
{
	struct node **link = find(table, key);
	struct node *node = *link;

	if (node) {
		*link = node->next;
		free(node);
	}
}

static void fill(void *state, int threads)
{
	(void)state, (void)threads;
	if (bench_map_count(&ours) == 0) {
		for (long key = 0; key < KEYS; key++)
			(void)!bench_map_set(&ours, key, key);
		for (long key = 0; key < KEYS; key++)
			set(&simple, key, key);
		for (int i = 0; i < 10; i++)
			afield_barrier(); /* the resize is done */
	}
}

BENCH_BODY(get_ours, bench_map, {
	long value = 0;
	bench_map_load(it, i * SPREAD % KEYS, &value);
	bench_keep(value);
});
BENCH_BODY(get_mutex, struct simple, {
	pthread_mutex_lock(&it->mutex);
	bench_keep((*find(it, i * SPREAD % KEYS))->value);
	pthread_mutex_unlock(&it->mutex);
});
BENCH_BODY(get_rwlock, struct simple, {
	pthread_rwlock_rdlock(&it->rwlock);
	bench_keep((*find(it, i * SPREAD % KEYS))->value);
	pthread_rwlock_unlock(&it->rwlock);
});
BENCH_BODY(set_ours, bench_map, (void)!bench_map_set(it, i *SPREAD % KEYS, i));
BENCH_BODY(set_mutex, struct simple, {
	pthread_mutex_lock(&it->mutex);
	set(it, i * SPREAD % KEYS, i);
	pthread_mutex_unlock(&it->mutex);
});
BENCH_BODY(insert_ours, bench_map, {
	(void)!bench_map_set(it, KEYS + thread, i);
	bench_map_remove(it, KEYS + thread, NULL);
});
BENCH_BODY(insert_mutex, struct simple, {
	pthread_mutex_lock(&it->mutex);
	set(it, KEYS + thread, i);
	pthread_mutex_unlock(&it->mutex);
	pthread_mutex_lock(&it->mutex);
	take_out(it, KEYS + thread);
	pthread_mutex_unlock(&it->mutex);
});

/* Of twenty operations, one is a set. */
BENCH_BODY(mixed_ours, bench_map, {
	long value = 0;
	if (i % 20 == 0)
		(void)!bench_map_set(it, i * SPREAD % KEYS, i);
	else
		bench_map_load(it, i * SPREAD % KEYS, &value);
	bench_keep(value);
});
BENCH_BODY(mixed_mutex, struct simple, {
	pthread_mutex_lock(&it->mutex);
	if (i % 20 == 0)
		set(it, i * SPREAD % KEYS, i);
	else
		bench_keep((*find(it, i * SPREAD % KEYS))->value);
	pthread_mutex_unlock(&it->mutex);
});
BENCH_BODY(mixed_rwlock, struct simple, {
	if (i % 20 == 0) {
		pthread_rwlock_wrlock(&it->rwlock);
		set(it, i * SPREAD % KEYS, i);
	} else {
		pthread_rwlock_rdlock(&it->rwlock);
		bench_keep((*find(it, i * SPREAD % KEYS))->value);
	}
	pthread_rwlock_unlock(&it->rwlock);
});

#define OURS(name, body)                                            \
	{                                                           \
		name, body, &ours, fill, bench_drain, bench_backend \
	}
#define SIMPLE(name, body)                            \
	{                                             \
		name, body, &simple, fill, NULL, NULL \
	}
/* The module's bodies are filled in by main. */
#define RAW                                                          \
	{                                                            \
		"raw cds_lfht", NULL, &ours, NULL, bench_drain, NULL \
	}

static struct bench_group groups[] = {
	{.name = "get",
	 .bound = {.loads = 12, .stores = 3},
	 .contenders = {OURS("afield", get_ours), RAW, SIMPLE("mutex", get_mutex),
			SIMPLE("rwlock", get_rwlock)}},
	{.name = "get, 5 % set",
	 .contenders = {OURS("afield", mixed_ours), SIMPLE("mutex", mixed_mutex),
			SIMPLE("rwlock", mixed_rwlock)}},
	{.name = "set",
	 .bound = {.rmws = 2},
	 .contenders = {OURS("afield", set_ours), RAW, SIMPLE("mutex", set_mutex)}},
	{.name = "insert and remove",
	 .bound = {.rmws = 5},
	 .contenders = {OURS("afield", insert_ours), RAW, SIMPLE("mutex", insert_mutex)}},
};

static bench_body *raw_body(const char *name)
{
	typedef bench_body *getter(void);
	void *symbol = bench_module("map", "bench_module", name);

	return (*(getter **)(void *)&symbol)();
}

int main(int argc, char **argv)
{
	groups[0].contenders[1].body = raw_body("bench_raw_get");
	groups[2].contenders[1].body = raw_body("bench_raw_set");
	groups[3].contenders[1].body = raw_body("bench_raw_insert");
	return bench_main(argc, argv, "map", groups, sizeof(groups) / sizeof(groups[0]));
}
