/* SPDX-License-Identifier: MIT */
/*
 * map_write: what gives a key a value.
 *
 * A search finds the key, and one exchange writes to it; or it finds the place of one that is to
 * come, and one exchange links a node there. When that fails, another thread was there, perhaps with
 * this key, and the search begins again.
 *
 * The operation's reference to the value is taken before the exchange that publishes it, for a
 * reader may come at once, and is the map's from then on. The old value is given up outside the
 * section.
 */
#include "map_search.h"

/* Whether a value that was seen is the one expected; otherwise it goes to *seen. */
static bool is_expected(const struct afield__map_layout *layout,
			const struct afield__map_writing *writing, uint64_t word)
{
	const void *value = afield__map_value(layout, &word);

	if (afield__map_is_same(&layout->value, value, writing->expected))
		return true;
	if (writing->seen)
		memcpy(writing->seen, value, layout->value.size);
	return false;
}

/* Writes to a node that has the key: 1, and *before is the value that it had; 2, with *seen; AGAIN:
 * the element has ended. In the section. */
static int write_to(struct search *search, const struct afield__map_writing *writing, uint64_t word,
		    struct afield__map_node *node, uint64_t *before)
{
	int error;

	switch (writing->write) {
	case AFIELD__MAP_PUT:
		return afield__map_value_exchange(&node->value, word, before) ? 1
									      : AFIELD__MAP_AGAIN;
	case AFIELD__MAP_COMPARE:
		*before = afield__map_value_load(&node->value);
		if (!is_expected(search->layout, writing, *before))
			return 2;
		return afield__map_value_compare(&node->value, *before, word) ? 1
									      : AFIELD__MAP_AGAIN;
	default:
		error = copy_out(search, node, writing->seen);
		return error ? error : 2;
	}
}

/* Links a node, which is made when there is none: 0, AGAIN or -ENOMEM. In the section. */
static int link_one(struct search *search, uint64_t word, struct afield__map_node **node)
{
	if (!*node)
		*node = afield__map_node_new(search->layout, search->key, search->hash, word);
	if (!*node)
		return -ENOMEM;
	if (!afield__map_add(&search->place, *node))
		return AFIELD__MAP_AGAIN;
	afield__map_added(search->table);
	return 0;
}

/* As afield__map_change, with a word that has the value and, of an object, a reference: its own
 * where it returns 0 or 1. *before is what was replaced. */
static int change_word(struct search *search, const struct afield__map_writing *writing,
		       uint64_t word, uint64_t *before)
{
	struct afield__map_node *node = NULL, *found;
	int done;

	do {
		afield_read_lock();
		done = find_place(search, &found);
		if (done == 0)
			done = write_to(search, writing, word, found, before);
		else if (done == -ENODATA && writing->write != AFIELD__MAP_COMPARE)
			done = link_one(search, word, &node);
		AFIELD_PAUSE("map: written");
	} while (leave(search, done));
	if (done != 0)
		afield__map_node_discard(search->layout, node);
	return done;
}

int afield__map_change(struct search *search, const struct afield__map_writing *writing)
{
	const struct afield__map_layout *layout = search->layout;
	uint64_t word, before = 0;
	int done;

	if (!afield__map_word_new(layout, writing->value, &word))
		return -ENOMEM;
	(void)afield_retain(&layout->value, writing->value);
	done = change_word(search, writing, word, &before);
	if (done == 0)
		return done;
	if (done == 1) {
		afield__map_word_drop(layout, before, writing->old);
		return done;
	}
	afield_release(&layout->value, writing->value);
	afield__map_word_discard(layout, word);
	return done;
}
