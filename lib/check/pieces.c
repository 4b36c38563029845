/* SPDX-License-Identifier: MIT */
/*
 * pieces.c: see pieces.h.
 */
#include "pieces.h"

#include <stdlib.h>
#include <string.h>

enum { GET, PUT, APPEND };

static int compare_texts(const struct afield__text_span *a, const struct afield__text_span *b)
{
	int order = memcmp(a->bytes, b->bytes, a->length < b->length ? a->length : b->length);

	return order ? order : a->length < b->length ? -1 : a->length > b->length;
}

static int compare_pieces(const void *left, const void *right)
{
	const struct afield__piece *a = (const struct afield__piece *)left;
	const struct afield__piece *b = (const struct afield__piece *)right;
	int order = compare_texts(&a->text, &b->text);

	return order ? order : a->first < b->first ? -1 : a->first > b->first;
}

static bool begins_with(const struct afield__text_span *text, const struct afield__text_span *start)
{
	return text->length >= start->length &&
	       memcmp(text->bytes, start->bytes, start->length) == 0;
}

enum afield__result afield__piece_text(struct afield__pieces *pieces, afield_value value,
				       struct afield__text_span *text)
{
	char scratch[24], *copy;

	if (value < AFIELD_BLANK && value != AFIELD_NIL)
		return AFIELD__NOT_APPLICABLE;
	text->length = 0;
	text->bytes = "";
	if (value == AFIELD_NIL)
		return AFIELD__LIN;
	text->length =
		afield_value_text(pieces->input->part->history, value, scratch, &text->bytes);
	if (text->bytes != scratch)
		return AFIELD__LIN;
	copy = (char *)afield__arena_get(&pieces->digits, text->length);
	if (!copy)
		return AFIELD__NO_MEMORY;
	memcpy(copy, scratch, text->length);
	text->bytes = copy;
	return AFIELD__LIN;
}

static enum afield__result add_piece(struct afield__pieces *pieces, afield_value value,
				     uint32_t operation)
{
	struct afield__piece piece = {.put = AFIELD__NONE, .chain = AFIELD__NONE};
	enum afield__result result = afield__piece_text(pieces, value, &piece.text);

	if (result != AFIELD__LIN)
		return result;
	if (operation == AFIELD__NONE) {
		pieces->starts_blank = !piece.text.length;
		piece.initial = true;
	} else if (afield__operation(pieces->input, operation)->verb == PUT) {
		piece.put = operation;
	} else {
		piece.first = operation;
		piece.copies = 1;
	}
	if (!piece.text.length)
		return piece.initial ? AFIELD__LIN : AFIELD__NOT_APPLICABLE;
	pieces->pieces[pieces->count++] = piece;
	return AFIELD__LIN;
}

/* Makes one piece of equal ones. False when a piece begins with another, or was put twice. */
static bool join_equal(struct afield__pieces *pieces)
{
	struct afield__piece *last = NULL;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < pieces->count; i++) {
		struct afield__piece piece = pieces->pieces[i];
		bool begins = last && begins_with(&piece.text, &last->text);

		/* A text that begins another is followed by one that it begins. */
		if (begins &&
		    (piece.text.length != last->text.length || piece.initial || last->initial ||
		     (piece.put != AFIELD__NONE && last->put != AFIELD__NONE)))
			return false;
		if (!begins) {
			pieces->pieces[kept] = piece;
			last = &pieces->pieces[kept++];
			last->first = pieces->append_count;
		} else {
			last->copies += piece.copies;
			last->put = piece.put != AFIELD__NONE ? piece.put : last->put;
		}
		if (piece.copies)
			pieces->appends[pieces->append_count++] = piece.first;
	}
	pieces->count = kept;
	return true;
}

enum afield__result afield__pieces_init(struct afield__pieces *pieces,
					const struct afield__input *input)
{
	const struct afield_history *history = input->part->history;
	size_t room = input->part->count + (size_t)1;
	enum afield__result result = AFIELD__LIN;

	memset(pieces, 0, sizeof(*pieces));
	pieces->input = input;
	pieces->starts_blank = true;
	pieces->pieces = (struct afield__piece *)malloc(room * sizeof(*pieces->pieces));
	pieces->appends = (uint32_t *)malloc(room * sizeof(*pieces->appends));
	if (!pieces->pieces || !pieces->appends)
		return AFIELD__NO_MEMORY;
	if (history->has_initial)
		result = add_piece(pieces, history->initial, AFIELD__NONE);
	for (uint32_t i = 0; i < input->part->count && result == AFIELD__LIN; i++) {
		const struct afield_operation *operation = afield__operation(input, i);

		if (operation->verb != GET)
			result = add_piece(pieces, afield_argument(operation, 0), i);
	}
	if (result != AFIELD__LIN)
		return result;
	qsort(pieces->pieces, pieces->count, sizeof(*pieces->pieces), compare_pieces);
	return join_equal(pieces) ? AFIELD__LIN : AFIELD__NOT_APPLICABLE;
}

uint32_t afield__first_piece(const struct afield__pieces *pieces,
			     const struct afield__text_span *text)
{
	uint32_t low = 0, high = pieces->count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (compare_texts(&pieces->pieces[middle].text, text) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && begins_with(text, &pieces->pieces[low - 1].text) ? low - 1 : AFIELD__NONE;
}

void afield__pieces_fini(struct afield__pieces *pieces)
{
	afield__arena_fini(&pieces->digits);
	free(pieces->pieces);
	free(pieces->appends);
}
