/* SPDX-License-Identifier: MIT */
/*
 * ring_core: the bounded queue of ring.h on words. For ring.h, ring.c, the queue and the litmus
 * programs.
 *
 * N slots stand in a circle. Pushes go round and fill them, pops come behind and empty them. Both
 * are numbered from 0: push p fills slot p % N, and pop p empties it. A slot is a pair of words
 * that change together: a tag, which tells how often it was filled and emptied, and the element.
 * In the lap of its round that begins at push L (L = p - p % N), the tag of slot p % N is
 *
 *   4L        empty: the slot waits for push number p
 *   4L + 1    full: the word has the element of that push
 *   4L + 4N   empty again: the element has been popped, and the next lap begins
 *
 *   push   one compare-exchange of the pair fills the slot and raises the tag.
 *   pop    reads the tag and the word, and one compare-exchange raises the tag. When that succeeds
 *          the slot has not changed in between, so the copy is good; else it is dropped.
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
 * An element of more than one word does not fit beside its tag. It stands in a node, and the word
 * is the node's number (ring_nodes_core.h). A push fills a free node, and its compare-exchange puts it
 * into the slot; the node that was there is free. A pop copies the node before its compare-exchange.
 *
 * Closing, for the queue: a ring that is full gets a mark in the slot of the next push, as its tag's
 * second bit. It stays there when that slot is popped, and no push fills a slot with the mark. So
 * nothing is pushed any more, and who has popped everything finds the mark and knows it.
 *
 * Numbers wrap at 2^62 pushes, and tags with them: more than a century at one each nanosecond.
 *
 * Sources: Tsigas and Zhang (SPAA 2001), Colvin and Groves (ICECCS 2005) tag slots and let indices
 * lag. Closing a full ring is of Morrison and Afek (PPoPP 2013).
 */
#ifndef AFIELD_RING_CORE_H
#define AFIELD_RING_CORE_H

#include <errno.h>

#include <afield/detail/ring_nodes_core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In a tag: full, and closed. The numbers of laps are above. */
#define AFIELD__RING_FULL UINT64_C(1)
#define AFIELD__RING_CLOSED UINT64_C(2)
#define AFIELD__RING_NUMBER_SHIFT 2

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

static inline afield_pair *afield__ring_slot(const struct afield__ring *ring, uint64_t number)
{
	return &ring->slots[number & (ring->slot_count - 1)];
}

/* How far a tag is raised by one lap. */
static inline uint64_t afield__ring_lap(const struct afield__ring *ring)
{
	return ring->slot_count << AFIELD__RING_NUMBER_SHIFT;
}

/* The tag of a slot that waits for push `number`. */
static inline uint64_t afield__ring_waiting(const struct afield__ring *ring, uint64_t number)
{
	return (number & ~(ring->slot_count - 1)) << AFIELD__RING_NUMBER_SHIFT;
}

/* How far the tag is past waiting for push `number`: 0 waits, 1 full, a lap or more popped. */
static inline int64_t afield__ring_past(const struct afield__ring *ring, uint64_t tag,
					uint64_t number)
{
	return (int64_t)((tag & ~AFIELD__RING_CLOSED) - afield__ring_waiting(ring, number));
}

/* The numbers that so much of a tag stands for, in whole laps. */
static inline uint64_t afield__ring_laps(const struct afield__ring *ring, int64_t past)
{
	return (uint64_t)past >> AFIELD__RING_NUMBER_SHIFT & ~(ring->slot_count - 1);
}

/*
 * The number of the next push, from where the hint says on, and its slot's tag. The slot either
 * waits for that push, or is still full of the one N before.
 *   (3) acquire, pairs with (7), of the hint: relaxed, a push could go into its slot before the
 *   one of the number before is seen there, and be popped before it.
 *   (4) seq_cst, ordered with (9) (11) (12): weaker, it could say "full" or count what is past.
 */
static inline uint64_t afield__ring_next_push(const struct afield__ring *ring, uint64_t *tag)
{
	uint64_t number = AFIELD_LOAD(&ring->tail, acquire);
	int64_t past;

	for (;;) {
		*tag = AFIELD_LOAD_TAG(afield__ring_slot(ring, number), seq_cst);
		past = afield__ring_past(ring, *tag, number);
		if (past <= 0)
			return number;
		/* This one is done, and so are those of as many laps as the tag tells. */
		number += afield__ring_laps(ring, past - 1) + 1;
	}
}

