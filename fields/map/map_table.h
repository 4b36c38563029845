/* SPDX-License-Identifier: MIT */
/*
 * map_table: the buckets of a map, and what it keeps beside them.
 *
 * The writer whose element is one more than there are buckets doubles their number, there and then:
 * that is memory of zero bytes, which nobody has to go through, and one exchange. Each element that
 * comes then links the bucket that has its number, so that all are in the list when they are as many
 * as the elements. A writer that finds the table too empty asks for a shrink. That is three
 * callbacks, a grace period before each (map_chain_core.h), and meanwhile nobody doubles.
 *
 * A fork leaves the other threads of the process behind wherever they are. The list and its buckets
 * can be used at any instant. What a child has to put right it finds out by the table's generation
 * (thread.h), at its first operation that writes, counts or walks (map_fork.c): the count, for a
 * writer may have been between its element and that, and a shrink that was under way.
 *
 * When to use it: inside the kind. When not: outside.
 *
 * Synchronization: make, of and count run concurrent with everything but end. end needs the table
 * alone, but for the shrink that may be under way and readers that have not left.
 */
#ifndef AFIELD_MAP_HASH_TABLE_H
#define AFIELD_MAP_HASH_TABLE_H

#include <string.h>

#include <afield/thread.h>

#include "map_chain_core.h"
#include "map_node.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

static inline bool afield__map_is_in_place(const struct afield__map_layout *layout)
{
	return layout->value.type_code == AFIELD_OBJECT || layout->value.size <= sizeof(uint64_t);
}

/* Where a node of this key ends. */
static inline size_t afield__map_node_size(const struct afield__map_layout *layout)
{
	if (afield__map_has_integers(layout))
		return offsetof(struct afield__map_node, name);
	return layout->key.type_code == AFIELD_OBJECT
		       ? offsetof(struct afield__map_node, object) + sizeof(uint64_t)
		       : offsetof(struct afield__map_node, object);
}

/* The bytes of a node's key, and how many they are. */
static inline void *afield__map_bytes(const struct afield__map_layout *layout,
				      const struct afield__map_node *node)
{
	return (char *)(uintptr_t)node + afield__map_node_size(layout);
}
static inline size_t afield__map_key_size(const struct afield__map_layout *layout,
					  const struct afield__map_node *node)
{
	return afield__map_has_integers(layout) ? 0 : (size_t)(node->name & UINT32_MAX);
}
static inline uint32_t afield__map_key_tag(const struct afield__map_node *node)
{
	return (uint32_t)(node->name >> 32);
}

/* The key if it is an object, otherwise NULL. */
static inline void *afield__map_object(const struct afield__map_layout *layout,
				       const struct afield__map_node *node)
{
	return layout->key.type_code == AFIELD_OBJECT ? (void *)(uintptr_t)node->object : NULL;
}

static inline struct afield__map_node *afield__map_node_of_retired(struct afield_retired *retired)
{
	return (struct afield__map_node *)(void *)retired;
}

/* A wide value: a block, of whose address the word is made. It never changes. */
enum { AFIELD__MAP_BOX = 32 }; /* bytes before the value */
static inline void *afield__map_in_box(uint64_t word)
{
	return (char *)(uintptr_t)word + AFIELD__MAP_BOX;
}

typedef AFIELD_ATOMIC(uint64_t) afield__map_thread; /* a thread's number (thread.h), or 0 */

/* A shrink under way: what its next callback does. */
enum afield__map_step { AFIELD__MAP_LOWER, AFIELD__MAP_SWEEP, AFIELD__MAP_FREE };
struct afield__map_request {
	struct afield_retired retired; /* first */
	struct afield__map_table *table;
	uint64_t generation; /* of the process that made it */
};

struct afield__map_table {
	/* What every operation reads. */
	struct afield__map_buckets buckets;
	uint64_t seed;                           /* constant; so that nobody can guess chains */
	const struct afield__map_layout *layout; /* constant */
	/* Of the process that has found the table, or put it right. Written by who does. */
	AFIELD_ATOMIC(uint64_t) generation;
	char apart[64]; /* so that counting takes no reader's line away */
	/* Elements, written by whoever adds or removes one, after it is done. It may be below zero
	 * for a moment: a remove can come between another thread's insert and its count. */
	AFIELD_ATOMIC(int64_t) count;
	AFIELD_ATOMIC(uint64_t) room;     /* buckets that have memory */
	AFIELD_ATOMIC(uint64_t) reserved; /* never fewer; written by afield__map_reserve */
	AFIELD_ATOMIC(bool) is_requested; /* a shrink waits or runs: nobody doubles */
	AFIELD_ATOMIC(int) step;          /* of the shrink; written by who runs it */
	AFIELD_ATOMIC(uint64_t) wanted;   /* buckets behind it; likewise */
	afield__map_thread runner;        /* who runs it */
	/* Of the process in which a thread has begun to put the table right. */
	AFIELD_ATOMIC(uint64_t) adopted;
	AFIELD_ATOMIC(unsigned) users; /* the field, and a request */
	struct afield_retired end;
};

