/* SPDX-License-Identifier: MIT */
/*
 * ring_core: the bounded queue of ring.h on words. For ring.h, ring.c and the litmus programs.
 *
 * N slots stand in a circle. Pushes go round and fill them, pops come behind and empty them. Both
 * are numbered from 0: push p fills slot p % N, and pop p empties it. A slot is one atomic word: a
 * turn, which counts how often it was filled and emptied, and the number of a node. A node is the
 * memory of one element, and each slot has one at any time:
 *
 *   turn 2L      empty: the slot waits for push number L * N + i (i is the slot)
 *   turn 2L + 1  full: the node has the element of that push
 *   turn 2L + 2  empty again: the element has been popped, and the node stays
 *
 *   push   fills a free node, which nobody else writes; then one compare-exchange puts it into the
 *          slot and raises the turn. The node that was there is free.
 *   pop    reads the slot, copies its node, and one compare-exchange raises the turn. When that
 *          succeeds the slot has not changed in between, so the copy is good; else it is dropped.
 *
 * So both linearize in one step, and a thread that stops anywhere, forever, is in nobody's way.
 * The obvious bounded queue claims a number first and moves its element afterwards: between the two
 * the slot is neither full nor empty. A thread that stops there stops everybody who comes to the
 * slot, and those who ask meanwhile hear "full" and "empty" of a queue that is neither.
 *
 * Slots are filled in order, and emptied in order: who wants number p has found p - 1 done. Let T
 * be the pushes done and H the pops. A slot p that is seen full says p < T; seen empty for p, T <=
 * p; seen popped, p < H. `head` and `tail` are only where to begin to look: they never run ahead of
 * H and T, and may lag. Therefore
 *
 *   empty is right   head <= H, and slot h is seen waiting for push h: T <= h <= H, and H <= T.
 *   full is right    tail <= T, and slot t - C is seen still full: H <= t - C, so T - H >= C.
 *
 * at the moment when the slot is seen. A look that finds its number done goes on to a later one:
 * others have got something done, so the operations are lock-free. All are seq_cst at slots, so
 * that who is told "empty" has not missed a push that happened before.
 *
 * Free nodes: each stands in a word of its own. Who takes it writes 0 there, and gives back to the
 * same word, so that both cost one locked instruction together. A thread begins at a word of its
 * own number. A thread that dies between the two takes one node with it; when all are taken, ring.c
 * makes more.
 *
 * Turns wrap, as numbers do. A compare-exchange is fooled by a thread that stops in an operation
 * while 2^51 pushes pass (more in rings of more slots): 260 days at one each ten nanoseconds.
 *
 * Sources: Tsigas and Zhang (SPAA 2001), Colvin and Groves (ICECCS 2005) tag slots and let indices
 * lag. Here a node goes in against the one there: one word is exchanged for elements of any size.
 */
#ifndef AFIELD_RING_CORE_H
#define AFIELD_RING_CORE_H

#include <errno.h>

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
	unsigned lap_shift;  /* its logarithm */
	unsigned node_bits;  /* of a slot's word: the lowest, for the node's number */
	size_t word_count;   /* of one element */
	afield__ring_word *slots;
	afield_word *nodes; /* of the slots; those of the free nodes are with them */
	AFIELD_ATOMIC(struct afield__ring_free_nodes *) free_nodes[AFIELD__RING_GROWTHS];
	char apart[64];
	afield__ring_word tail; /* where pushes begin to look; written by them */
	char tail_apart[56];
	afield__ring_word head; /* the same of pops */
	char head_apart[56];
};

/* What a field is: NULL until its ring is open, and then that ring. */
typedef AFIELD_ATOMIC(struct afield__ring *) afield__ring_pointer;

/*
 * The ring, or NULL.
 *   Concurrent with: everything here. Progress: wait-free.
 *   (1) seq_cst, pairs with (2), ordered with (2). Relaxed, the ring could be seen unmade. Seq_cst:
 *   NULL says that there is nothing to pop, to a thread that then counts itself in, looks once more
 *   and sleeps. That look comes before the publish, and so before the push and its look for waiters
 *   (wait.h); with one of the two weaker, the thread may sleep while the element is there.
 */
static inline struct afield__ring *afield__ring_opened(const afield__ring_pointer *field)
{
	return AFIELD_LOAD(field, seq_cst);
}

/* The first ring stays: false when there was one. (2) seq_cst, pairs with (1), ordered with (1). */
static inline bool afield__ring_publish(afield__ring_pointer *field, struct afield__ring *ring)
{
	struct afield__ring *none = NULL;

	return AFIELD_COMPARE_EXCHANGE(field, &none, ring, seq_cst);
}

/* For functions that are good only when the word count is constant in them. */
#define AFIELD__RING_INLINE static inline __attribute__((always_inline))

