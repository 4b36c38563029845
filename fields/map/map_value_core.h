/* SPDX-License-Identifier: MIT */
/*
 * map_value_core: a value of at most eight bytes, or an object, that stands in its element's node.
 *
 * It is the word of a pair (ordering.h). The tag beside it is the element's hash, and has in place
 * of that one's lowest bit whether the element has ended. It is in the map from the moment the node
 * is linked until somebody takes the element out: that one writes the bit, once and forever, by an
 * exchange that leaves the word as it is. Every other write exchanges both halves as well, and so
 * can neither come after the end nor be lost in it. What an element had as its last value is
 * therefore known to one thread alone, the one that ended it.
 *
 * The obvious code, an atomic word alone, lets a set write to an element that a remove has just
 * taken out: the remove returns the value before, and the set is lost. And no value of 64 bits is
 * free to stand for "taken out".
 *
 * A reader loads one half at a time. A word that was loaded after the tag said that the element is
 * there was its value at some moment since: the current one, or, when the element has ended
 * meanwhile, its last. The same value twice does no harm to a write, for it replaces exactly what it
 * says it does; so there is no version.
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

#include <stdbool.h>
#include <stdint.h>

#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define AFIELD__MAP_HAS_ENDED UINT64_C(1) /* in a tag */

/* The tag of an element that is there. */
static inline uint64_t afield__map_tag_of(uint64_t hash)
{
	return hash & ~AFIELD__MAP_HAS_ENDED;
}

/* Who links the node publishes it. */
static inline void afield__map_value_start(afield_pair *value, uint64_t hash, uint64_t word)
{
	AFIELD_STORE_PAIR(value, afield__map_tag_of(hash), word, relaxed);
}

/*
 * The tag.
 *   (1) seq_cst, pairs with (3). Acquire: weaker, who finds the key gone could miss what the remover
 *   did before. seq_cst: weaker, two threads that have removed a key each could both find the
 *   other's.
 */
static inline uint64_t afield__map_value_tag(afield_pair *value)
{
	uint64_t tag = AFIELD_LOAD_TAG(value, seq_cst);

	AFIELD_TSAN_ACQUIRE(value);
	return tag;
}

/* Whether the element has been taken out. */
static inline bool afield__map_value_has_ended(afield_pair *value)
{
	return (afield__map_value_tag(value) & AFIELD__MAP_HAS_ENDED) != 0;
}

/*
 * The value, or the last one.
 *   (2) seq_cst, pairs with (3). Acquire: weaker, an object could be seen before its contents.
 *   seq_cst: weaker, two threads that have set a key each could both find the other's old value.
 */
static inline uint64_t afield__map_value_load(afield_pair *value)
{
	uint64_t word = AFIELD_LOAD_WORD(value, seq_cst);

	AFIELD_TSAN_ACQUIRE(value);
	return word;
}

/*
 * One attempt: writes `desired`, and the tag, where the element has the tag `there` and the value
 * `expected`. Linearizes with the exchange.
 *   (3) seq_cst, pairs with (1) (2) (3). Release: weaker, who loads the word could see an object
 *   before its contents. Acquire, of the exchange that wrote `expected` last: weaker, who saw
 *   the same value before could miss what was done since, and may be the one that destroys it.
 *   seq_cst: see (1) (2).
 */
static inline bool afield__map_value_write(afield_pair *value, uint64_t there, uint64_t expected,
					   uint64_t tag, uint64_t desired)
{
	return AFIELD_COMPARE_EXCHANGE_PAIR(value, there, expected, tag, desired, seq_cst);
}

/* Writes a value, and *before is the one that it replaced. False: the element has ended. */
static inline bool afield__map_value_exchange(afield_pair *value, uint64_t desired,
					      uint64_t *before)
{
	uint64_t tag;

	do {
		tag = afield__map_value_tag(value);
		if (tag & AFIELD__MAP_HAS_ENDED)
			return false;
		*before = afield__map_value_load(value);
	} while (!afield__map_value_write(value, tag, *before, tag, desired));
	return true;
}

/* One attempt: the same where the value is `expected`. */
static inline bool afield__map_value_compare(afield_pair *value, uint64_t expected,
					     uint64_t desired)
{
	uint64_t tag = afield__map_value_tag(value);

	return !(tag & AFIELD__MAP_HAS_ENDED) &&
	       afield__map_value_write(value, tag, expected, tag, desired);
}

/* Ends the element where it has that value, which is the caller's from then on. */
static inline bool afield__map_value_end_as(afield_pair *value, uint64_t expected)
{
	uint64_t tag = afield__map_value_tag(value);

	return !(tag & AFIELD__MAP_HAS_ENDED) &&
	       afield__map_value_write(value, tag, expected, tag | AFIELD__MAP_HAS_ENDED, expected);
}

/* Ends the element, whose value is the caller's from then on. False: another thread did. */
static inline bool afield__map_value_end(afield_pair *value)
{
	uint64_t word;

	do {
		if (afield__map_value_has_ended(value))
			return false;
		word = afield__map_value_load(value);
	} while (!afield__map_value_end_as(value, word));
	return true;
}

#ifdef __cplusplus
}
#endif

#endif
