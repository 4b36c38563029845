/* SPDX-License-Identifier: MIT */
/*
 * plugin: a module of somebody else, with fields whose destructors are its code. The program opens
 * it, uses it, calls afield_barrier and closes it.
 */
#include <afield/confined.h>
#include <afield/list.h>
#include <afield/map.h>
#include <afield/queue.h>
#include <afield/rcu.h>
#include <afield/ring.h>
#include <afield/stack.h>

#include "plugin.h"

#include <stdlib.h>
#include <unistd.h>

static struct plugin_notes *notes;

static void note(const long *value)
{
	if (!*value)
		return;
	__atomic_store_n(&notes->ended_in, afield_thread_id(), __ATOMIC_RELAXED);
	__atomic_fetch_add(&notes->began, 1, __ATOMIC_SEQ_CST);
	if (*value == PLUGIN_SLOW)
		usleep(200000);
	__atomic_fetch_add(&notes->ended, 1, __ATOMIC_SEQ_CST);
}
static void value_end(long *value)
{
	note(value);
}

AFIELD_TYPE(value_confined, confined, long, value_end);
AFIELD_TYPE(value_rcu, rcu, long, value_end);
AFIELD_TYPE(value_queue, queue, long, value_end);
AFIELD_TYPE(value_stack, stack, long, value_end);
AFIELD_TYPE(value_ring, ring, long, 8, value_end);
AFIELD_TYPE(value_list, list, long);
AFIELD_TYPE(value_map, map, int64_t, long);

static void *make(long number)
{
	value_confined *field
	= (value_confined *)calloc(1, sizeof(*field));

	if (!field || value_confined_claim(field))
		abort();
	*value_confined_get(field) = number;
	return field;
}

static void end(void *field)
{
	value_confined_fini((value_confined *)field);
	free(field);
}

/* Whatever retires, with a destructor of this module or not: 5 values end by it. */
static void use_all(void)
{
	static value_rcu rcu;
	static value_queue queue;
	static value_stack stack;
	static value_ring ring;
	static value_list list;
	static value_map map;
	long value = 1, got;

	for (int i = 0; i < 3; i++)
		value_rcu_store(&rcu, value_rcu_new(&value));
	value_rcu_fini(&rcu);
	for (int i = 0; i < 3; i++) {
		(void)!value_queue_push(&queue, 1);
		(void)!value_stack_push(&stack, 1);
		(void)!value_list_append(&list, 1);
		(void)!value_map_set(&map, i, 1);
	}
	(void)value_queue_pop(&queue, &got);
	(void)value_stack_pop(&stack, &got);
	(void)!value_ring_push(&ring, 1);
	value_queue_fini(&queue);
	value_stack_fini(&stack);
	value_ring_fini(&ring);
	value_list_fini(&list);
	value_map_fini(&map);
}

AFIELD_EXPORT const struct plugin *plugin_open(struct plugin_notes *where);
const struct plugin *plugin_open(struct plugin_notes *where)
{
	static const struct plugin plugin = {make, end, use_all};

	notes = where;
	return &plugin;
}
