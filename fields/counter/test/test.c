/* SPDX-License-Identifier: MIT */
/*
 * counter alone: what each operation does, the stripes, the table, and the child of a fork.
 */
#include <afield/class.h>
#include <afield/counter.h>

#include "child.h"
#include "test.h"

#include <errno.h>

#define SITE(field)                 \
	field(afield_counter, hits) \
	field(afield_counter, bytes)
AFIELD_CLASS(site, SITE);
AFIELD_TYPE(own_counter, counter, int64_t);

static void finish(afield_counter *counter)
{
	afield_counter_type()->fini(afield_counter_type(), counter);
}

/* What contention does: an addition that met another. */
static void stripe(afield_counter *counter)
{
	afield__counter_add_slow(&counter->counter, 0);
	TEST_CHECK(afield__counter_block(&counter->counter) != NULL);
}

static void zero_is_fresh(void)
{
	own_counter counter;

	memset(&counter, 0, sizeof(counter));
	TEST_CHECK(own_counter_sum(&counter) == 0);
	TEST_CHECK(own_counter_reset(&counter) == 0);
	own_counter_type()->fini(own_counter_type(), &counter);
	TEST_CHECK(sizeof(counter) == 16 && own_counter_type()->alignment <= 16);
}

static void one_thread_needs_no_stripes(void)
{
	afield_counter counter;

	memset(&counter, 0, sizeof(counter));
	for (int64_t i = 1; i <= 1000; i++)
		afield_counter_add(&counter, i);
	TEST_CHECK(afield_counter_sum(&counter) == 500500);
	TEST_CHECK(afield__counter_block(&counter.counter) == NULL);
	TEST_CHECK(afield_counter_reset(&counter) == 500500);
	TEST_CHECK(afield_counter_sum(&counter) == 0);
	finish(&counter);
}

static void stripes_count_as_well(void)
{
	afield_counter counter;
	struct afield__counter_block *block;

	memset(&counter, 0, sizeof(counter));
	afield_counter_add(&counter, 7);
	stripe(&counter);
	block = afield__counter_block(&counter.counter);
	TEST_CHECK((uintptr_t)block % 64 == 0);
	TEST_CHECK(block->mask >= 1 && block->mask < 128 && ((block->mask + 1) & block->mask) == 0);
	for (size_t i = 0; i <= block->mask; i++)
		afield__counter_add_at(block, i, 10);
	afield_counter_add(&counter, -2);
	TEST_CHECK(afield_counter_sum(&counter) == 5 + 10 * (int64_t)(block->mask + 1));
	stripe(&counter);
	TEST_CHECK(afield__counter_block(&counter.counter) == block); /* once */
	TEST_CHECK(afield_counter_reset(&counter) == 5 + 10 * (int64_t)(block->mask + 1));
	TEST_CHECK(afield_counter_sum(&counter) == 0);
	finish(&counter);
	TEST_CHECK(afield_counter_sum(&counter) == 0);
	TEST_CHECK(afield__counter_block(&counter.counter) == NULL);
}

/* The parts wrap on their own, and their sum as one word would. */
static void it_wraps_in_twos_complement(void)
{
	afield_counter counter;

	memset(&counter, 0, sizeof(counter));
	afield_counter_add(&counter, INT64_MAX);
	afield_counter_add(&counter, 1);
	TEST_CHECK(afield_counter_sum(&counter) == INT64_MIN);
	stripe(&counter);
	afield_counter_add(&counter, INT64_MIN);
	TEST_CHECK(afield_counter_sum(&counter) == 0);
	afield_counter_add(&counter, -1);
	TEST_CHECK(afield_counter_reset(&counter) == -1);
	finish(&counter);
}

static void the_table_does_the_same(void)
{
	const struct afield_type *type = site_class()->rows[1].type();
	const int64_t amount = 5;
	const void *arguments[] = {&amount};
	site object;
	int64_t value = -1;

	memset(&object, 0, sizeof(object));
	TEST_CHECK(strcmp(type->kind, "counter") == 0 && type->value_type.type_code == AFIELD_I64);
	TEST_CHECK(type->verb_count == 3 && type->store == NULL);
	TEST_CHECK(strcmp(type->verbs[0].name, "add") == 0);
	TEST_CHECK(type->verbs[0].call(type, &object.bytes, NULL, arguments) == 0);
	TEST_CHECK(type->load(type, &object.bytes, &value) == 0 && value == 5);
	TEST_CHECK(strcmp(type->verbs[1].name, "sum") == 0);
	TEST_CHECK(type->verbs[1].call(type, &object.bytes, &value, NULL) == 0 && value == 5);
	TEST_CHECK(strcmp(type->verbs[2].name, "reset") == 0);
	TEST_CHECK(type->verbs[2].call(type, &object.bytes, &value, NULL) == 0 && value == 5);
	TEST_CHECK(afield_counter_sum(&object.bytes) == 0 && afield_counter_sum(&object.hits) == 0);
	stripe(&object.hits);
	site_fini(&object);
	TEST_CHECK(afield__counter_block(&object.hits.counter) == NULL);
}

static afield_counter shared;
static AFIELD_ATOMIC(bool) is_over;
static void *keep_adding(void *unused)
{
	while (!AFIELD_LOAD(&is_over, relaxed))
		afield_counter_add(&shared, 1);
	return unused;
}

static int add_in_child(void *unused)
{
	int64_t before = afield_counter_sum(&shared);

	(void)unused;
	for (int i = 0; i < 1000; i++)
		afield_counter_add(&shared, 1);
	return afield_counter_sum(&shared) != before + 1000;
}

/* Forked while others add: the child has a counter that works, and what had been added. */
static void a_child_has_the_counter_alone(void)
{
	pthread_t threads[2];

	memset(&shared, 0, sizeof(shared));
	stripe(&shared); /* a child of threads should not depend on malloc */
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, keep_adding, NULL))
			abort();
	for (int i = 0; i < 8; i++)
		TEST_CHECK(child_finds(add_in_child, NULL));
	AFIELD_STORE(&is_over, true, relaxed);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	finish(&shared);
}

int main(void)
{
	TEST_RUN(zero_is_fresh);
	TEST_RUN(one_thread_needs_no_stripes);
	TEST_RUN(stripes_count_as_well);
	TEST_RUN(it_wraps_in_twos_complement);
	TEST_RUN(the_table_does_the_same);
	TEST_RUN(a_child_has_the_counter_alone);
	return test_done();
}
