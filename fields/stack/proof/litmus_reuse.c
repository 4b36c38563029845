/* SPDX-License-Identifier: MIT */
/*
 * Nodes that come back at once, while another thread is in the middle of an operation with them in
 * its hands. Nothing is freed here. What must hold in every execution: each node is in one place,
 * and each height is true.
 *
 * Not for GenMC: version 0.11 ends by a fault of its own.
 */
#include "../../../tests/support/litmus.h"
#include "stack_steps.h"

static struct afield__stack_words stack, other;
static struct node nodes[4]; /* the node of value i has index i */
static struct node *popped;  /* by the first thread */
static int kept;             /* the values that the second has */

static void push_value(struct afield__stack_words *to, int value)
{
	nodes[value].value = value;
	push_node(to, &nodes[value]);
}

static void begin(void)
{
	push_value(&stack, 1);
	push_value(&stack, 2);
}

/* A node is given back, to a magazine that has two. */
static struct afield__magazine magazine;
static struct node free_nodes[2];

static void give(struct node *node)
{
	bool is_given = afield__magazine_give(&magazine, &node->block, 3);

	assert(is_given);
}

/* What is left, from the top, has these heights; each node is there or in a thread's hands, once. */
static void each_is_in_one_place(int expected)
{
	struct node *node = (struct node *)(void *)afield__stack_first(&stack);
	size_t height = count_nodes(&stack);
	int sum = 0;

	for (; node; node = below(node)) {
		assert(AFIELD_LOAD(&node->block.number, relaxed) == height);
		height--;
		sum += node->value;
	}
	assert(height == 0);
	sum += popped ? popped->value : 0;
	assert(sum + kept == expected);
}

static void pop(int self)
{
	popped = pop_node(&stack);
}

/* Takes two nodes and pushes the upper one again: it comes back with nothing below it. */
static void pop_two_push_one(int self)
{
	struct node *first = pop_node(&stack), *second = pop_node(&stack);

	kept = second ? second->value : 0;
	if (first)
		push_value(&stack, first->value);
}

PROGRAM(pop_beside_pops_and_a_push)
{
	begin();
	RUN(pop, pop_two_push_one);
	each_is_in_one_place(3);
}

/* The same, taken at once. */
static void take_all_push_one(int self)
{
	struct node *first = take_nodes(&stack);

	for (struct node *node = first ? below(first) : NULL; node; node = below(node))
		kept += node->value;
	if (first)
		push_value(&stack, first->value);
}

PROGRAM(pop_beside_take_and_a_push)
{
	begin();
	RUN(pop, take_all_push_one);
	each_is_in_one_place(3);
}

/* A push upon a node that comes back lower than it was. */
static void push_three(int self)
{
	push_value(&stack, 3);
}

PROGRAM(push_beside_pops_and_a_push)
{
	begin();
	RUN(push_three, pop_two_push_one);
	each_is_in_one_place(6);
}

PROGRAM(push_beside_take_and_a_push)
{
	begin();
	RUN(push_three, take_all_push_one);
	each_is_in_one_place(6);
}

/* A count, while the node on top is given back, or goes to another stack where it is higher. */
static size_t counted;

static void count(int self)
{
	counted = count_nodes(&stack);
}

static void pop_and_give(int self)
{
	give(pop_node(&stack));
}

PROGRAM(count_beside_a_give)
{
	give(&free_nodes[0]);
	give(&free_nodes[1]);
	push_value(&stack, 1);
	RUN(count, pop_and_give);
	assert(counted <= 1);
	assert(AFIELD_LOAD(&nodes[1].block.number, relaxed) == 3);
	assert(afield__magazine_take(&magazine) == &nodes[1].block);
	assert(afield__magazine_take(&magazine) == &free_nodes[1].block);
}

static void pop_and_push_elsewhere(int self)
{
	push_value(&other, pop_node(&stack)->value);
}

static void take_and_push_elsewhere(int self)
{
	push_value(&other, take_nodes(&stack)->value);
}

PROGRAM(count_beside_a_push_elsewhere)
{
	push_value(&other, 3);
	push_value(&stack, 1);
	RUN(count, pop_and_push_elsewhere);
	assert(counted <= 1);
}

PROGRAM(count_beside_a_take)
{
	push_value(&other, 3);
	push_value(&stack, 1);
	RUN(count, take_and_push_elsewhere);
	assert(counted <= 1);
}

PROGRAMS(pop_beside_pops_and_a_push, pop_beside_take_and_a_push, push_beside_pops_and_a_push,
	 push_beside_take_and_a_push, count_beside_a_give, count_beside_a_push_elsewhere,
	 count_beside_a_take)
