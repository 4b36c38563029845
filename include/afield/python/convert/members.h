/* SPDX-License-Identifier: MIT */
/*
 * python/convert/members: whether the members of a record are such as Python can show.
 *
 * AFIELD_RECORD makes no others, but a table may be made by hand, or by another tool. What is wrong
 * is found when the type is made, as a SystemError: later, a member that is no scalar would be read
 * as one.
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: tables are constant.
 */
#ifndef AFIELD_PYTHON_CONVERT_MEMBERS_H
#define AFIELD_PYTHON_CONVERT_MEMBERS_H

#include <afield/python/lock/guard.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

static inline bool afield__is_member(const struct afield_member *row, size_t size)
{
	return afield__is_scalar(row->type_code) && row->offset <= size &&
	       afield_scalar_size(row->type_code) <= size - row->offset;
}

/* `name` is the type's: 0, or -1 with an exception. */
static inline int afield__check_members(const char *name, const struct afield__attribute *attribute)
{
	size_t count;
	const struct afield_value_type *value_type = &attribute->type->value_type;
	const struct afield_member *rows = afield__members(value_type, &count);
	const char *field
	= attribute->row->name;

	if (count > 0 && value_type->record->size != value_type->size)
		return AFIELD__REFUSE("%s: the record of '%s' has another size", name, field);
	for (size_t i = 0; i < count; i++) {
		if (!afield__is_member(&rows[i], value_type->size))
			return AFIELD__REFUSE("%s: the member '%s' of the record '%s' is no scalar "
					      "inside of it",
					      name, rows[i].name, value_type->record->name);
		if (attribute->row->flags & AFIELD_GUARDS && afield__guard_has_name(rows[i].name))
			return AFIELD__REFUSE(
				"%s: '%s' has a member '%s', and so have the locks of "
				"AFIELD_GUARDS themselves; rename the member",
				name, field, rows[i].name);
	}
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif
