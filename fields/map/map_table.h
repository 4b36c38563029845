/*
 * map_table: liburcu's hash table, and what a map keeps beside it. For map.c and map_table.c.
 *
 * The table is liburcu's cds_lfht without its own resizing (CDS_LFHT_AUTO_RESIZE): that one runs on
 * a thread whose end and whose forks liburcu 0.13 does not get right, and keeps a destroy waiting.
 * Here a writer that finds the table too small or too large retires a request (reclaim.h), and the
 * resize runs as its callback, on the thread that reclaims. So a resize blocks no reader and no
 * writer; it is never under way while the process forks, because a fork waits for that thread to
 * pause; and a child that inherits a request has it done by its own thread.
 *
 * When to use it: inside the room. When not: outside.
 *
 * Synchronization: make runs beside everything. count runs beside everything but end. end needs the
 * table alone, but for the resize that may be under way and readers that have not left.
 */
#ifndef AFIELD_MAP_TABLE_H
#define AFIELD_MAP_TABLE_H

#include <string.h>

#include "map_node.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct cds_lfht;
struct cds_lfht_node;

/* A node begins with liburcu's link. */
static inline struct afield__map_node *afield__map_node_of(struct cds_lfht_node *link)
{
	return (struct afield__map_node *)(void *)link;
}
static inline struct cds_lfht_node *afield__map_link_of(struct afield__map_node *node)
{
	return (struct cds_lfht_node *)(void *)node->link;
}

struct afield__map_table {
	struct cds_lfht *hash; /* constant */
	uint64_t seed;         /* constant; of this table alone, so that nobody can guess chains */
	/* Elements, written by whoever adds or removes one, after it is done. It may be below zero
	 * for a moment: a remove can come between another thread's insert and its count. */
	AFIELD_ATOMIC(int64_t) count;
	AFIELD_ATOMIC(size_t) buckets;   /* written by the resize */
	AFIELD_ATOMIC(bool) is_resizing; /* a request waits or runs */
	AFIELD_ATOMIC(unsigned) users;   /* the field, and a request */
	struct afield_retired request;   /* whoever set is_resizing owns it */
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
 * A node that nobody else knows, with the value, the key and references to both, and room for
 * `capacity` bytes of key. NULL when memory is out. discard gives one up that was never in the
 * table.
 */
struct afield__map_node *afield__map_node_new(const struct afield__map_layout *layout,
					      const struct afield__map_key *key, const void *value,
					      size_t capacity);
void afield__map_node_discard(const struct afield__map_layout *layout,
			      struct afield__map_node *node);

/* Makes a node that is not linked carry a key for which it has room. References stay as they are. */
void afield__map_node_give_key(const struct afield__map_layout *layout,
			       struct afield__map_node *node, void *object, uint32_t tag,
			       const void *data, size_t size);

/* Whether a node that was in the table has left it. The caller is in a section. */
bool afield__map_is_gone(const struct afield__map_node *node);

/* Whether two values are the same, bit by bit; of a record, member by member, without its padding. */
bool afield__map_is_same(const struct afield_holds *holds, const void *value, const void *other);

/*
 * Gives up a node that this thread took out of the table, and its reference to a key, which is
 * `object`. The value goes to *old with its reference, unless that is NULL. The memory is retired.
 * Never inside a section: it runs what the objects' ends run.
 */
void afield__map_node_drop(const struct afield__map_layout *layout, struct afield__map_node *node,
			   void *object, void *old, bool may_wait);

/*
 * The table of the map; made if there is none. Several threads may make one at once, and all but
 * one are given back.
 *   Beside it: everything but end. Progress: lock-free, and that of malloc. Ordering: seq_cst.
 *   Returns NULL when memory is out, and the map is as it was.
 */
struct afield__map_table *afield__map_table_make(struct afield__map *map);

/*
 * The shortest way to a value that is no object, by an integer.
 *   Beside it: everything but end. Progress: wait-free. Ordering: acquire.
 *   Returns 0, or -ENODATA.
 */
int afield__map_table_get(struct afield__map_table *table, const struct afield__map_layout *layout,
			  uint64_t word, void *value);

/*
 * Says that there is one element more (1) or less (-1), and asks for another size if need be.
 *   Beside it: everything but end. Progress: lock-free. Ordering: none; the elements carry theirs.
 */
void afield__map_table_count(struct afield__map_table *table, int change);

/*
 * Gives the table and its nodes back after a grace period.
 *   Beside it: readers that have not left. Progress: lock-free, never waits. Ordering:
 *   afield_retire.
 */
void afield__map_table_end(struct afield__map_table *table);

#ifdef __cplusplus
}
#endif

#endif
