/* SPDX-License-Identifier: MIT */
/*
 * map_value_core: a value of at most eight bytes, or an object, that stands in its element's node.
 *
 * It is the word of a pair (ordering.h). The tag beside it says whether the element is in the map.
 * It is, from the moment the node is linked until somebody takes the element out: that one writes
 * the tag, once and forever, by an exchange that leaves the word as it is. Every other write
 * exchanges both halves as well, and so can neither come after the end nor be lost in it. What an
 * element had as its last value is therefore known to one thread alone, the one that ended it.
 *
 * The obvious code, an atomic word alone, lets a set write to an element that a remove has just
 * taken out: the remove returns the value before, and the set is lost. And no value of 64 bits is
 * free to stand for "taken out".
 *
 * A reader loads one half at a time, in any order. A word that was loaded after the tag said that
 * the element is there was its value at some moment since: the current one, or, when the element
 * has ended meanwhile, its last. The same value twice does no harm to a write, for it replaces
 * exactly what it says it does; so there is no version.
 *
 * Who tries to take a reference to an object in a word loads both halves again: while the element
 * is there with that word, it owns its reference.
 *
 * When to use it: inside the kind. When not: outside.
 *
 * Synchronization: each of these beside each other; but start, whose node nobody knows yet.
 */
#ifndef AFIELD_MAP_VALUE_CORE_H
#define AFIELD_MAP_VALUE_CORE_H

#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum { AFIELD__MAP_IS_THERE, AFIELD__MAP_HAS_ENDED }; /* the tag */

/* Who links the node publishes it. */
static inline void afield__map_value_start(afield_pair *value, uint64_t word)
{
	AFIELD_STORE_PAIR(value, AFIELD__MAP_IS_THERE, word, relaxed);
}

/*
 * Whether the element has been taken out.
 *   (1) acquire, pairs with (3). Weaker, who finds the key gone could miss what the remover did
 *   before.
 */
static inline bool afield__map_value_has_ended(afield_pair *value)
{
	return AFIELD_LOAD_TAG(value, acquire) == AFIELD__MAP_HAS_ENDED;
}

/*
 * The value, or the last one.
 *   (2) acquire, pairs with (3). Weaker, an object could be seen before its contents.
 */
static inline uint64_t afield__map_value_load(afield_pair *value)
{
	uint64_t word = AFIELD_LOAD_WORD(value, acquire);

	AFIELD_TSAN_ACQUIRE(value);
	return word;
}

/*
 * One attempt: writes `desired`, and the end if it is one, where the element is there with the
 * value `expected`. Linearizes with the exchange.
 *   (3) acq_rel, pairs with (1) (2) (3). Release: weaker, who loads the word could see an object
 *   before its contents. Acquire, of the exchange that wrote `expected` last: weaker, who saw
 *   the same value before could miss what was done since, and may be the one that destroys it.
 */
static inline bool afield__map_value_write(afield_pair *value, uint64_t expected, uint64_t tag,
					   uint64_t desired)
{
	return AFIELD_COMPARE_EXCHANGE_PAIR(value, AFIELD__MAP_IS_THERE, expected, tag, desired,
					    acq_rel);
}

/* Writes a value, and *before is the one that it replaced. False: the element has ended. */
static inline bool afield__map_value_exchange(afield_pair *value, uint64_t desired,
					      uint64_t *before)
{
	do {
		if (afield__map_value_has_ended(value))
			return false;
		*before = afield__map_value_load(value);
	} while (!afield__map_value_write(value, *before, AFIELD__MAP_IS_THERE, desired));
	return true;
}

/* Ends the element, whose value is the caller's from then on. False: another thread did. */
static inline bool afield__map_value_end(afield_pair *value)
{
	uint64_t word;

	do {
		if (afield__map_value_has_ended(value))
			return false;
		word = afield__map_value_load(value);
	} while (!afield__map_value_write(value, word, AFIELD__MAP_HAS_ENDED, word));
	return true;
}

#ifdef __cplusplus
}
#endif

#endif
