/* SPDX-License-Identifier: MIT */
/*
 * stack: values in nodes, and how many there are.
 *
 * A node is one block: its link, what reclamation needs, then the value. So popping allocates
 * nothing and cannot fail.
 */
#include "stack.h"

#include <afield/reclaim.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct node {
	struct afield__stack_link link; /* first: a node is one of these */
	struct afield_retired retired;  /* written by who pops it */
	/* How many values there are from this one down, or 0 when nobody has counted them. What is
	 * below a node does not change while it is inside, so every writer writes the same. */
	AFIELD_ATOMIC(size_t) height;
};

/* malloc gives 16 bytes of alignment, and so does what follows a header of whole 16 bytes. */
#define HEADER ((sizeof(struct node) + 15) & ~(size_t)15)

static struct node *node_of(struct afield__stack_link *link)
{
	return (struct node *)(void *)link;
}

static void *value_of(struct afield__stack_link *link)
{
	return (char *)link + HEADER;
}

static void reclaim(struct afield_retired *retired)
{
	free((char *)retired - offsetof(struct node, retired));
}

static void retire(struct afield__stack_link *link, const struct afield_element *element)
{
	afield_retire_bytes(&node_of(link)->retired, sizeof(struct node) + element->value_type.size,
			    reclaim);
}

int afield__stack_push(struct afield__stack_words *stack, const struct afield_element *element,
		       const void *value)
{
	int error = afield_may_keep(&element->value_type, value, "stack");
	struct node *node;

	if (error)
		return error;
	node = (struct node *)malloc(HEADER + element->value_type.size);
	if (!node)
		return -ENOMEM;
	AFIELD_STORE(&node->height, 0, relaxed); /* push publishes it */
	memcpy(value_of(&node->link), value, element->value_type.size);
	(void)afield_keep(element, value); /* there is a host */
	AFIELD_TSAN_RELEASE(node);
	afield__stack_ck_push(stack, &node->link);
	return 0;
}

bool afield__stack_pop(struct afield__stack_words *stack, const struct afield_element *element,
		       void *value)
{
	struct afield__stack_link *link;

	/* The node on top may be popped by another thread while this one looks below it. */
	afield_read_lock();
	link = afield__stack_ck_pop(stack);
	afield_read_unlock();
	if (!link)
		return false;
	AFIELD_TSAN_ACQUIRE(link);
	memcpy(value, value_of(link), element->value_type.size);
	retire(link, element);
	return true;
}

/* What pop_all still has to do, also when its user throws an exception of C++. */
struct rest {
	struct afield__stack_link *current; /* whose value has gone to the user */
	struct afield__stack_link *below;
	const struct afield_element *element;
};

static void drop_rest(struct rest *rest)
{
	if (rest->current)
		retire(rest->current, rest->element);
	while (afield__stack_next(&rest->below, rest->element, NULL))
		;
}

/* Others may still look below these nodes, in the middle of a pop, so each is retired. */
size_t afield__stack_pop_all(struct afield__stack_words *stack,
			     const struct afield_element *element,
			     void (*each)(void *value, void *context), void *context)
{
	struct rest rest
		__attribute__((cleanup(drop_rest))) = {NULL, afield__stack_ck_take(stack), element};
	size_t count = 0;

	while (rest.below) {
		struct afield__stack_link *link = rest.below;

		AFIELD_TSAN_ACQUIRE(link);
		rest.current = link;
		rest.below = link->below;
		if (each)
			each(value_of(link), context);
		else
			afield_drop(element, value_of(link));
		rest.current = NULL;
		retire(link, element);
		count++;
	}
	return count;
}

/* Drops the values from this one down, and hands each link on. */
static void drop_from(struct afield__stack_link *link, const struct afield_element *element,
		      void (*give_back)(struct afield__stack_link *link,
					const struct afield_element *element))
{
	while (link) {
		struct afield__stack_link *below;

		AFIELD_TSAN_ACQUIRE(link);
		below = link->below;
		afield_drop(element, value_of(link));
		give_back(link, element);
		link = below;
	}
}

static void retire_nowait(struct afield__stack_link *link, const struct afield_element *element)
{
	afield_retire_bytes_nowait(&node_of(link)->retired,
				   sizeof(struct node) + element->value_type.size, reclaim);
}

/* For a collector, which does not wait for the backlog. */
void afield__stack_drop_all(struct afield__stack_words *stack, const struct afield_element *element)
{
	drop_from(afield__stack_ck_take(stack), element, retire_nowait);
}

struct afield__stack_link *afield__stack_take(struct afield__stack_words *stack)
{
	return afield__stack_ck_take(stack);
}

bool afield__stack_next(struct afield__stack_link **rest, const struct afield_element *element,
			void *value)
{
	struct afield__stack_link *link = *rest;

	if (!link)
		return false;
	AFIELD_TSAN_ACQUIRE(link);
	*rest = link->below;
	if (value)
		memcpy(value, value_of(link), element->value_type.size);
	else
		afield_drop(element, value_of(link));
	retire(link, element);
	return true;
}

bool afield__stack_is_empty(const struct afield__stack_words *stack)
{
	return afield__stack_ck_first(stack) == NULL;
}

/* The instant is that of the first look: what is below that node then, stays below it. */
static size_t count_from(struct afield__stack_link *first)
{
	struct afield__stack_link *link = first;
	size_t passed = 0, height = 0;

	for (; link; link = link->below) {
		AFIELD_TSAN_ACQUIRE(link);
		/* Relaxed, as the stores below: a number that is written once, and says nothing of
		 * other memory. */
		height = AFIELD_LOAD(&node_of(link)->height, relaxed);
		if (height)
			break;
		passed++;
	}
	link = first;
	for (size_t left = passed; left > 0; left--) {
		AFIELD_STORE(&node_of(link)->height, height + left, relaxed);
		link = link->below;
	}
	return height + passed;
}

size_t afield__stack_count(const struct afield__stack_words *stack)
{
	size_t count = 0;

	AFIELD_READ_SECTION
	{
		struct afield__stack_link *first = afield__stack_ck_first(stack);

		count = count_from(first);
	}
	return count;
}

/* The caller has the field alone, so nobody is in a section with a node of it: free is enough. */
static void free_at_once(struct afield__stack_link *link, const struct afield_element *element)
{
	(void)element;
	free(link);
}

void afield__stack_fini(struct afield__stack_words *stack, const struct afield_element *element)
{
	drop_from(afield__stack_ck_take(stack), element, free_at_once);
}

int afield__stack_each(const struct afield__stack_words *stack,
		       int (*visit)(void *object, void *argument), void *argument)
{
	int stopped = 0;

	AFIELD_READ_SECTION
	{
		struct afield__stack_link *link = afield__stack_ck_first(stack);

		for (; link && !stopped; link = link->below) {
			void *object;

			AFIELD_TSAN_ACQUIRE(link);
			memcpy(&object, value_of(link), sizeof(object));
			if (object)
				stopped = visit(object, argument);
		}
	}
	return stopped;
}