/* The same of the next pop. The slot either is full for it, or waits for its push.
 *   (5) acquire, pairs with (7), as (3). (6) seq_cst, pairs with (9), ordered with (9) (11):
 * else a pop could read the node before it is filled, and "empty" could be of the past. */
static inline uint64_t afield__ring_next_pop(const struct afield__ring *ring, uint64_t *tag)
{
	uint64_t number = AFIELD_LOAD(&ring->head, acquire);
	int64_t past;

	for (;;) {
		*tag = AFIELD_LOAD_TAG(afield__ring_slot(ring, number), seq_cst);
		past = afield__ring_past(ring, *tag, number);
		if (past <= (int64_t)AFIELD__RING_FULL)
			return number;
		number += afield__ring_laps(ring, past) - ring->slot_count + 1;
	}
}

/*
 * Raises a hint to `number`. A thread that stops between the two accesses may lower it later, which
 * costs a walk. (7) release, pairs with (3) (5): who begins here sees what was done before.
 */
static inline void afield__ring_raise(afield__ring_word *hint, uint64_t number)
{
	if ((int64_t)(number - AFIELD_LOAD(hint, relaxed)) > 0)
		AFIELD_STORE(hint, number, release);
}

/* Whether there is no room for push `number`, whose slot's tag has been seen. */
static inline bool afield__ring_is_full(const struct afield__ring *ring, uint64_t number,
					uint64_t tag)
{
	uint64_t oldest = number - ring->capacity;

	/* In a ring whose slots are as many as its capacity, the oldest is in the same slot.
	 * (8) seq_cst, ordered with (11): weaker, "full" could be of the past. */
	if (ring->capacity != ring->slot_count)
		tag = AFIELD_LOAD_TAG(afield__ring_slot(ring, oldest), seq_cst);
	return afield__ring_past(ring, tag, oldest) == (int64_t)AFIELD__RING_FULL;
}

/*
 * Puts a copy of the words in as the newest element. It linearizes at the compare-exchange, or
 * where it finds the ring full. `start` is a number of the thread's own.
 *   Concurrent with it: everything here. Progress: lock-free. Ordering: seq_cst.
 *   Returns 0, -ENOSPC when the ring is full or closed, -EAGAIN when no free node is left.
 */
AFIELD__ALWAYS_INLINE int afield__ring_push_words(struct afield__ring *ring, uint64_t start,
						  const uintptr_t *words, size_t word_count)
{
	bool has_nodes = word_count > 1;
	uint64_t number, tag, old, fresh = words[0], node = 0;
	afield__ring_word *free_node = NULL;
	afield_word *memory;
	afield_pair *slot;

	for (;;) {
		number = afield__ring_next_push(ring, &tag);
		slot = afield__ring_slot(ring, number);
		if ((tag & AFIELD__RING_CLOSED) || afield__ring_is_full(ring, number, tag)) {
			if (free_node)
				afield__ring_give(free_node, node);
			return -ENOSPC;
		}
		if (has_nodes && !free_node) {
			free_node = afield__ring_take(ring, start, &node);
			if (!free_node)
				return -EAGAIN;
			memory = afield__ring_node(ring, node);
			/* Relaxed: the compare-exchange hands them over. Atomic all the same: a pop
			 * that has lost its slot may still be reading here. */
			for (size_t i = 0; i < word_count; i++)
				AFIELD_STORE(&memory[i], words[i], relaxed);
			fresh = node;
		}
		/* Relaxed: a word of another time than the tag's makes the exchange fail. */
		old = AFIELD_LOAD_WORD(slot, relaxed);
		/* (9) seq_cst, pairs with (6) (11) (10), ordered with (4) (6). Release: see (6).
		 * Acquire, of the pop (11) that left the node here: it has read the node before the
		 * next push writes there. */
		if (AFIELD_COMPARE_EXCHANGE_PAIR(slot, tag, old, tag + AFIELD__RING_FULL, fresh,
						 seq_cst))
			break;
	}
	afield__ring_raise(&ring->tail, number + 1);
	if (has_nodes)
		afield__ring_give(free_node, old);
	return 0;
}

/* Relaxed: the compare-exchange behind it says whether the copy is good. */
AFIELD__ALWAYS_INLINE void afield__ring_copy(const afield_word *memory, uintptr_t *words,
					     size_t word_count)
{
	for (size_t i = 0; i < word_count; i++)
		words[i] = AFIELD_LOAD(&memory[i], relaxed);
}

