/* SPDX-License-Identifier: MIT */
/*
 * flags: what the tables of flags types point to. Through the table, bits without a name are
 * refused with -EINVAL; the typed functions of flags.h take what they are given.
 */
#include "flags.h"

#include <afield/detail/verb.h>

#include <errno.h>
#include <string.h>

/* The bits that have a name. Every field of this kind is one word. */
static uint64_t known(const struct afield_type *type)
{
	size_t count = 0;

	(void)type->value_type.record->members(&count);
	return count < 64 ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

/* The bits that the caller names, at *bits. 0, or -EINVAL. */
static int take(const struct afield_type *type, const void *argument, uint64_t *bits)
{
	memcpy(bits, argument, sizeof(*bits));
	return *bits & ~known(type) ? -EINVAL : 0;
}

int afield__flags_table_load(const struct afield_type *type, const void *field, void *value)
{
	uint64_t bits = afield__flags_load((const afield__flags_word *)field);

	(void)type;
	memcpy(value, &bits, sizeof(bits));
	return 0;
}

int afield__flags_table_store(const struct afield_type *type, void *field, const void *value)
{
	uint64_t bits;
	int error = take(type, value, &bits);

	if (!error)
		afield__flags_store((afield__flags_word *)field, bits);
	return error;
}

#define CHANGING(verb)                                                                    \
	static int verb_##verb(const struct afield_type *type, void *field, void *result, \
			       const void *const *arguments)                              \
	{                                                                                 \
		uint64_t bits;                                                            \
		int error = take(type, arguments[0], &bits);                              \
                                                                                          \
		(void)result;                                                             \
		if (!error)                                                               \
			afield__flags_##verb((afield__flags_word *)field, bits);          \
		return error;                                                             \
	}
CHANGING(set)
CHANGING(clear)
CHANGING(toggle)

#define ASKING(verb)                                                                      \
	static int verb_##verb(const struct afield_type *type, void *field, void *result, \
			       const void *const *arguments)                              \
	{                                                                                 \
		uint64_t bits;                                                            \
		int error = take(type, arguments[0], &bits);                              \
                                                                                          \
		if (!error)                                                               \
			bits = afield__flags_##verb((afield__flags_word *)field, bits);   \
		if (!error)                                                               \
			memcpy(result, &bits, sizeof(bits));                              \
		return error;                                                             \
	}
ASKING(test_and_set)
ASKING(test_and_clear)

static int verb_test(const struct afield_type *type, void *field, void *result,
		     const void *const *arguments)
{
	uint64_t bits;
	int error = take(type, arguments[0], &bits);

	if (!error)
		*(bool *)result =
			(afield__flags_load((const afield__flags_word *)field) & bits) == bits;
	return error;
}

static int verb_load(const struct afield_type *type, void *field, void *result,
		     const void *const *arguments)
{
	(void)arguments;
	return afield__flags_table_load(type, field, result);
}

#define VERB(verb, text, type_code, reads)                                                    \
	{                                                                                     \
		.name = #verb, .doc = text, .result = type_code, .parameter_count = 1,        \
		.parameters = {AFIELD_PARAMETER("bits", AFIELD_ITSELF)}, .call = verb_##verb, \
		.only_reads = reads                                                           \
	}

const struct afield_verb afield__flags_verbs[7] = {
	VERB(set, "Sets these bits.", AFIELD_NOTHING, false),
	VERB(clear, "Clears these bits.", AFIELD_NOTHING, false),
	VERB(toggle, "Turns each of these bits into its opposite.", AFIELD_NOTHING, false),
	VERB(test, "Returns whether all of these bits are set.", AFIELD_BOOL, true),
	VERB(test_and_set, "Sets these bits and returns those that were set before.", AFIELD_ITSELF,
	     false),
	VERB(test_and_clear, "Clears these bits and returns those that were set before.",
	     AFIELD_ITSELF, false),
	AFIELD_READING_VERB("load", "Returns all bits.", AFIELD_ITSELF, verb_load),
};
