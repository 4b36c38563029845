/* SPDX-License-Identifier: MIT */
/*
 * Owner queues: one whose owner has ended, and that nobody holds any more, gets another owner, after
 * all that was done with it before.
 */
#include <afield/detail/owner_queue.h>

#include "steps.h"
#include "test.h"

static AFIELD_ATOMIC(struct afield_owner_queue *) queue;
static step_count steps;

static struct afield_owner_queue *the_owner_queue(void)
{
	return AFIELD_LOAD(&queue, relaxed);
}

static void *own(void *unused)
{
	AFIELD_STORE(&queue, afield_owner_queue_retain(), release);
	afield_owner_queue_release(the_owner_queue());
	step_to(&steps, 1);
	return unused;
}

static void *own_again(void *unused)
{
	step_await(&steps, 2);
	TEST_CHECK(afield_owner_queue_retain() == the_owner_queue());
	afield_owner_queue_release(the_owner_queue());
	return unused;
}

/* The second thread is there already: what it knows of the owner queue, it knows by the owner
 * queue. */
static void another_owner_comes_after(void)
{
	struct afield_owner_queue *held;
	pthread_t owner, next;

	if (pthread_create(&next, NULL, own_again, NULL) || pthread_create(&owner, NULL, own, NULL))
		abort();
	step_await(&steps, 1);
	held = AFIELD_LOAD(&queue, acquire); /* for this thread alone */
	while (AFIELD_LOAD(&held->holders, relaxed) != 0)
		usleep(100); /* joining the owner would order the two */
	step_to(&steps, 2);
	pthread_join(next, NULL);
	pthread_join(owner, NULL);
}

int main(void)
{
	TEST_RUN(another_owner_comes_after);
	return test_done();
}
