/* SPDX-License-Identifier: MIT */
/*
 * stack of objects: container_objects.h.
 */
#include <afield/stack.h>

typedef struct _object PyObject;
AFIELD_TYPE(objects, stack, PyObject *);
#include "container_objects.h"

int main(void)
{
	return container_objects_main();
}
