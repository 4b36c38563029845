/* SPDX-License-Identifier: MIT */
/*
 * queue of objects: container_objects.h.
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

int main(void)
{
	return container_objects_main();
}
