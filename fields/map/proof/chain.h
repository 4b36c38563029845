/* SPDX-License-Identifier: MIT */
/*
 * chain: the map's C as it stands, over one chain of liburcu's hash table, for programs under the
 * explorer, which cannot run liburcu itself.
 *
 * In place of cds_lfht: a linked list, the newest first, whose links carry the marks of nodes that
 * have left. That is what liburcu makes of elements that share a bucket, with its
 * barriers: a write that is done is a full one, and whoever follows a link finds the node behind it
 * made. There are no buckets, and a resize is a plain write to the table: so two at once are a data
 * race. That the real chains and resizes are right is liburcu's.
 *
 * In place of thread.h: a process number and numbers of threads that a program chooses. In place of
 * host.h: objects that count. Nodes are not freed; tables are.
 *
 * Plain C11, which has no mutants: it is not what the programs are about.
 */
#ifndef AFIELD_MAP_PROOF_CHAIN_H
#define AFIELD_MAP_PROOF_CHAIN_H

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <afield/wait.h>

/* rculfhash.h and flavor.h, as far as the map uses them. */
#define _URCU_RCULFHASH_H
#define _URCU_FLAVOR_H
struct rcu_flavor_struct {
	int unused;
};
struct cds_lfht_node {
	AFIELD_ATOMIC(uintptr_t) next; /* and 1, when this node has left */
	unsigned long reverse_hash;
};
struct cds_lfht {
	struct cds_lfht_node head;
	unsigned long size; /* plain */
};
struct cds_lfht_iter {
	struct cds_lfht_node *node, *next; /* the link as it was, mark and all */
};
typedef int (*cds_lfht_match_fct)(struct cds_lfht_node *node, const void *key);

#include "../map_hash_table.h"

const struct rcu_flavor_struct afield__map_flavor = {0};

static struct cds_lfht_node *node_at(uintptr_t next)
{
	return (struct cds_lfht_node *)(next & ~(uintptr_t)1);
}

static bool has_left(uintptr_t next)
{
	return (next & 1) != 0;
}

static uintptr_t next_of(struct cds_lfht_node *node)
{
	return atomic_load_explicit(&node->next, memory_order_acquire);
}

static unsigned long reversed(unsigned long hash)
{
	unsigned long reverse = 0;

	for (int i = 0; i < 64; i++, hash >>= 1)
		reverse = reverse << 1 | (hash & 1);
	return reverse;
}

static struct cds_lfht *cds_lfht_new_flavor(unsigned long buckets, unsigned long least,
					    unsigned long most, int flags,
					    const struct rcu_flavor_struct *flavor,
					    void *attributes)
{
	struct cds_lfht *hash = (struct cds_lfht *)calloc(1, sizeof(*hash));

	assert(hash);
	hash->size = buckets;
	return hash;
}

/* It is empty, as liburcu wants it. */
static int cds_lfht_destroy(struct cds_lfht *hash, void *attributes)
{
	for (uintptr_t next = next_of(&hash->head); next; next = next_of(node_at(next)))
		assert(has_left(next_of(node_at(next))));
	hash->size = 0;
	free(hash);
	return 0;
}

static int resizes; /* plain */

static void cds_lfht_resize(struct cds_lfht *hash, unsigned long size)
{
	hash->size = size;
	resizes++;
}

/* Goes on behind `link` to the first that is there and matches: the node, or NULL. */
static void find_behind(uintptr_t link, unsigned long reverse, cds_lfht_match_fct match,
			const void *key, struct cds_lfht_iter *iter)
{
	struct cds_lfht_node *node;

	for (; (node = node_at(link)) != NULL; link = (uintptr_t)iter->next) {
		iter->next = (struct cds_lfht_node *)next_of(node);
		if (!has_left((uintptr_t)iter->next) &&
		    (!match || (node->reverse_hash == reverse && match(node, key))))
			break;
	}
	iter->node = node;
}

static void cds_lfht_lookup(struct cds_lfht *hash, unsigned long word, cds_lfht_match_fct match,
			    const void *key, struct cds_lfht_iter *iter)
{
	find_behind(next_of(&hash->head), reversed(word), match, key, iter);
}

static void cds_lfht_next_duplicate(struct cds_lfht *hash, cds_lfht_match_fct match,
				    const void *key, struct cds_lfht_iter *iter)
{
	find_behind((uintptr_t)iter->next, iter->node->reverse_hash, match, key, iter);
}

