/* SPDX-License-Identifier: MIT */
/*
 * lex.c: splits a history file into lines and words.
 */
#include "parse.h"

#include <stdarg.h>
#include <string.h>

bool afield__complain(struct afield__parser *parser, size_t column, const char *format, ...)
{
	va_list arguments;

	if (!parser->complaint)
		return false;
	parser->complaint->line = parser->line;
	parser->complaint->column = column;
	va_start(arguments, format);
	vsnprintf(parser->complaint->message, sizeof(parser->complaint->message), format,
		  arguments);
	va_end(arguments);
	return false;
}

bool afield__no_memory(struct afield__parser *parser)
{
	return afield__complain(parser, 1, "out of memory");
}

/*
 * Editors save a mark in front or two bytes a letter without showing it, so these are named here
 * and not where they make a word strange.
 */
bool afield__check_encoding(struct afield__parser *parser)
{
	const char *at = parser->at, *nul, *line = at;
	size_t length = (size_t)(parser->end - at);

	parser->line = 1;
	if (length >= 2 && (memcmp(at, "\xff\xfe", 2) == 0 || memcmp(at, "\xfe\xff", 2) == 0))
		return afield__complain(parser, 1, "the text is UTF-16: save it as UTF-8");
	if (length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		return afield__complain(parser, 1,
					"a byte order mark (BOM) is in front: save it without one");
	nul = (const char *)memchr(at, 0, length);
	for (; nul && (at = (const char *)memchr(line, '\n', (size_t)(nul - line))); line = at + 1)
		parser->line++;
	if (nul)
		return afield__complain(parser, (size_t)(nul - line) + 1,
					"a NUL byte: a text may hold one as \"\\x00\"");
	parser->line = 0;
	return true;
}

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

/* Reads the text behind an opening quote; `*at` ends behind the closing one. */
bool afield__read_quoted(struct afield__parser *parser, struct afield__token *token,
			 const char **at, const char *end)
{
	const char *from = *at + 1;
	char *to = (char *)afield__arena_get(&parser->decoded, (size_t)(end - from) + 1);

	if (!to)
		return afield__no_memory(parser);
	token->text = to;
	for (; from < end && *from != '"'; from++) {
		if (*from == '\\' && from + 1 < end) {
			from++;
			if (*from == 'x' && end - from > 2 && hex_digit(from[1]) >= 0 &&
			    hex_digit(from[2]) >= 0) {
				*to++ = (char)(hex_digit(from[1]) * 16 + hex_digit(from[2]));
				from += 2;
				continue;
			}
		}
		*to++ = *from;
	}
	if (from == end || (from + 1 < end && !afield__is_blank(from[1])))
		return afield__complain(parser, token->column,
					"the quote has no closing quote before a space");
	token->length = (size_t)(to - token->text);
	*at = from + 1;
	return true;
}

/* Splits the next line. A comment line is one token with everything behind the `#`. */
bool afield__next_line(struct afield__parser *parser)
{
	const char *at = parser->at;
	const char *end = (const char *)memchr(at, '\n', (size_t)(parser->end - at));

	if (!end)
		end = parser->end;
	parser->line++;
	parser->line_start = at;
	parser->at = end < parser->end ? end + 1 : end;
	parser->count = 0;
	for (;;) {
		struct afield__token *token;

		while (at < end && afield__is_blank(*at))
			at++;
		if (at == end)
			return true;
		if (!afield__grow(&parser->tokens, &parser->capacity, parser->count,
				  sizeof(*parser->tokens)))
			return afield__no_memory(parser);
		token = &parser->tokens[parser->count++];
		token->text = at;
		token->column = (size_t)(at - parser->line_start) + 1;
		token->quoted = *at == '"' && parser->tokens[0].text[0] != '#';
		if (token->quoted) {
			if (!afield__read_quoted(parser, token, &at, end))
				return false;
			continue;
		}
		while (at < end && !afield__is_blank(*at))
			at++;
		token->length = (size_t)(at - token->text);
	}
}

bool afield__token_is(const struct afield__token *token, const char *word)
{
	return !token->quoted && token->length == strlen(word) &&
	       memcmp(token->text, word, token->length) == 0;
}

bool afield__is_unknown(const struct afield__token *token)
{
	return afield__token_is(token, "?") || afield__token_is(token, "*");
}

/*
 * A bare word that would be taken for a sign is not a value: a mistyped `?` would otherwise be
 * compared as a text, and a text as an unknown result.
 */
bool afield__check_bare(struct afield__parser *parser, const char *text, size_t length,
			size_t column)
{
	if (text[0] != '?' && !(length == 1 && (text[0] == '*' || text[0] == ':')))
		return true;
	return afield__complain(parser, column,
				"'%.*s' is no value: a result that is not known is ? or *, and a "
				"text that looks like a sign stands in quotes",
				(int)(length < 20 ? length : 20), text);
}
