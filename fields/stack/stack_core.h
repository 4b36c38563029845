/* SPDX-License-Identifier: MIT */
/*
 * stack_core: the algorithm of the stack kind, on nodes and nothing else.
 *
 * A node links to the node below it, and knows its height: how many there are from it down. The
 * stack is one pair, the node on top and a tag, which one exchange compares and changes together.
 * Push lays a node on top, pop exchanges the top for the node below it, take exchanges it for
 * nothing.
 *
 * A node that leaves comes back at once, perhaps into another stack, while others are still in the
 * middle of a pop with it in their hands. That is what the tag is for. It goes up with each node
 * that leaves, by pop or take; so who has loaded a tag, and finds it again, knows that no node has
 * left since, and that what it has loaded meanwhile of the node on top is true. Compared by the
 * node alone, a pop would take a node that went and came back for one that stayed, and put the node
 * on top that was below it then (ABA). A push does not raise it: the exchange of a push that has
 * loaded an older top fails by the node.
 *
 * Therefore the tag is loaded first, before the top, and that before the node's words. The tag has
 * 64 bits and does not come round.
 *
 * The obvious take exchanges the node and leaves the tag: a pop that began before then finds the
 * tag of before, and when the node has been pushed again meanwhile, takes it with what was below
 * it the first time.
 *
 * When to use it: to prove the algorithm, or to read it. Programs use stack.h.
 *
 * Push, pop and count run inside a read section: a node that another thread gives back may be freed
 * after a grace period (magazine.h). What they load of a node that has left are the words of a free
 * block, or of another stack's node, and the exchange refuses them.
 *
 * ThreadSanitizer knows an exchange of the pair by its address, and is told at each load of the top
 * that it acquires.
 *
 * Linearization points: push, pop, take: the exchange. What finds nothing, and is_empty: the load of
 * the top. count: the load of the top that its second load of the tag confirms.
 *
 *                                   [1] [2]
 *   [1] push, pop, take, count,      -   X   (- concurrent with it; X needs the caller's own
 *       is_empty                              exclusion)
 *   [2] reset                        X   X
 *
 * Source: Treiber, IBM RJ 5118, 1986, with the tag of IBM System/370's free lists. The exchange of
 * both is that of ConcurrencyKit's ck_stack (mpmc), whose take leaves the tag in the packaged 0.7.1.
 */
#ifndef AFIELD_STACK_CORE_H
#define AFIELD_STACK_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/magazine_core.h>
#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A node begins with a block's two words: `next` is the node below it, `number` its height. Both
 * are written before it is published, and stay as they are while it is inside. */
struct afield__stack_words {
	afield_pair top; /* the tag, and the node or 0 */
};

static inline struct afield__block *afield__stack_node(uint64_t word)
{
	return (struct afield__block *)(uintptr_t)word;
}

static inline uint64_t afield__stack_word(const struct afield__block *node)
{
	return (uint64_t)(uintptr_t)node;
}

/*
 * One attempt to lay a node of the caller's on top.
 *   Concurrent with it: everything; inside a read section. Progress: wait-free. Ordering: seq_cst.
 *   Returns false when others were faster.
 */
static inline bool afield__stack_try_push(struct afield__stack_words *stack,
					  struct afield__block *node)
{
	/* (1) acquire, pairs with (4) (7) (9): the load of the top comes behind it. Weaker, the top
	 * could be older than the tag, and its height another node's. */
	uint64_t tag = AFIELD_LOAD_TAG(&stack->top, acquire);
	/* (2) acquire, pairs with (4): the node's words as they were published. */
	uint64_t word = AFIELD_LOAD_WORD(&stack->top, acquire);
	struct afield__block *below = afield__stack_node(word);
	size_t height = 1;

	AFIELD_TSAN_ACQUIRE(&stack->top);
	/* Relaxed: the exchange tells whether it is this node's height still. */
	if (below)
		height += AFIELD_LOAD(&below->number, relaxed);
	AFIELD_STORE(&node->next, below, relaxed); /* the exchange publishes it */
	/* (3) release, pairs with (12): who counts by an older top and finds this height, sees that
	 * the tag has gone up since. */
	AFIELD_STORE(&node->number, height, release);
	if (AFIELD_MUTANT("push_loads_the_tag_last"))
		tag = AFIELD_LOAD_TAG(&stack->top, relaxed);
	/* (4) seq_cst, pairs with (1) (2) (5) (6) (8) (10) (11) (15), ordered with (6) (8) (11)
	 * (14).
	 * Release: weaker, who takes the node finds no value. seq_cst: with what finds nothing in
	 * another stack; see stack.h. */
	return AFIELD_COMPARE_EXCHANGE_PAIR(&stack->top, tag, word, tag, afield__stack_word(node),
					    seq_cst);
}

/*
 * One attempt to take the node on top: *popped, or NULL when there is none.
 *   Concurrent with it: everything; inside a read section. Progress: wait-free. Ordering: seq_cst.
 *   Returns false when others were faster.
 */
