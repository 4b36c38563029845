/* SPDX-License-Identifier: MIT */
/*
 * map_hash_table: liburcu's hash table, and what a map keeps beside it.
 *
 * The table is liburcu's cds_lfht without its own resizing (CDS_LFHT_AUTO_RESIZE): that one runs on
 * a thread whose end and whose forks liburcu 0.13 does not get right, and keeps a destroy waiting.
 * Growing asks for no grace period, so the writer that finds a small table too full doubles it
 * there and then, some times. What takes long goes elsewhere: a writer that finds a large table too
 * full, or any too empty, retires a request (reclaim.h), whose callback is the resize. A large
 * table that is far too full meanwhile is grown by a writer all the same. One thread resizes a
 * table at a time, and nobody waits for it: its number is in `resizer`.
 *
 * A fork leaves the other threads of the process behind wherever they are. A child finds that out
 * by the table's generation (thread.h), at its first operation that writes, counts or walks; then
 * (map_fork.c) it counts the elements, for a writer may have been between its element and its
 * count; and when somebody was resizing, which liburcu can neither go on with nor begin again, it
 * moves the elements to a table of its own.
 *
 * When to use it: inside the kind. When not: outside.
 *
 * Synchronization: make, of and count run concurrent with everything but end. end needs the table
 * alone, but for the resize that may be under way and readers that have not left.
 */
#ifndef AFIELD_MAP_HASH_TABLE_H
#define AFIELD_MAP_HASH_TABLE_H

#include <string.h>

#include <afield/thread.h>

#include "map_node.h"
#include "map_value_core.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct cds_lfht;
struct cds_lfht_node;
struct rcu_flavor_struct;

/* map_flavor.c: how liburcu's table reads and waits. */
extern const struct rcu_flavor_struct afield__map_flavor;

/* A node begins with liburcu's link. */
static inline struct afield__map_node *afield__map_node_of(struct cds_lfht_node *link)
{
	return (struct afield__map_node *)(void *)link;
}
static inline struct cds_lfht_node *afield__map_link_of(struct afield__map_node *node)
{
	return (struct cds_lfht_node *)(void *)node->link;
}

static inline struct afield__map_node *afield__map_node_of_retired(struct afield_retired *retired)
{
	return (struct afield__map_node *)(void *)((char *)retired -
						   offsetof(struct afield__map_node, retired));
}

typedef AFIELD_ATOMIC(uint64_t) afield__map_thread; /* a thread's number (thread.h), or 0 */

struct afield__map_table {
	/* What every operation reads. */
	struct cds_lfht *hash;                   /* constant */
	uint64_t seed;                           /* constant; so that nobody can guess chains */
	const struct afield__map_layout *layout; /* constant */
	/* Of the process that has found the table, or put it right. Written by who does. */
	AFIELD_ATOMIC(uint64_t) generation;
	char apart[64]; /* so that counting takes no reader's line away */
	/* Elements, written by whoever adds or removes one, after it is done. It may be below zero
	 * for a moment: a remove can come between another thread's insert and its count. */
	AFIELD_ATOMIC(int64_t) count;
	AFIELD_ATOMIC(size_t) buckets;    /* written by the resizer */
	AFIELD_ATOMIC(size_t) reserved;   /* never fewer buckets; written by afield__map_reserve */
	afield__map_thread resizer;       /* who resizes */
	afield__map_thread runner;        /* who runs the request */
	afield__map_thread adopter;       /* who has put it right, or does */
	AFIELD_ATOMIC(bool) is_requested; /* a request waits or runs */
	AFIELD_ATOMIC(unsigned) users;    /* the field, and a request */
	struct afield_retired request;    /* whoever set is_requested owns it */
	struct afield_retired end;
};

/* One to one, so that different integers never share a hash. */
static inline uint64_t afield__map_mix(uint64_t word)
{
	word ^= word >> 32;
	word *= UINT64_C(0xd6e8feb86659fd93);
	word ^= word >> 32;
	word *= UINT64_C(0xd6e8feb86659fd93);
	return word ^ word >> 32;
}

/* The integer that has this hash. */
static inline uint64_t afield__map_unmix(uint64_t hash)
{
	hash ^= hash >> 32;
	hash *= UINT64_C(0xcfee444d8b59a89b); /* the other way round */
	hash ^= hash >> 32;
	hash *= UINT64_C(0xcfee444d8b59a89b);
	return hash ^ hash >> 32;
}

/* memcpy, without the call where a value is a word. */
static inline void afield__map_copy(void *to, const void *from, size_t size)
{
	if (size == sizeof(uint64_t))
		memcpy(to, from, sizeof(uint64_t));
	else
		memcpy(to, from, size);
}

/* The hash of bytes, different for each seed. */
uint64_t afield__map_hash(const void *data, size_t size, uint64_t seed);

/*
 * A node that nobody else knows, with the value, the key, a reference to the key, and room for
 * `capacity` bytes of it. NULL when out of memory. A reference to the value is the caller's to
 * give. discard gives up a node that was never in the table.
 */
struct afield__map_node *afield__map_node_new(const struct afield__map_layout *layout,
					      const struct afield__map_key *key, const void *value,
					      size_t capacity);
void afield__map_node_discard(const struct afield__map_layout *layout,
			      struct afield__map_node *node);

/* Makes a node that is not linked carry a key for which it has room. References stay as they
 * are. */
void afield__map_node_give_key(const struct afield__map_layout *layout,
			       struct afield__map_node *node, void *object, uint32_t tag,
			       const void *data, size_t size);

/* Whether a node that was in the table has left it, or its element has ended. The caller is in a
 * section. */