/* Whether this process has used the table, or put it right. Acquire: pairs with the end of the
 * adoption. */
static inline bool afield__map_is_ours(const struct afield__map_table *table)
{
	return AFIELD_LOAD(&table->generation, acquire) == afield_fork_generation();
}

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

/* The hash of an integer. A pair of the explorer has sixteen bits for it. */
#ifndef AFIELD__MAP_HASH_OF
#define AFIELD__MAP_HASH_OF(table, word) afield__map_mix((word) ^ (table)->seed)
#define AFIELD__MAP_WORD_OF(table, hash) (afield__map_unmix(hash) ^ (table)->seed)
#endif

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
 * A word with a value, and a node with a word and a key, that nobody else knows; false, or NULL, when
 * out of memory. The node has a reference to the key. discard gives up what was never in the table;
 * a reference to the value is the caller's all the while.
 */
bool afield__map_word_new(const struct afield__map_layout *layout, const void *value,
			  uint64_t *word);
void afield__map_word_discard(const struct afield__map_layout *layout, uint64_t word);
struct afield__map_node *afield__map_node_new(const struct afield__map_layout *layout,
					      const struct afield__map_key *key, uint64_t hash,
					      uint64_t word);
void afield__map_node_discard(const struct afield__map_layout *layout,
			      struct afield__map_node *node);

/* Where the value of a word is. In the section in which it was loaded, if it is in a box. */
static inline const void *afield__map_value(const struct afield__map_layout *layout,
					    const uint64_t *word)
{
	return afield__map_is_in_place(layout) ? (const void *)word : afield__map_in_box(*word);
}

/*
 * Takes an element out, whose node is the caller's then, and so are its references: by its node,
 * with the place where it was found, or NULL; or where it has that value. False: another thread did, or it has another value. In the section in
 * which the node was found.
 *   Linearizes with the end of the value.
 */
bool afield__map_take(struct afield__map_table *table, uint64_t hash, struct afield__map_node *node,
		      struct afield__map_place *place);
bool afield__map_take_as(struct afield__map_table *table, uint64_t hash,
			 struct afield__map_node *node, uint64_t word);

/* Whether two values are the same, bit by bit; of a record, member by member, without its
 * padding. */
bool afield__map_is_same(const struct afield_value_type *value_type, const void *value,
			 const void *other);

/*
 * word_drop gives up the value of a word that this thread has replaced: it goes to *old with its
 * reference, unless that is NULL, and a box is retired. node_drop does that with an element that
 * this thread has taken out, and gives up its reference to a key. node_retire retires the memory
 * alone: its references are another's.
 *   Never inside a section: they run what the objects' ends run, and may wait for the backlog.
 */
void afield__map_word_drop(const struct afield__map_layout *layout, uint64_t word, void *old);
void afield__map_node_drop(const struct afield__map_layout *layout, struct afield__map_node *node,
			   void *old, bool may_wait);
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

/* How many buckets are right for so many elements. */
uint64_t afield__map_right_size(const struct afield__map_table *table, int64_t count);

/*
 * Puts right a table that this process has not used yet, as the head of this file says.
 *   Concurrent with: everything but end. Progress: blocking: the first one walks over all elements;
 *   others wait. Ordering: acquire. Never fails.
 */
void afield__map_adopt(struct afield__map *map, struct afield__map_table *table);

/* For map_fork.c: a shrink that was orphaned by a fork goes on with its second step, if there is memory
 * for it. */
void afield__map_shrink_on(struct afield__map_table *table);

/* A walk over the map's table, whoever has put it right or not: for collectors, and map_fork.c. */
int afield__map_visit_as_is(const struct afield__map *map,
			    int (*visit)(struct afield__map_node *node, uint64_t hash,
					 void *argument),
			    void *argument);

/*
 * Say that there is one element more, or one less, and give the table another size, or ask for it,
 * if need be. added is in the section in which the element came.
 *   Concurrent with them: everything but end. Progress: lock-free, and that of malloc. Ordering:
 *   none; the elements carry theirs.
 */
void afield__map_added(struct afield__map_table *table);
void afield__map_removed(struct afield__map_table *table);

/*
 * Makes room for so many elements, for good: 0, -ENOMEM, or -E2BIG.
 *   Concurrent with: everything but end. Progress: lock-free; where a shrink is under way, that
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
