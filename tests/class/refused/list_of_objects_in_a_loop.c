/* SPDX-License-Identifier: MIT */
/* gcc: size of array 'objects_want_walk_in_place_of_each' is negative */
/* clang: 'objects_want_walk_in_place_of_each' declared as an array with a negative size */
#include <afield/list.h>

#ifndef TWIN
typedef struct _object PyObject;
AFIELD_TYPE(things_list, list, PyObject *);
#else
AFIELD_TYPE(things_list, list, void *);
#endif

size_t things_count(things_list *things);
size_t things_count(things_list *things)
{
	size_t count = 0;

	AFIELD_LIST_EACH(things_list, each, things) /* here */
	count++;
	return count;
}
