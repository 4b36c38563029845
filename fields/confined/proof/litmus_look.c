/* SPDX-License-Identifier: MIT */
/*
 * confined, for model checkers: a look into an owner queue while its owner comes by, and then ends.
 * It is what afield_barrier does before a module is closed.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/confined/proof/litmus_look.c -lpthread
 *
 * What must hold in every execution: the message is opened once; and who has looked knows of it: it
 * had the message in hand, or it sees the owner opening, or it sees all that the opening did.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include <afield/detail/owner_queue.h>

static struct afield_owner_queue queue;
static struct afield_message message;
static int opened; /* how often; plain: who reads it must be ordered behind the opening */

static void open_message(struct afield_message *it)
{
	(void)it;
	opened++;
}

static void *live(void *unused)
{
	afield__owner_queue_begin(&queue);
	afield__owner_queue_open(afield__owner_queue_take(&queue));
	(void)afield__owner_queue_end(&queue);
	afield__owner_queue_begin(&queue);
	afield__owner_queue_open(afield__owner_queue_close(&queue));
	(void)afield__owner_queue_end(&queue);
	return unused;
}

static void *look(void *unused)
{
	struct afield_message *seen = afield__owner_queue_load(&queue);
	uint64_t openings;

	if (seen) {
		assert(seen == &message && !seen->next);
		assert(!afield__owner_queue_load(&queue)); /* it is in hand, and nowhere else */
		if (!afield__owner_queue_put(&queue, seen))
			open_message(seen);
		return unused;
	}
	openings = AFIELD_LOAD(&queue.openings, acquire);
	assert(openings != 0);
	/* The owner has come by once: after that it had no message any more. */
	if (openings >= 2)
		assert(opened == 1);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	AFIELD_STORE(&queue.newest, NULL, relaxed);
	AFIELD_STORE(&queue.openings, 0, relaxed);
	message.open = open_message;
	(void)afield__owner_queue_put(&queue, &message);
	if (pthread_create(&threads[0], NULL, live, NULL) ||
	    pthread_create(&threads[1], NULL, look, NULL))
		abort();
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(opened == 1);
	return 0;
}
