/* SPDX-License-Identifier: MIT */
/*
 * map_in_place: writes to elements whose values stand in their nodes (map_value_core.h).
 *
 * A key that is there costs a search and one exchange, and no memory. A node is made when the key
 * is not there, outside the section; then the table links it, or says which node has the key now,
 * and that one is written to.
 *
 * The operation's reference to the value is taken before the exchange that publishes it, for a
 * reader may come at once, and is the map's from then on. The old value is given up outside the
 * section.
 */
#include "map_search.h"

#include <string.h>

/* Whether a value that was seen is the one expected; otherwise it goes to *seen. */
static bool is_expected(const struct afield__map_layout *layout,
			const struct afield__map_writing *writing, const uint64_t *word)
{
	if (afield__map_is_same(&layout->value, word, writing->expected))
		return true;
	if (writing->seen)
		memcpy(writing->seen, word, layout->value.size);
	return false;
}

/* Writes to a node that has the key: 1, and *before is the value that it had; 2, with *seen; AGAIN:
 * the element has ended. In the section. */
static int write_to(struct search *search, const struct afield__map_writing *writing,
		    struct afield__map_node *node, uint64_t *before)
{
	uint64_t desired = afield__map_word_of(search->layout, writing->value);
	int error;

	switch (writing->write) {
	case AFIELD__MAP_PUT:
		return afield__map_value_exchange(&node->value, desired, before)
			       ? 1
			       : AFIELD__MAP_AGAIN;
	case AFIELD__MAP_COMPARE:
		*before = afield__map_value_load(&node->value);
		if (!is_expected(search->layout, writing, before))
			return 2;
		return afield__map_value_write(&node->value, *before, AFIELD__MAP_IS_THERE, desired)
			       ? 1
			       : AFIELD__MAP_AGAIN;
	default:
		error = copy_out(search, node, writing->seen);
		return error ? error : 2;
	}
}

/* One attempt, with a node or without: as write_to; 0: the node is linked; -ENODATA: there is none
 * with the key. In the section. */
static int attempt(struct search *search, const struct afield__map_writing *writing,
		   struct afield__map_node *node, uint64_t *before)
{
	struct afield__map_node *found = NULL;
	int done = node ? insert(search, node, &found) : find(search, &found);

	return found && found != node && done >= 0 ? write_to(search, writing, found, before)
						   : done;
}

static void drop(const struct afield__map_layout *layout, uint64_t before, void *old)
{
	if (old)
		afield__map_copy(old, &before, layout->value.size);
	else
		afield_release(&layout->value, &before);
}

int afield__map_change_in_place(struct search *search, const struct afield__map_writing *writing)
{
	const struct afield__map_layout *layout = search->layout;
	struct afield__map_node *node = NULL;
	uint64_t before = 0;
	int done = 0;

	(void)afield_retain(&layout->value, writing->value);
	do {
		if (done == -ENODATA)
			node = afield__map_node_new(layout, search->key, writing->value,
						    search->key->size);
		if (done == -ENODATA && !node) {
			done = -ENOMEM;
			break;
		}
		afield_read_lock();
		done = attempt(search, writing, node, &before);
		AFIELD_PAUSE("map: written");
	} while (leave(search, done) ||
		 (done == -ENODATA && writing->write != AFIELD__MAP_COMPARE));
	if (done == 0) {
		afield__map_table_count(search->table, 1);
		return done;
	}
	afield__map_node_discard(layout, node);
	if (done == 1)
		drop(layout, before, writing->old);
	else
		afield_release(&layout->value, writing->value);
	return done;
}
