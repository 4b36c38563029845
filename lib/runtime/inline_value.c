/* SPDX-License-Identifier: MIT */
/*
 * inline_value: the end of a value that lives in its field.
 */
#include <afield/detail/inline_value.h>

#include <stdbool.h>
#include <string.h>

static bool is_zero(const char *bytes, size_t size)
{
	return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

void afield_inline_value_destroy(const struct afield_type *type, void *value)
{
	const struct afield_inline_value *inside = (const struct afield_inline_value *)type->detail;

	if (inside->destroy && !is_zero((const char *)value, type->value_type.size))
		inside->destroy(value);
	memset(value, 0, type->value_type.size);
}

void afield_inline_value_fini(const struct afield_type *type, void *field)
{
	afield_inline_value_destroy(type, afield_inline_value(type, field));
}
