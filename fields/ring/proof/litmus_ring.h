/* SPDX-License-Identifier: MIT */
/*
 * litmus_ring: a ring in static memory, for the litmus programs. Before it may stand
 * AFIELD__RING_FREE_NODES, which is how many pushes may be under way at once.
 */
#ifndef AFIELD__RING_FREE_NODES
#define AFIELD__RING_FREE_NODES 2
#endif
#include "../../../tests/support/litmus.h"
#include "../ring_core.h"

static struct afield__ring ring;
static afield__ring_word slots[2];
static afield_word nodes[2];
static struct afield__ring_free_node free_words[AFIELD__RING_FREE_NODES];
static afield_word freed_nodes[AFIELD__RING_FREE_NODES];
static struct afield__ring_free_nodes free_nodes;

/*
 * A ring of one slot or two whose first push has the number `start`. So few bits for a node leave
 * the turns as many as they have in a real ring, and a wrap near.
 */
static void begin(uint64_t capacity, uint64_t slot_count, uint64_t start)
{
	free_nodes.count = AFIELD__RING_FREE_NODES;
	free_nodes.words = free_words;
	free_nodes.nodes = freed_nodes;
	ring.capacity = capacity;
	ring.slot_count = slot_count;
	ring.lap_shift = (unsigned)slot_count / 2;
	ring.node_bits = 3;
	ring.word_count = 1;
	ring.slots = slots;
	ring.nodes = nodes;
	afield__ring_fill(&ring, 0, &free_nodes);
	afield__ring_add(&ring, 0, &free_nodes);
	afield__ring_begin(&ring, start);
}

/* Whether there was room. Every thread begins at the same free node. */
static bool push(uintptr_t word)
{
	return afield__ring_push_words(&ring, 0, &word, 1) == 0;
}

/* The element, or 0 when the ring is empty. */
static uintptr_t pop(void)
{
	uintptr_t word;

	return afield__ring_pop_words(&ring, &word, 1) == 0 ? word : 0;
}
