/* SPDX-License-Identifier: MIT */
/*
 * parse.h: the lines and words of a history file.
 */
#ifndef AFIELD_CHECK_PARSE_H
#define AFIELD_CHECK_PARSE_H

#include "internal.h"

struct afield__token {
	const char *text;
	size_t length;
	size_t column;
	bool quoted;
};

struct afield__parser {
	const char *at;
	const char *end;
	const char *line_start;
	size_t line;
	struct afield__token *tokens; /* of the current line */
	size_t count;
	size_t capacity;
	struct afield__arena decoded; /* quoted text without its escapes */
	struct afield_history *history;
	afield_value *values; /* of the current operation */
	size_t value_count;
	size_t value_capacity;
	struct afield__table process_table; /* process name to column */
	bool has_initial;
	size_t initial_line; /* where the initial value stands, or 0 */
	size_t initial_column;
	struct afield_complaint *complaint;
};

static inline bool afield__is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\f' || byte == '\v';
}

/* Notes what is wrong. Always false, so that a parse function can return it. */
bool afield__complain(struct afield__parser *parser, size_t column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool afield__no_memory(struct afield__parser *parser);
/* Reads the text behind an opening quote at `*at`, which ends behind the closing one. */
bool afield__read_quoted(struct afield__parser *parser, struct afield__token *token,
			 const char **at, const char *end);
/* False, with a complaint, when the text has a byte order mark or NUL bytes. */
bool afield__check_encoding(struct afield__parser *parser);
/* Splits the next line into tokens. In a comment line quotes mean nothing. */
bool afield__next_line(struct afield__parser *parser);
bool afield__token_is(const struct afield__token *token, const char *word);
/* Whether the token, as a result, says that it is not known: `?` or `*`. */
bool afield__is_unknown(const struct afield__token *token);
/* False, with a complaint, when the bare text is or begins like a sign. */
bool afield__check_bare(struct afield__parser *parser, const char *text, size_t length,
			size_t column);

#endif
