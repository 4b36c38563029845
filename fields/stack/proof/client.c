/* SPDX-License-Identifier: MIT */
/*
 * Histories of a stack, for the judge. A value has its node, which is not freed.
 */
#include "../../../tests/support/litmus_client.h"
#include "stack_steps.h"

static struct afield__stack_words stack;
static struct node nodes[5]; /* by their values */

static void put(long value)
{
	nodes[value].value = (int)value;
	push_node(&stack, &nodes[value]);
}

static long take(void)
{
	struct node *node = pop_node(&stack);

	return node ? node->value : CLIENT_EMPTY;
}

static long count_all(void)
{
	return (long)count_nodes(&stack);
}

static bool has_none(void)
{
	return afield__stack_has_none(&stack);
}

#include "../../../tests/support/litmus_container.h"

CLIENT_MODEL(stack)
PROGRAMS(client_push_two_pop_two, client_each_push_and_pop, client_count, client_is_empty,
	 client_three)
