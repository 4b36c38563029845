/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: what is appended is in the list, or was taken out.
 */
#include <afield/list.h>

#include "soak.h"

AFIELD_TYPE(number_list, list, uint64_t);

static number_list field
, whole;
static uint64_t added, removed; /* __atomic */

static void append(struct soak_thread *thread)
{
	uint64_t number = soak_random(thread, 1000) + 1;
	int error =
		soak_random(thread, 2)
			? number_list_append(&field, number)
			: number_list_insert(&field, (int64_t)soak_random(thread, 9) - 4, number);

	SOAK_CHECK(error == 0 || error == -ENOMEM);
	if (error == 0)
		soak_add(&added, number);
}

static void take(struct soak_thread *thread)
{
	uint64_t old = 0;
	int error = number_list_erase(&field, (int64_t)soak_random(thread, 8), &old);

	SOAK_CHECK(error == 0 || error == -ENOMEM || error == -ERANGE);
	if (error == 0)
		soak_add(&removed, old);
	else if (error == -ERANGE && number_list_discard(&field, 7) == 0)
		soak_add(&removed, 7);
	while (number_list_count(&field) > 50 && number_list_erase(&field, 0, &old) == 0)
		soak_add(&removed, old);
}

static void change(struct soak_thread *thread)
{
	uint64_t number = soak_random(thread, 1000) + 1, old = 0;

	if (number_list_exchange(&field, (int64_t)soak_random(thread, 8), number, &old) == 0) {
		soak_add(&added, number);
		soak_add(&removed, old);
	}
}

/* All elements are of one assign, whose numbers are equal. */
static void assign(struct soak_thread *thread)
{
	uint64_t number = soak_random(thread, 1000), first = 0, values[5];
	bool is_first = true;
	int error;

	for (int i = 0; i < 5; i++)
		values[i] = number;
	error = number_list_assign(&whole, values, soak_random(thread, 6));
	SOAK_CHECK(error == 0 || error == -ENOMEM);
	AFIELD_LIST_EACH(number_list, each, &whole)
	{
		if (is_first)
			first = *each.item;
		is_first = false;
		SOAK_EQUAL(*each.item, first);
	}
}

static int sum_up(const uint64_t *number, void *sum)
{
	SOAK_CHECK(*number > 0 && *number <= 1000);
	*(uint64_t *)sum += *number;
	return 0;
}

static void walk(struct soak_thread *thread)
{
	uint64_t sum = 0;

	(void)thread;
	SOAK_EQUAL(number_list_walk(&field, sum_up, &sum), 0);
}

static void finish(struct soak_thread *thread)
{
	uint64_t sum = 0;

	(void)thread;
	SOAK_EQUAL(number_list_walk(&field, sum_up, &sum), 0);
	SOAK_EQUAL(sum + removed, added);
	number_list_fini(&field);
	number_list_fini(&whole);
	memset(&field, 0, sizeof(field));
	memset(&whole, 0, sizeof(whole));
	added = removed = 0;
}

#define OPERATIONS(operation) \
	operation(append) operation(take) operation(change) operation(assign) operation(walk)
SOAK_KIND(list, OPERATIONS, .finish = finish);
