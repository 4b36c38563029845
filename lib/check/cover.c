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

/* What a node's children say, and itself. */
static void join(struct afield__cover *cover, size_t node)
{
	struct afield__cover_node *here = &cover->nodes[node];
	const struct afield__cover_node *left = &cover->nodes[node * 2];
	const struct afield__cover_node *right = &cover->nodes[node * 2 + 1];

	here->least = here->on + (left->least < right->least ? left->least : right->least);
	here->greatest =
		here->on + (left->greatest > right->greatest ? left->greatest : right->greatest);
}

void afield__cover_lay(struct afield__cover *cover, size_t from, size_t to)
{
	if (from >= to)
		return;
	cover->nodes[cover->size + from].on++;
	cover->nodes[cover->size + to].on--;
}

void afield__cover_settle(struct afield__cover *cover)
{
	int32_t count = 0;

	for (size_t node = cover->size; node < cover->size * 2; node++) {
		count += cover->nodes[node].on;
		cover->nodes[node].on = count;
		cover->nodes[node].least = cover->nodes[node].greatest = count;
	}
	for (size_t node = cover->size; --node;)
		join(cover, node);
}

static void change_node(struct afield__cover_node *node, int32_t change)
{
	node->on += change;
	node->least += change;
	node->greatest += change;
}

void afield__cover_add(struct afield__cover *cover, size_t from, size_t to, int32_t change)
{
	size_t left = from + cover->size, right = to + cover->size;

	if (from >= to)
		return;
	/* The whole nodes that make up the stretch, from both ends up. */
	for (; left < right; left /= 2, right /= 2) {
		if (left & 1)
			change_node(&cover->nodes[left++], change);
		if (right & 1)
			change_node(&cover->nodes[--right], change);
	}
	for (left = (from + cover->size) / 2; left; left /= 2)
		join(cover, left);
	for (right = (to - 1 + cover->size) / 2; right; right /= 2)
		join(cover, right);
}

static bool has(const struct afield__cover *cover, size_t node, int32_t above, bool covered)
{
	const struct afield__cover_node *here = &cover->nodes[node];

	return covered ? above + here->greatest > 0 : above + here->least <= 0;
}

size_t afield__cover_next(const struct afield__cover *cover, size_t from, bool covered)
{
	size_t node = from + cover->size;
	int32_t above = 0; /* what lies on all nodes above */

	if (from >= cover->size)
		return cover->size;
	for (size_t parent = node / 2; parent; parent /= 2)
		above += cover->nodes[parent].on;
	/* To the right, mostly not far: up while there is nothing, then down. */
	while (!has(cover, node, above, covered)) {
		for (; node & 1; above -= cover->nodes[node].on) {
			node /= 2;
			if (node <= 1)
				return cover->size;
		}
		node++;
	}
	while (node < cover->size) {
		above += cover->nodes[node].on;
		node = node * 2 + !has(cover, node * 2, above, covered);
	}
	return node - cover->size;
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

void afield__peaks_lay(struct afield__peaks *peaks, size_t place, uint32_t number)
{
	peaks->nodes[peaks->size + place] = number;
}

static uint32_t greater(const struct afield__peaks *peaks, size_t node)
{
	uint32_t left = peaks->nodes[node * 2], right = peaks->nodes[node * 2 + 1];

	return left > right ? left : right;
}

void afield__peaks_settle(struct afield__peaks *peaks)
{
	for (size_t node = peaks->size; --node;)
		peaks->nodes[node] = greater(peaks, node);
}

void afield__peaks_set(struct afield__peaks *peaks, size_t place, uint32_t number)
{
	size_t node = peaks->size + place;

	peaks->nodes[node] = number;
	for (node /= 2; node; node /= 2) {
		number = greater(peaks, node);
		if (peaks->nodes[node] == number)
			return;
		peaks->nodes[node] = number;
	}
}

size_t afield__peaks_find(const struct afield__peaks *peaks, size_t from, size_t to, uint32_t least)
{
	size_t best = 0, left = from + peaks->size, right = to + peaks->size;
	uint32_t number = least - 1;

	for (; left < right; left /= 2, right /= 2) {
		if (left & 1) {
			if (peaks->nodes[left] > number) {
				best = left;
				number = peaks->nodes[left];
			}
			left++;
		}
		if (right & 1) {
			right--;
			if (peaks->nodes[right] > number) {
				best = right;
				number = peaks->nodes[right];
			}
		}
	}
	if (!best)
		return SIZE_MAX;
	while (best < peaks->size)
		best = best * 2 + (peaks->nodes[best * 2] != number);
	return best - peaks->size;
}
