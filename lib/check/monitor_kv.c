/* SPDX-License-Identifier: MIT */
/*
 * monitor_kv.c: texts that are put, read and appended to, when each piece can be told.
 *
 * When no text that was put or appended begins with another such text, a text that was read can be
 * taken apart in one way: into what was put, or was there initially, and what was appended to it,
 * one piece behind the other. All that belongs to one put follows it without any other put between,
 * in the order that the longest text of it tells. So it is one zone whose inner order is known. A
 * put that nobody saw, and an append that nobody saw, is a zone by itself: behind an append that
 * nobody sees, nothing is read until the next put. The history is linearizable when each inner order
 * agrees with calls and returns, and the zones can be put into an order (zones.c).
 *
 * The same text may be appended more than once. Then which of these was seen where is tried in every
 * way that calls and returns leave open, when these are few.
 */
#include "kv.h"

#include <stdlib.h>
#include <string.h>

enum { GET, PUT, APPEND };
enum { MOST_WAYS = 1024 };

/* One that nobody saw is alone; a pending one then need not have happened. */
static void enter_alone(struct afield__kv *kv, uint32_t operation, uint32_t *chain)
{
	if (operation != AFIELD__NONE && !kv->used[operation] &&
	    !afield__operation(kv->input, operation)->pending)
		kv->row[kv->row_count++] = afield__kv_entry((*chain)++, 1, false, operation);
}

/* The row for the ends' operations as they are now. */
static void fill_row(struct afield__kv *kv)
{
	uint32_t alone = (uint32_t)kv->chain_count;

	memcpy(kv->row, kv->readers, kv->reader_count * sizeof(*kv->row));
	kv->row_count = kv->reader_count;
	memset(kv->used, 0, kv->input->part->count * sizeof(*kv->used));
	for (uint32_t i = 0; i < kv->chain_count; i++) {
		for (size_t j = 0; j < kv->chains[i].count; j++) {
			uint32_t operation = kv->chains[i].ends[j].operation;

			if (operation == AFIELD__NONE)
				continue;
			kv->used[operation] = true;
			kv->row[kv->row_count++] = afield__kv_entry(i, j + 1, false, operation);
		}
	}
	for (uint32_t i = 0; i < kv->pieces.append_count; i++)
		enter_alone(kv, kv->pieces.appends[i], &alone);
	for (uint32_t i = 0; i < kv->pieces.count; i++)
		enter_alone(kv, kv->pieces.pieces[i].put, &alone);
}

static uint32_t chain_at(const struct afield__kv *kv, size_t at)
{
	return (uint32_t)(kv->row[at].key >> 33);
}

/*
 * Blames the operations at these places of the row, with all of their chain that comes before and
 * the first reader that saw it.
 */
static void blame_places(const struct afield__kv *kv, size_t a, size_t b)
{
	size_t last = a > b ? a : b, first = last, shown = last;

	while (first && chain_at(kv, first - 1) == chain_at(kv, last))
		first--;
	while (!(kv->row[shown].key & 1) && shown + 1 < kv->row_count &&
	       chain_at(kv, shown + 1) == chain_at(kv, last))
		shown++;
	for (size_t i = first; i <= shown; i++) {
		if (i == a || i == b || i == shown || !(kv->row[i].key & 1))
			afield__guilty(kv->input, kv->row[i].index);
	}
}

/* Makes a zone of the chain that begins at `start` of the row. */
static enum afield__result make_zone(struct afield__kv *kv, size_t start, size_t end)
{
	const struct afield__input *input = kv->input;
	struct afield__zone *zone = &kv->zones[kv->zone_count];
	afield__time before = AFIELD__NEVER; /* the greatest call of those that come before */
	size_t latest = start, latest_before = start;

