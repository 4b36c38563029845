/* SPDX-License-Identifier: MIT */
/*
 * kv_chains.c: takes the texts that were read apart and puts them into chains.
 */
#include "kv.h"

#include <stdlib.h>
#include <string.h>

enum { GET, PUT, APPEND };

static void cut(struct afield__text_span *text, size_t length)
{
	text->bytes += length;
	text->length -= length;
}

void afield__kv_blame_piece(const struct afield__kv *kv, uint32_t piece)
{
	const struct afield__piece *guilty = &kv->pieces.pieces[piece];

	afield__guilty(kv->input, guilty->put);
	for (uint32_t i = 0; i < guilty->copies; i++)
		afield__guilty(kv->input, kv->pieces.appends[guilty->first + i]);
}

/* Blames who read a text, with everything that it is made of. */
static enum afield__result blame_reader(struct afield__kv *kv, uint32_t reader)
{
	const struct afield_operation *operation = afield__operation(kv->input, reader);
	struct afield__text_span text;
	uint32_t piece;

	afield__piece_text(&kv->pieces, afield_result(operation, 0), &text);
	while (text.length && (piece = afield__first_piece(&kv->pieces, &text)) != AFIELD__NONE) {
		afield__kv_blame_piece(kv, piece);
		cut(&text, kv->pieces.pieces[piece].text.length);
	}
	return afield__guilty(kv->input, reader);
}

/* Blames the readers of all chains that have the piece. */
static void blame_readers_of(struct afield__kv *kv, uint32_t piece)
{
	for (size_t i = 0; i < kv->chain_count; i++) {
		const struct afield__chain *chain = &kv->chains[i];
		size_t j = 0;

		while (j < chain->count && chain->ends[j].piece != piece)
			j++;
		if (j < chain->count && chain->reader != AFIELD__NONE)
			blame_reader(kv, chain->reader);
	}
}

static uint32_t new_chain(struct afield__kv *kv)
{
	static const struct afield__chain none = {.text = {"", 0}, .reader = AFIELD__NONE};

	if (!afield__grow(&kv->chains, &kv->chain_capacity, kv->chain_count, sizeof(*kv->chains)))
		return AFIELD__NONE;
	kv->chains[kv->chain_count] = none;
	return (uint32_t)kv->chain_count++;
}

/* Puts a piece of the operation at the end of the chain. */
static bool extend(struct afield__kv *kv, uint32_t chain, uint32_t piece, uint32_t operation)
{
	struct afield__chain *grown = &kv->chains[chain];
	struct afield__chain_end end = {0, piece, operation, AFIELD__NEVER, AFIELD__FOREVER};

	if (!afield__grow(&grown->ends, &grown->capacity, grown->count, sizeof(*grown->ends)))
		return false;
	end.length = grown->count ? grown->ends[grown->count - 1].length : 0;
	end.length += kv->pieces.pieces[piece].text.length;
	grown->ends[grown->count++] = end;
	return true;
}

/* Finds the chain to which a text with this first piece belongs, begun when new. */
static enum afield__result find_chain(struct afield__kv *kv, uint32_t number, uint32_t *chain)
{
	struct afield__piece *piece = &kv->pieces.pieces[number];
	const struct afield__chain *initial = &kv->chains[0];

	*chain = 0;
	if (piece->initial || piece->put == AFIELD__NONE)
		return AFIELD__LIN;
	/* What was both put and appended may begin the initial text, when that is not known. */
	if (piece->copies && kv->pieces.starts_blank &&
	    (!initial->count || initial->ends[0].piece == number))
		return AFIELD__NOT_APPLICABLE;
	if (piece->chain == AFIELD__NONE) {
		piece->chain = new_chain(kv);
		if (piece->chain == AFIELD__NONE || !extend(kv, piece->chain, number, piece->put))
			return AFIELD__NO_MEMORY;
		kv->chains[piece->chain].text = piece->text;
	}
	*chain = piece->chain;
	return AFIELD__LIN;
}

/* Whether a text ends where a piece of the chain does: the number of pieces, or NONE. */
static uint32_t place_at(const struct afield__chain *chain, size_t length)
{
	size_t low = 0, high = chain->count;

	if (!length)
		return 0;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (chain->ends[middle].length < length)
			low = middle + 1;
		else
			high = middle;
	}
	return low < chain->count && chain->ends[low].length == length ? (uint32_t)low + 1
								       : AFIELD__NONE;
}

