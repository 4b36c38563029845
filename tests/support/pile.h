/*
 * pile: what the tests of kinds share that take any number of values by push and give them back by
 * pop, each in an order of its own: queue and stack. A program names the kind first:
 *
 *	#include <afield/queue.h>
 *	#define PILE_KIND queue
 *	#include "pile.h"
 *
 * Then `numbers` is a queue of int64_t, and PILE_OF makes one of anything else. What is tested with
 * them stands in pile_alone.h, pile_memory.h, pile_history.h and, under load, letters.h.
 */
#ifndef AFIELD_TESTS_PILE_H
#define AFIELD_TESTS_PILE_H

#define PILE_OF(name, ...) PILE_OF_KIND(PILE_KIND, name, __VA_ARGS__)
#define PILE_OF_KIND(kind, name, ...) AFIELD_TYPE(name, kind, __VA_ARGS__)

PILE_OF(numbers, int64_t);

#endif
