/* SPDX-License-Identifier: MIT */
/*
 * queue_watch: the verbs of a watched queue, in a program that is compiled with -DAFIELD_WATCH.
 *
 * Written down: push, pop, pop_wait, and is_empty where it is. clear is many pops. count is not.
 *
 * When to use it: through AFIELD_WATCHED(name, queue, ...) of watch.h. When not: by itself.
 *
 * Synchronization: that of queue.h.
 */
#ifndef AFIELD_QUEUE_WATCH_H
#define AFIELD_QUEUE_WATCH_H

#include <afield/watch.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_WATCH_KIND_queue (AFIELD__WATCH_QUEUE)
#define AFIELD__WATCH_QUEUE(name)                                     \
	AFIELD__WATCH_TYPE(name, "queue", AFIELD__WATCH_ROW, 0);      \
	AFIELD__WATCH_ENDS(name);                                     \
	AFIELD__WATCH_POP_WAIT(name);                                 \
	static inline void name##_clear(name *field)                  \
	{                                                             \
		name##_value value;                                   \
		while (name##_pop(field, &value))                     \
			afield_drop(&name##__plain__element, &value); \
	}                                                             \
	AFIELD__SEMICOLON

#endif