/* Takes what the text has beyond the chain into the chain. */
static enum afield__result grow_chain(struct afield__kv *kv, uint32_t chain, uint32_t reader,
				      const struct afield__text_span *text)
{
	struct afield__text_span rest = *text;

	cut(&rest, kv->chains[chain].text.length);
	while (rest.length) {
		uint32_t number = afield__first_piece(&kv->pieces, &rest);
		struct afield__piece *piece;

		/* A put begins a text. */
		if (number == AFIELD__NONE || !kv->pieces.pieces[number].copies)
			return blame_reader(kv, reader);
		/* What was appended here was not appended elsewhere. */
		piece = &kv->pieces.pieces[number];
		if (piece->seen == piece->copies) {
			blame_readers_of(kv, number);
			return blame_reader(kv, reader);
		}
		piece->seen++;
		if (!extend(kv, chain, number, kv->pieces.appends[piece->first]))
			return AFIELD__NO_MEMORY;
		cut(&rest, piece->text.length);
	}
	kv->chains[chain].text = *text;
	kv->chains[chain].reader = reader;
	return AFIELD__LIN;
}

/* Finds the chain and the place that a get saw. */
static enum afield__result place_reader(struct afield__kv *kv, uint32_t reader)
{
	enum afield__result result;
	struct afield__chain *chain;
	struct afield__text_span text;
	uint32_t piece, number = 0, place;
	size_t common;

	result = afield__piece_text(&kv->pieces,
				    afield_result(afield__operation(kv->input, reader), 0), &text);
	if (result != AFIELD__LIN)
		return result;
	if (text.length) {
		piece = afield__first_piece(&kv->pieces, &text);
		if (piece == AFIELD__NONE)
			return blame_reader(kv, reader);
		result = find_chain(kv, piece, &number);
		if (result != AFIELD__LIN)
			return result;
	}
	chain = &kv->chains[number];
	common = text.length < chain->text.length ? text.length : chain->text.length;
	/* Nothing goes away again: of two texts of one chain, one begins the other. */
	if ((number == 0 && !kv->pieces.starts_blank && !text.length) ||
	    (common && memcmp(text.bytes, chain->text.bytes, common) != 0)) {
		if (text.length && chain->reader != AFIELD__NONE)
			blame_reader(kv, chain->reader);
		return blame_reader(kv, reader);
	}
	if (text.length > chain->text.length) {
		result = grow_chain(kv, number, reader, &text);
		if (result != AFIELD__LIN)
			return result;
	}
	place = place_at(&kv->chains[number], text.length);
	if (place == AFIELD__NONE)
		return blame_reader(kv, reader);
	kv->readers[kv->reader_count++] = afield__kv_entry(number, place, true, reader);
	return AFIELD__LIN;
}

/* Whether the text's first piece is only put or only appended: these are looked at first. */
static bool is_clear(struct afield__kv *kv, uint32_t reader)
{
	struct afield__text_span text = {"", 0};
	uint32_t piece = AFIELD__NONE;

	afield__piece_text(&kv->pieces, afield_result(afield__operation(kv->input, reader), 0),
			   &text);
	if (text.length)
		piece = afield__first_piece(&kv->pieces, &text);
	return piece == AFIELD__NONE || kv->pieces.pieces[piece].put == AFIELD__NONE ||
	       !kv->pieces.pieces[piece].copies;
}

enum afield__result afield__kv_place_readers(struct afield__kv *kv)
{
	const struct afield__part *part = kv->input->part;
	size_t room = part->count + (size_t)1;
	enum afield__result result = AFIELD__LIN;

	kv->readers = (struct afield__keyed *)malloc(room * sizeof(*kv->readers));
	kv->row = (struct afield__keyed *)malloc(room * sizeof(*kv->row));
	kv->zones = (struct afield__zone *)malloc(room * sizeof(*kv->zones));
	kv->zone_start = (size_t *)malloc(room * sizeof(*kv->zone_start));
	kv->used = (bool *)calloc(room, sizeof(*kv->used));
	kv->open = (struct afield__chain_end **)malloc(room * sizeof(*kv->open));
	if (!kv->readers || !kv->row || !kv->zones || !kv->zone_start || !kv->used || !kv->open ||
	    new_chain(kv) == AFIELD__NONE)
		return AFIELD__NO_MEMORY;
	for (uint32_t i = 0; i < kv->pieces.count; i++) {
		if (!kv->pieces.pieces[i].initial)
			continue;
		if (!extend(kv, 0, i, AFIELD__NONE))
			return AFIELD__NO_MEMORY;
		kv->chains[0].text = kv->pieces.pieces[i].text;
	}
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < part->count && result == AFIELD__LIN; i++) {
			const struct afield_operation *operation = afield__operation(kv->input, i);

			if (operation->verb == GET && afield_result(operation, 0) != AFIELD_ANY &&
			    is_clear(kv, i) == (round == 0))
				result = place_reader(kv, i);
		}
	}
	return result;
}
