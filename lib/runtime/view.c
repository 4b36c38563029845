/* SPDX-License-Identifier: MIT */
/*
 * view: what the views of all kinds have in common.
 */
#include <afield/field.h>

#include <string.h>

int afield_view_count(const struct afield_type *type, void *field, void *result,
		      const void *const *arguments)
{
	uint64_t count = type->binding->view->count(type, field);

	(void)arguments;
	memcpy(result, &count, sizeof(count));
	return 0;
}
