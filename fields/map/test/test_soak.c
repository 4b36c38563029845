/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: what is added to the values of keys is in the map,
 * or was taken out with them, while it grows and shrinks.
 */
#include <afield/map.h>

#include "soak.h"

#include <stdio.h>

AFIELD_TYPE(number_map, map, uint64_t, int64_t);
AFIELD_TYPE(text_map, map, afield_map_text, int64_t);

enum { KEYS = 3000 };
static number_map field;
static text_map texts;
static uint64_t added, removed; /* __atomic */

static void add(struct soak_thread *thread)
{
	uint64_t key = soak_random(thread, KEYS);
	int64_t seen = 0;
	int result = number_map_get_or_insert(&field, key, 1, &seen);

	while (result == 0) {
		result = number_map_compare_exchange(&field, key, &seen, seen + 1);
		if (result == -ENODATA) /* removed meanwhile */
			result = number_map_get_or_insert(&field, key, 1, &seen);
	}
	SOAK_CHECK(result == 1 || result == -ENOMEM);
	if (result == 1)
		soak_add(&added, 1);
}

static void take(struct soak_thread *thread)
{
	int64_t old = 0;

	if (number_map_remove(&field, soak_random(thread, KEYS), &old))
		soak_add(&removed, (uint64_t)old);
}

static void look(struct soak_thread *thread)
{
	uint64_t key = soak_random(thread, KEYS);
	int64_t seen = 1;

	SOAK_CHECK(!number_map_load(&field, key, &seen) || seen > 0);
	SOAK_CHECK(number_map_count(&field) <= KEYS + 64);
}

static int sum_up(uint64_t key, const int64_t *value, void *sum)
{
	SOAK_CHECK(key<KEYS && * value> 0);
	*(uint64_t *)sum += (uint64_t)*value;
	return 0;
}

static void walk(struct soak_thread *thread)
{
	uint64_t sum = 0;

	if (soak_random(thread, 32) == 0)
		SOAK_EQUAL(number_map_walk(&field, sum_up, &sum), 0);
}

static void write_text(struct soak_thread *thread)
{
	uint64_t number = soak_random(thread, 100);
	char text[40];
	int length = snprintf(text, sizeof(text), "%llu and some more of it",
			      (unsigned long long)number);
	struct afield_bytes key = {text, (size_t)length};
	int64_t seen = (int64_t)number;
	int error = 0;

	if (soak_random(thread, 3) == 0)
		text_map_remove(&texts, key, &seen);
	else if (soak_random(thread, 2))
		error = text_map_set(&texts, key, seen);
	else
		text_map_load(&texts, key, &seen);
	SOAK_CHECK(error >= 0 || error == -ENOMEM);
	SOAK_EQUAL(seen, number);
	if (soak_random(thread, 200) == 0)
		text_map_clear(&texts);
}

static void finish(struct soak_thread *thread)
{
	uint64_t sum = 0;

	(void)thread;
	SOAK_EQUAL(number_map_walk(&field, sum_up, &sum), 0);
	SOAK_EQUAL(sum + removed, added);
	number_map_fini(&field);
	text_map_fini(&texts);
	memset(&field, 0, sizeof(field));
	memset(&texts, 0, sizeof(texts));
	added = removed = 0;
}

#define OPERATIONS(operation) \
	operation(add) operation(take) operation(look) operation(walk) operation(write_text)
SOAK_KIND(map, OPERATIONS, .finish = finish);