static struct cds_lfht_node *cds_lfht_iter_get_node(struct cds_lfht_iter *iter)
{
	return iter->node;
}

static struct cds_lfht_node *first_of(struct cds_lfht *hash, struct cds_lfht_iter *iter)
{
	find_behind(next_of(&hash->head), 0, NULL, NULL, iter);
	return iter->node;
}

static struct cds_lfht_node *node_behind(struct cds_lfht_iter *iter)
{
	find_behind((uintptr_t)iter->next, 0, NULL, NULL, iter);
	return iter->node;
}

#define cds_lfht_for_each(hash, iter, node) \
	for ((node) = first_of(hash, iter); (node); (node) = node_behind(iter))

/* Takes those that have left out of the chain, or leaves it to another thread that does. */
static void unlink_left(struct cds_lfht *hash)
{
	struct cds_lfht_node *last, *node;
	uintptr_t next, behind;

again:
	last = &hash->head;
	for (next = next_of(last); (node = node_at(next)) != NULL; next = behind) {
		behind = next_of(node);
		if (!has_left(behind)) {
			last = node;
			continue;
		}
		behind &= ~(uintptr_t)1;
		if (!atomic_compare_exchange_strong(&last->next, &next, behind))
			goto again;
	}
}

/* Links a node in front of all others, where none matches: so two that add one key meet in one
 * link. */
static struct cds_lfht_node *cds_lfht_add_unique(struct cds_lfht *hash, unsigned long word,
						 cds_lfht_match_fct match, const void *key,
						 struct cds_lfht_node *node)
{
	struct cds_lfht_iter iter;
	uintptr_t first = next_of(&hash->head);

	node->reverse_hash = reversed(word);
	do {
		iter.node = NULL;
		if (match)
			find_behind(first, node->reverse_hash, match, key, &iter);
		if (iter.node)
			return iter.node;
		atomic_store_explicit(&node->next, first, memory_order_relaxed);
	} while (!atomic_compare_exchange_strong(&hash->head.next, &first, (uintptr_t)node));
	return node;
}

static void cds_lfht_add(struct cds_lfht *hash, unsigned long word, struct cds_lfht_node *node)
{
	(void)cds_lfht_add_unique(hash, word, NULL, NULL, node);
}

static int cds_lfht_replace(struct cds_lfht *hash, struct cds_lfht_iter *iter, unsigned long word,
			    cds_lfht_match_fct match, const void *key, struct cds_lfht_node *node)
{
	uintptr_t next = (uintptr_t)iter->next;

	node->reverse_hash = reversed(word);
	if (!iter->node || iter->node->reverse_hash != node->reverse_hash ||
	    !match(iter->node, key))
		return -EINVAL;
	do {
		if (has_left(next))
			return -ENOENT;
		atomic_store_explicit(&node->next, next, memory_order_relaxed);
	} while (!atomic_compare_exchange_strong(&iter->node->next, &next, (uintptr_t)node | 1));
	unlink_left(hash);
	return 0;
}

static int cds_lfht_del(struct cds_lfht *hash, struct cds_lfht_node *node)
{
	if (!node || has_left(atomic_fetch_or(&node->next, 1)))
		return -ENOENT;
	unlink_left(hash);
	return 0;
}

static int cds_lfht_is_node_deleted(const struct cds_lfht_node *node)
{
	return has_left(atomic_load_explicit(&((struct cds_lfht_node *)(uintptr_t)node)->next,
					     memory_order_relaxed));
}

/* In place of malloc: nodes, which stay, and tables. The pieces that a resize asks for first are
 * nodes or tables that nobody has. */
enum { BLOCKS = 12, BLOCK = 64, MAIN = 3, THREADS };
static _Alignas(16) char memory[THREADS][BLOCKS][BLOCK];
static int used[THREADS];
static int given[THREADS * BLOCKS];  /* plain */
static _Thread_local int chain_self; /* the thread's number in the program */

static void *take_block(size_t size)
{
	if (size > BLOCK)
		return malloc(size);
	assert(used[chain_self] < BLOCKS);
	return memory[chain_self][used[chain_self]++];
}

/* Where a block is, from the first one on; less than 0 for what is none. */
static int place_of(const void *block)
{
	ptrdiff_t at = (const char *)block - memory[0][0];

	return at < 0 || at >= (ptrdiff_t)sizeof(memory) ? -1 : (int)(at / BLOCK);
}

