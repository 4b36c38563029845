/* SPDX-License-Identifier: MIT */
/*
 * verb: rows of a table of verbs (struct afield_verb in field.h), in C.
 *
 *	static const struct afield_verb verbs[] = {
 *		AFIELD_VERB("clear", "Takes all out.", AFIELD_NOTHING, call_clear),
 *		AFIELD_READING_VERB("is_set", "Whether it is set.", AFIELD_BOOL, call_is_set),
 *		AFIELD_VERB_WITH("append", "Puts value behind the last.", AFIELD_NOTHING,
 *				 call_append, AFIELD_PARAMETER("value", AFIELD_ITSELF)),
 *	};
 *
 * When to use it: in the part of a kind that is compiled. When not: in a header, which C++ of 2011
 * reads; it spells a row in the order of the struct. A verb that reads and has parameters is
 * spelled, too.
 *
 * Synchronization: the rows are constant.
 */
#ifndef AFIELD_DETAIL_VERB_H
#define AFIELD_DETAIL_VERB_H

#include <afield/field.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

/* Without parameters. What the macros get are the members of struct afield_verb. */
#define AFIELD_VERB(verb, sentence, gives, function)                             \
	{                                                                        \
		.name = verb, .doc = sentence, .result = gives, .call = function \
	}

/* The same for one that leaves the field as it is. */
#define AFIELD_READING_VERB(verb, sentence, gives, function)                      \
	{                                                                         \
		.name = verb, .doc = sentence, .result = gives, .call = function, \
		.only_reads = true                                                \
	}

/* With one to three parameters. */
#define AFIELD_VERB_WITH(verb, sentence, gives, function, ...)                                 \
	{                                                                                      \
		.name = verb, .doc = sentence, .result = gives, .call = function,              \
		.parameter_count = AFIELD__LENGTH(((struct afield_parameter[]){__VA_ARGS__})), \
		.parameters = {                                                                \
			__VA_ARGS__                                                            \
		}                                                                              \
	}

#endif
