/* SPDX-License-Identifier: MIT */
/*
 * parse.c: reads a history from text. The format is described in format.md.
 */
#include "parse.h"

#include <stdlib.h>
#include <string.h>

/* Header lines: `# model M`, `# init V`. Everything else that starts with `#` says nothing. */
static bool read_header(struct afield__parser *parser, const struct afield_model *override)
{
	struct afield__token *word = parser->tokens, *value;
	char name[64];

	if (word->length == 1) {
		if (parser->count != 3)
			return true;
		word++;
	} else {
		if (parser->count != 2)
			return true;
		word->text++;
		word->length--;
	}
	value = word + 1;
	if (afield__token_is(word, "init")) {
		afield_value initial;
		const char *at = value->text;

		parser->initial_line = parser->line;
		parser->initial_column = value->column;
		if (*at == '"') {
			if (!afield__read_quoted(parser, value, &at, value->text + value->length))
				return false;
			initial = afield__value_quoted(parser->history->words, value->text,
						       value->length);
		} else if (afield__token_is(value, "?")) {
			initial = AFIELD_ANY;
		} else if (!afield__check_bare(parser, value->text, value->length, value->column)) {
			return false;
		} else {
			initial = afield__value_token(parser->history->words, value->text,
						      value->length);
		}
		if (parser->has_initial && initial != parser->history->initial)
			return afield__complain(parser, value->column,
						"a second and different initial value");
		parser->has_initial = true;
		afield_history_set_initial(parser->history, initial);
	} else if (afield__token_is(word, "model") && !override) {
		const struct afield_model *model;

		snprintf(name, sizeof(name), "%.*s",
			 (int)(value->length < sizeof(name) ? value->length : sizeof(name) - 1),
			 value->text);
		model = afield_model_find(name);
		if (!model)
			return afield__complain(parser, value->column, "there is no model '%s'",
						name);
		if (parser->history->model && parser->history->model != model)
			return afield__complain(parser, value->column,
						"a second and different model");
		parser->history->model = model;
	}
	return true;
}

static bool read_headers(struct afield__parser *parser, const struct afield_model *override)
{
	parser->history->model = override;
	while (parser->at < parser->end) {
		const char *at = parser->at;

		while (at < parser->end && afield__is_blank(*at))
			at++;
		if (at < parser->end && *at == '#') {
			if (!afield__next_line(parser) || !read_header(parser, override))
				return false;
			continue;
		}
		at = (const char *)memchr(at, '\n', (size_t)(parser->end - at));
		parser->at = at ? at + 1 : parser->end;
		parser->line++;
	}
	return true;
}

static bool read_stamp(struct afield__parser *parser, const struct afield__token *token,
		       const char *what, int64_t *stamp)
{
	bool negative = token->length && token->text[0] == '-';
	size_t at = negative || (token->length && token->text[0] == '+');
	uint64_t limit = negative ? (uint64_t)1 << 63 : INT64_MAX;
	uint64_t magnitude = 0;

	if (token->quoted || at == token->length)
		return afield__complain(parser, token->column, "%s is not an integer", what);
	for (; at < token->length; at++) {
		unsigned digit = (unsigned)(unsigned char)token->text[at] - '0';

		if (digit > 9)
			return afield__complain(parser, token->column, "%s is not an integer",
						what);
		if (magnitude > (limit - digit) / 10)
			return afield__complain(parser, token->column, "%s does not fit 64 bits",
						what);
		magnitude = magnitude * 10 + digit;
	}
	*stamp = (int64_t)(negative ? 0 - magnitude : magnitude);
	return true;
}

static afield_value token_value(struct afield__parser *parser, const struct afield__token *token)
{
	if (token->quoted)
		return afield__value_quoted(parser->history->words, token->text, token->length);
	return afield__value_token(parser->history->words, token->text, token->length);
}

static bool check_value(struct afield__parser *parser, const struct afield__token *token)
{
	return token->quoted ||
	       afield__check_bare(parser, token->text, token->length, token->column);
}

static bool add_value(struct afield__parser *parser, afield_value value)
{
	if (parser->value_count >= UINT16_MAX)
		return afield__complain(parser, 1, "more than 65535 values");
	if (!afield__grow(&parser->values, &parser->value_capacity, parser->value_count,
			  sizeof(*parser->values)))
		return afield__no_memory(parser);
	parser->values[parser->value_count++] = value;
	return true;
}