static inline afield__ring_word *afield__ring_slot(const struct afield__ring *ring, uint64_t number)
{
	return &ring->slots[number & (ring->slot_count - 1)];
}

/* One turn, as it stands in a slot's word. */
static inline uint64_t afield__ring_turn(const struct afield__ring *ring)
{
	return UINT64_C(1) << ring->node_bits;
}

/* The word of a slot that waits for push `number`, but for its node. */
static inline uint64_t afield__ring_waiting(const struct afield__ring *ring, uint64_t number)
{
	return (number >> ring->lap_shift) << 1 << ring->node_bits;
}

/* How many turns the word is past waiting for push `number`: 0 waits, 1 full, 2 popped. */
static inline int64_t afield__ring_turns(const struct afield__ring *ring, uint64_t word,
					 uint64_t number)
{
	uint64_t turns = word & ~(afield__ring_turn(ring) - 1);

	return (int64_t)(turns - afield__ring_waiting(ring, number)) >> ring->node_bits;
}

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
 *   (3) acquire, pairs with (6), of the set: relaxed, its memory could be seen unmade.
 *   (4) acquire, pairs with (5), of the node: relaxed, this push's words could come before those of
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

/* (5) release, pairs with (4). */
static inline void afield__ring_give(afield__ring_word *free_node, uint64_t node)
{
	AFIELD_STORE(free_node, node + 1, release);
}

/* A further set; false when another thread was faster. (6) release, pairs with (3). */
static inline bool afield__ring_add(struct afield__ring *ring, unsigned set,
				    struct afield__ring_free_nodes *all)
{
	struct afield__ring_free_nodes *none = NULL;

	return AFIELD_COMPARE_EXCHANGE(&ring->free_nodes[set], &none, all, release);
}

/*
 * The number of the next push, from where the hint says on, and its slot's word. The slot either
 * waits for that push, or is still full of the one N before.
 *   (7) acquire, pairs with (11), of the hint: relaxed, a push could go into its slot before the
 *   one of the number before is seen there, and be popped before it.
 *   (8) seq_cst, ordered with (13) (14): weaker, it could say "full" or count what is past.
 */
static inline uint64_t afield__ring_next_push(const struct afield__ring *ring, uint64_t *word)
{
	uint64_t number = AFIELD_LOAD(&ring->tail, acquire);
	int64_t turns;

	for (;;) {
		*word = AFIELD_LOAD(afield__ring_slot(ring, number), seq_cst);
		turns = afield__ring_turns(ring, *word, number);
		if (turns <= 0)
			return number;
		/* This one is done, and so are those of as many laps as the turns tell. */
		number += ((uint64_t)(turns - 1) >> 1) * ring->slot_count + 1;
	}
}

/* The same of the next pop. The slot either is full for it, or waits for its push.
 *   (9) acquire, pairs with (11), as (7). (10) seq_cst, pairs with (13), ordered with (13) (14):
 * else a pop could read the node before it is filled, and "empty" could be of the past. */
static inline uint64_t afield__ring_next_pop(const struct afield__ring *ring, uint64_t *word)
{
	uint64_t number = AFIELD_LOAD(&ring->head, acquire);
	int64_t turns;

	for (;;) {
		*word = AFIELD_LOAD(afield__ring_slot(ring, number), seq_cst);
		turns = afield__ring_turns(ring, *word, number);
		if (turns <= 1)
			return number;
		number += (((uint64_t)turns >> 1) - 1) * ring->slot_count + 1;
	}
}

/*
 * Raises a hint to `number`. A thread that stops between the two accesses may lower it later, which
 * costs a walk. (11) release, pairs with (7) (9): who begins here sees what was done before.
 */
static inline void afield__ring_raise(afield__ring_word *hint, uint64_t number)
{
	if ((int64_t)(number - AFIELD_LOAD(hint, relaxed)) > 0)
		AFIELD_STORE(hint, number, release);
}

/* Whether there is no room for push `number`, whose slot's word has been seen. */
static inline bool afield__ring_is_full(const struct afield__ring *ring, uint64_t number,
					uint64_t word)
{
	uint64_t oldest = number - ring->capacity;

	/* In a ring whose slots are as many as its capacity, the oldest is in the same slot.
	 * (12) seq_cst, ordered with (14): weaker, "full" could be of the past. */
	if (ring->capacity != ring->slot_count)
		word = AFIELD_LOAD(afield__ring_slot(ring, oldest), seq_cst);
	return afield__ring_turns(ring, word, oldest) == 1;
}

/*
 * Puts a copy of the words in as the newest element. It linearizes at the compare-exchange, or
 * where it finds the ring full. `start` is a number of the thread's own.
 *   Concurrent with it: everything here. Progress: lock-free. Ordering: seq_cst.
 *   Returns 0, -ENOSPC when the ring is full, -EAGAIN when no free node is left.
 */
