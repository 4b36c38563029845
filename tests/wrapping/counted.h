/* SPDX-License-Identifier: MIT */
/*
 * counted: memory that is counted, and fails on request.
 *
 * When to use it: in streams.c, for zlib and for what comes out of it.
 *
 * Synchronization: any threads allocate and free. A struct bytes belongs to who has it.
 */
#ifndef AFIELD_TESTS_COUNTED_H
#define AFIELD_TESTS_COUNTED_H

#include <afield/ordering.h>

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static AFIELD_ATOMIC(int64_t) live_blocks;
static AFIELD_ATOMIC(int64_t) failing_in; /* 0: none fails */

static void *count_alloc(void *unused, uInt items, uInt size)
{
	void *block;

	(void)unused;
	if (AFIELD_LOAD(&failing_in, relaxed) > 0 && AFIELD_FETCH_SUB(&failing_in, 1, relaxed) == 1)
		return NULL;
	block = calloc(items, size);
	if (block)
		AFIELD_FETCH_ADD(&live_blocks, 1, relaxed);
	return block;
}

static void count_free(void *unused, void *block)
{
	(void)unused;
	AFIELD_FETCH_SUB(&live_blocks, 1, relaxed);
	free(block);
}

/* Bytes that grow. */
struct bytes {
	unsigned char *start;
	size_t size;
	size_t capacity;
};

static void bytes_free(struct bytes *bytes)
{
	if (bytes->start)
		count_free(NULL, bytes->start);
	memset(bytes, 0, sizeof(*bytes));
}

static bool bytes_grow(struct bytes *bytes)
{
	size_t capacity = bytes->capacity ? 2 * bytes->capacity : 4096;
	unsigned char *start =
		capacity > UINT_MAX ? NULL : (unsigned char *)count_alloc(NULL, 1, (uInt)capacity);

	if (!start)
		return false;
	if (bytes->size)
		memcpy(start, bytes->start, bytes->size);
	if (bytes->start)
		count_free(NULL, bytes->start);
	bytes->start = start;
	bytes->capacity = capacity;
	return true;
}

#endif
