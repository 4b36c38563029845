/* SPDX-License-Identifier: MIT */
/*
 * cover.h: how many open intervals lie over each place of a line.
 */
#ifndef AFIELD_CHECK_COVER_H
#define AFIELD_CHECK_COVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A segment tree of counts: the least and the greatest below each node, without what lies on the
 * way. */
struct afield__cover {
	struct afield__cover_node {
		int32_t least, greatest, on;
	} * nodes;
	size_t size; /* places, a power of two */
};

bool afield__cover_init(struct afield__cover *cover, size_t places);
void afield__cover_fini(struct afield__cover *cover);
/* Lays one interval over the places [from, to), before everything is settled. */
void afield__cover_lay(struct afield__cover *cover, size_t from, size_t to);
/* To be called once, when all is laid and before anything else. */
void afield__cover_settle(struct afield__cover *cover);
/* Adds `change` to the places [from, to). */
void afield__cover_add(struct afield__cover *cover, size_t from, size_t to, int32_t change);
/* The first place from `from` on that is covered, or is not; `size` when there is none. */
size_t afield__cover_next(const struct afield__cover *cover, size_t from, bool covered);

/* A row of numbers in which the greatest (with its place) of a stretch is found in logarithmic
 * time. */
struct afield__peaks {
	uint32_t *nodes; /* 0: nothing there */
	size_t size;
};

bool afield__peaks_init(struct afield__peaks *peaks, size_t places);
void afield__peaks_fini(struct afield__peaks *peaks);
/* Puts a number where none was, before everything is settled. */
void afield__peaks_lay(struct afield__peaks *peaks, size_t place, uint32_t number);
void afield__peaks_settle(struct afield__peaks *peaks);
void afield__peaks_set(struct afield__peaks *peaks, size_t place, uint32_t number);
/* The place of the greatest number in [from, to), or SIZE_MAX when all are below `least`, not 0. */
size_t afield__peaks_find(const struct afield__peaks *peaks, size_t from, size_t to,
			  uint32_t least);

#endif
