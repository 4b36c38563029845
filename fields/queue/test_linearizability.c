/*
 * queue: histories of its operations, as pile_history.h has them. Every eighth pop is one that waits
 * until now.
 */
#include <afield/queue.h>
#include <afield/reclaim.h>

#define PILE_KIND queue
#include "pile_history.h"

const struct afield_model *afield_queue_model(void);

static bool pop(numbers *queue, int64_t *value)
{
	static __thread unsigned count;
	struct timespec now = {0, 0};

	return ++count % 8 ? numbers_pop(queue, value) : numbers_pop_wait(queue, value, &now) == 0;
}

static const struct pile_history history = {afield_queue_model, pop, NULL};

static void every_operation_is_linearizable(void)
{
	pile_operations_are_linearizable(&history);
}

static void long_runs_are_linearizable(void)
{
	pile_long_runs_are_linearizable(&history);
}

static void a_count_of_two_looks_is_caught(void)
{
	pile_twin_is_caught(&history, PILE_ESTIMATES);
}

static void a_pop_that_gives_up_is_caught(void)
{
	pile_twin_is_caught(&history, PILE_GIVES_UP);
}

int main(void)
{
	TEST_RUN(every_operation_is_linearizable);
	TEST_RUN(long_runs_are_linearizable);
	TEST_RUN(a_count_of_two_looks_is_caught);
	TEST_RUN(a_pop_that_gives_up_is_caught);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
