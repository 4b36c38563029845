/* SPDX-License-Identifier: MIT */
/*
 * box: what the sample's test knows well, what it knows half, and what it never calls.
 */
#include "box.h"

/* Each change of this is found. */
bool box_put(struct box *box, int number)
{
	if (box->count == sizeof(box->numbers) / sizeof(box->numbers[0]))
		return false;
	box->numbers[box->count++] = number;
	return true;
}

/* The test asks for no sum that is the limit itself, so < may as well be <=. */
size_t box_below(const struct box *box, int limit)
{
	int sum = 0;

	for (size_t i = 0; i < box->count; i++) {
		sum += box->numbers[i];
		if (!(sum < limit))
			return i;
	}
	return box->count;
}

ptrdiff_t box_place(const struct box *box, const int *number)
{
	if (!number)
		return -1;
	return number - box->numbers;
}
