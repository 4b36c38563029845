/* SPDX-License-Identifier: MIT */
/* afield: 'thing_locked' holds a 'struct _object *', to which its kind keeps no reference; these keep one: */
#include <afield/locked.h>

struct _object;
struct thing {
	struct _object *object;
};

#ifndef TWIN
#define HELD struct _object *
#else
#define HELD struct thing
#endif

/* A struct with objects in it is its author's, who gives them up and shows them. */
typedef HELD held;
static inline void held_free(held *value)
{
	(void)value;
}
static inline int held_visit(held *value, int (*visit)(void *object, void *argument),
			     void *argument)
{
	(void)value, (void)visit, (void)argument;
	return 0;
}
AFIELD_TYPE(thing_locked, locked, HELD, held_free, held_visit); /* here */
