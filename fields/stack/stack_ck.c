/* SPDX-License-Identifier: MIT */
/*
 * stack, the part that calls ConcurrencyKit. ThreadSanitizer does not see this file; stack.c says
 * by the address of each node what is handed over.
 */
#include "stack_core.h"

#include <ck_stack.h>

#include <stdint.h>

_Static_assert(sizeof(struct afield__stack_words) == sizeof(ck_stack_t) &&
		       _Alignof(struct afield__stack_words) >= _Alignof(ck_stack_t),
	       "afield: a stack is not ConcurrencyKit's ck_stack");
_Static_assert(sizeof(struct afield__stack_link) == sizeof(ck_stack_entry_t),
	       "afield: a link is not ConcurrencyKit's ck_stack_entry");

static ck_stack_t *ck_of(const struct afield__stack_words *stack)
{
	return (ck_stack_t *)(uintptr_t)stack;
}

/*
 * On x86 every exchange is a full fence and every load an acquire, so that the order of all
 * operations is seq_cst. Elsewhere ConcurrencyKit's are weaker, and a fence stands on both sides.
 */
static void order(void)
{
#if !defined(__x86_64__)
	ck_pr_fence_memory();
#endif
}

void afield__stack_ck_push(struct afield__stack_words *stack, struct afield__stack_link *link)
{
	order();
	ck_stack_push_upmc(ck_of(stack), (ck_stack_entry_t *)(void *)link);
	order();
}

struct afield__stack_link *afield__stack_ck_pop(struct afield__stack_words *stack)
{
	void *popped;

	order();
	popped = ck_stack_pop_upmc(ck_of(stack));
	order();
	return (struct afield__stack_link *)popped;
}

struct afield__stack_link *afield__stack_ck_take(struct afield__stack_words *stack)
{
	void *taken;

	order();
	taken = ck_stack_batch_pop_upmc(ck_of(stack));
	order();
	return (struct afield__stack_link *)taken;
}

struct afield__stack_link *afield__stack_ck_first(const struct afield__stack_words *stack)
{
	void *first;

	order();
	first = ck_pr_load_ptr(&ck_of(stack)->head);
	order();
	return (struct afield__stack_link *)first;
}
