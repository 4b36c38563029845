/* SPDX-License-Identifier: MIT */
/*
 * queue_methods: the methods of Python's queue.Queue, for the view of a kind that is a queue.
 *
 *	static const struct afield_verb methods[] = {
 *		AFIELD_QUEUE_METHODS(call_push_wait, call_push, call_pop_wait, call_pop,
 *				     call_is_empty, call_full)};
 *	static const struct afield_verb properties[] = {AFIELD_QUEUE_MAXSIZE(call_maxsize)};
 *	static const struct afield_view view = AFIELD_QUEUE_VIEW(methods, properties, count);
 *
 * When to use it: in a kind that hands items from threads to threads, the first in first. When not:
 * for one with another order, whose methods would mislead; it has AFIELD_CONTAINER_VERBS alone.
 *
 * Synchronization: that of the functions.
 */
#ifndef AFIELD_DETAIL_QUEUE_METHODS_H
#define AFIELD_DETAIL_QUEUE_METHODS_H

#include <afield/field.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

/*
 * Rows of a table of verbs, in C. Each argument is the `call` of struct afield_verb. put_wait takes
 * an item and how long to wait, get_wait how long to wait; put and get never do. They return
 * -ENOSPC and -ENODATA, which the kind maps to queue.Full and queue.Empty.
 */
#define AFIELD_QUEUE_METHODS(put_wait, put, get_wait, get, is_empty, is_full)                    \
	{.name = "put",                                                                          \
	 .doc = "Puts an item in; waits for room if there is none, or raises queue.Full.",       \
	 .result = AFIELD_NOTHING,                                                               \
	 .parameter_count = 3,                                                                   \
	 .parameters = {AFIELD_PARAMETER("item", AFIELD_ITSELF),                                 \
			{"block", AFIELD_BOOL, AFIELD_OR_TRUE, AFIELD_BLOCK},                    \
			{"timeout", AFIELD_SECONDS, AFIELD_OR_NONE, AFIELD_TIMEOUT}},            \
	 .call = put_wait},                                                                      \
		{.name = "get",                                                                  \
		 .doc = "Takes the item that came first; waits for one, or raises queue.Empty.", \
		 .result = AFIELD_ITSELF,                                                        \
		 .parameter_count = 2,                                                           \
		 .parameters = {{"block", AFIELD_BOOL, AFIELD_OR_TRUE, AFIELD_BLOCK},            \
				{"timeout", AFIELD_SECONDS, AFIELD_OR_NONE, AFIELD_TIMEOUT}},    \
		 .call = get_wait},                                                              \
		{.name = "put_nowait",                                                           \
		 .doc = "Puts an item in, or raises queue.Full.",                                \
		 .result = AFIELD_NOTHING,                                                       \
		 .parameter_count = 1,                                                           \
		 .parameters = {AFIELD_PARAMETER("item", AFIELD_ITSELF)},                        \
		 .call = put},                                                                   \
		{.name = "get_nowait",                                                           \
		 .doc = "Takes the item that came first, or raises queue.Empty.",                \
		 .result = AFIELD_ITSELF,                                                        \
		 .call = get},                                                                   \
		{.name = "qsize",                                                                \
		 .doc = "How many items there are.",                                             \
		 .result = AFIELD_U64,                                                           \
		 .call = afield_view_count,                                                      \
		 .only_reads = true},                                                            \
		{.name = "empty",                                                                \
		 .doc = "Whether there is no item.",                                             \
		 .result = AFIELD_BOOL,                                                          \
		 .call = is_empty,                                                               \
		 .only_reads = true},                                                            \
	{                                                                                        \
		.name = "full", .doc = "Whether there is no room for an item.",                  \
		.result = AFIELD_BOOL, .call = is_full, .only_reads = true                       \
	}

/* The view with these methods and properties. */
#define AFIELD_QUEUE_VIEW(methods, members, count_of)                                    \
	{                                                                                \
		.name = "Queue", .key = {AFIELD_NOTHING, 0, NULL}, .verbs = methods,     \
		.verb_count = sizeof(methods) / sizeof(*methods), .properties = members, \
		.property_count = sizeof(members) / sizeof(*members), .count = count_of, \
	}

/* The field's own verbs, of every kind that is pushed into and popped from. */
#define AFIELD_CONTAINER_VERBS(push_doc, push, pop_doc, pop)                           \
	{.name = "push",                                                               \
	 .doc = push_doc,                                                              \
	 .result = AFIELD_NOTHING,                                                     \
	 .parameter_count = 1,                                                         \
	 .parameters = {AFIELD_PARAMETER("value", AFIELD_ITSELF)},                     \
	 .call = push},                                                                \
		{.name = "pop", .doc = pop_doc, .result = AFIELD_ITSELF, .call = pop}, \
	{                                                                              \
		.name = "count", .doc = "How many there are.", .result = AFIELD_U64,   \
		.call = afield_view_count, .only_reads = true                          \
	}

/* The attribute maxsize, as a uint64_t: 0 for a queue without an end. */
#define AFIELD_QUEUE_MAXSIZE(maxsize)                                                    \
	{                                                                                \
		.name = "maxsize", .doc = "How many items there can be; 0: any number.", \
		.result = AFIELD_U64, .call = maxsize, .only_reads = true                \
	}

#endif
