/* SPDX-License-Identifier: MIT */
/*
 * pieces.h: the texts that are put and appended to a kv, none of which begins with another. So any
 * text that is made of them can be taken apart in one way.
 */
#ifndef AFIELD_CHECK_PIECES_H
#define AFIELD_CHECK_PIECES_H

#include "monitor.h"

struct afield__text_span {
	const char *bytes;
	size_t length;
};

/* What was put or appended, or was there initially. */
struct afield__piece {
	struct afield__text_span text;
	uint32_t put;    /* who put it, or NONE */
	uint32_t first;  /* of those that appended it, in `appends` */
	uint32_t copies; /* how many these are */
	uint32_t seen;   /* how often it was seen as appended */
	uint32_t chain;  /* where its text is as one that was put, or NONE */
	bool initial;    /* it was there initially, and is neither put nor appended */
};

struct afield__pieces {
	const struct afield__input *input;
	struct afield__arena digits;  /* numbers as text */
	struct afield__piece *pieces; /* sorted by text */
	uint32_t count;
	uint32_t *appends;
	uint32_t append_count;
	bool starts_blank; /* nothing was there initially */
};

/*
 * NOT_APPLICABLE when some text begins with another, is put twice or is none. To be freed in any
 * case.
 */
enum afield__result afield__pieces_init(struct afield__pieces *pieces,
					const struct afield__input *input);
void afield__pieces_fini(struct afield__pieces *pieces);
/* nil is the text of no characters. The other fixed words are no texts: NOT_APPLICABLE. */
enum afield__result afield__piece_text(struct afield__pieces *pieces, afield_value value,
				       struct afield__text_span *text);
/* The piece the text begins with, or NONE. */
uint32_t afield__first_piece(const struct afield__pieces *pieces,
			     const struct afield__text_span *text);

#endif
