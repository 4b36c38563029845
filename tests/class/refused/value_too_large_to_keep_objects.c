/* SPDX-License-Identifier: MIT */
/* afield: 'kept_locked' keeps objects in a 'struct kept' of more than 1024 bytes, which a collector cannot move out */
#include <afield/locked.h>

#ifndef TWIN
#define SIZE 2000
#else
#define SIZE 1000
#endif

struct kept {
	void *object;
	char buffer[SIZE];
};
static inline void kept_free(struct kept *kept)
{
	(void)kept;
}
static inline int kept_visit(struct kept *kept, int (*visit)(void *object, void *argument),
			     void *argument)
{
	return kept->object ? visit(kept->object, argument) : 0;
}
AFIELD_TYPE(kept_locked, locked, struct kept, kept_free, kept_visit); /* here */