bool afield__map_is_gone(const struct afield__map_layout *layout, struct afield__map_node *node);

/* Whether a node with the right key is one to be found: liburcu passes over wide ones that are
 * not. */
static inline bool afield__map_is_match(const struct afield__map_layout *layout,
					struct afield__map_node *node)
{
	return !afield__map_is_in_place(layout) || !afield__map_value_has_ended(&node->value);
}

/* The value of a node: where it stands, or in *copy. */
static inline const void *afield__map_value(const struct afield__map_layout *layout,
					    struct afield__map_node *node, uint64_t *copy)
{
	if (!afield__map_is_in_place(layout))
		return (const char *)node + layout->value_at;
	*copy = afield__map_value_load(&node->value);
	return copy;
}

/* A value as a word, and its bytes are the first ones. */
static inline uint64_t afield__map_word_of(const struct afield__map_layout *layout,
					   const void *value)
{
	uint64_t word = 0;

	afield__map_copy(&word, value, layout->value.size);
	return word;
}

/* A node's hash, and the integer that is its key. */
uint64_t afield__map_hash_of(const struct afield__map_node *node);
static inline uint64_t afield__map_integer(const struct afield__map_table *table,
					   const struct afield__map_node *node)
{
	return afield__map_unmix(afield__map_hash_of(node)) ^ table->seed;
}

/*
 * Takes a node out, which is the caller's then, and so are its references. False: another thread
 * did, or put another node in its place. In the section in which the node was found.
 *   Linearizes with the end of a value in place, or with the mark of a wide one's link.
 */
bool afield__map_take(struct afield__map_table *table, const struct afield__map_layout *layout,
		      struct afield__map_node *node);

/*
 * The node that has the key of one that has changed or left the table: of a value in place the same
 * one, of a wide one its heir; NULL when the key was taken out. In the section in which the caller
 * found `node`.
 *   Concurrent with it: everything but end. Progress: wait-free but for what is added to the chain.
 *   Ordering: acquire.
 */
struct afield__map_node *afield__map_heir(struct afield__map_table *table,
					  const struct afield__map_layout *layout,
					  struct afield__map_node *node);

/* Whether two values are the same, bit by bit; of a record, member by member, without its
 * padding. */
bool afield__map_is_same(const struct afield_value_type *value_type, const void *value,
			 const void *other);

/*
 * Gives up a node that this thread took out of the table, and its reference to a key, which is
 * `object`. The value goes to *old with its reference, unless that is NULL. The memory is retired.
 * Never inside a section: it runs what the objects' ends run.
 */
void afield__map_node_drop(const struct afield__map_layout *layout, struct afield__map_node *node,
			   void *object, void *old, bool may_wait);

/* The same, of the memory alone: its references are another's. */
void afield__map_node_retire(const struct afield__map_layout *layout, struct afield__map_node *node,
			     bool may_wait);

/*
 * make: the table of the map; made if there is none. Several threads may make one at once, and all
 * but one are given back. of: the same without making one.
 *   Concurrent with: everything but end. Progress: lock-free, and that of malloc; in the child of a
 *   fork the first one puts the table right, and others wait for it. Ordering: acquire, and
 *   release where make makes one.
 *   make returns NULL when out of memory, and the map is as it was; of, when there is none.
 */
struct afield__map_table *afield__map_table_make(struct afield__map *map,
						 const struct afield__map_layout *layout);
struct afield__map_table *afield__map_table_of(struct afield__map *map);

/* For map_fork.c and map_hash_table.c. A new table, with the seed of another one if that is not
 * NULL. */
struct afield__map_table *afield__map_table_new(const struct afield__map_layout *layout,
						size_t buckets,
						const struct afield__map_table *like);
/* Frees a table, and its nodes if there are any. Nobody uses it any more. */
void afield__map_table_free(struct afield__map_table *table);
/* How many buckets are right for so many elements. */
size_t afield__map_right_size(const struct afield__map_table *table, int64_t count);

/*
 * The map's table, when this process has not used it yet: put right, as the head of this file says.
 *   Concurrent with: everything but end. Progress: blocking: the first one walks over all elements,
 *   and allocates when a resize was left behind; others wait. Ordering: acquire. Never fails:
 *   without memory for another table, the old one stays and does not grow any more.
 */
struct afield__map_table *afield__map_adopt(struct afield__map *map);

/* A walk over the map's table, whoever has put it right or not: for collectors, and map_fork.c. */
int afield__map_visit_as_is(const struct afield__map *map,
			    int (*visit)(struct afield__map_node *node, void *argument),
			    void *argument);

/* Takes all nodes out of a table and retires them. Their references are another's. */
void afield__map_table_leave(struct afield__map_table *table);

/*
 * Says that there is one element more (1) or less (-1), and gives the table another size, or asks
 * for it, if need be.
 *   Concurrent with it: everything but end. Progress: lock-free. Ordering: none; the elements carry
 *   theirs.
 */
void afield__map_table_count(struct afield__map_table *table, int change);

/*
 * Makes room for so many elements, for good: 0, -ENOMEM, or -E2BIG.
 *   Concurrent with: everything but end. Progress: lock-free; where another thread resizes, that
 *   one does it. Ordering: none.
 */
int afield__map_table_reserve(struct afield__map_table *table, size_t count);

/*
 * Gives the table and its nodes back after a grace period.
 *   Concurrent with it: readers that have not left. Progress: lock-free, never waits. Ordering:
 *   afield_retire.
 */
void afield__map_table_end(struct afield__map_table *table);

#ifdef __cplusplus
}
#endif

#endif
