/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: what is pushed is popped, once, by pop or pop_all.
 */
#include <afield/stack.h>

#include "soak.h"

AFIELD_TYPE(value_stack, stack, struct soak_value *, soak_value_drop);

static value_stack field;

static void push(struct soak_thread *thread)
{
	struct soak_value *value = soak_value_new(thread);

	if (value_stack_push(&field, value) != 0)
		soak_value_free(value);
}

static void pop(struct soak_thread *thread)
{
	struct soak_value *value;

	(void)thread;
	if (value_stack_pop(&field, &value))
		soak_value_free(value);
}

static void take(struct soak_value **value, void *count)
{
	soak_value_use(*value);
	soak_value_free(*value);
	++*(size_t *)count;
}

static void pop_all(struct soak_thread *thread)
{
	size_t count = 0, all;

	if (soak_random(thread, 4)) {
		all = value_stack_pop_all(&field, take, &count);
		SOAK_EQUAL(all, count);
	} else {
		value_stack_clear(&field);
	}
	(void)value_stack_count(&field);
}

static void finish(struct soak_thread *thread)
{
	(void)thread;
	value_stack_fini(&field);
	memset(&field, 0, sizeof(field));
}

static struct soak_operation operations[] = {
	{"push", push, 0},
	{"pop", pop, 0},
	{"pop_all", pop_all, 0},
	{NULL, NULL, 0},
};
extern const struct soak_kind soak_stack;
const struct soak_kind soak_stack = {"stack", operations, NULL, NULL, NULL, finish};
