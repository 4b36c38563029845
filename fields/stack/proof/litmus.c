/* SPDX-License-Identifier: MIT */
/*
 * A stack whose nodes are freed after a grace period, with a reference RCU in place of reclaim.h.
 * What must hold in every execution: each value is taken once, as it was written; no node is used
 * after it is freed; and the operations on two stacks stand in one order.
 *
 * Not for GenMC, count_beside_a_pop: GenMC 0.11 ends by a fault of its own.
 * Not for GenMC, two_stacks_and_count: GenMC 0.11 ends by a fault of its own.
 */
#include "../../../tests/support/litmus_rcu.h"
#include "stack_steps.h"

static struct afield__stack_words stacks[2];

static void push_value(int which, int value)
{
	struct node *node = (struct node *)malloc(sizeof(*node));

	node->value = value;
	if (!AFIELD_MUTANT("push_outside_of_a_section"))
		enter();
	push_node(&stacks[which], node);
	leave();
}

/* As afield__stack_pop: the section is over when the value is read, for the node is this thread's.
 * Others may still look at its words. */
static int pop_value(int which)
{
	struct node *node;
	int value;

	if (!AFIELD_MUTANT("pop_outside_of_a_section"))
		enter();
	node = pop_node(&stacks[which]);
	leave();
	if (!node)
		return 0;
	value = node->value;
	if (!AFIELD_MUTANT("skip_the_grace_period"))
		synchronize();
	free(node);
	return value;
}

/*
 * One thread pushes a node, which may get the memory of one that was popped; two others pop. Each
 * value comes out once.
 */
static int taken[3]; /* written by the thread with that number */

static void push(int self)
{
	litmus_self = self;
	push_value(0, 4);
}

static void pop(int self)
{
	litmus_self = self;
	taken[self] = pop_value(0);
}

static void take_two_beside_a_push(litmus_steps *other)
{
	begin_sections();
	push_value(0, 1);
	push_value(0, 2);
	RUN(push, pop, other);
	litmus_self = 0;
	assert(taken[1] + taken[2] + pop_value(0) == 7);
	assert(pop_value(0) == 0);
}

PROGRAM(one_push_two_pops)
{
	take_two_beside_a_push(pop);
	assert(taken[1] && taken[2] && taken[1] != taken[2]);
}

/* All are taken at once, beside a pop. */
static void take_all(int self)
{
	struct node *node = take_nodes(&stacks[0]), *next;

	litmus_self = self;
	for (; node; node = next) {
		next = below(node);
		taken[self] += node->value;
		if (!AFIELD_MUTANT("skip_the_grace_period_of_all"))
			synchronize();
		free(node);
	}
}

PROGRAM(pop_beside_taking_all)
{
	take_two_beside_a_push(take_all);
}

/* A count beside a pop. */
static void count(int self)
{
	litmus_self = self;
	if (!AFIELD_MUTANT("count_outside_of_a_section"))
		enter();
	taken[self] = (int)count_nodes(&stacks[0]);
	leave();
}

PROGRAM(count_beside_a_pop)
{
	begin_sections();
	push_value(0, 1);
	push_value(0, 2);
	RUN(count, pop);
	litmus_self = 0;
	assert(taken[0] == 1 || taken[0] == 2);
	assert(taken[1] == 2 && pop_value(0) == 1 && pop_value(0) == 0);
}

/*
 * Each of two threads changes one stack and then looks at the other: by a pop, by whether there is
 * none, by taking all, by a count. Nothing is freed, and there are no sections, whose fences would
 * order what the stacks do not.
 */
static struct node nodes[2]; /* of the stack with that number */
static bool misses[2];       /* written by the thread with that number */
static bool (*finds_nothing)(struct afield__stack_words *stack);
static void (*change)(int which);

static bool by_pop(struct afield__stack_words *stack)
{
	return pop_node(stack) == NULL;
}
static bool by_take(struct afield__stack_words *stack)
{
	return take_nodes(stack) == NULL;
}
static bool by_count(struct afield__stack_words *stack)
{
	return count_nodes(stack) == 0;
}
static bool by_is_empty(struct afield__stack_words *stack)
{
	return afield__stack_has_none(stack);
}

static void push_one(int which)
{
	push_node(&stacks[which], &nodes[which]);
}
static void pop_one(int which)
{
	pop_node(&stacks[which]);
}
static void take_one(int which)
{
	take_nodes(&stacks[which]);
}

static void change_and_look(int self)
{
	change(self);
	misses[self] = finds_nothing(&stacks[1 - self]);
}

/* One of them sees the other's node. */
static void each_pushes(bool (*look)(struct afield__stack_words *stack))
{
	change = push_one;
	finds_nothing = look;
	RUN(change_and_look, change_and_look);
	assert(!misses[0] || !misses[1]);
}

PROGRAM(two_stacks)
{
	each_pushes(by_pop);
}

PROGRAM(two_stacks_and_is_empty)
{
	each_pushes(by_is_empty);
}

PROGRAM(two_stacks_and_take)
{
	each_pushes(by_take);
}

PROGRAM(two_stacks_and_count)
{
	each_pushes(by_count);
}

/* Both stacks have a node: one of the two sees that the other's has gone. */
static void each_removes(void (*removal)(int which))
{
	push_one(0);
	push_one(1);
	change = removal;
	finds_nothing = by_is_empty;
	RUN(change_and_look, change_and_look);
	assert(misses[0] || misses[1]);
}

PROGRAM(two_stacks_popped)
{
	each_removes(pop_one);
}

PROGRAM(two_stacks_taken)
{
	each_removes(take_one);
}

PROGRAMS(one_push_two_pops, pop_beside_taking_all, count_beside_a_pop, two_stacks,
	 two_stacks_and_is_empty, two_stacks_and_take, two_stacks_and_count, two_stacks_popped,
	 two_stacks_taken)
