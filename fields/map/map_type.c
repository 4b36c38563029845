/* SPDX-License-Identifier: MIT */
/*
 * map_type: the verbs that a host shows, for keys that are no objects.
 */
#include "map.h"

#include <errno.h>

const struct afield_error_mapping afield__map_error = {-ENODATA, "builtins.KeyError",
						       "the key is not there"};

static const struct afield__map_layout *layout_of(const struct afield_type *type)
{
	return (const struct afield__map_layout *)type->detail;
}

/* An integer of any width as 64 bits, as a conversion to uint64_t makes them. */
static uint64_t widen(enum afield_type_code type_code, const void *key)
{
	switch (type_code) {
	case AFIELD_I8:
		return (uint64_t) * (const int8_t *)key;
	case AFIELD_I16:
		return (uint64_t) * (const int16_t *)key;
	case AFIELD_I32:
		return (uint64_t) * (const int32_t *)key;
	case AFIELD_U8:
		return *(const uint8_t *)key;
	case AFIELD_U16:
		return *(const uint16_t *)key;
	case AFIELD_U32:
		return *(const uint32_t *)key;
	default:
		return *(const uint64_t *)key;
	}
}

static struct afield__map_key key_of(const struct afield_type *type, const void *argument)
{
	const struct afield_value_type *value_type = &layout_of(type)->key;
	struct afield__map_key key = {0, NULL, 0, 0, NULL, NULL, 0, NULL, 0};
	const struct afield_bytes *bytes = (const struct afield_bytes *)argument;

	if (afield__map_has_text(layout_of(type))) {
		key.data = bytes->data;
		key.size = bytes->size;
	} else {
		key.word = widen(value_type->type_code, argument);
	}
	return key;
}

static int call_get(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	struct afield__map_key key = key_of(type, arguments[0]);

	return afield__map_get((struct afield__map *)field, layout_of(type), &key, result);
}

static int call_set(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	struct afield__map_key key = key_of(type, arguments[0]);
	int done = afield__map_set((struct afield__map *)field, layout_of(type), &key, arguments[1],
				   NULL);

	(void)result;
	return done < 0 ? done : 0;
}

static int call_delete(const struct afield_type *type, void *field, void *result,
		       const void *const *arguments)
{
	struct afield__map_key key = key_of(type, arguments[0]);

	(void)result;
	return afield__map_remove((struct afield__map *)field, layout_of(type), &key, NULL);
}

static int call_contains(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	*(bool *)result = call_get(type, field, NULL, arguments) == 0;
	return 0;
}

static int call_pop(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	struct afield__map_key key = key_of(type, arguments[0]);

	return afield__map_remove((struct afield__map *)field, layout_of(type), &key, result);
}

static int call_setdefault(const struct afield_type *type, void *field, void *result,
			   const void *const *arguments)
{
	struct afield__map_key key = key_of(type, arguments[0]);
	int done = afield__map_get_or_insert((struct afield__map *)field, layout_of(type), &key,
					     arguments[1], result);

	return done < 0 ? done : 0;
}

static int call_compare_exchange(const struct afield_type *type, void *field, void *result,
				 const void *const *arguments)
{
	struct afield__map_key key = key_of(type, arguments[0]);
	int done = afield__map_compare_exchange((struct afield__map *)field, layout_of(type), &key,
						arguments[1], arguments[2], NULL);

	*(bool *)result = done == 1;
	return done < 0 ? done : 0;
}

int afield__map_call_clear(const struct afield_type *type, void *field, void *result,
			   const void *const *arguments)
{
	(void)result, (void)arguments;
	afield__map_clear((struct afield__map *)field, layout_of(type));
	return 0;
}

int afield__map_call_reserve(const struct afield_type *type, void *field, void *result,
			     const void *const *arguments)
{
	uint64_t count;
	int error;

	(void)result;
	memcpy(&count, arguments[0], sizeof(count));
	error = afield__map_reserve((struct afield__map *)field, layout_of(type), (size_t)count);
	return error == -E2BIG ? -ENOMEM : error; /* a MemoryError, as of a list that is too long */
}

const struct afield_verb afield__map_verbs[AFIELD__MAP_VERBS] =
	AFIELD__MAP_VERB_TABLE(call_get, call_set, call_delete, call_contains, call_pop,
			       call_setdefault, call_compare_exchange);