	zone->low = AFIELD__NEVER;
	zone->high = AFIELD__FOREVER;
	zone->index = (uint32_t)kv->zone_count;
	kv->zone_start[kv->zone_count++] = start;
	for (size_t i = start; i < end; i++) {
		uint32_t operation = kv->row[i].index;

		if (i > start && kv->row[i].key != kv->row[i - 1].key) {
			before = zone->low;
			latest_before = latest;
		}
		if (input->ret[operation] < before) {
			blame_places(kv, latest_before, i);
			return AFIELD__NONLIN;
		}
		if (input->call[operation] > zone->low) {
			zone->low = input->call[operation];
			latest = i;
		}
		if (input->ret[operation] < zone->high)
			zone->high = input->ret[operation];
	}
	if (chain_at(kv, start) == 0)
		zone->high = AFIELD__NEVER;
	return AFIELD__LIN;
}

static void blame_zone(const struct afield__kv *kv, uint32_t zone)
{
	const struct afield__input *input = kv->input;
	size_t start = kv->zone_start[zone], first = start, last = start;

	for (size_t i = start; i < kv->zone_start[zone + 1]; i++) {
		if (input->ret[kv->row[i].index] < input->ret[kv->row[first].index])
			first = i;
		if (input->call[kv->row[i].index] > input->call[kv->row[last].index])
			last = i;
	}
	/* Nothing of the initial chain need have returned for it to come first. */
	blame_places(kv, chain_at(kv, start) == 0 ? last : first, last);
}

static enum afield__result judge_zones(struct afield__kv *kv)
{
	enum afield__result result = AFIELD__LIN;
	uint32_t guilty[2];

	fill_row(kv);
	afield__sort(kv->row, kv->row_count);
	kv->zone_count = 0;
	for (size_t start = 0, end; start < kv->row_count && result == AFIELD__LIN; start = end) {
		for (end = start + 1;
		     end < kv->row_count && chain_at(kv, end) == chain_at(kv, start); end++)
			;
		result = make_zone(kv, start, end);
	}
	kv->zone_start[kv->zone_count] = kv->row_count;
	if (result == AFIELD__LIN) {
		result = afield__zones_sort(kv->zones, kv->zone_count, guilty);
		if (result == AFIELD__NONLIN) {
			blame_zone(kv, guilty[0]);
			blame_zone(kv, guilty[1]);
		}
	}
	return result;
}

/* Finds what was appended more than once, and between which readers each of it was seen. */
static void find_open(struct afield__kv *kv)
{
	const struct afield__input *input = kv->input;

	for (size_t i = 0; i < kv->chain_count; i++) {
		for (size_t j = 0; j < kv->chains[i].count; j++) {
			if (kv->pieces.pieces[kv->chains[i].ends[j].piece].copies > 1 &&
			    (j || i == 0))
				kv->open[kv->open_count++] = &kv->chains[i].ends[j];
		}
	}
	for (size_t i = 0; kv->open_count && i < kv->reader_count; i++) {
		const struct afield__chain *chain = &kv->chains[kv->readers[i].key >> 33];
		size_t place = (size_t)(kv->readers[i].key >> 1 & UINT32_MAX);
		uint32_t reader = kv->readers[i].index;

		for (size_t j = 0; j < chain->count; j++) {
			struct afield__chain_end *end = &chain->ends[j];

			if (j < place && input->ret[reader] < end->high)
				end->high = input->ret[reader];
			if (j >= place && input->call[reader] > end->low)
				end->low = input->call[reader];
		}
	}
}

static bool is_taken(const struct afield__kv *kv, size_t depth, uint32_t operation)
{
	for (size_t i = 0; i < depth; i++) {
		if (kv->open[i]->operation == operation)
			return true;
	}
	return false;
}

