/* SPDX-License-Identifier: MIT */
/*
 * A barrier comes after what owners have opened, whether it waits for them or they are done.
 */
#include <afield/detail/owner_queue.h>
#include <afield/reclaim.h>
#include <afield/thread.h>

#include "steps.h"
#include "test.h"

static AFIELD_ATOMIC(struct afield_owner_queue *) queue;

static struct afield_owner_queue *the_owner_queue(void)
{
	return AFIELD_LOAD(&queue, relaxed);
}

static long opened; /* plain: written by who opens */
static step_count openings;

static void open_slowly(struct afield_message *message)
{
	(void)message;
	step_to(&openings, 2);
	usleep(100000);
	opened++;
}

static void *own_and_open(void *slow)
{
	static struct afield_message message;

	(void)afield_thread_id(); /* orders threads, when they ask for the first time */
	step_await(&openings, 1);
	AFIELD_STORE(&queue, afield_owner_queue_retain(), relaxed);
	message.open = open_slowly;
	message.code = NULL;
	TEST_CHECK(afield_hand_over(the_owner_queue(), &message));
	afield_open_messages();
	step_to(&openings, 3);
	step_await(&openings, 4);
	afield_owner_queue_release(the_owner_queue()); /* a barrier would see this */
	return slow;
}

/* The barrier finds the owner opening (2), or that it has opened (3). */
static void *close_module(void *when)
{
	(void)afield_thread_id();
	step_to(&openings, 1);
	step_await(&openings, *(int *)when);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(opened == 1);
	opened = 0;
	step_await(&openings, 3);
	step_to(&openings, 4);
	return NULL;
}

static void a_barrier_comes_after(int when)
{
	pthread_t owner, closer;

	step_to(&openings, 0);
	if (pthread_create(&closer, NULL, close_module, &when) ||
	    pthread_create(&owner, NULL, own_and_open, NULL))
		abort();
	pthread_join(closer, NULL);
	pthread_join(owner, NULL);
}

static void a_barrier_comes_after_what_it_waits_for(void)
{
	a_barrier_comes_after(2);
}
static void a_barrier_comes_after_what_is_over(void)
{
	a_barrier_comes_after(3);
}

int main(void)
{
	TEST_RUN(a_barrier_comes_after_what_it_waits_for);
	TEST_RUN(a_barrier_comes_after_what_is_over);
	return test_done();
}
