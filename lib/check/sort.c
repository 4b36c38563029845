/* SPDX-License-Identifier: MIT */
/*
 * sort.c: sorts numbers that carry an index, and gathers indices by a small number.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, FEW = 256 };

static int compare_keyed(const void *left, const void *right)
{
	const struct afield__keyed *a = (const struct afield__keyed *)left;
	const struct afield__keyed *b = (const struct afield__keyed *)right;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* One pass of a radix sort: by the digit `shift` bits up of what a key has over `least`. */
static void pass(struct afield__keyed *to, const struct afield__keyed *from, size_t count,
		 uint64_t least, unsigned shift)
{
	size_t start[DIGITS] = {0}, sum = 0;

	for (size_t i = 0; i < count; i++)
		start[((uint64_t)from[i].key - least) >> shift & (DIGITS - 1)]++;
	for (size_t i = 0; i < DIGITS; i++) {
		size_t here = start[i];

		start[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[start[((uint64_t)from[i].key - least) >> shift & (DIGITS - 1)]++] = from[i];
}

void afield__sort(struct afield__keyed *items, size_t count)
{
	struct afield__keyed *spare = NULL, *from = items, *to;
	int64_t least = count ? items[0].key : 0, greatest = least;
	bool sorted = true;

	for (size_t i = 1; i < count; i++) {
		sorted &= items[i - 1].key <= items[i].key;
		least = items[i].key < least ? items[i].key : least;
		greatest = items[i].key > greatest ? items[i].key : greatest;
	}
	/* Most histories come sorted, and equal keys keep the order of their indices. */
	if (sorted)
		return;
	if (count >= FEW)
		spare = (struct afield__keyed *)malloc(count * sizeof(*spare));
	if (!spare) {
		qsort(items, count, sizeof(*items), compare_keyed);
		return;
	}
	to = spare;
	for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
		struct afield__keyed *last = from;

		if (!(((uint64_t)greatest - (uint64_t)least) >> shift))
			break;
		pass(to, from, count, (uint64_t)least, shift);
		from = to;
		to = last;
	}
	if (from != items)
		memcpy(items, from, count * sizeof(*items));
	free(spare);
}

bool afield__buckets_init(struct afield__buckets *buckets, const uint32_t *of, uint32_t count,
			  size_t kinds)
{
	buckets->start = (uint32_t *)calloc(kinds + 2, sizeof(*buckets->start));
	buckets->members = (uint32_t *)malloc((count + (size_t)1) * sizeof(*buckets->members));
	if (!buckets->start || !buckets->members)
		return false;
	/* Counted two places up, so that filling leaves each start where it belongs. */
	for (uint32_t i = 0; i < count; i++) {
		if (of[i] != AFIELD__NONE)
			buckets->start[of[i] + 2]++;
	}
	for (size_t i = 2; i < kinds + 2; i++)
		buckets->start[i] += buckets->start[i - 1];
	for (uint32_t i = 0; i < count; i++) {
		if (of[i] != AFIELD__NONE)
			buckets->members[buckets->start[of[i] + 1]++] = i;
	}
	return true;
}

void afield__buckets_fini(struct afield__buckets *buckets)
{
	free(buckets->start);
	free(buckets->members);
}
