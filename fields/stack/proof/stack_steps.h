/* SPDX-License-Identifier: MIT */
/*
 * stack_steps: the operations of stack.c on nodes, for the programs of this folder: attempts until
 * one succeeds, without a moment in between.
 */
#ifndef STACK_STEPS_H
#define STACK_STEPS_H

#include "../stack_core.h"

struct node {
	struct afield__block block;
	int value;
};

static void push_node(struct afield__stack_words *stack, struct node *node)
{
	while (!afield__stack_try_push(stack, &node->block))
		;
}

static struct node *pop_node(struct afield__stack_words *stack)
{
	struct afield__block *popped;

	while (!afield__stack_try_pop(stack, &popped))
		;
	return (struct node *)(void *)popped;
}

static struct node *take_nodes(struct afield__stack_words *stack)
{
	struct afield__block *taken;

	while (!afield__stack_try_take(stack, &taken))
		;
	return (struct node *)(void *)taken;
}

static struct node *below(struct node *node)
{
	return (struct node *)(void *)AFIELD_LOAD(&node->block.next, relaxed);
}

static size_t count_nodes(const struct afield__stack_words *stack)
{
	size_t count;

	while (!afield__stack_try_count(stack, &count))
		;
	return count;
}

#endif
