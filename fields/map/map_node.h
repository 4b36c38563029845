/* SPDX-License-Identifier: MIT */
/*
 * map_node: what a map consists of, and the functions that all maps share. See map.h.
 *
 * The field is one pointer. It is NULL until the first write, then it points to a table forever
 * after (map_table.h): the buckets, and beside them a count and a seed. An element is a node in one
 * list of all (map_chain_core.h), with the bytes of its key behind it. Its value is a word: a value
 * of at most eight bytes, an object, or the address of a box, which holds a wider value and never
 * changes. So a value of any size is replaced by one exchange, and never torn.
 *
 * When to use it: through map.h. When not: this header is no place for users.
 *
 * Synchronization: `table` is written once, by compare_exchange, and by fini. A node belongs to the
 * thread that made it, then to the table, then to the one thread that ended it, which gives up its
 * references and retires it; and a box to the one thread that replaced it, or ended its node.
 * Readers look at nodes and boxes inside a read section only.
 */
#ifndef AFIELD_MAP_NODE_H
#define AFIELD_MAP_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/reclaim.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct afield__map_table; /* map_table.h */
struct afield__map_node;  /* map_chain_core.h */

struct afield__map {
	AFIELD_ATOMIC(struct afield__map_table *) table;
};

/*
 * A key of any kind. `tag` 0 says that a key is unlike every other; any other tag, that a key is
 * its bytes: two keys of that sort are equal when their tags, sizes and bytes are. A key that is an
 * object has `object`; two keys are equal when that is the same, whatever the tags. Integers are
 * their eight bytes in `word`, and have neither object nor data.
 */
struct afield__map_key {
	uint64_t word;    /* the integer, or the host's hash of the object */
	const void *data; /* the bytes */
	size_t size;
	uint32_t tag;
	void *object;
	/* Objects whose likeness to this key somebody has found out, by ways of their own. */
	const struct afield__map_memo *memo;
	size_t memo_count;
	/* Set by an operation that returns -EAGAIN: references to keys that are yet to compare. The
	 * array is the caller's, of AFIELD__MAP_CANDIDATES places, wherever keys are objects. */
	void **candidates;
	size_t candidate_count;
};
enum { AFIELD__MAP_CANDIDATES = 32 };
struct afield__map_memo {
	void *object; /* held by who made the list, so that its address is no other object's */
	bool is_equal;
};

/* What the functions know of a type: constants that the generator macro writes. */
struct afield__map_layout {
	struct afield_value_type key; /* an integer, AFIELD_BYTES, AFIELD_TEXT or AFIELD_OBJECT */
	struct afield_value_type value;
};

static inline bool afield__map_has_integers(const struct afield__map_layout *layout)
{
	return layout->key.type_code >= AFIELD_I8 && layout->key.type_code <= AFIELD_U64;
}

static inline bool afield__map_has_text(const struct afield__map_layout *layout)
{
	return layout->key.type_code == AFIELD_BYTES || layout->key.type_code == AFIELD_TEXT;
}

/*
 * The typed wrappers' work; map.h says what each means. 0 or more is success; -ENODATA: the key is
 * not there; -ENOMEM. With keys that are objects, -EAGAIN: nothing is done yet, key->met must be
 * compared first. A value that comes out brings a reference; values that go in are held here.
 */
AFIELD_EXPORT int afield__map_get(const struct afield__map *map,
				  const struct afield__map_layout *layout,
				  struct afield__map_key *key, void *value);
AFIELD_EXPORT int afield__map_get_by_integer(const struct afield__map *map,
					     const struct afield__map_layout *layout, uint64_t word,
					     void *value);
AFIELD_EXPORT int afield__map_get_or_insert(struct afield__map *map,
					    const struct afield__map_layout *layout,
					    struct afield__map_key *key, const void *value,
					    void *found);
AFIELD_EXPORT int afield__map_set(struct afield__map *map, const struct afield__map_layout *layout,
				  struct afield__map_key *key, const void *value, void *old);
AFIELD_EXPORT int afield__map_remove(struct afield__map *map,
				     const struct afield__map_layout *layout,
				     struct afield__map_key *key, void *old);
AFIELD_EXPORT int afield__map_compare_exchange(struct afield__map *map,
					       const struct afield__map_layout *layout,
					       struct afield__map_key *key, const void *expected,
					       const void *desired, void *seen);
AFIELD_EXPORT int afield__map_reserve(struct afield__map *map,
				      const struct afield__map_layout *layout, size_t count);
AFIELD_EXPORT size_t afield__map_len(const struct afield__map *map);
AFIELD_EXPORT size_t afield__map_buckets(const struct afield__map *map);
AFIELD_EXPORT void afield__map_clear(struct afield__map *map,
				     const struct afield__map_layout *layout);
AFIELD_EXPORT void afield__map_fini(struct afield__map *map,
				    const struct afield__map_layout *layout);

/* Calls visit for each element inside one read section: no references are counted. */
AFIELD_EXPORT int afield__map_visit(const struct afield__map *map,
				    int (*visit)(struct afield__map_node *node, uint64_t hash,
						 void *argument),
				    void *argument);

