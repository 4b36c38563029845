/* SPDX-License-Identifier: MIT */
/*
 * Raw liburcu: what a map does, without the kind. A module, because that is what is linked to
 * liburcu's data structures through the library, as an extension is. The table has its size from
 * the start, and nothing waits for reclamation.
 */
#include <afield/reclaim.h>

#include <stdlib.h>

#include <urcu/urcu-bp.h>
#include <urcu/static/urcu-bp.h>
#include <urcu/rculfhash.h>

#include "bench.h"

enum { KEYS = 16384, SPREAD = 40503 };

struct raw_node {
	struct cds_lfht_node link;
	struct rcu_head head;
	long key, value;
};

static struct cds_lfht *raw;

static unsigned long hash_of(long key)
{
	unsigned long hash = (unsigned long)key;

	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93;
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93;
	return hash ^ hash >> 32;
}

static int match(struct cds_lfht_node *link, const void *key)
{
	return caa_container_of(link, struct raw_node, link)->key == *(const long *)key;
}

static void raw_free(struct rcu_head *head)
{
	free(caa_container_of(head, struct raw_node, head));
}

static struct raw_node *raw_new(long key, long value)
{
	struct raw_node *node = (struct raw_node *)malloc(sizeof(*node));

	if (!node)
		abort();
	node->key = key;
	node->value = value;
	return node;
}

static void raw_set(long key, long value)
{
	struct raw_node *node = raw_new(key, value);
	struct cds_lfht_node *old;

	_urcu_bp_read_lock();
	old = cds_lfht_add_replace(raw, hash_of(key), match, &key, &node->link);
	_urcu_bp_read_unlock();
	if (old)
		urcu_bp_call_rcu(&caa_container_of(old, struct raw_node, link)->head, raw_free);
}

static long raw_get(long key)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *link;
	long value = 0;

	_urcu_bp_read_lock();
	cds_lfht_lookup(raw, hash_of(key), match, &key, &iter);
	link = cds_lfht_iter_get_node(&iter);
	if (link)
		value = caa_container_of(link, struct raw_node, link)->value;
	_urcu_bp_read_unlock();
	return value;
}

static void raw_remove(long key)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *link;

	_urcu_bp_read_lock();
	cds_lfht_lookup(raw, hash_of(key), match, &key, &iter);
	link = cds_lfht_iter_get_node(&iter);
	if (link && cds_lfht_del(raw, link))
		link = NULL;
	_urcu_bp_read_unlock();
	if (link)
		urcu_bp_call_rcu(&caa_container_of(link, struct raw_node, link)->head, raw_free);
}

BENCH_BODY(get, struct cds_lfht *, bench_keep(raw_get(i *SPREAD % KEYS)));
BENCH_BODY(set, struct cds_lfht *, raw_set(i *SPREAD % KEYS, i));
BENCH_BODY(insert, struct cds_lfht *, {
	raw_set(KEYS + thread, i);
	raw_remove(KEYS + thread);
});

bench_body *bench_raw_get(void);
bench_body *bench_raw_set(void);
bench_body *bench_raw_insert(void);
AFIELD_EXPORT bench_body *bench_raw_get(void)
{
	raw = cds_lfht_new_flavor(KEYS, KEYS, KEYS, 0, &urcu_bp_flavor, NULL);
	for (long key = 0; raw && key < KEYS; key++)
		raw_set(key, key);
	return get;
}
AFIELD_EXPORT bench_body *bench_raw_set(void)
{
	return set;
}
AFIELD_EXPORT bench_body *bench_raw_insert(void)
{
	return insert;
}
