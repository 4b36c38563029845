/* SPDX-License-Identifier: MIT */
/*
 * map_walk: a host's walk over the elements of a map, which takes references to the objects it
 * meets, and its way to take any element out.
 */
#include "map_table.h"

#include <errno.h>
#include <stdlib.h>

#include <afield/host.h>

/* References that a walk took by mistake, to be given up when it has left its section. */
struct lost {
	struct lost *next;
	void *object;
};

struct walk {
	const struct afield__map_layout *layout;
	struct afield__map_table *table;
	int (*each)(const void *key, const void *value, void *argument);
	void *argument;
	struct lost *lost;
	void *last[2]; /* the same, for which there was no memory, and so the walk ended */
};

static struct walk walk_of(const struct afield_type *type, void *field,
			   int (*each)(const void *key, const void *value, void *argument),
			   void *argument)
{
	struct walk walk = {
		(const struct afield__map_layout *)type->detail,
		afield__map_table_of((struct afield__map *)field),
		each,
		argument,
		NULL,
		{NULL, NULL}
	};

	return walk;
}

/* 0: the walk may go on; -ENOMEM. */
static int lose(struct walk *walk, void *object)
{
	struct lost *lost = (struct lost *)malloc(sizeof(*lost));

	if (!lost) {
		walk->last[walk->last[0] != NULL] = object;
		return -ENOMEM;
	}
	lost->object = object;
	lost->next = walk->lost;
	walk->lost = lost;
	return 0;
}

/*
 * A reference to an object that an element had: 1; 0 when it has it no more, or has ended. The
 * object is the value `word`, or the key when that is NULL.
 */
static int hold_object(struct walk *walk, struct afield__map_node *node, void *object,
		       const uint64_t *word)
{
	if (!object)
		return 1;
	AFIELD_PAUSE("map: before the count");
	if (!afield__try_retain_object(object))
		return 0;
	if (!afield__map_value_has_ended(&node->value) &&
	    (!word || afield__map_value_load(&node->value) == *word))
		return 1;
	return lose(walk, object);
}

/* References to the key of an element and to its value, which is in *word: 1; 0 when it has another
 * value now, or has ended; -ENOMEM. */
static int hold_both(struct walk *walk, struct afield__map_node *node, uint64_t *word)
{
	const struct afield__map_layout *layout = walk->layout;
	void *key = afield__map_object(layout, node);
	int held = hold_object(walk, node, key, NULL);
	int error;

	if (held <= 0)
		return held;
	*word = afield__map_value_load(&node->value);
	held = hold_object(walk, node, afield__object_of(&layout->value, word), word);
	if (held > 0 || !key)
		return held;
	/* Something happened between its key and its value. */
	error = lose(walk, key);
	return held < 0 ? held : error;
}

/* The integer of a key in its own width, at the start of *integer. */
static void narrow(const struct afield_value_type *key, uint64_t word, uint64_t *integer)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word <<= 64 - 8 * key->size;
#endif
	(void)key;
	*integer = word;
}

static int give(const struct walk *walk, const struct afield__map_node *node, uint64_t hash,
		uint64_t word)
{
	const struct afield__map_layout *layout = walk->layout;
	struct afield_bytes bytes = {afield__map_bytes(layout, node),
				     afield__map_key_size(layout, node)};
	const void *value = afield__map_value(layout, &word);
	void *object = afield__map_object(layout, node);
	uint64_t integer;

	if (layout->key.type_code == AFIELD_OBJECT)
		return walk->each(&object, value, walk->argument);
	if (afield__map_has_text(layout))
		return walk->each(&bytes, value, walk->argument);
	narrow(&layout->key, AFIELD__MAP_WORD_OF(walk->table, hash), &integer);
	return walk->each(&integer, value, walk->argument);
}

/* Each turn of the loop but the last means that another thread gave the key a new value. */
static int walk_node(struct afield__map_node *node, uint64_t hash, void *opaque)
{
	struct walk *walk = (struct walk *)opaque;
	uint64_t word = 0;
	int held;

	do
		held = hold_both(walk, node, &word);
	while (held == 0 && !afield__map_value_has_ended(&node->value));
	return held > 0 ? give(walk, node, hash, word) : held;
}

int afield__map_table_walk(const struct afield_type *type, void *field,
			   int (*each)(const void *key, const void *value, void *argument),
			   void *argument)
{
	struct walk walk = walk_of(type, field, each, argument);
	struct lost *next;
	int result;

	if (!walk.table)
		return 0; /* another thread may make one before the visit */
	result = afield__map_visit((const struct afield__map *)field, walk_node, &walk);
	for (; walk.lost; walk.lost = next) {
		next = walk.lost->next;
		afield__release_object(walk.lost->object);
		free(walk.lost);
	}
	for (int i = 0; i < 2; i++)
		if (walk.last[i])
			afield__release_object(walk.last[i]);
	return result;
}

/* Takes an element out that a walk has met, when it could be given: true, unless it has ended.
 * *error is what `each` said, and then it stays. */
static bool give_and_take(const struct walk *walk, struct afield__map_node *node, uint64_t hash,
			  int *error)
{
	uint64_t word;

	do {
		if (afield__map_value_has_ended(&node->value))
			return false;
		word = afield__map_value_load(&node->value);
		*error = give(walk, node, hash, word);
	} while (!*error && !afield__map_take_as(walk->table, hash, node, word));
	return true;
}

/* Takes out the first element that a walk meets and gets: *taken, or NULL. 0, or what each said. */
static int take_first(const struct walk *walk, struct afield__map_node **taken)
{
	struct afield__map_node *node;
	struct afield__map_walk way;
	int error = 0;

	AFIELD_READ_SECTION
	{
		node = afield__map_first(&walk->table->buckets, &way);
		for (; node; node = afield__map_next(&way)) {
			uint64_t tag = afield__map_value_tag(&node->value);

			AFIELD_PAUSE("map: taking any");
			if (give_and_take(walk, node, tag | way.odd, &error))
				break;
		}
	}
	*taken = error ? NULL : node;
	return error;
}

/* A walk that got none is repeated while others change the number of elements: one may have come
 * in front of it. */
int afield__map_table_take_any(const struct afield_type *type, void *field,
			       int (*each)(const void *key, const void *value, void *argument),
			       void *argument)
{
	struct walk walk = walk_of(type, field, each, argument);
	struct afield__map_node *taken = NULL;
	int64_t before;
	int error;

	if (!walk.table)
		return -ENODATA;
	do {
		before = AFIELD_LOAD(&walk.table->count, relaxed);
		error = take_first(&walk, &taken);
	} while (!error && !taken && AFIELD_LOAD(&walk.table->count, relaxed) != before);
	if (!taken)
		return error ? error : -ENODATA;
	afield__map_removed(walk.table);
	afield__map_node_retire(walk.layout, taken, true);
	return 0;
}
