/*
 * models.c: the ready models by name, and what they share.
 */
#include "model.h"

#include <string.h>

static const struct afield_model *const ready[] = {
	&afield__model_register,  &afield__model_kv,        &afield__model_counter,
	&afield__model_mutex,     &afield__model_semaphore, &afield__model_queue,
	&afield__model_stack,     &afield__model_set,       &afield__model_priorityqueue,
	&afield__model_multireg,  &afield__model_map,       &afield__model_integer,
	&afield__model_integer32, &afield__model_unsigned,  &afield__model_unsigned32,
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

int afield__truth(const struct afield_history *history, afield_value value)
{
	char scratch[24];
	const char *text;
	size_t length;

	if (value == 1 || value == AFIELD_OK)
		return 1;
	if (value == 0 || value == AFIELD_FAIL)
		return 0;
	length = afield_value_text(history, value, scratch, &text);
	if (length == 4 && memcmp(text, "true", 4) == 0)
		return 1;
	if (length == 5 && memcmp(text, "false", 5) == 0)
		return 0;
	return -1;
}

bool afield__is_truth(const struct afield_history *history,
		      const struct afield_operation *operation)
{
	afield_value result = afield_result(operation, 0);

	return result == AFIELD_ANY || afield__truth(history, result) >= 0;
}

bool afield__next_pair(const struct afield_history *history, size_t *at, afield_value *name,
		       afield_value *value, bool *wrong)
{
	char scratch[24];
	const char *text, *end, *stop, *equals;
	size_t length;

	*wrong = false;
	if (!history->has_initial || history->initial == AFIELD_NIL ||
	    history->initial == AFIELD_EMPTY || history->initial == AFIELD_BLANK)
		return false;
	length = afield_value_text(history, history->initial, scratch, &text);
	if (*at >= length)
		return false;
	end = text + length;
	text += *at;
	stop = (const char *)memchr(text, ',', (size_t)(end - text));
	stop = stop ? stop : end;
	equals = (const char *)memchr(text, '=', (size_t)(stop - text));
	*wrong = !equals || equals == text || equals + 1 == stop;
	if (*wrong)
		return false;
	*at += (size_t)(stop - text) + 1;
	/* Making a word may move the text, so the name's length is taken first. */
	length = (size_t)(stop - equals - 1);
	*name = afield__value_token(history->words, text, (size_t)(equals - text));
	*value = afield__value_token(history->words, equals + 1, length);
	return true;
}
