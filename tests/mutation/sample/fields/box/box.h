/* SPDX-License-Identifier: MIT */
/*
 * box: a sample for the test of the mutation tool: some numbers, and a generator macro over them.
 */
#ifndef BOX_H
#define BOX_H

#include <stdbool.h>
#include <stddef.h>

struct box {
	int numbers[4];
	size_t count;
};

/* Puts a number in. Returns false when the box is full. */
bool box_put(struct box *box, int number);
/* How many of the numbers, counted from the first, add up to less than `limit`. */
size_t box_below(const struct box *box, int limit);
/* How far a number of the box is from the first one, or -1 without one; nobody calls it. */
ptrdiff_t box_place(const struct box *box, const int *number);

/* name_put2(box, number): twice the same number; false when there is no place for both. */
#define BOX(name)                                                                    \
	static inline bool name##_put2(struct box *box, int number)                  \
	{                                                                            \
		if (box->count + 2 > sizeof(box->numbers) / sizeof(box->numbers[0])) \
			return false;                                                \
		box_put(box, number);                                                \
		return box_put(box, number);                                         \
	}                                                                            \
	struct box

#endif
