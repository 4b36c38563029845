/* SPDX-License-Identifier: MIT */
/*
 * map_replace: writes to elements whose values are wide, and so have a node for each value. It never
 * changes once it is linked, and a new one takes its place in one step. Wide values are no objects.
 */
#include "map_search.h"

#include <string.h>

/*
 * Puts `node` in the place of `found`: 0, or AGAIN when another thread took that out first. As in a
 * dict, an element keeps its first key, and the reference to it moves from node to node. Where its
 * bytes need more room than the node has, *capacity says how much. In the section.
 */
static int replace(struct search *search, struct afield__map_node *node,
		   const struct afield__map_node *found, size_t *capacity)
{
	const struct afield__map_layout *layout = search->layout;
	size_t size = afield__map_size(layout, found);

	if (size > *capacity) {
		*capacity = size;
		return AFIELD__MAP_AGAIN;
	}
	afield__map_node_give_key(layout, node, afield__map_object(layout, found),
				  afield__map_tag(found), afield__map_bytes(layout, found), size);
	AFIELD_TSAN_RELEASE(node);
	if (!cds_lfht_replace(search->table->hash, &search->iter, search->hash, match_of(layout),
			      search, afield__map_link_of(node)))
		return 0;
	/* It carries the search's own key again. */
	afield__map_node_give_key(layout, node, search->key->object, search->key->tag,
				  search->key->data, search->key->size);
	return AFIELD__MAP_AGAIN;
}

/* One attempt. 0: the key was not there and `node` is; 1: `node` is in place of *found; 2: *found
 * is left as it is, and its value is in *seen. In the section. */
static int try_change(struct search *search, const struct afield__map_writing *writing,
		      struct afield__map_node *node, struct afield__map_node **found,
		      size_t *capacity)
{
	const struct afield_value_type *value_type = &search->layout->value;
	int error = find(search, found);

	if (error == -ENODATA && writing->write != AFIELD__MAP_COMPARE) {
		error = insert(search, node, found);
		return error == 1 ? AFIELD__MAP_AGAIN : error;
	}
	if (error)
		return error;
	if (writing->write == AFIELD__MAP_INSERT ||
	    (writing->write == AFIELD__MAP_COMPARE &&
	     !afield__map_is_same(value_type, afield__map_value(search->layout, *found, NULL),
				  writing->expected))) {
		(void)copy_out(search, *found, writing->seen);
		return 2;
	}
	error = replace(search, node, *found, capacity);
	return error ? error : 1;
}

int afield__map_change_nodes(struct search *search, const struct afield__map_writing *writing)
{
	const struct afield__map_layout *layout = search->layout;
	struct afield__map_key *key = search->key;
	struct afield__map_node *node = NULL, *found = NULL;
	size_t room = 0, capacity = key->size;
	int done;

	do {
		if (!node || room < capacity) {
			afield__map_node_discard(layout, node);
			room = capacity;
			node = afield__map_node_new(layout, key, writing->value, room);
		}
		if (!node)
			return -ENOMEM;
		afield_read_lock();
		done = try_change(search, writing, node, &found, &capacity);
		AFIELD_PAUSE("map: written");
	} while (leave(search, done));
	if (done == 0)
		afield__map_table_count(search->table, 1);
	else if (done == 1)
		afield__map_node_drop(layout, found, key->object, writing->old, true);
	else
		afield__map_node_discard(layout, node);
	return done;
}