/*
 * Takes the oldest element out. It linearizes at the compare-exchange, or where it finds the slot
 * of the next pop waiting for its push.
 *   Concurrent with it: everything here. Progress: lock-free. Ordering: seq_cst.
 *   Returns 0; -ENODATA when the ring is empty, -ESHUTDOWN when it is also closed; the words are
 *   then unspecified.
 */
AFIELD__ALWAYS_INLINE int afield__ring_pop_words(struct afield__ring *ring, uintptr_t *words,
						 size_t word_count)
{
	bool has_nodes = word_count > 1;
	uint64_t number, tag, word;
	afield_word *memory = NULL;
	afield_pair *slot;

	for (;;) {
		number = afield__ring_next_pop(ring, &tag);
		slot = afield__ring_slot(ring, number);
		if (!(tag & AFIELD__RING_FULL))
			return tag & AFIELD__RING_CLOSED ? -ESHUTDOWN : -ENODATA;
		/* A word of another time than the tag's makes the exchange fail.
		 * (10) acquire, pairs with (9): it may be the number of a node of a later push,
		 * in a set that would be seen unmade. */
		word = AFIELD_LOAD_WORD(slot, acquire);
		if (has_nodes) {
			memory = afield__ring_node(ring, word);
			if (!AFIELD_MUTANT("copy_what_is_given_up"))
				afield__ring_copy(memory, words, word_count);
		} else {
			words[0] = (uintptr_t)word;
		}
		/* (11) seq_cst, pairs with (9), ordered with (4) (6) (8). Release: the copy has been
		 * made before the next push takes the node. */
		if (AFIELD_COMPARE_EXCHANGE_PAIR(slot, tag, word,
						 tag - AFIELD__RING_FULL + afield__ring_lap(ring),
						 word, seq_cst))
			break;
	}
	if (has_nodes && AFIELD_MUTANT("copy_what_is_given_up"))
		afield__ring_copy(memory, words, word_count);
	afield__ring_raise(&ring->head, number + 1);
	return 0;
}

/*
 * Closes a ring whose slots are as many as its capacity, if it is full: nothing is pushed any more,
 * and *number is that of the first push that is not done.
 *   Concurrent with it: everything here. Progress: wait-free but for the walk. Ordering: seq_cst.
 *   Returns whether it is closed; false: a thread has popped meanwhile, and there may be room.
 */
static inline bool afield__ring_close(struct afield__ring *ring, uint64_t *number)
{
	uint64_t tag, word;
	afield_pair *slot;

	*number = afield__ring_next_push(ring, &tag);
	if (tag & AFIELD__RING_CLOSED)
		return true;
	if (!afield__ring_is_full(ring, *number, tag))
		return false;
	slot = afield__ring_slot(ring, *number);
	word = AFIELD_LOAD_WORD(slot, relaxed);
	/* (12) seq_cst, ordered with (4): weaker, a count could see the ring as the last one, and
	 * full, although more was pushed behind it before. The element is still the one of (9). */
	return AFIELD_COMPARE_EXCHANGE_PAIR(slot, tag, word, tag | AFIELD__RING_CLOSED, word,
					    seq_cst);
}

/*
 * How many elements there are. It linearizes where next_push sees its slot: before and after that
 * the next pop is the same one.
 *   Concurrent with it: everything here. Progress: lock-free. Ordering: seq_cst. Never fails.
 */
static inline uint64_t afield__ring_count(const struct afield__ring *ring)
{
	uint64_t tag, pushed, after, popped = afield__ring_next_pop(ring, &tag);

	for (;;) {
		pushed = afield__ring_next_push(ring, &tag);
		after = afield__ring_next_pop(ring, &tag);
		if (after == popped || AFIELD_MUTANT("drop_the_re_check"))
			return pushed - popped;
		popped = after;
	}
}

/*
 * Makes the ring ready, with its first push to be number `start`. Its constant members and the
 * memory of slots and nodes are there. Nobody else sees it yet. Memory of zeros is a ring that is
 * ready for push 0, when it has no nodes.
 */
static inline void afield__ring_begin(struct afield__ring *ring, uint64_t start)
{
	for (uint64_t number = start; number != start + ring->slot_count; number++)
		AFIELD_STORE_PAIR(afield__ring_slot(ring, number),
				  afield__ring_waiting(ring, number),
				  number & (ring->slot_count - 1), relaxed);
	AFIELD_STORE(&ring->tail, start, relaxed);
	AFIELD_STORE(&ring->head, start, relaxed);
}

#ifdef __cplusplus
}
#endif

#endif
