/* SPDX-License-Identifier: MIT */
/*
 * models.c: the ready models by name.
 */
#include "model.h"

#include <string.h>

static const struct afield_model *const ready[] = {
	&afield__model_register,      &afield__model_kv,        &afield__model_counter,
	&afield__model_mutex,         &afield__model_semaphore, &afield__model_queue,
	&afield__model_ring,          &afield__model_stack,     &afield__model_set,
	&afield__model_priorityqueue, &afield__model_multireg,  &afield__model_map,
	&afield__model_integer,       &afield__model_integer32, &afield__model_unsigned,
	&afield__model_unsigned32,
};

const struct afield_model *afield_model_ready(size_t index)
{
	return index < sizeof(ready) / sizeof(*ready) ? ready[index] : NULL;
}

const struct afield_model *afield_model_find(const char *name)
{
	const struct afield_model *model;

	for (size_t i = 0; (model = afield_model_ready(i)); i++) {
		if (strcmp(model->name, name) == 0)
			return model;
	}
	return NULL;
}

int afield_model_verb(const struct afield_model *model, const char *name)
{
	for (size_t i = 0; i < model->verb_count; i++) {
		if (strcmp(model->verbs[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}
