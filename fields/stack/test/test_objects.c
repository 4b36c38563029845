/* SPDX-License-Identifier: MIT */
/*
 * stack of objects: container_objects.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/stack.h>

#include "failing.h"

typedef struct _object PyObject;
AFIELD_TYPE(objects, stack, PyObject *);
#include "container_objects.h"

int main(void)
{
	return container_objects_main();
}
