/* SPDX-License-Identifier: MIT */
/*
 * What a collector calls to clear a field never waits: neither for the backlog of reclamation,
 * which a reader that stands still keeps over its limit here, nor for a lock that somebody has.
 */
#include <afield/host.h>
#include <afield/list.h>
#include <afield/locked.h>
#include <afield/map.h>
#include <afield/queue.h>
#include <afield/reclaim.h>
#include <afield/ring.h>
#include <afield/stack.h>

#include "reader.h"
#include "test.h"

#include <pthread.h>
#include <unistd.h>

struct _object {
	long references;
};
typedef struct _object PyObject; /* as Python.h has it */

struct kept {
	PyObject *object;
};
static inline void kept_free(struct kept *kept)
{
	kept->object->references--;
}
static inline int kept_visit(struct kept *kept, int (*visit)(void *object, void *argument),
			     void *argument)
{
	return kept->object ? visit(kept->object, argument) : 0;
}

enum { MANY = 100 };
AFIELD_TYPE(objects_queue, queue, PyObject *);
AFIELD_TYPE(objects_stack, stack, PyObject *);
AFIELD_TYPE(objects_ring, ring, PyObject *, MANY);
AFIELD_TYPE(objects_list, list, PyObject *);
AFIELD_TYPE(objects_map, map, int64_t, PyObject *);
AFIELD_TYPE(kept_locked, locked, struct kept, kept_free, kept_visit);

static struct _object thing;
static int detached;

static void *detach(void)
{
	detached++;
	return &thing;
}
static void attach(void *token)
{
	(void)token;
}
static void hold(void *object)
{
	((struct _object *)object)->references++;
}
static bool try_hold(void *object)
{
	hold(object);
	return true;
}
static void release(void *object)
{
	((struct _object *)object)->references--;
}
static const struct afield_host host = {detach, attach, NULL, hold, try_hold, release, NULL};

/* Clears it while the backlog is full: it loses every object, and waits for nobody. */
static void clear(const struct afield_type *type, void *field)
{
	long before = thing.references;

	detached = 0;
	afield_set_backlog_limit(1);
	type->binding->clear(type, field);
	afield_set_backlog_limit(0);
	printf("%s: %ld objects, detached %d times\n", type->name, before, detached);
	TEST_CHECK(before >= 1 && thing.references == 0);
	TEST_CHECK(detached == 0);
}

static void clears_without_waiting(void)
{
	static objects_queue queue;
	static objects_stack stack;
	static objects_ring ring;
	static objects_list list;
	static objects_map map;
	static kept_locked locked;
	struct reader reader;

	reader.depth = 1;
	reader_park(&reader);
	for (int i = 0; i < MANY; i++)
		TEST_CHECK(objects_queue_push(&queue, &thing) == 0);
	clear(objects_queue_type(), &queue);
	for (int i = 0; i < MANY; i++)
		TEST_CHECK(objects_stack_push(&stack, &thing) == 0);
	clear(objects_stack_type(), &stack);
	for (int i = 0; i < MANY; i++)
		TEST_CHECK(objects_ring_push(&ring, &thing) == 0);
	clear(objects_ring_type(), &ring);
	for (int i = 0; i < MANY; i++)
		TEST_CHECK(objects_list_append(&list, &thing) == 0);
	clear(objects_list_type(), &list);
	for (int i = 0; i < MANY; i++)
		TEST_CHECK(objects_map_set(&map, i, &thing) >= 0);
	clear(objects_map_type(), &map);
	AFIELD_LOCKED(kept_locked, kept, &locked)
	{
		kept->object = &thing;
		hold(&thing);
		kept_locked_type()->binding->clear(kept_locked_type(), &locked);
		TEST_CHECK(thing.references == 1);
	}
	clear(kept_locked_type(), &locked);
	reader_leave(&reader);
	objects_queue_fini(&queue);
	objects_stack_fini(&stack);
	objects_ring_fini(&ring);
	objects_list_fini(&list);
	objects_map_fini(&map);
}

/* The value is another's from the end of the lock on: by then it is cleared. */
static struct afield_lock_mode mode;
static bool was_cleared;
static void end_when_cleared(const struct afield_type *type, void *field)
{
	was_cleared = ((struct kept *)afield_inline_value(type, field))->object == NULL;
	kept_locked_type()->binding->lock_modes[0].end(type, field);
}

static void clears_within_the_lock(void)
{
	static kept_locked locked;
	struct afield_host_binding binding = *kept_locked_type()->binding;
	struct afield_type type = *kept_locked_type();

	AFIELD_LOCKED(kept_locked, kept, &locked)
	{
		kept->object = &thing;
		hold(&thing);
	}
	mode = binding.lock_modes[0];
	mode.end = end_when_cleared;
	binding.lock_modes = &mode;
	type.binding = &binding;
	binding.clear(&type, &locked);
	TEST_CHECK(was_cleared && thing.references == 0);
}

int main(void)
{
	alarm(60); /* who waits does so for the reader, in vain */
	TEST_CHECK(afield_set_host(&host));
	TEST_RUN(clears_without_waiting);
	TEST_RUN(clears_within_the_lock);
	return test_done();
}
