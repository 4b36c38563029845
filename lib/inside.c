/*
 * inside: the end of a value that lives in its field.
 */
#include <afield/inside.h>

#include <stdbool.h>
#include <string.h>

static bool is_zero(const char *bytes, size_t size)
{
	return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

void afield_inside_destroy(const struct afield_type *type, void *value)
{
	const struct afield_inside *inside = (const struct afield_inside *)type->detail;

	if (inside->destroy && !is_zero((const char *)value, type->holds.size))
		inside->destroy(value);
	memset(value, 0, type->holds.size);
}

void afield_inside_fini(const struct afield_type *type, void *field)
{
	afield_inside_destroy(type, afield_inside(type, field));
}
