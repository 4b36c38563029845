/* SPDX-License-Identifier: MIT */
/*
 * confined, for model checkers: the way home. Two threads drop a value each, while the owner comes
 * by once and then ends.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/confined/proof/litmus.c -lpthread
 *
 * What must hold in every execution: each value ends once, with the contents that its dropper gave
 * it, and who ends it because the owner is gone sees what the owner did before.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include <afield/detail/owner_queue.h>

#define DROPPERS 2

struct value {
	struct afield_message message;
	int content;
	int ends; /* how often it has ended */
};

static struct afield_owner_queue queue;
static struct value values[DROPPERS];
static int owned; /* what the owner did before its end */

static void end(struct afield_message *message)
{
	struct value *value = (struct value *)(void *)message;

	assert(value->content == 1);
	value->ends++;
}

static void *drop(void *number)
{
	struct value *value = &values[(intptr_t)number];

	value->content = 1;
	value->message.open = end;
	if (!afield__owner_queue_put(&queue, &value->message)) {
		assert(owned == 1);
		assert(value->ends == 0);
		value->ends++;
	}
	return NULL;
}

static void *live(void *unused)
{
	(void)unused;
	afield__owner_queue_open(afield__owner_queue_take(&queue));
	owned = 1;
	afield__owner_queue_open(afield__owner_queue_close(&queue));
	return NULL;
}

int main(void)
{
	pthread_t threads[DROPPERS + 1];

	AFIELD_STORE(&queue.newest, NULL, relaxed);
	if (pthread_create(&threads[0], NULL, drop, (void *)0) ||
	    pthread_create(&threads[1], NULL, drop, (void *)1) ||
	    pthread_create(&threads[2], NULL, live, NULL))
		abort();
	for (int i = 0; i <= DROPPERS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < DROPPERS; i++)
		assert(values[i].ends == 1);
	return 0;
}
