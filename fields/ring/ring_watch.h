/* SPDX-License-Identifier: MIT */
/*
 * ring_watch: the verbs of a watched ring, in a program that is compiled with -DAFIELD_WATCH.
 *
 * Written down: push, pop, push_wait, pop_wait, and is_empty where it is; not that a push has found
 * the ring full. clear is many pops. count and capacity are not.
 *
 * When to use it: through AFIELD_WATCHED(name, ring, ...) of watch.h. When not: by itself.
 *
 * Synchronization: that of ring.h.
 */
#ifndef AFIELD_RING_WATCH_H
#define AFIELD_RING_WATCH_H

#include <afield/watch.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_WATCH_KIND_ring (AFIELD__WATCH_RING)
#define AFIELD__WATCH_RING(name)                                                               \
	AFIELD__WATCH_TYPE(name, "queue", AFIELD__WATCH_ROW, 0);                               \
	AFIELD__WATCH_ENDS(name);                                                              \
	AFIELD__WATCH_POP_WAIT(name);                                                          \
	AFIELD__WATCH_PASS(size_t, name, capacity, (const name *field), field);                \
	AFIELD__WATCH_PASS(int, name, open, (name * field, size_t capacity), field, capacity); \
	static inline AFIELD__MUST_CHECK int name##_push_wait(name *field, name##_value value, \
							      const struct timespec *deadline) \
	{                                                                                      \
		AFIELD__WATCH_ADDS(name##__plain_push_wait(field, value, deadline));           \
	}                                                                                      \
	static inline void name##_clear(name *field)                                           \
	{                                                                                      \
		name##_value value;                                                            \
		while (name##_pop(field, &value))                                              \
			name##__plain__give_back(value);                                       \
	}                                                                                      \
	AFIELD__SEMICOLON

#endif
