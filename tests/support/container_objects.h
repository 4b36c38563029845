/* SPDX-License-Identifier: MIT */
/*
 * container_objects: a container's references to objects. One is taken before the object is inside,
 * for from then on another thread may pop it and give it up; and given back where a push is refused,
 * as it is when failing.h, which comes before this, says that there is no memory left.
 *
 *	typedef struct _object PyObject;
 *	AFIELD_TYPE(objects, queue, PyObject *);
 *	#include "container_objects.h"
 *	int main(void)
 *	{
 *		return container_objects_main();
 *	}
 *
 * Synchronization: one thread.
 */
#ifndef AFIELD_TESTS_CONTAINER_OBJECTS_H
#define AFIELD_TESTS_CONTAINER_OBJECTS_H

#include <afield/reclaim.h>

#include "counted.h"

static objects container;
static size_t container_inside; /* so many, when a push begins */

static inline void container_retain(void *object)
{
	TEST_CHECK(objects_count(&container) == container_inside);
	counted_retain(object);
}

static inline void a_reference_is_taken_first(void)
{
	PyObject *object = (PyObject *)counted_new(), *popped = NULL;
	const long *count = (const long *)(const void *)object;

	for (container_inside = 0; container_inside < 2; container_inside++)
		TEST_CHECK(objects_push(&container, object) == 0);
	TEST_CHECK(*count == 3);
	TEST_CHECK(objects_pop(&container, &popped) && popped == object && *count == 3);
	counted_release(popped);
	objects_fini(&container);
	TEST_CHECK(*count == 1);
	counted_release(object);
}

#ifdef AFIELD_TESTS_FAILING_H /* included before this */
static inline void a_push_without_memory_keeps_none(void)
{
	PyObject *object = (PyObject *)counted_new();

	TEST_CHECK(afield_barrier() == 0); /* no node is at hand */
	container_inside = 0;
	failing = 1;
	TEST_CHECK(objects_push(&container, object) == -ENOMEM);
	failing = 0;
	TEST_CHECK(*(const long *)(const void *)object == 1);
	counted_release(object);
}
#endif

static inline int container_objects_main(void)
{
	static const struct afield_host host = {
		counted_detach,  counted_attach,     NULL, container_retain, counted_try_retain,
		counted_release, counted_is_attached};

	TEST_CHECK(afield_set_host(&host));
	TEST_RUN(a_reference_is_taken_first);
#ifdef AFIELD_TESTS_FAILING_H
	TEST_RUN(a_push_without_memory_keeps_none);
#endif
	TEST_CHECK(counted_alive() == 0);
	return test_done();
}

#endif
