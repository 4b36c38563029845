/* SPDX-License-Identifier: MIT */
/*
 * cover.c: see cover.h.
 */
#include "cover.h"

#include <stdlib.h>

static size_t power_of_two(size_t least)
{
	size_t size = 1;

	while (size < least)
		size *= 2;
	return size;
}

bool afield__cover_init(struct afield__cover *cover, size_t places)
{
	cover->size = power_of_two(places + 1);
	cover->nodes = (struct afield__cover_node *)calloc(cover->size * 2, sizeof(*cover->nodes));
	return cover->nodes;
}

void afield__cover_fini(struct afield__cover *cover)
{
	free(cover->nodes);
}

static void add(struct afield__cover *cover, size_t node, size_t start, size_t size, size_t from,
		size_t to, int32_t change)
{
	struct afield__cover_node *here = &cover->nodes[node];
	const struct afield__cover_node *left = &cover->nodes[node * 2];
	const struct afield__cover_node *right = &cover->nodes[node * 2 + 1];

	if (from >= start + size || to <= start)
		return;
	if (from <= start && to >= start + size) {
		here->on += change;
		here->least += change;
		here->greatest += change;
		return;
	}
	add(cover, node * 2, start, size / 2, from, to, change);
	add(cover, node * 2 + 1, start + size / 2, size / 2, from, to, change);
	here->least = here->on + (left->least < right->least ? left->least : right->least);
	here->greatest =
		here->on + (left->greatest > right->greatest ? left->greatest : right->greatest);
}

void afield__cover_add(struct afield__cover *cover, size_t from, size_t to, int32_t change)
{
	if (from < to)
		add(cover, 1, 0, cover->size, from, to, change);
}

static size_t next(const struct afield__cover *cover, size_t node, size_t start, size_t size,
		   size_t from, int32_t above, bool covered)
{
	const struct afield__cover_node *here = &cover->nodes[node];
	size_t found;

	if (start + size <= from ||
	    (covered ? above + here->greatest <= 0 : above + here->least > 0))
		return cover->size;
	if (size == 1)
		return start;
	found = next(cover, node * 2, start, size / 2, from, above + here->on, covered);
	if (found < cover->size)
		return found;
	return next(cover, node * 2 + 1, start + size / 2, size / 2, from, above + here->on,
		    covered);
}

size_t afield__cover_next(const struct afield__cover *cover, size_t from, bool covered)
{
	return from >= cover->size ? cover->size : next(cover, 1, 0, cover->size, from, 0, covered);
}

bool afield__peaks_init(struct afield__peaks *peaks, size_t places)
{
	peaks->size = power_of_two(places + 1);
	peaks->nodes = (uint32_t *)calloc(peaks->size * 2, sizeof(*peaks->nodes));
	return peaks->nodes;
}

void afield__peaks_fini(struct afield__peaks *peaks)
{
	free(peaks->nodes);
}

void afield__peaks_set(struct afield__peaks *peaks, size_t place, uint32_t number)
{
	size_t node = peaks->size + place;

	peaks->nodes[node] = number;
	for (node /= 2; node; node /= 2) {
		uint32_t left = peaks->nodes[node * 2], right = peaks->nodes[node * 2 + 1];

		peaks->nodes[node] = left > right ? left : right;
	}
}

size_t afield__peaks_find(const struct afield__peaks *peaks, size_t from, size_t to)
{
	size_t best = 0, left = from + peaks->size, right = to + peaks->size;

	for (; left < right; left /= 2, right /= 2) {
		if (left & 1) {
			if (peaks->nodes[left] > peaks->nodes[best])
				best = left;
			left++;
		}
		if (right & 1) {
			right--;
			if (peaks->nodes[right] > peaks->nodes[best])
				best = right;
		}
	}
	if (!peaks->nodes[best])
		return SIZE_MAX;
	while (best < peaks->size)
		best = best * 2 + (peaks->nodes[best * 2] != peaks->nodes[best]);
	return best - peaks->size;
}
