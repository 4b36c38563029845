/* SPDX-License-Identifier: MIT */
/*
 * model_values.c: what the ready models share: results that say yes or no, and the initial state as
 * it is written.
 */
#include "model.h"

#include <string.h>

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

bool afield__is_number(const struct afield_history *history, afield_value value)
{
	int64_t number;

	return afield_value_number(history, value, &number);
}

void afield__number_describe(const struct afield_model *model, const struct afield_history *history,
			     const struct afield_state *state, struct afield_text *text)
{
	(void)history;
	if (state->count == 0)
		afield_text_add(text, "?");
	else if (model->parameter < 0)
		afield_text_add(text, "%llu", (unsigned long long)state->cells[0]);
	else
		afield_text_add(text, "%lld", (long long)state->cells[0]);
}

const char *afield__refuse_no_number(const struct afield_history *history)
{
	afield_value initial;

	return !afield_history_initial(history, &initial) || initial == AFIELD_ANY ||
			       afield__is_number(history, initial)
		       ? NULL
		       : "the initial value is not a number";
}

const char *afield__refuse_not_empty(const struct afield_history *history)
{
	afield_value initial;

	return !afield_history_initial(history, &initial) || initial == AFIELD_EMPTY ||
			       initial == AFIELD_NIL
		       ? NULL
		       : "it can only start empty";
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