/* Nobody looks at a block that is freed. */
static void give_block(void *block)
{
	int place = place_of(block);

	if (place < 0) {
		free(block);
		return;
	}
	memset(block, 0x5a, BLOCK);
	given[place]++;
}

/* In place of reclaim.h's, for nodes: they may be looked at, and are not freed. */
static void retire_node(struct afield_retired *retired)
{
	given[place_of(retired)]++;
}

/* At the end: each node was given up once, by whoever took it out, or with the table. */
static void assert_given_once(void)
{
	for (int self = 0; self < THREADS; self++)
		for (int i = 0; i < BLOCKS; i++)
			assert(given[self * BLOCKS + i] == (i < used[self]));
}

/* In place of thread.h. A program sets these before its threads run. */
enum { GONE = 90 }; /* this thread's number and those above it */
static uint64_t generation = 1;

/* In place of reclaim.h: what is retired goes to the program. */
static void chain_retire(struct afield_retired *retired, void (*reclaim)(struct afield_retired *));

/* In place of wait.h. */
static void chain_wait(bool (*is_over)(void *), void *argument);
static void chain_wake(void);

/* In place of host.h. An object is plain memory that is no more when its count is 0. */
struct object {
	AFIELD_ATOMIC(int) count;
	long value; /* plain; -1 when it has ended */
};

bool afield_has_host(void)
{
	return true;
}
int afield__host_missing(const char *kind)
{
	return -ENOTSUP;
}
bool afield__retain_object(void *object)
{
	atomic_fetch_add(&((struct object *)object)->count, 1);
	return true;
}
bool afield__try_retain_object(void *opaque)
{
	struct object *object = (struct object *)opaque;
	int count = atomic_load(&object->count);

	while (count > 0)
		if (atomic_compare_exchange_strong(&object->count, &count, count + 1))
			return true;
	return false;
}
void afield__release_object(void *opaque)
{
	struct object *object = (struct object *)opaque;

	if (atomic_fetch_sub(&object->count, 1) == 1)
		object->value = -1;
}

#undef AFIELD_READ_SECTION
#define AFIELD_READ_SECTION
#define afield_read_lock() ((void)0)
#define afield_read_unlock() ((void)0)
#define afield_retire_bytes(retired, bytes, reclaim) \
	((void)(bytes), (void)(reclaim), retire_node(retired))
#define afield_retire_bytes_nowait afield_retire_bytes
#define afield_retire_nowait chain_retire
#define afield_thread_id() ((uint64_t)chain_self + 1)
#define afield_thread_is_gone(id) ((id) >= GONE)
#define afield_fork_generation() generation
#define afield_detach() NULL
#define afield_attach(token) ((void)(token))
#define afield_waiters_of(word) ((struct afield_waiters *)NULL)
#define afield_wait_uninterrupted(waiters, is_over, argument) \
	((void)(waiters), chain_wait(is_over, argument))
#define afield_wake(waiters) ((void)(waiters), chain_wake())
#define pthread_setcancelstate(state, before) ((void)(before))
#define pthread_sigmask(how, set, before) ((void)(set), (void)(before))
#define syscall(...) (-1L)
#define clock_gettime(clock, time) ((void)(time))
#undef malloc
#undef free
#define malloc take_block
#define free give_block

#include "../map.c"
#include "../map_all.c"
#include "../map_fork.c"
#include "../map_hash_table.c"
#include "../map_in_place.c"
#include "../map_node.c"
#include "../map_replace.c"
#include "../map_walk.c"

#undef malloc
#undef free

/* Maps of numbers, of objects as values, and of values in nodes that never change. */
static const struct afield__map_layout numbers = {{AFIELD_I64, 8, NULL}, {AFIELD_I64, 8, NULL}, 0};
static const struct afield__map_layout objects = {
	{AFIELD_I64, 8, NULL}, {AFIELD_OBJECT, 8, NULL}, 0};
/* The value is a number, but for the map a wide one. */
static const struct afield__map_layout wide = {
	{AFIELD_I64, 8, NULL}, {AFIELD_I64, 8, NULL}, offsetof(struct afield__map_node, name)};

static struct afield__map map;

static struct afield__map_key key_of(long number)
{
	struct afield__map_key key;

	memset(&key, 0, sizeof(key));
	key.word = (uint64_t)number;
	return key;
}

#endif
