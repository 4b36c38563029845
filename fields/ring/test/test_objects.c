/* SPDX-License-Identifier: MIT */
/*
 * ring of objects: container_objects.h, and a push that finds no room.
 */
#include <afield/ring.h>

typedef struct _object PyObject;
AFIELD_TYPE(objects, ring, PyObject *, 3);
#include "container_objects.h"

#include <errno.h>

static void a_full_ring_keeps_none(void)
{
	static objects full;
	PyObject *object = (PyObject *)counted_new();
	const long *count = (const long *)(const void *)object;

	container_inside = 0; /* of the other one */
	for (int i = 0; i < 3; i++)
		TEST_CHECK(objects_push(&full, object) == 0);
	TEST_CHECK(objects_push(&full, object) == -ENOSPC && *count == 4);
	objects_clear(&full);
	TEST_CHECK(*count == 1);
	objects_fini(&full);
	counted_release(object);
}

int main(void)
{
	TEST_CHECK(container_objects_main() == 0);
	TEST_RUN(a_full_ring_keeps_none);
	return test_done();
}
