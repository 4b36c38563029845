/* SPDX-License-Identifier: MIT */
/*
 * counter_watch: the verbs of a watched counter, in a program that is compiled with -DAFIELD_WATCH.
 *
 * Written down: add, sum and reset. A window decides something when all its additions are of one, or
 * all of minus one, and nothing is reset in it: then a sum is linearizable (counter.h).
 *
 * When to use it: through AFIELD_WATCHED(name, counter, ...) of watch.h. When not: by itself.
 *
 * Synchronization: that of counter.h.
 */
#ifndef AFIELD_COUNTER_WATCH_H
#define AFIELD_COUNTER_WATCH_H

#include <afield/watch.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_WATCH_KIND_counter (AFIELD__WATCH_COUNTER)
#define AFIELD__WATCH_COUNTER(name)                                             \
	AFIELD__WATCH_TYPE(name, "counter", AFIELD__WATCH_SUM, 0);              \
	static inline void name##_add(name *field, int64_t amount)              \
	{                                                                       \
		struct afield__watch_token token = {NULL, 0};                   \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_SUM_ADD, 1,     \
				    AFIELD__WATCH_BITS(&amount), 0);            \
		name##__plain_add(field, amount);                               \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_SUM_ADD, true, 1, \
				  AFIELD__WATCH_BITS(&amount), 0, 0, 0, 0);     \
	}                                                                       \
	AFIELD__WATCH_COUNT(name, sum, const name, AFIELD__WATCH_SUM_READ);     \
	AFIELD__WATCH_COUNT(name, reset, name, AFIELD__WATCH_SUM_RESET)

#define AFIELD__WATCH_COUNT(name, which, T, verb)                       \
	static inline int64_t name##_##which(T *field)                  \
	{                                                               \
		struct afield__watch_token token = {NULL, 0};           \
		int64_t count;                                          \
		AFIELD__WATCH_BEGIN(token, field, verb, 0, 0, 0);       \
		count = name##__plain_##which(field);                   \
		AFIELD__WATCH_END(token, field, verb, true, 0, 0, 0, 1, \
				  AFIELD__WATCH_BITS(&count), 0);       \
		return count;                                           \
	}                                                               \
	AFIELD__SEMICOLON

#endif
