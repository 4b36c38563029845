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
#include <afield/detail/verb.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

/*
 * Rows of a table of verbs, in C. Each argument is the `call` of struct afield_verb. put_wait takes
 * an item and how long to wait, get_wait how long to wait; put and get never do. They return
 * -ENOSPC and -ENODATA, which the kind maps to queue.Full and queue.Empty.
 */
#define AFIELD_QUEUE_METHODS(put_wait, put, get_wait, get, is_empty, is_full)                     \
	AFIELD_VERB_WITH(                                                                         \
		"put", "Puts an item in; waits for room if there is none, or raises queue.Full.", \
		AFIELD_NOTHING, put_wait, AFIELD_PARAMETER("item", AFIELD_ITSELF),                \
		AFIELD__QUEUE_WAIT),                                                              \
		AFIELD_VERB_WITH(                                                                 \
			"get",                                                                    \
			"Takes the item that came first; waits for one, or raises queue.Empty.",  \
			AFIELD_ITSELF, get_wait, AFIELD__QUEUE_WAIT),                             \
		AFIELD_VERB_WITH("put_nowait", "Puts an item in, or raises queue.Full.",          \
				 AFIELD_NOTHING, put, AFIELD_PARAMETER("item", AFIELD_ITSELF)),   \
		AFIELD_VERB("get_nowait",                                                         \
			    "Takes the item that came first, or raises queue.Empty.",             \
			    AFIELD_ITSELF, get),                                                  \
		AFIELD_READING_VERB("qsize", "How many items there are.", AFIELD_U64,             \
				    afield_view_count),                                           \
		AFIELD_READING_VERB("empty", "Whether there is no item.", AFIELD_BOOL, is_empty), \
		AFIELD_READING_VERB("full", "Whether there is no room for an item.", AFIELD_BOOL, \
				    is_full)
#define AFIELD__QUEUE_WAIT                                                \
	{"block", AFIELD_BOOL, AFIELD_OR_TRUE, AFIELD_BLOCK},             \
	{                                                                 \
		"timeout", AFIELD_SECONDS, AFIELD_OR_NONE, AFIELD_TIMEOUT \
	}

/* The view with these methods and properties. */
#define AFIELD_QUEUE_VIEW(methods, members, count_of)                                \
	{                                                                            \
		.name = "Queue", .key = {AFIELD_NOTHING, 0, NULL}, .verbs = methods, \
		.verb_count = AFIELD__LENGTH(methods), .properties = members,        \
		.property_count = AFIELD__LENGTH(members), .count = count_of,        \
	}

/* The field's own verbs, of every kind that is pushed into and popped from. */
#define AFIELD_CONTAINER_VERBS(push_doc, push, pop_doc, pop)        \
	AFIELD_VERB_WITH("push", push_doc, AFIELD_NOTHING, push,    \
			 AFIELD_PARAMETER("value", AFIELD_ITSELF)), \
		AFIELD_VERB("pop", pop_doc, AFIELD_ITSELF, pop),    \
		AFIELD_READING_VERB("count", "How many there are.", AFIELD_U64, afield_view_count)

/* The attribute maxsize, as a uint64_t: 0 for a queue without an end. */
#define AFIELD_QUEUE_MAXSIZE(maxsize)                                                             \
	AFIELD_READING_VERB("maxsize", "How many items there can be; 0: any number.", AFIELD_U64, \
			    maxsize)

/*
 * The bindings of a kind whose `detail` is a struct afield_element (element_ops.h): of types whose
 * values are objects, and of all others. Both are shown by this view and raise these errors.
 */
#define AFIELD_CONTAINER_BINDINGS(of_values, of_objects, show, give_up, errors, shown) \
	const struct afield_host_binding of_values = {                                 \
		.error_mappings = errors,                                              \
		.error_mapping_count = AFIELD__LENGTH(errors),                         \
		.view = shown,                                                         \
	};                                                                             \
	const struct afield_host_binding of_objects = {                                \
		.traverse = show,                                                      \
		.clear = give_up,                                                      \
		.error_mappings = errors,                                              \
		.error_mapping_count = AFIELD__LENGTH(errors),                         \
		.view = shown,                                                         \
	}

#endif
