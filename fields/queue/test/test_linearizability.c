/* SPDX-License-Identifier: MIT */
/*
 * queue: histories of its operations, as container_history.h has them. Every eighth pop is one that
 * waits until now.
 */
#include <afield/queue.h>
#include <afield/reclaim.h>

#define CONTAINER_KIND queue
#include "container_history.h"

const struct afield_model *afield_queue_model(void);

static bool pop(numbers *queue, int64_t *value)
{
	static __thread unsigned count;
	struct timespec now = {0, 0};

	return ++count % 8 ? numbers_pop(queue, value) : numbers_pop_wait(queue, value, &now) == 0;
}

int main(void)
{
	container_room.model = afield_queue_model;
	container_room.pop = pop;
	container_run();
	return container_done();
}