/* An argument of the form kind/name/value becomes three values. */
static bool add_triple(struct afield__parser *parser, const struct afield__token *token)
{
	struct afield__words *words = parser->history->words;
	const char *end = token->text + token->length;
	const char *name = (const char *)memchr(token->text, '/', token->length);
	const char *value =
		name ? (const char *)memchr(name + 1, '/', (size_t)(end - name - 1)) : NULL;

	if (!value || value + 1 == end || value == name + 1)
		return afield__complain(parser, token->column,
					"an argument here is written kind/name/value");
	if (!afield__check_bare(parser, value + 1, (size_t)(end - value - 1),
				token->column + (size_t)(value + 1 - token->text)))
		return false;
	return add_value(parser,
			 afield__value_token(words, token->text, (size_t)(name - token->text))) &&
	       add_value(parser,
			 afield__value_token(words, name + 1, (size_t)(value - name - 1))) &&
	       add_value(parser, afield__value_token(words, value + 1, (size_t)(end - value - 1)));
}

static uint64_t process_hash(const void *owner, size_t number)
{
	return afield__mix((uint64_t)((const struct afield_history *)owner)->processes[number]);
}

/* The column of the process, numbered as they come. */
static bool read_process(struct afield__parser *parser, const struct afield__token *token,
			 uint32_t *process)
{
	struct afield_history *history = parser->history;
	struct afield__table *table = &parser->process_table;
	afield_value name = token_value(parser, token);
	size_t at;

	if (!afield__table_grow(table, history->process_count, process_hash, history))
		return afield__no_memory(parser);
	at = afield__mix((uint64_t)name) & (table->size - 1);
	for (; table->places[at] != AFIELD__NONE; at = (at + 1) & (table->size - 1)) {
		*process = table->places[at];
		if (history->processes[*process] == name)
			return true;
	}
	if (!afield__grow(&history->processes, &history->process_capacity, history->process_count,
			  sizeof(*history->processes)))
		return afield__no_memory(parser);
	*process = (uint32_t)history->process_count;
	table->places[at] = *process;
	history->processes[history->process_count++] = name;
	return true;
}

/* The results from the token at `first` on. Unknown ones at the end are left out. */
static bool read_results(struct afield__parser *parser, struct afield_operation *operation,
			 size_t first)
{
	const struct afield_check_verb *verb = &parser->history->model->verbs[operation->verb];
	size_t results = first < parser->count ? parser->count - first : 0;

	if (results < verb->results_least)
		return afield__complain(parser, parser->tokens[3].column,
					"%s needs %u result(s) behind a colon, not %zu", verb->name,
					verb->results_least, results);
	if (results > verb->results_most && verb->results_most)
		return afield__complain(parser, parser->tokens[first + verb->results_most].column,
					"%s has %u result(s), not %zu", verb->name,
					verb->results_most, results);
	for (size_t i = first; i < parser->count; i++) {
		const struct afield__token *token = &parser->tokens[i];
		bool unknown = afield__is_unknown(token);

		if (!unknown && !check_value(parser, token))
			return false;
		if (!add_value(parser, unknown ? AFIELD_ANY : token_value(parser, token)))
			return false;
	}
	while (results && parser->values[parser->value_count - 1] == AFIELD_ANY) {
		parser->value_count--;
		results--;
	}
	operation->result_count = (uint16_t)results;
	return true;
}

/* Everything behind the verb: arguments, a colon, results. */
static bool read_values(struct afield__parser *parser, struct afield_operation *operation)
{
	const struct afield_check_verb *verb = &parser->history->model->verbs[operation->verb];
	size_t colon = 4, arguments;

	while (colon < parser->count && !afield__token_is(&parser->tokens[colon], ":"))
		colon++;
	arguments = colon - 4;
	if (arguments < verb->arguments)
		return afield__complain(parser, parser->tokens[3].column,
					"%s takes %u argument(s), not %zu", verb->name,
					verb->arguments, arguments);
	if (arguments > verb->arguments && !(verb->flags & AFIELD_VERB_MORE_ARGUMENTS))
		return afield__complain(parser, parser->tokens[4 + verb->arguments].column,
					"%s takes %u argument(s), not %zu", verb->name,
					verb->arguments, arguments);
	parser->value_count = 0;
	for (size_t i = 4; i < colon; i++) {
		const struct afield__token *token = &parser->tokens[i];

		if (verb->flags & AFIELD_VERB_TRIPLES) {
			if (!add_triple(parser, token))
				return false;
		} else if (!check_value(parser, token) ||
			   !add_value(parser, token_value(parser, token))) {
			return false;
		}
	}
	operation->argument_count = (uint16_t)parser->value_count;
	operation->result_count = 0;
	/* What a pending operation returned is not known, whatever the line says. */
	return operation->pending || read_results(parser, operation, colon + 1);
}

