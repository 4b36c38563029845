/* SPDX-License-Identifier: MIT */
/*
 * kv.h: what the monitor of kv knows: the texts that were read, as chains of pieces.
 */
#ifndef AFIELD_CHECK_KV_H
#define AFIELD_CHECK_KV_H

#include "pieces.h"

/* A text that grew. Chain 0 is the initial one. */
struct afield__chain {
	struct afield__text_span text; /* the longest that was read, or else the first piece */
	uint32_t reader;               /* who read it, or NONE */
	struct afield__chain_end {
		size_t length; /* of the text up to and with this piece */
		uint32_t piece;
		uint32_t operation; /* whose it is, or NONE */
		afield__time low;   /* the greatest call of who read less of the chain */
		afield__time high;  /* the least return of who read it */
	} * ends;
	size_t count;
	size_t capacity;
};

struct afield__kv {
	const struct afield__input *input;
	struct afield__pieces pieces;
	struct afield__chain *chains;
	size_t chain_count;
	size_t chain_capacity;
	struct afield__keyed *readers; /* by chain and place, see `entry` */
	size_t reader_count;
	struct afield__chain_end **open; /* those appended more than once */
	size_t open_count;
	bool *used; /* of each operation: that it is one that was seen */
	uint32_t ways;
	bool settled; /* a fault was found that is there in every way */
	/* Readers and what they saw: by chain, by place, who reads behind the piece. */
	struct afield__keyed *row;
	size_t row_count;
	struct afield__zone *zones;
	size_t *zone_start; /* in the row */
	size_t zone_count;
};

static inline struct afield__keyed afield__kv_entry(uint32_t chain, size_t place, bool reads,
						    uint32_t operation)
{
	struct afield__keyed entry;

	entry.key = (int64_t)chain << 33 | (int64_t)place << 1 | reads;
	entry.index = operation;
	return entry;
}

/* Takes all texts that were read apart, and says where in which chain each reader stands. */
enum afield__result afield__kv_place_readers(struct afield__kv *kv);
void afield__kv_blame_piece(const struct afield__kv *kv, uint32_t piece);

#endif
