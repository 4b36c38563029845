/* SPDX-License-Identifier: MIT */
/*
 * ck_stack_batch_pop_mpmc: it takes all nodes and leaves the generation as it was, so a pop that
 * was in the middle does not notice that its node came back on top with another below it (ABA).
 *
 * The stack is A over B. A popper has read A and what is below it, and stands before its exchange.
 * Another thread takes all, and pushes A again over C. The popper's exchange succeeds: A is its,
 * and B, which nobody pushed a second time, is on top; C is lost.
 */
#include "control.h"

#include <ck_stack.h>

enum { ADD, REMOVE };

struct node {
	ck_stack_entry_t entry;
	int64_t value;
};

static ck_stack_t stack __attribute__((aligned(16)));
static struct node a, b, c;

#if STEPS_WORK
static void push(struct afield_log *log, struct node *node, int64_t value)
{
	node->value = value;
	afield_record_call1(log, ADD, value);
	ck_stack_push_mpmc(&stack, &node->entry);
	afield_record_return(log);
}

static void pop(struct afield_log *log)
{
	ck_stack_entry_t *entry;

	afield_record_call(log, REMOVE);
	entry = ck_stack_pop_mpmc(&stack);
	afield_record_return1(log, entry ? ((struct node *)entry)->value : AFIELD_EMPTY);
}

static void pop_beside(void *opaque)
{
	pop(((struct control *)opaque)->logs[0]);
}

static enum steps_answer at_exchange(struct steps *steps, const greg_t *registers)
{
	(void)steps;
	return steps_holds(registers, &a) && steps_is_exchange(registers) ? STEPS_HOLD : STEPS_GO;
}

/* Takes both, which is two removals that overlap; or with two pops, which count generations. */
static void take_both(struct afield_log *first, struct afield_log *second, bool is_batch)
{
	ck_stack_entry_t *entry;

	if (!is_batch) {
		pop(first);
		pop(first);
		return;
	}
	afield_record_call(first, REMOVE);
	afield_record_call(second, REMOVE);
	entry = ck_stack_batch_pop_mpmc(&stack);
	afield_record_return1(first, ((struct node *)entry)->value);
	afield_record_return1(second, ((struct node *)entry->next)->value);
}

static enum afield_verdict run(bool shows, bool is_batch)
{
	struct control control;

	ck_stack_init(&stack);
	control_begin(&control);
	push(control.logs[1], &b, 1);
	push(control.logs[1], &a, 2);
	TEST_CHECK(control_stops(&control, pop_beside, at_exchange));
	take_both(control.logs[1], control.logs[2], is_batch);
	push(control.logs[1], &c, 3);
	push(control.logs[1], &a, 4);
	steps_join(&control.stopped);
	pop(control.logs[1]);
	pop(control.logs[1]);
	return control_end(&control, "stack", shows);
}
#endif

CONTROL_MAIN("ck_stack_batch_pop_mpmc", run)