static int find_verb(const struct afield_model *model, const struct afield__token *token)
{
	for (size_t i = 0; i < model->verb_count; i++) {
		const char *name = model->verbs[i].name;

		if (strlen(name) == token->length && memcmp(name, token->text, token->length) == 0)
			return (int)i;
	}
	return -1;
}

static bool read_operation(struct afield__parser *parser)
{
	const struct afield_model *model = parser->history->model;
	struct afield_operation operation = {0};
	const struct afield__token *tokens = parser->tokens;
	const struct afield__token *last = &tokens[parser->count - 1];
	const char *trouble;
	int verb;

	if (parser->count < 4)
		return afield__complain(parser, last->column + last->length,
					"an operation is PROC CALL RETURN OP ARG... : RESULT...");
	if (!read_process(parser, &tokens[0], &operation.process) ||
	    !read_stamp(parser, &tokens[1], "CALL", &operation.call))
		return false;
	operation.pending = afield__token_is(&tokens[2], "-");
	if (!operation.pending && !read_stamp(parser, &tokens[2], "RETURN", &operation.ret))
		return false;
	if (!operation.pending && operation.ret < operation.call)
		return afield__complain(parser, tokens[2].column, "the return is before the call");
	verb = find_verb(model, &tokens[3]);
	if (verb < 0)
		return afield__complain(
			parser, tokens[3].column, "%s has no operation '%.*s'", model->name,
			(int)(tokens[3].length < 64 ? tokens[3].length : 64), tokens[3].text);
	operation.verb = (uint16_t)verb;
	if (!read_values(parser, &operation))
		return false;
	operation.values = parser->values;
	trouble = model->refuse ? model->refuse(model, parser->history, &operation) : NULL;
	if (trouble)
		return afield__complain(parser, tokens[3].column, "%s", trouble);
	return afield_history_add(parser->history, &operation) || afield__no_memory(parser);
}

static bool read_all(struct afield__parser *parser, const struct afield_model *override)
{
	const struct afield_model *model;
	const char *start = parser->at, *trouble;

	if (!afield__check_encoding(parser) || !read_headers(parser, override))
		return false;
	model = parser->history->model;
	if (!model) {
		parser->line = 1;
		return afield__complain(parser, 1,
					"no model: neither a '# model' line nor one given");
	}
	trouble = model->refuse ? model->refuse(model, parser->history, NULL) : NULL;
	if (trouble) {
		parser->line = parser->initial_line ? parser->initial_line : 1;
		return afield__complain(parser, parser->initial_line ? parser->initial_column : 1,
					"%s", trouble);
	}
	parser->at = start;
	parser->line = 0;
	while (parser->at < parser->end) {
		if (!afield__next_line(parser))
			return false;
		if (parser->count == 0 ||
		    (!parser->tokens[0].quoted && parser->tokens[0].text[0] == '#'))
			continue;
		if (!read_operation(parser))
			return false;
	}
	return true;
}

struct afield_history *afield_history_parse(const char *text, size_t length,
					    const struct afield_model *model,
					    struct afield_complaint *complaint)
{
	struct afield__parser parser = {0};
	bool read;

	parser.at = text;
	parser.end = text + length;
	parser.complaint = complaint;
	parser.history = afield_history_create(NULL);
	if (!parser.history) {
		afield__no_memory(&parser);
		return NULL;
	}
	read = read_all(&parser, model);
	free(parser.tokens);
	free(parser.values);
	afield__table_fini(&parser.process_table);
	afield__arena_fini(&parser.decoded);
	if (!read) {
		afield_history_free(parser.history);
		return NULL;
	}
	return parser.history;
}
