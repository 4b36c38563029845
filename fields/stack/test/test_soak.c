/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: what is pushed is popped, once, by pop or pop_all.
 */
#include <afield/stack.h>

#define CONTAINER_KIND stack
#include "container_soak.h"

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
		all = values_pop_all(&container, take, &count);
		SOAK_EQUAL(all, count);
	} else {
		values_clear(&container);
	}
	(void)values_count(&container);
}

#define OPERATIONS(operation) operation(push) operation(pop) operation(pop_all)
SOAK_KIND(stack, OPERATIONS, .finish = finish);
