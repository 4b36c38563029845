/* SPDX-License-Identifier: MIT */
/*
 * map: elements found by key, which threads read, add, replace and remove at once.
 *
 *	AFIELD_TYPE(limits_map, map, uint32_t, struct limits);
 *
 *	limits_map_set(&it->limits, user, limits);
 *	if (limits_map_load(&it->limits, user, &mine)) ...
 *
 * The key is an integer, bytes (afield_map_bytes) or text (afield_map_text); map_object.h adds any
 * Python object, by its hash and equality. The value is any T, copied in and out as a whole, or a
 * `PyObject *`, which the map holds a reference to. Reading takes no lock and writes nothing that
 * threads share; the table grows and shrinks by itself beside readers and writers.
 *
 * When to use it: for a cache, a registry, a table of sessions: many keys, read more than written,
 * by many threads. When not: for a handful of keys known beforehand (fields of a class); for one
 * counter under many writers (a value is replaced, not added to); where all elements must be seen
 * at one instant (a walk is weakly consistent); where memory is tight (a block of 64 bytes for an
 * element, and 16 to 32 bytes of buckets); where most operations insert and remove, and one thread
 * does them all (a plain hash table is faster).
 *
 *                                            [1] [2] [3] [4]
 *   [1] get, contains                         -   -   -   X    - runs concurrently
 *   [2] set, exchange, get_or_insert,         -   -   -   X    X needs the caller's own exclusion:
 *       compare_exchange, remove                               nobody uses the field then or later
 *   [3] len, walk, clear, traverse            -   -   -   X
 *   [4] fini                                  X   X   X   X
 *
 * Each operation of [1] and [2] linearizes at one instant. Those of [3] do not: each element by
 * itself is met, or taken out, at one instant.
 *
 * Zero bytes are an empty map. The table is allocated by the first write.
 *
 * How it works: all elements are one list, ordered so that each bucket of a hash table is a stretch of
 * it, however many buckets there are; a table that grows gets more ways into the list, and moves
 * nothing (map_chain_core.h). An element's value is a word beside a mark that says whether the
 * element has been taken out, and a set exchanges both at once (map_value_core.h): a value of at most
 * eight bytes, an object, or the address of a wider value, which never changes. What has left is
 * freed after a grace period (reclaim.h), so that whoever reads it may finish. The writer that finds
 * more elements than buckets doubles the table, there and then, at the cost of one allocation. The
 * table shrinks on the library's own thread, in three grace periods, and does not grow meanwhile.
 * name_reserve makes room beforehand.
 *
 * Limits: writers that are ahead of reclamation by afield_set_backlog_limit wait. A shrink occupies
 * its thread for a time that grows with the table. In the child of a fork, the first operation that
 * writes, counts or walks goes through all elements. When out of memory, writes return -ENOMEM and
 * the map is as it was. Objects as values: every thread is attached to the interpreter, for every
 * operation.
 *
 * Source: Shalev and Shavit, Split-Ordered Lists, J. ACM 53(3) 2006, as liburcu's rculfhash. A mark
 * in the word of the value that ends the element: Click's non-blocking hash table.
 */
#ifndef AFIELD_MAP_H
#define AFIELD_MAP_H

#include <afield/detail/map_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

/* The types of a key that is bytes of any length, or text in UTF-8. The map copies them. */
typedef struct afield_bytes afield_map_bytes;
typedef struct afield_bytes afield_map_text;

#define AFIELD_KIND_map (AFIELD__MAP)

/*
 * AFIELD_TYPE(name, map, K, V) declares
 *   typedef K name_key; typedef V name_value; typedef struct name { ... } name;
 *   bool   name_load(const name *, K key, V *value)
 *   bool   name_contains(const name *, K key)
 *   int    name_set(name *, K key, V value)
 *   int    name_exchange(name *, K key, V value, V *old)
 *   int    name_get_or_insert(name *, K key, V value, V *found)
 *   int    name_compare_exchange(name *, K key, V *expected, V desired)
 *   bool   name_remove(name *, K key, V *old)
 *   int    name_reserve(name *, size_t count)
 *   size_t name_count(const name *)
 *   int    name_walk(name *, int (*visit)(K key, const V *value, void *argument), void *argument)
 *   void   name_clear(name *)
 *   void   name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * Keys of bytes and text are a struct afield_bytes. In all of these, a value that comes out and is
 * an object is a new reference; values that go in are borrowed.
 */
#define AFIELD__MAP(name, ...) \
	AFIELD__JOIN(AFIELD__MAP_, AFIELD__COUNT(__VA_ARGS__))(name, __VA_ARGS__)

#define AFIELD__MAP_STRUCT(name, K, V)  \
	typedef V name##_value;         \
	typedef K name##_key;           \
	typedef struct name {           \
		struct afield__map map; \
	} name;                         \
	AFIELD_VALUE_TYPE_DECLARE_KEPT(name, V)