/* Whether the operation appended what was appended more than once, and seen. */
static bool is_open(const struct afield__kv *kv, uint32_t operation)
{
	for (size_t i = 0; i < kv->open_count; i++) {
		const struct afield__piece *piece = &kv->pieces.pieces[kv->open[i]->piece];

		for (uint32_t j = 0; j < piece->copies; j++) {
			uint32_t copy = kv->pieces.appends[piece->first + j];

			if (kv->input->part->operations[copy] == operation)
				return true;
		}
	}
	return false;
}

/* Judges one way. A fault that has nothing to do with what is open is one of every way. */
static enum afield__result judge_way(struct afield__kv *kv)
{
	struct afield__blame *blame = kv->input->blame;
	size_t before = blame->count;
	enum afield__result result = judge_zones(kv);

	if (result != AFIELD__NONLIN)
		return result;
	for (size_t i = before; i < blame->count; i++) {
		if (is_open(kv, blame->operations[i]))
			return result;
	}
	kv->settled = true;
	blame->count -= before;
	memmove(blame->operations, blame->operations + before,
		blame->count * sizeof(*blame->operations));
	return result;
}

/* Tries every way in which what was appended more than once may have been seen. */
static enum afield__result try_ways(struct afield__kv *kv, size_t depth)
{
	enum afield__result result = AFIELD__NONLIN;
	const struct afield__piece *piece;
	struct afield__chain_end *end;
	bool any = false;

	if (depth == kv->open_count)
		return kv->ways++ < MOST_WAYS ? judge_way(kv) : AFIELD__NOT_APPLICABLE;
	end = kv->open[depth];
	piece = &kv->pieces.pieces[end->piece];
	/* First those that the readers allow; when there is none, any shows the fault. */
	for (int round = 0; round < 2 && !any; round++) {
		for (uint32_t i = 0; i < piece->copies && result == AFIELD__NONLIN && !kv->settled;
		     i++) {
			uint32_t operation = kv->pieces.appends[piece->first + i];

			if (is_taken(kv, depth, operation) ||
			    (round == 0 && (kv->input->call[operation] > end->high ||
					    kv->input->ret[operation] < end->low)))
				continue;
			any = true;
			end->operation = operation;
			result = try_ways(kv, depth + 1);
		}
	}
	return result;
}

static enum afield__result judge(struct afield__kv *kv)
{
	enum afield__result result;

	find_open(kv);
	result = try_ways(kv, 0);
	/* Each way has a fault of its own, and all of them stand there together. */
	for (size_t i = 0; result == AFIELD__NONLIN && !kv->settled && i < kv->open_count; i++)
		afield__kv_blame_piece(kv, kv->open[i]->piece);
	return result;
}

static void put_order(const struct afield__kv *kv)
{
	for (size_t i = 0; i < kv->zone_count; i++) {
		uint32_t zone = kv->zones[i].index;

		for (size_t j = kv->zone_start[zone]; j < kv->zone_start[zone + 1]; j++)
			afield__put_order(kv->input, kv->row[j].index);
	}
}

static bool appends(const struct afield__input *input)
{
	for (uint32_t i = 0; i < input->part->count; i++) {
		if (afield__operation(input, i)->verb == APPEND)
			return true;
	}
	return false;
}

enum afield__result afield__monitor_kv(const struct afield__input *input)
{
	struct afield__kv kv = {.input = input};
	enum afield__result result;

	if (!appends(input))
		return afield__monitor_register(input);
	input->blame->whole = true;
	result = afield__pieces_init(&kv.pieces, input);
	if (result == AFIELD__LIN)
		result = afield__kv_place_readers(&kv);
	if (result == AFIELD__LIN)
		result = judge(&kv);
	if (result == AFIELD__LIN && input->order)
		put_order(&kv);
	for (size_t i = 0; i < kv.chain_count; i++)
		free(kv.chains[i].ends);
	afield__pieces_fini(&kv.pieces);
	free(kv.chains);
	free(kv.readers);
	free(kv.open);
	free(kv.used);
	free(kv.row);
	free(kv.zones);
	free(kv.zone_start);
	return result;
}
