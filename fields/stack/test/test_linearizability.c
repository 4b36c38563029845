/* SPDX-License-Identifier: MIT */
/*
 * stack: histories of its operations, as container_history.h has them, and of pop_all. A twin whose
 * pop_all pops one by one is caught.
 */
#include <afield/stack.h>
#include <afield/reclaim.h>

#define CONTAINER_KIND stack
#include "container_history.h"

const struct afield_model *afield_stack_model(void);

static void fold(int64_t *value, void *opaque)
{
	uint32_t *sum = (uint32_t *)opaque;

	*sum = *sum * 31 + (uint32_t)*value;
}

/* One after the other, as long as there are any. */
static size_t pop_each(numbers *stack, uint32_t *sum)
{
	size_t count = 0;
	int64_t value;

	for (; numbers_pop(stack, &value); count++) {
		fold(&value, sum);
		sched_yield();
	}
	return count;
}

static void record_pop_all(numbers *stack, struct afield_log *log)
{
	uint32_t sum = 0;
	size_t count;

	afield_record_call(log, CONTAINER_OWN);
	count = container_twin == CONTAINER_OWN_TWIN ? pop_each(stack, &sum)
						     : numbers_pop_all(stack, fold, &sum);
	afield_record_return2(log, (int64_t)count, (int64_t)sum);
}

static void a_pop_all_one_by_one_is_caught(void)
{
	container_twin_is_caught(CONTAINER_OWN_TWIN);
}

int main(void)
{
	container_room.model = afield_stack_model;
	container_room.pop = numbers_pop;
	container_room.own = record_pop_all;
	container_run();
	TEST_RUN(a_pop_all_one_by_one_is_caught);
	return container_done();
}
