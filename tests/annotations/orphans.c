/* SPDX-License-Identifier: MIT */
/*
 * Messages of an owner that is gone with its queue open: whoever gives its record up hands the
 * queue on, and the next thread that gets a queue opens them, after all that was done with them
 * before.
 */
#include <afield/detail/owner_queue.h>
#include <afield/thread.h>

#include "steps.h"
#include "test.h"

#include <pthread.h>

/* lib/runtime/self.h */
void afield__owner_queue_orphan(struct afield_owner_queue *queue);

static AFIELD_ATOMIC(struct afield_owner_queue *) queue;
static step_count steps;

static struct afield_owner_queue *the_owner_queue(void)
{
	return AFIELD_LOAD(&queue, relaxed);
}

struct letter {
	struct afield_message message;
	long text; /* plain */
};
static long read_text;

static void read_it(struct afield_message *message)
{
	read_text = ((struct letter *)(void *)message)->text++;
}

static void ignore(struct afield_message *message)
{
	(void)message;
}

/* The threads that are made after it know of its memory by that. */
static void *make_queue(void *unused)
{
	afield_owner_queue_release(afield_owner_queue_retain());
	return unused;
}

/* The owner: it opens a message, and is taken for gone. It holds the queue on, so that nobody else
 * gets this one. */
static void *own(void *unused)
{
	static struct afield_message message = {NULL, ignore, NULL};
	struct afield_owner_queue *held = afield_owner_queue_retain();

	(void)afield_owner_queue_retain();
	TEST_CHECK(afield_hand_over(held, &message));
	afield_open_messages();
	AFIELD_STORE(&queue, held, relaxed);
	step_to(&steps, 1);
	for (;;)
		pause(); /* until the process ends */
	return unused;
}

static void *send_and_orphan(void *opaque)
{
	struct letter *letter = (struct letter *)opaque;

	letter->text = 42;
	letter->message.open = read_it;
	letter->message.code = NULL;
	TEST_CHECK(afield_hand_over(the_owner_queue(), &letter->message));
	afield__owner_queue_orphan(the_owner_queue());
	step_to(&steps, 2);
	step_await(&steps, 4);
	return NULL;
}

static void *get_after(void *unused)
{
	(void)afield_thread_id();
	step_await(&steps, 2);
	(void)afield_owner_queue_retain();
	TEST_CHECK(read_text == 42);
	step_to(&steps, 4);
	return unused;
}

static void run(void *(*body)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, NULL))
		abort();
	pthread_join(thread, NULL);
}

/* The owner has the first queue, and a second one is free: who gets that has not looked at the
 * first, where the order would come from. */
static void orphans_are_opened_after_they_were_sent(void)
{
	static struct letter letter;
	pthread_t owner, sender, next;

	run(make_queue);
	if (pthread_create(&owner, NULL, own, NULL))
		abort();
	step_await(&steps, 1);
	run(make_queue);
	if (pthread_create(&next, NULL, get_after, NULL) ||
	    pthread_create(&sender, NULL, send_and_orphan, &letter))
		abort();
	pthread_join(next, NULL);
	pthread_join(sender, NULL);
}

int main(void)
{
	TEST_RUN(orphans_are_opened_after_they_were_sent);
	return test_done();
}