static inline bool afield__stack_try_pop(struct afield__stack_words *stack,
					 struct afield__block **popped)
{
	/* (5) acquire, pairs with (4) (7) (9): see (1). */
	uint64_t tag = AFIELD_LOAD_TAG(&stack->top, acquire);
	/* (6) seq_cst, pairs with (4), ordered with (4) (7) (9): 0 says that there is nothing. Acquire: for
	 * the node's words. */
	uint64_t word = AFIELD_LOAD_WORD(&stack->top, seq_cst), raised;
	struct afield__block *node = afield__stack_node(word), *below;

	*popped = node;
	if (!node)
		return true;
	AFIELD_TSAN_ACQUIRE(&stack->top);
	/* Relaxed, as the height above. */
	below = AFIELD_LOAD(&node->next, relaxed);
	if (AFIELD_MUTANT("pop_loads_the_tag_last"))
		tag = AFIELD_LOAD_TAG(&stack->top, relaxed);
	raised = AFIELD_MUTANT("pop_leaves_the_tag") ? tag : tag + 1;
	/* (7) seq_cst, pairs with (1) (5) (10), ordered with (6) (8) (11) (14). Release: who finds
	 * the tag finds no older node. seq_cst: as (4), for who finds the stack empty by it. */
	return AFIELD_COMPARE_EXCHANGE_PAIR(&stack->top, tag, word, raised,
					    afield__stack_word(below), seq_cst);
}

/*
 * One attempt to take all nodes: *taken is the one that was on top, or NULL.
 *   Concurrent with it: everything. Progress: wait-free. Ordering: seq_cst.
 *   Returns false when others were faster.
 */
static inline bool afield__stack_try_take(struct afield__stack_words *stack,
					  struct afield__block **taken)
{
	/* Relaxed: nothing is loaded by it. */
	uint64_t tag = AFIELD_LOAD_TAG(&stack->top, relaxed);
	/* (8) seq_cst, pairs with (4), ordered with (4) (7) (9): 0 says that there is nothing. */
	uint64_t word = AFIELD_LOAD_WORD(&stack->top, seq_cst), raised;

	*taken = afield__stack_node(word);
	if (!word)
		return true;
	raised = AFIELD_MUTANT("take_leaves_the_tag") ? tag : tag + 1;
	/* (9) seq_cst, pairs with (1) (5) (10), ordered with (6) (8) (11) (14): as (7). */
	return AFIELD_COMPARE_EXCHANGE_PAIR(&stack->top, tag, word, raised, 0, seq_cst);
}

/*
 * One attempt to count.
 *   Concurrent with it: everything; inside a read section. Progress: wait-free. Ordering: seq_cst.
 *   Returns false when a node has left meanwhile.
 */
static inline bool afield__stack_try_count(const struct afield__stack_words *stack, size_t *count)
{
	/* (10) acquire, pairs with (4) (7) (9): see (1). */
	uint64_t tag = AFIELD_LOAD_TAG(&stack->top, acquire);
	/* (11) seq_cst, pairs with (4), ordered with (4) (7) (9): a value that was pushed before
	 * is counted. Acquire: for the node's words. */
	uint64_t word = AFIELD_LOAD_WORD(&stack->top, seq_cst);

	*count = 0;
	if (!word)
		return true;
	AFIELD_TSAN_ACQUIRE(&stack->top);
	/* (12) acquire, pairs with (3), and with the release of a free block's number in
	 * magazine_core.h: weaker, the number of a node that has left could come with the tag of
	 * before. */
	*count = AFIELD_LOAD(&afield__stack_node(word)->number, acquire);
	if (AFIELD_MUTANT("count_drops_the_re_check"))
		return true;
	/* (13) relaxed, carried by (12), which comes behind what raised the tag. */
	return AFIELD_LOAD_TAG(&stack->top, relaxed) == tag;
}

/* (14) seq_cst, ordered with (4) (7) (9). Wait-free. */
static inline bool afield__stack_has_none(const struct afield__stack_words *stack)
{
	return AFIELD_LOAD_WORD(&stack->top, seq_cst) == 0;
}

/*
 * The node on top, for a walk by who has excluded every change.
 *   Concurrent with it: is_empty and count. Progress: wait-free. Ordering: acquire. NULL when there
 *   is none.
 */
static inline struct afield__block *afield__stack_first(const struct afield__stack_words *stack)
{
	/* (15) acquire, pairs with (4): see (2). */
	uint64_t word = AFIELD_LOAD_WORD(&stack->top, acquire);

	AFIELD_TSAN_ACQUIRE(&stack->top);
	return afield__stack_node(word);
}

/* An empty stack becomes bytes of zero again; the caller has it alone. */
static inline void afield__stack_reset(struct afield__stack_words *stack)
{
	AFIELD_STORE_PAIR(&stack->top, 0, 0, relaxed);
}

#ifdef __cplusplus
}
#endif

#endif
