/* SPDX-License-Identifier: MIT */
/*
 * ring_nodes_core: what a ring is made of, and the memory of elements that are wider than a word.
 *
 * A node is the memory of one element. Each slot has a node at any time, whose number is the slot's
 * word, and some nodes are free. Who takes a free one alone writes it, until the compare-exchange of
 * a push puts it into a slot; the node that this takes out of the slot is given back.
 *
 * Free nodes: each stands in a word of its own. Who takes it writes 0 there, and gives back to the
 * same word, so that both cost one locked instruction together. A thread begins at a word of its
 * own number. A thread that dies between the two takes one node with it; when all are taken, a
 * further set is made of twice as many.
 *
 * When to use it: in ring_core.h. Synchronization: each function says it.
 */
#ifndef AFIELD_RING_NODES_CORE_H
#define AFIELD_RING_NODES_CORE_H

#include <afield/detail/macros.h>
#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many free nodes there are at first, and how often ring.c doubles them and adds as many. */
#ifndef AFIELD__RING_FREE_NODES
#define AFIELD__RING_FREE_NODES 16
#endif
#define AFIELD__RING_GROWTHS 8

typedef AFIELD_ATOMIC(uint64_t) afield__ring_word;

/* A free node: its number plus one, or 0 while a push has it. On a cache line of its own. */
struct afield__ring_free_node {
	afield__ring_word node;
	char apart[56];
};

/* A set of them. Constant but for the words. */
struct afield__ring_free_nodes {
	size_t count; /* a power of two */
	struct afield__ring_free_node *words;
	afield_word *nodes; /* their memory */
};

/* Constant once it is published, but for what is atomic. */
struct afield__ring {
	uint64_t capacity;
	uint64_t slot_count; /* a power of two, at least the capacity */
	size_t word_count;   /* of one element */
	afield_pair *slots;
	afield_word
		*nodes; /* of the slots; those of the free nodes are with them; NULL: no nodes */
	AFIELD_ATOMIC(struct afield__ring_free_nodes *) free_nodes[AFIELD__RING_GROWTHS];
	char apart[56];
	afield__ring_word tail; /* where pushes begin to look; written by them */
	char tail_apart[56];
	afield__ring_word head; /* the same of pops */
	char head_apart[56];
};
AFIELD__ASSERT(sizeof(struct afield__ring) % 16 == 0, "pairs follow a ring in one piece of memory");

/* The memory of a node. Relaxed: who has a number got it from a slot or a free node by acquire, and
 * whoever put it there had made or seen the set. */
static inline afield_word *afield__ring_node(struct afield__ring *ring, uint64_t node)
{
	uint64_t count = AFIELD__RING_FREE_NODES;
	unsigned set = 0;

	if (node < ring->slot_count)
		return ring->nodes + node * ring->word_count;
	for (node -= ring->slot_count; node >= count; count *= 2, set++)
		node -= count;
	return AFIELD_LOAD(&ring->free_nodes[set], relaxed)->nodes + node * ring->word_count;
}

/* The number of the first node of a set. */
static inline uint64_t afield__ring_first_node(const struct afield__ring *ring, unsigned set)
{
	return ring->slot_count + AFIELD__RING_FREE_NODES * ((UINT64_C(1) << set) - 1);
}

/*
 * Takes a free node: its word, and the node's number at *node. NULL when all are taken.
 *   (1) acquire, pairs with (4), of the set: relaxed, its memory could be seen unmade.
 *   (2) acquire, pairs with (3), of the node: relaxed, this push's words could come before those of
 *   the node's last push, whose element would then be popped in place of this one.
 */
static inline afield__ring_word *afield__ring_take(struct afield__ring *ring, uint64_t start,
						   uint64_t *node)
{
	for (unsigned set = 0; set < AFIELD__RING_GROWTHS; set++) {
		struct afield__ring_free_nodes *all = AFIELD_LOAD(&ring->free_nodes[set], acquire);

		if (!all)
			return NULL;
		for (size_t i = 0; i < all->count; i++) {
			size_t at = (start + i) & (all->count - 1);
			afield__ring_word *free_node = &all->words[at].node;
			uint64_t taken;

			/* Spares the words of others a write. Relaxed: the exchange decides. */
			if (AFIELD_LOAD(free_node, relaxed) == 0)
				continue;
			taken = AFIELD_EXCHANGE(free_node, 0, acquire);
			if (taken != 0) {
				*node = taken - 1;
				return free_node;
			}
		}
	}
	return NULL;
}

/* (3) release, pairs with (2). */
static inline void afield__ring_give(afield__ring_word *free_node, uint64_t node)
{
	AFIELD_STORE(free_node, node + 1, release);
}

/* A further set; false when another thread was faster. (4) release, pairs with (1). */
static inline bool afield__ring_add(struct afield__ring *ring, unsigned set,
				    struct afield__ring_free_nodes *all)
{
	struct afield__ring_free_nodes *none = NULL;

	return AFIELD_COMPARE_EXCHANGE(&ring->free_nodes[set], &none, all, release);
}

/* Makes a set ready, whose constant members are there. Nobody else sees it yet. */
static inline void afield__ring_fill(const struct afield__ring *ring, unsigned set,
				     struct afield__ring_free_nodes *all)
{
	for (size_t i = 0; i < all->count; i++)
		afield__ring_give(&all->words[i].node, afield__ring_first_node(ring, set) + i);
}

#ifdef __cplusplus
}
#endif

#endif