/* The table's functions. `detail` of the table is the layout. */
AFIELD_EXPORT void afield__map_table_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT void afield__map_table_clear(const struct afield_type *type, void *field);
AFIELD_EXPORT int afield__map_table_traverse(const struct afield_type *type, void *field,
					     int (*visit)(void *object, void *argument),
					     void *argument);
AFIELD_EXPORT int afield__map_call_clear(const struct afield_type *type, void *field, void *result,
					 const void *const *arguments);
AFIELD_EXPORT int afield__map_call_reserve(const struct afield_type *type, void *field,
					   void *result, const void *const *arguments);
AFIELD_EXPORT size_t afield__map_table_len(const struct afield_type *type, const void *field);
AFIELD_EXPORT int afield__map_table_walk(const struct afield_type *type, void *field,
					 int (*each)(const void *key, const void *value,
						     void *argument),
					 void *argument);
AFIELD_EXPORT int afield__map_table_take_any(const struct afield_type *type, void *field,
					     int (*each)(const void *key, const void *value,
							 void *argument),
					     void *argument);

#ifdef __cplusplus
}
#endif

/* The verbs of a view, under the names of collections.abc.MutableMapping and dict. */
#define AFIELD__MAP_VERB_TABLE(get, set, del, contains, pop, setdefault, compare_exchange)         \
	{                                                                                          \
		AFIELD__MAP_VERB("__getitem__", "Returns the value of a key.", AFIELD_ITSELF, 1,   \
				 AFIELD__MAP_NO_MORE, get, true),                                  \
			AFIELD__MAP_VERB("__setitem__", "Gives a key a value.", AFIELD_NOTHING, 2, \
					 AFIELD_PARAMETER("value", AFIELD_ITSELF), set, false),    \
			AFIELD__MAP_VERB("__delitem__", "Takes a key out.", AFIELD_NOTHING, 1,     \
					 AFIELD__MAP_NO_MORE, del, false),                         \
			AFIELD__MAP_VERB("__contains__", "Whether the key is there.", AFIELD_BOOL, \
					 1, AFIELD__MAP_NO_MORE, contains, true),                  \
			AFIELD__MAP_VERB("get", "Returns the value of a key, or the default.",     \
					 AFIELD_ITSELF, 2,                                         \
					 AFIELD__MAP_OPTIONAL(AFIELD_OR_NONE, AFIELD_DEFAULT),     \
					 get, true),                                               \
			AFIELD__MAP_VERB(                                                          \
				"pop",                                                             \
				"Takes a key out and returns its value, or the default. Without "  \
				"one, KeyError.",                                                  \
				AFIELD_ITSELF, 2,                                                  \
				AFIELD__MAP_OPTIONAL(AFIELD_OR_ABSENT, AFIELD_DEFAULT), pop,       \
				false),                                                            \
			AFIELD__MAP_VERB(                                                          \
				"setdefault",                                                      \
				"Returns the value of a key, which becomes this one if there "     \
				"was none.",                                                       \
				AFIELD_ITSELF, 2,                                                  \
				AFIELD__MAP_OPTIONAL(AFIELD_OR_NONE, AFIELD_ARGUMENT), setdefault, \
				false),                                                            \
			{"compare_exchange",                                                       \
			 "Gives a key the value desired if it has the value expected; returns "    \
			 "whether it did.",                                                        \
			 AFIELD_BOOL,                                                              \
			 3,                                                                        \
			 {AFIELD_PARAMETER("key", AFIELD_KEY),                                     \
			  AFIELD_PARAMETER("expected", AFIELD_ITSELF),                             \
			  AFIELD_PARAMETER("desired", AFIELD_ITSELF)},                             \
			 compare_exchange,                                                         \
			 false},                                                                   \
			{"clear",                                                                  \
			 "Takes out all that is there, one after the other; what comes meanwhile " \
			 "may stay.",                                                              \
			 AFIELD_NOTHING,                                                           \
			 0,                                                                        \
			 {AFIELD__MAP_NO_MORE},                                                    \
			 afield__map_call_clear,                                                   \
			 false},                                                                   \
			{"reserve",                                                                \
			 "Makes room for so many elements, and keeps it: they are added sooner.",  \
			 AFIELD_NOTHING,                                                           \
			 1,                                                                        \
			 {AFIELD_PARAMETER("count", AFIELD_U64)},                                  \
			 afield__map_call_reserve,                                                 \
			 false},                                                                   \
			{"__len__",                                                                \
			 "The number of elements; exact while nobody writes.",                     \
			 AFIELD_U64,                                                               \
			 0,                                                                        \
			 {AFIELD__MAP_NO_MORE},                                                    \
			 afield_view_count,                                                        \
			 true},                                                                    \
	}
#define AFIELD__MAP_VERB(name, doc, result, count, second, call, only_reads)                   \
	{                                                                                      \
		name, doc, result, count, {AFIELD_PARAMETER("key", AFIELD_KEY), second}, call, \
			only_reads                                                             \
	}
#define AFIELD__MAP_OPTIONAL(omitted, use)             \
	{                                              \
		"default", AFIELD_ITSELF, omitted, use \
	}
#define AFIELD__MAP_NO_MORE AFIELD_PARAMETER(NULL, AFIELD_NOTHING)

#endif
