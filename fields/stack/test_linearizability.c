/*
 * stack: histories of its operations, as pile_history.h has them, and of pop_all. A twin whose
 * pop_all pops one by one is caught.
 */
#include <afield/stack.h>
#include <afield/reclaim.h>

#define PILE_KIND stack
#include "pile_history.h"

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

	afield_record_call(log, PILE_OWN);
	count = pile_twin == PILE_OWN_TWIN ? pop_each(stack, &sum)
					   : numbers_pop_all(stack, fold, &sum);
	afield_record_return2(log, (int64_t)count, (int64_t)sum);
}

static void a_pop_all_one_by_one_is_caught(void)
{
	pile_twin_is_caught(PILE_OWN_TWIN);
}

int main(void)
{
	pile_room.model = afield_stack_model;
	pile_room.pop = numbers_pop;
	pile_room.own = record_pop_all;
	TEST_RUN(pile_operations_are_linearizable);
	TEST_RUN(pile_long_runs_are_linearizable);
	TEST_RUN(pile_estimate_is_caught);
	TEST_RUN(pile_pop_that_gives_up_is_caught);
	TEST_RUN(a_pop_all_one_by_one_is_caught);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
