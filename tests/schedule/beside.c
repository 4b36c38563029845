/* SPDX-License-Identifier: MIT */
/*
 * Somebody who runs an operation beside a thread that is held up.
 */
#include "member.h"

#include <stdlib.h>

static long patience = 10000;
void schedule_patience(long milliseconds)
{
	patience = milliseconds;
}

static void *beside_main(void *opaque)
{
	struct beside *beside = (struct beside *)opaque;

	beside->operation->run(beside->object);
	pthread_mutex_lock(&beside->mutex);
	beside->is_done = true;
	pthread_cond_broadcast(&beside->changed);
	pthread_mutex_unlock(&beside->mutex);
	return NULL;
}

/* What may block gets a moment, what may not a long while. */
static bool is_done_in_time(struct beside *beside)
{
	long milliseconds = beside->operation->claim == BLOCKING ? 20 : patience;
	struct timespec until;
	bool is_done, late = false;

	clock_gettime(CLOCK_REALTIME, &until);
	until = later(until, milliseconds);
	pthread_mutex_lock(&beside->mutex);
	while (!beside->is_done && !late)
		late = pthread_cond_timedwait(&beside->changed, &beside->mutex, &until);
	is_done = beside->is_done;
	pthread_mutex_unlock(&beside->mutex);
	return is_done;
}

bool beside_begin(struct beside *beside, const struct schedule_operation *operation, void *object)
{
	*beside = (struct beside){.operation = operation,
				  .object = object,
				  .mutex = PTHREAD_MUTEX_INITIALIZER,
				  .changed = PTHREAD_COND_INITIALIZER};
	if (pthread_create(&beside->thread, NULL, beside_main, beside))
		abort();
	return is_done_in_time(beside);
}

void beside_end(struct beside *beside)
{
	pthread_join(beside->thread, NULL);
}
