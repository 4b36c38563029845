/* SPDX-License-Identifier: MIT */
/*
 * queue of objects: container_objects.h, and the collector's walk over many rings.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/queue.h>

#define FAILING_CALLOC
#include "failing.h"

typedef struct _object PyObject;
AFIELD_TYPE(objects, queue, PyObject *);
#include "container_objects.h"

static int visit(void *object, void *count)
{
	TEST_CHECK(object != NULL);
	return ++*(int *)count == 60;
}

static void a_walk_sees_every_ring(void)
{
	PyObject *object = (PyObject *)counted_new();
	objects queue;
	int count = 0;

	memset(&queue, 0, sizeof(queue));
	container_inside = 0; /* of the other one */
	for (int i = 0; i < 50; i++)
		TEST_CHECK(objects_push(&queue, object) == 0);
	TEST_CHECK(afield__queue_each(&queue.queue, visit, &count) == 0 && count == 50);
	count = 20;
	TEST_CHECK(afield__queue_each(&queue.queue, visit, &count) == 1 && count == 60);
	objects_fini(&queue);
	counted_release(object);
}

int main(void)
{
	TEST_CHECK(container_objects_main() == 0);
	TEST_RUN(a_walk_sees_every_ring);
	return test_done();
}