AFIELD__RING_INLINE int afield__ring_push_words(struct afield__ring *ring, uint64_t start,
						const uintptr_t *words, size_t word_count)
{
	uint64_t number, word, full, node = 0, mask = afield__ring_turn(ring) - 1;
	afield__ring_word *free_node = NULL;
	afield_word *memory;

	for (;;) {
		number = afield__ring_next_push(ring, &word);
		if (afield__ring_is_full(ring, number, word)) {
			if (free_node)
				afield__ring_give(free_node, node);
			return -ENOSPC;
		}
		if (!free_node) {
			free_node = afield__ring_take(ring, start, &node);
			if (!free_node)
				return -EAGAIN;
			memory = afield__ring_node(ring, node);
			/* Relaxed: the compare-exchange hands them over. Atomic all the same: a pop
			 * that has lost its slot may still be reading here. */
			for (size_t i = 0; i < word_count; i++)
				AFIELD_STORE(&memory[i], words[i], relaxed);
		}
		/* (13) seq_cst, pairs with (10) (14), ordered with (8) (10). Release: see (10).
		 * Acquire, of the pop (14) that left the node here: it has read the node before the
		 * next push writes there. */
		full = ((word & ~mask) + afield__ring_turn(ring)) | node;
		if (AFIELD_COMPARE_EXCHANGE(afield__ring_slot(ring, number), &word, full, seq_cst))
			break;
	}
	afield__ring_raise(&ring->tail, number + 1);
	afield__ring_give(free_node, word & mask);
	return 0;
}

/* Relaxed: the compare-exchange behind it says whether the copy is good. */
AFIELD__RING_INLINE void afield__ring_copy(const afield_word *memory, uintptr_t *words,
					   size_t word_count)
{
	for (size_t i = 0; i < word_count; i++)
		words[i] = AFIELD_LOAD(&memory[i], relaxed);
}

/*
 * Takes the oldest element out. It linearizes at the compare-exchange, or where it finds the slot
 * of the next pop waiting for its push.
 *   Concurrent with it: everything here. Progress: lock-free. Ordering: seq_cst.
 *   Returns 0, or -ENODATA when the ring is empty; the words are then unspecified.
 */
AFIELD__RING_INLINE int afield__ring_pop_words(struct afield__ring *ring, uintptr_t *words,
					       size_t word_count)
{
	uint64_t number, word, mask = afield__ring_turn(ring) - 1;
	afield_word *memory;

	do {
		number = afield__ring_next_pop(ring, &word);
		if (afield__ring_turns(ring, word, number) != 1)
			return -ENODATA;
		memory = afield__ring_node(ring, word & mask);
		afield__ring_copy(memory, words, word_count);
		/* (14) seq_cst, pairs with (13), ordered with (8) (10) (12). Release: see (13). */
	} while (!AFIELD_COMPARE_EXCHANGE(afield__ring_slot(ring, number), &word,
					  word + afield__ring_turn(ring), seq_cst));
	if (AFIELD_MUTANT("copy_what_is_given_up"))
		afield__ring_copy(memory, words, word_count);
	afield__ring_raise(&ring->head, number + 1);
	return 0;
}

/*
 * How many elements there are. It linearizes where next_push sees its slot: before and after that
 * the next pop is the same one.
 *   Concurrent with it: everything here. Progress: lock-free. Ordering: seq_cst. Never fails.
 */
static inline uint64_t afield__ring_count(const struct afield__ring *ring)
{
	uint64_t word, pushed, after, popped = afield__ring_next_pop(ring, &word);

	for (;;) {
		pushed = afield__ring_next_push(ring, &word);
		after = afield__ring_next_pop(ring, &word);
		if (after == popped || AFIELD_MUTANT("drop_the_re_check"))
			return pushed - popped;
		popped = after;
	}
}

/* Makes a set ready, whose constant members are there. Nobody else sees it yet. */
static inline void afield__ring_fill(const struct afield__ring *ring, unsigned set,
				     struct afield__ring_free_nodes *all)
{
	for (size_t i = 0; i < all->count; i++)
		afield__ring_give(&all->words[i].node, afield__ring_first_node(ring, set) + i);
}

/*
 * Makes the ring ready, with its first push to be number `start`. Its constant members and the
 * memory of slots and nodes are there. Nobody else sees it yet.
 */
static inline void afield__ring_begin(struct afield__ring *ring, uint64_t start)
{
	for (uint64_t i = 0; i < ring->slot_count; i++) {
		uint64_t number = start + i, node = number & (ring->slot_count - 1);

		AFIELD_STORE(afield__ring_slot(ring, number),
			     afield__ring_waiting(ring, number) | node, relaxed);
	}
	AFIELD_STORE(&ring->tail, start, relaxed);
	AFIELD_STORE(&ring->head, start, relaxed);
}

#ifdef __cplusplus
}
#endif

#endif
