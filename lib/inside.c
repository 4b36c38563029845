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

void afield_inside_fini(const struct afield_type *type, void *field)
{
	const struct afield_inside *inside = (const struct afield_inside *)type->detail;
	char *value = (char *)afield_inside(type, field);

	if (inside->destroy && !is_zero(value, type->holds.size))
		inside->destroy(value);
	memset(value, 0, type->holds.size);
}
