/* SPDX-License-Identifier: MIT */
/*
 * table: a verb of a type by its name, as tools and the Python layer call it.
 *
 *	TEST_CHECK(table_verb(type, "count")->call(type, &queue, &count, NULL) == 0);
 *
 * Synchronization: none is needed, tables do not change.
 */
#ifndef AFIELD_TESTS_TABLE_H
#define AFIELD_TESTS_TABLE_H

#include <afield/class.h>

#include "test.h"

static inline const struct afield_verb *table_find(const struct afield_verb *verbs, size_t count,
						   const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

/* Of the type, or of its view: a verb or a property. */
static inline const struct afield_verb *table_verb(const struct afield_type *type, const char *name)
{
	const struct afield_view *view = type->binding ? type->binding->view : NULL;
	const struct afield_verb *verb = table_find(type->verbs, type->verb_count, name);

	if (!verb && view)
		verb = table_find(view->verbs, view->verb_count, name);
	if (!verb && view)
		verb = table_find(view->properties, view->property_count, name);
	if (!verb) {
		printf("%s has no verb %s\n", type->name, name);
		abort();
	}
	return verb;
}

#endif
