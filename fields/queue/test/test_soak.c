/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: what is pushed is popped, once, in each thread's
 * order. Who waits forever is woken.
 */
#include <afield/queue.h>

#define CONTAINER_KIND queue
#include "container_soak.h"

static void pop_wait(struct soak_thread *thread)
{
	struct timespec deadline;
	struct soak_value *value;
	int error = values_pop_wait(&container, &value, soak_deadline(thread, &deadline));

	SOAK_CHECK(error == 0 || error == -ETIMEDOUT);
	if (error == 0)
		soak_value_free(value);
}

static void count(struct soak_thread *thread)
{
	/* It is never long for long. */
	while (values_count(&container) > 100 && !thread->is_bounded)
		pop(thread);
	(void)values_is_empty(&container);
}

#define OPERATIONS(operation) operation(push) operation(pop) operation(pop_wait) operation(count)
SOAK_KIND(queue, OPERATIONS, .pump = push, .finish = finish);
