/* SPDX-License-Identifier: MIT */
/*
 * queue of objects: container_objects.h.
 */
#include <afield/queue.h>

typedef struct _object PyObject;
AFIELD_TYPE(objects, queue, PyObject *);
#include "container_objects.h"

int main(void)
{
	return container_objects_main();
}
