/* SPDX-License-Identifier: MIT */
/*
 * history.c: the operations of one object, and their text.
 */
#include "internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct afield_history *afield_history_create(const struct afield_model *model)
{
	struct afield_history *history = (struct afield_history *)calloc(1, sizeof(*history));

	if (!history)
		return NULL;
	history->model = model;
	history->words = afield__words_create();
	if (!history->words) {
		free(history);
		return NULL;
	}
	return history;
}

void afield_history_free(struct afield_history *history)
{
	if (!history)
		return;
	afield__words_free(history->words);
	afield__arena_fini(&history->values);
	free(history->operations);
	free(history->processes);
	free(history);
}

afield_value *afield__history_values(struct afield_history *history, size_t count)
{
	return (afield_value *)afield__arena_get(&history->values, count * sizeof(afield_value));
}

bool afield_history_add(struct afield_history *history, const struct afield_operation *operation)
{
	size_t count = (size_t)operation->argument_count + operation->result_count;
	afield_value *values = afield__history_values(history, count);

	/* Operations are numbered in 31 bits: an event is twice the number, plus one for a return.
	 */
	if (!values || history->count >= INT32_MAX ||
	    !afield__grow(&history->operations, &history->capacity, history->count,
			  sizeof(*history->operations)))
		return false;
	if (count)
		memcpy(values, operation->values, count * sizeof(*values));
	history->operations[history->count] = *operation;
	history->operations[history->count].values = values;
	history->count++;
	return true;
}

size_t afield_history_count(const struct afield_history *history)
{
	return history->count;
}

const struct afield_operation *afield_history_operation(const struct afield_history *history,
							size_t index)
{
	return index < history->count ? &history->operations[index] : NULL;
}

const struct afield_model *afield_history_model(const struct afield_history *history)
{
	return history->model;
}

bool afield_history_initial(const struct afield_history *history, afield_value *value)
{
	if (history->has_initial)
		*value = history->initial;
	return history->has_initial;
}

void afield_history_set_initial(struct afield_history *history, afield_value value)
{
	history->initial = value;
	history->has_initial = true;
}

void afield_history_set_incomplete(struct afield_history *history)
{
	history->incomplete = true;
}

void afield__text_fini(struct afield_text *text)
{
	free(text->bytes);
	text->bytes = NULL;
	text->length = 0;
	text->capacity = 0;
}

static bool text_room(struct afield_text *text, size_t more)
{
	size_t wanted = text->length + more + 1;
	char *grown;

	if (wanted <= text->capacity)
		return true;
	wanted *= 2;
	grown = (char *)realloc(text->bytes, wanted);
	if (!grown)
		return false;
	text->bytes = grown;
	text->capacity = wanted;
	return true;
}

void afield_text_add(struct afield_text *text, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0 || !text_room(text, (size_t)length))
		return;
	va_start(arguments, format);
	vsnprintf(text->bytes + text->length, (size_t)length + 1, format, arguments);
	va_end(arguments);
	text->length += (size_t)length;
}

void afield_text_value(struct afield_text *text, const struct afield_history *history,
		       afield_value value)
{
	afield__text_token(text, history, value);
}

/* Whether the word, written bare, would be read as something else or as several words. */
static bool needs_quotes(const char *text, size_t length)
{
	static const char *const fixed[] = {"nil", "empty", "ok", "fail", "*", ":"};

	if (length == 0 || text[0] == '"' || text[0] == '?' || text[0] == '#')
		return true;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
		if (strlen(fixed[i]) == length && memcmp(fixed[i], text, length) == 0)
			return true;
	}
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] <= ' ' || text[i] == 127)
			return true;
	}
	return false;
}

void afield__text_token(struct afield_text *text, const struct afield_history *history,
			afield_value value)
{
	char scratch[24];
	const char *bytes;
	size_t length = afield_value_text(history, value, scratch, &bytes);

	if (!text_room(text, length * 4 + 2))
		return;
	if (value != AFIELD_BLANK &&
	    (!afield__is_word(history, value) || !needs_quotes(bytes, length))) {
		memcpy(text->bytes + text->length, bytes, length);
		text->length += length;
		text->bytes[text->length] = 0;
		return;
	}
	text->bytes[text->length++] = '"';
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte == '"' || byte == '\\') {
			text->bytes[text->length++] = '\\';
			text->bytes[text->length++] = (char)byte;
		} else if (byte < ' ' || byte == 127) {
			text->length +=
				(size_t)sprintf(text->bytes + text->length, "\\x%02x", byte);
		} else {
			text->bytes[text->length++] = (char)byte;
		}
	}
	text->bytes[text->length++] = '"';
	text->bytes[text->length] = 0;
}

void afield__text_operation(struct afield_text *text, const struct afield_history *history,
			    const struct afield_operation *operation)
{
	const struct afield_check_verb *verb = &history->model->verbs[operation->verb];

	afield_text_add(text, "%s", verb->name);
	for (unsigned i = 0; i < operation->argument_count; i++) {
		bool inner = (verb->flags & AFIELD_VERB_TRIPLES) && i % 3;

		afield_text_add(text, inner ? "/" : " ");
		afield__text_token(text, history, operation->values[i]);
	}
	if (operation->pending)
		return;
	if (operation->result_count == 0 && verb->results_most)
		afield_text_add(text, " : ?");
	else if (operation->result_count)
		afield_text_add(text, " :");
	for (unsigned i = 0; i < operation->result_count; i++) {
		afield_text_add(text, " ");
		afield__text_token(text, history, afield_result(operation, i));
	}
}

void afield__text_process(struct afield_text *text, const struct afield_history *history,
			  uint32_t process)
{
	if (process < history->process_count)
		afield__text_token(text, history, history->processes[process]);
	else
		afield_text_add(text, "%u", process);
}

void afield__text_state(struct afield_text *text, const struct afield_history *history,
			const struct afield_state *state)
{
	if (history->model->describe) {
		history->model->describe(history->model, history, state, text);
		return;
	}
	for (size_t i = 0; i < state->count; i++) {
		afield_text_add(text, "%s", i ? " " : "");
		afield__text_token(text, history, state->cells[i]);
	}
}

bool afield_history_write(const struct afield_history *history, FILE *stream)
{
	struct afield_text text = {0};

	fprintf(stream, "# model %s\n", history->model->name);
	if (history->has_initial) {
		afield__text_token(&text, history, history->initial);
		fprintf(stream, "# init %s\n", text.bytes ? text.bytes : "");
	}
	if (history->incomplete)
		fprintf(stream, "# incomplete\n");
	for (size_t i = 0; i < history->count; i++) {
		const struct afield_operation *operation = &history->operations[i];

		text.length = 0;
		afield__text_process(&text, history, operation->process);
		afield_text_add(&text, " %lld ", (long long)operation->call);
		if (operation->pending)
			afield_text_add(&text, "- ");
		else
			afield_text_add(&text, "%lld ", (long long)operation->ret);
		afield__text_operation(&text, history, operation);
		fprintf(stream, "%s\n", text.bytes ? text.bytes : "");
	}
	afield__text_fini(&text);
	return !ferror(stream);
}
