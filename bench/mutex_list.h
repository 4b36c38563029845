/* SPDX-License-Identifier: MIT */
/*
 * mutex_list: what one would write in place of a queue or a stack: a linked list under a mutex,
 * with a node allocated for each value.
 *
 *	static struct mutex_list list = MUTEX_LIST;
 */
#ifndef AFIELD_BENCH_MUTEX_LIST_H
#define AFIELD_BENCH_MUTEX_LIST_H

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct mutex_list {
	pthread_mutex_t mutex;
	struct mutex_list_item {
		struct mutex_list_item *next;
		long value;
	} * first, *last;
};
#define MUTEX_LIST                                    \
	{                                             \
		PTHREAD_MUTEX_INITIALIZER, NULL, NULL \
	}

/* As the first, or as the last; one list takes the one or the other. */
static inline void mutex_list_push(struct mutex_list *it, long value, bool is_first)
{
	struct mutex_list_item *item = (struct mutex_list_item *)malloc(sizeof(*item));

	if (!item)
		abort();
	item->value = value;
	pthread_mutex_lock(&it->mutex);
	item->next = is_first ? it->first : NULL;
	if (is_first || !it->first)
		it->first = item;
	else
		it->last->next = item;
	it->last = item;
	pthread_mutex_unlock(&it->mutex);
}

/* The value, or 0 when there is none. */
static inline long mutex_list_pop(struct mutex_list *it)
{
	struct mutex_list_item *item;
	long value = 0;

	pthread_mutex_lock(&it->mutex);
	item = it->first;
	if (item)
		it->first = item->next;
	pthread_mutex_unlock(&it->mutex);
	if (item)
		value = item->value;
	free(item);
	return value;
}

#endif