/*
 * name_load: copies the value of a key to *value.
 *   Concurrent with it: everything but fini. Progress: wait-free but for elements that others put
 *   into the same chain in front of it; lock-free where the value is an object: it looks again when
 *   another thread has replaced the value meanwhile. Ordering: seq_cst; it sees what was done
 *   before the value was set.
 *   Returns false, and *value is as it was, when the key is not there.
 *
 * name_contains: whether the key is there.
 *   Concurrent with it: everything but fini. Progress: as name_load of a value that is no object.
 *   Ordering: seq_cst. Never fails.
 */

/*
 * name_set: gives the key this value, whether it was there or not. An element that is there keeps
 * its key object.
 *   Concurrent with it: everything but fini. Progress: lock-free. It allocates where the key is new
 *   or the value is wide, and where it replaces a wide one it waits above the backlog limit, outside
 *   read sections. Ordering: seq_cst.
 *   Returns 0 when the key is new, 1 when its value was replaced; -ENOMEM, -E2BIG for a key of
 *   4 GiB or more, -EINVAL for NULL in place of an object, or -ENOTSUP for objects when there is
 *   no host (host.h), and the map is as it was.
 *
 * name_exchange: the same, and *old is the value that was replaced when it returns 1.
 *   Concurrent with it, progress, ordering, returns: as name_set.
 *
 * name_remove: takes the key out; its value goes to *old, unless old is NULL.
 *   Concurrent with it: everything but fini. Progress: lock-free; it waits above the backlog limit,
 *   outside read sections.
 *   Ordering: seq_cst. Returns false, and *old is as it was, when the key is not there.
 */

/*
 * name_get_or_insert: the value of the key, which becomes `value` when the key is not there. All
 * threads that do this at once get the same.
 *   Concurrent with it: everything but fini. Progress: as name_load when the key is there,
 *   otherwise as name_set. Ordering: seq_cst.
 *   Returns 1 when it inserted, 0 when the key was there, and *found is the value now; -ENOMEM,
 *   -E2BIG, -EINVAL or -ENOTSUP.
 *
 * name_compare_exchange: replaces the value of the key by `desired` if it is *expected: bit by bit,
 * of a record member by member, of an object if it is the same object.
 *   Concurrent with it: everything but fini. Progress: as name_set. Ordering: seq_cst.
 *   Returns 1 when it did; 0 when the value is another, and *expected is then that one, unless it
 *   is an object; -ENODATA when the key is not there; -ENOMEM, -EINVAL or -ENOTSUP.
 */

/*
 * name_reserve: makes room for so many elements, so that no set that follows has to; and keeps it,
 * however few there are, until another call says another number.
 *   Concurrent with: everything but fini. Progress: lock-free, and that of malloc; it takes a time
 *   that grows with `count`. Where a shrink is under way, that one makes the room, later.
 *   Ordering: none. Returns 0; -ENOMEM, and the map is as it was; -E2BIG above 2^40.
 *
 * name_count: the number of elements. Each write adds or takes its one a moment after it
 * linearized: with no write under way the number is exact, otherwise it may be off by the writes
 * under way.
 *   Concurrent with it: everything but fini. Progress: wait-free, but for the first time in the
 *   child of a fork. Ordering: none. Never fails.
 *
 * name_walk: calls visit for the elements in no order, and stops when that returns another number
 * than 0. Weakly consistent: an element that is there all the while is met once, with a value that
 * it had meanwhile; what is added or removed meanwhile is met or not. A key that is removed and
 * added again may be met twice if another key has the very same hash, which integers never have.
 * It all happens inside one read section: visit does not wait, call the interpreter, or use the key
 * or the value after it has returned; an object is a reference that is visit's from then on. An
 * exception of C++ ends the walk.
 *   Concurrent with it: everything but fini. Progress: wait-free but for what is added in front.
 *   Ordering: seq_cst. Returns what visit returned last; -ENOMEM, of objects alone.
 *
 * name_clear: takes out every element that a walk meets.
 *   Concurrent with it: everything but fini; what is added meanwhile may stay. Progress: as
 *   name_walk, then as name_remove. Ordering: as name_remove. Never fails.
 */

/*
 * name_fini: gives up all elements and the table. Objects end at once, memory after a grace period,
 * or a few, where the table shrinks just then.
 *   Concurrent with it: nobody. Progress: lock-free, and that of the objects' ends; never waits.
 *   Ordering: that of afield_retire. Never fails; a fresh field is left as it is.
 *
 * name_type: the table. A map is no value, so it has no load and no store; its view has verbs.
 */

#ifdef AFIELD_WATCH
#include <afield/detail/map_watch.h>
#endif

#endif
