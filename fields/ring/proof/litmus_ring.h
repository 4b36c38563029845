/* SPDX-License-Identifier: MIT */
/*
 * litmus_ring: a ring in static memory, for the litmus programs. Before it may stand
 * LITMUS_WORDS, the words of an element: 1, which stands in its slot, or 2, in a node; and
 * AFIELD__RING_FREE_NODES, which is how many pushes may then be under way at once.
 */
#ifndef LITMUS_WORDS
#define LITMUS_WORDS 1
#endif
#ifndef AFIELD__RING_FREE_NODES
#define AFIELD__RING_FREE_NODES 2
#endif
#include "../../../tests/support/litmus.h"
#include "../ring_core.h"

static struct afield__ring ring;
static afield_pair slots[2];
#if LITMUS_WORDS > 1
static afield_word nodes[2 * LITMUS_WORDS];
static struct afield__ring_free_node free_words[AFIELD__RING_FREE_NODES];
static afield_word freed_nodes[AFIELD__RING_FREE_NODES * LITMUS_WORDS];
static struct afield__ring_free_nodes free_nodes;

static void begin_nodes(void)
{
	free_nodes.count = AFIELD__RING_FREE_NODES;
	free_nodes.words = free_words;
	free_nodes.nodes = freed_nodes;
	ring.nodes = nodes;
	afield__ring_fill(&ring, 0, &free_nodes);
	afield__ring_add(&ring, 0, &free_nodes);
}
#else
static void begin_nodes(void)
{
}
#endif

/* A ring of one slot or two whose first push has the number `start`. */
static void begin(uint64_t capacity, uint64_t slot_count, uint64_t start)
{
	ring.capacity = capacity;
	ring.slot_count = slot_count;
	ring.word_count = LITMUS_WORDS;
	ring.slots = slots;
	begin_nodes();
	afield__ring_begin(&ring, start);
}

/* Whether there was room. Every thread begins at the same free node. */
static bool push(uintptr_t word)
{
	uintptr_t words[LITMUS_WORDS] = {word};

	words[LITMUS_WORDS - 1] = word;
	return afield__ring_push_words(&ring, 0, words, LITMUS_WORDS) == 0;
}

/* The element, or 0 when the ring is empty. */
static uintptr_t pop(void)
{
	uintptr_t words[LITMUS_WORDS];

	if (afield__ring_pop_words(&ring, words, LITMUS_WORDS) != 0)
		return 0;
	assert(words[0] == words[LITMUS_WORDS - 1]);
	return words[0];
}
