/* SPDX-License-Identifier: MIT */
/*
 * A program of somebody else: a class with a field of the library's and one of his own kind, which
 * four threads raise. Prints the class and ends with 0 when every sum and mark is right.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <afield/atomic.h>
#include <afield/class.h>

#include "../../examples/gauge/gauge.h"

AFIELD_TYPE(depth_gauge, gauge, uint32_t);

#define QUEUE(field)              \
	field(afield_i64, passed) \
	field(depth_gauge, deepest, AFIELD_VERBS, "the most that ever waited")
AFIELD_CLASS(queue, QUEUE);

enum { THREADS = 4, ROUNDS = 100000 };

static queue shared;

static void *run(void *argument)
{
	uint32_t start = *(const uint32_t *)argument;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		afield_i64_fetch_add(&shared.passed, 1);
		depth_gauge_raise(&shared.deepest, start + i * THREADS);
	}
	return NULL;
}

/* The kind through the table, as a tool that has never heard of it uses it. */
static int works_through_the_table(void)
{
	const struct afield_row *row = afield_row(queue_class(), "deepest");
	const struct afield_type *type = row->type();
	static queue object; /* zero is a fresh one */
	uint32_t value = 7, result = 99;
	const void *arguments[] = {&value};
	void *depth = (char *)&object + row->offset;

	if (strcmp(type->kind, "gauge") != 0 || type->value_type.type_code != AFIELD_U32)
		return 0;
	if (type->verbs[0].call(type, depth, &result, arguments) != 0 || result != 0)
		return 0;
	value = 5;
	if (type->verbs[0].call(type, depth, &result, arguments) != 0 || result != 7)
		return 0;
	return type->load(type, depth, &result) == 0 && result == 7;
}

int main(void)
{
	pthread_t threads[THREADS];
	uint32_t starts[THREADS];
	char text[1024];
	int is_right;

	for (uint32_t i = 0; i < THREADS; i++) {
		starts[i] = i;
		if (pthread_create(&threads[i], NULL, run, &starts[i]) != 0)
			return 2;
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	is_right = afield_i64_load(&shared.passed) == (int64_t)THREADS * ROUNDS &&
		   depth_gauge_load(&shared.deepest) == (uint32_t)THREADS * ROUNDS - 1;
	afield_describe(queue_class(), text, sizeof(text));
	queue_fini(&shared);
	printf("%s%s\n", text, is_right ? "right" : "wrong");
	return !is_right || !works_through_the_table();
}
