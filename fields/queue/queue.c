/* SPDX-License-Identifier: MIT */
/*
 * queue: values in nodes, and waiting for them.
 *
 * A node is one block: what the algorithm links, what reclamation needs, then the value. So popping
 * allocates nothing and cannot fail. A node outlives its value: it stays as the head until the next
 * pop, and until a grace period after that.
 */
#include "queue.h"

#include <afield/reclaim.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct node {
	struct afield__queue_node links; /* first: a node is one of these */
	struct afield_retired retired;   /* written by who pops the node behind this one */
};

/* malloc gives 16 bytes of alignment, and so does what follows a header of whole 16 bytes. */
#define HEADER ((sizeof(struct node) + 15) & ~(size_t)15)

static void *value_of(struct afield__queue_node *node)
{
	return (char *)node + HEADER;
}

static void reclaim(struct afield_retired *retired)
{
	free((char *)retired - offsetof(struct node, retired));
}

static struct node *make(const struct afield_element *element, const void *value)
{
	struct node *node = (struct node *)malloc(HEADER + element->value_type.size);

	if (!node)
		return NULL;
	AFIELD_STORE(&node->links.next, NULL, relaxed); /* append publishes it */
	memcpy(value_of(&node->links), value, element->value_type.size);
	(void)afield_keep(element, value); /* who pushes has asked for the host */
	return node;
}

int afield__queue_push(struct afield__queue *queue, const struct afield_element *element,
		       const void *value)
{
	int error = afield_may_keep(&element->value_type, value, "queue");
	struct node *node;

	if (error)
		return error;
	node = make(element, value);
	if (!node)
		return -ENOMEM;
	afield_read_lock();
	afield__queue_append(&queue->words, &node->links);
	afield_read_unlock();
	/* append's exchange is seq_cst: see wait.h. One value, one waiter. */
	afield_wake_one(&queue->waiters);
	return 0;
}

/* Takes the front and copies its value. *old is the node to retire, or NULL. */
static bool take(struct afield__queue *queue, const struct afield_element *element, void *value,
		 struct afield__queue_node **old)
{
	struct afield__queue_node *front;

	afield_read_lock();
	front = afield__queue_take(&queue->words, old);
	if (front) /* in the section still: another pop may retire this node at once */
		memcpy(value, value_of(front), element->value_type.size);
	afield_read_unlock();
	return front != NULL;
}

static void retire(struct afield__queue_node *old, const struct afield_element *element)
{
	if (old) /* the stub is the field's */
		afield_retire_bytes(&((struct node *)(void *)old)->retired,
				    sizeof(struct node) + element->value_type.size, reclaim);
}

bool afield__queue_pop(struct afield__queue *queue, const struct afield_element *element,
		       void *value)
{
	struct afield__queue_node *old;

	if (!take(queue, element, value, &old))
		return false;
	retire(old, element);
	return true;
}

/* For a collector, which does not wait for the backlog. */
bool afield__queue_pop_nowait(struct afield__queue *queue, const struct afield_element *element,
			      void *value)
{
	struct afield__queue_node *old;

	if (!take(queue, element, value, &old))
		return false;
	if (old)
		afield_retire_bytes_nowait(&((struct node *)(void *)old)->retired,
					   sizeof(struct node) + element->value_type.size, reclaim);
	return true;
}

/* A wait for a value. */
struct request {
	struct afield__queue *queue;
	const struct afield_element *element;
	void *value;
	struct afield__queue_node *old; /* retired after the wait: that may wait by itself */
};

static bool has_taken(void *opaque)
{
	struct request *request = (struct request *)opaque;

	return take(request->queue, request->element, request->value, &request->old);
}

int afield__queue_pop_wait(struct afield__queue *queue, const struct afield_element *element,
			   void *value, const struct timespec *deadline)
{
	struct request request = {queue, element, value, NULL};
	int error = 0;

	if (!has_taken(&request)) {
		error = afield_require_host(&element->value_type, "queue");
		if (!error)
			error = afield_wait(&queue->waiters, has_taken, &request, deadline);
	}
	if (!error)
		retire(request.old, element);
	return error;
}

bool afield__queue_load(const struct afield__queue *queue)
{
	bool is_empty;

	afield_read_lock();
	is_empty = afield__queue_is_empty(&queue->words);
	afield_read_unlock();
	return is_empty;
}

size_t afield__queue_size(const struct afield__queue *queue)
{
	size_t count;

	afield_read_lock();
	count = (size_t)afield__queue_count(&queue->words);
	afield_read_unlock();
	return count;
}

/* The caller has the field alone, so nobody is in a section with a node of it: free is enough. */
void afield__queue_fini(struct afield__queue *queue, const struct afield_element *element)
{
	struct afield__queue_node *head = AFIELD_LOAD(&queue->words.head, relaxed);
	struct afield__queue_node *node =
		AFIELD_LOAD(&afield__queue_at(&queue->words, head)->next, relaxed);

	free(head);
	while (node) {
		struct afield__queue_node *next = AFIELD_LOAD(&node->next, relaxed);

		afield_drop(element, value_of(node));
		free(node);
		node = next;
	}
	memset(queue, 0, sizeof(*queue));
}

/* The collector's walk. The node at the head has lost its value; a section keeps the others. */
int afield__queue_each(const struct afield__queue *queue,
		       int (*visit)(void *object, void *argument), void *argument)
{
	struct afield__queue_node *node;
	int stopped = 0;

	AFIELD_READ_SECTION
	{
		node = afield__queue_at(&queue->words, AFIELD_LOAD(&queue->words.head, acquire));
		while (!stopped && (node = AFIELD_LOAD(&node->next, acquire)) != NULL) {
			void *object;

			memcpy(&object, value_of(node), sizeof(object));
			if (object)
				stopped = visit(object, argument);
		}
	}
	return stopped;
}
