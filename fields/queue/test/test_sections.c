/* SPDX-License-Identifier: MIT */
/*
 * queue: each access to a node that another thread may retire is inside a read section.
 */
#define _GNU_SOURCE
#include <afield/queue.h>

#define CONTAINER_KIND queue
#include "container_sections.h"

enum { FIRST_RING = 32 }; /* its places */

static void push_numbers(void *field)
{
	for (int64_t i = 1; i <= INSIDE; i++)
		TEST_CHECK(numbers_push((numbers *)field, i) == 0);
}

/* So many come and go. */
static void pass_through(void *field, int64_t count)
{
	int64_t value;

	for (int64_t i = 0; i < count; i++)
		TEST_CHECK(numbers_push((numbers *)field, 0) == 0);
	for (int64_t i = 0; i < count; i++)
		TEST_CHECK(numbers_pop((numbers *)field, &value));
}

/* The head is a ring that is popped and closed, and the next one has the numbers: a pop goes on to
 * it. */
static void fill(void *field)
{
	int64_t value;

	for (int64_t i = 0; i < FIRST_RING; i++)
		TEST_CHECK(numbers_push((numbers *)field, 0) == 0);
	push_numbers(field);
	for (int64_t i = 0; i < FIRST_RING; i++)
		TEST_CHECK(numbers_pop((numbers *)field, &value) && value == 0);
}

/* The only ring is full of the numbers, as far as a push knows: it closes it and links another. */
static void fill_to_the_end(void *field)
{
	pass_through(field, INSIDE);
	for (int64_t i = 0; i < FIRST_RING - INSIDE; i++)
		TEST_CHECK(numbers_push((numbers *)field, 1) == 0);
	push_numbers(field);
}

/* More than any ring that was there has places for. */
static void renew(void *field)
{
	int64_t value;

	while (numbers_pop((numbers *)field, &value))
		;
	pass_through(field, 1000);
	push_numbers(field);
}

static void pop_nowait(void *field)
{
	int64_t value = 0;

	TEST_CHECK(
		afield__queue_pop_nowait(&((numbers *)field)->queue, &numbers__element, &value) &&
		value >= 1 && value <= INSIDE);
}
static void pop_wait(void *field)
{
	int64_t value = 0;

	TEST_CHECK(numbers_pop_wait((numbers *)field, &value, NULL) == 0 && value >= 1);
}
static void each(void *field)
{
	uintptr_t sum = 0;

	TEST_CHECK(afield__queue_each(&((numbers *)field)->queue, visit, &sum) == 0 && sum > 0);
}

static const struct section_operation operations[] = {
	{"push", push},         {"pop", pop},     {"pop_nowait", pop_nowait},
	{"pop_wait", pop_wait}, {"count", count}, {"is_empty", is_empty},
	{"each", each},
};
static const struct section_field queue = {sizeof(numbers), fill, renew, finish, operations, 7};

static const struct section_operation first[] = {{"first push", push}};
static void nothing(void *field)
{
	(void)field;
}
static const struct section_field fresh = {sizeof(numbers), nothing, renew, finish, first, 1};
static const struct section_operation closing[] = {{"closing push", push}};
static const struct section_field full = {sizeof(numbers), fill_to_the_end, renew,
					  finish,          closing,         1};

/* What a walk without a section does. */
static void walk_unprotected(void *field)
{
	const struct afield__queue_words *words = &((numbers *)field)->queue.words;
	const struct afield__queue_segment *segment = AFIELD_LOAD(&words->head, acquire);

	while (segment) {
		(void)afield__ring_count(&segment->ring);
		segment = AFIELD_LOAD(&segment->next, acquire);
	}
}
static const struct section_operation mistake = {"a walk without a section", walk_unprotected};

static void a_missing_section_is_caught(void)
{
	TEST_CHECK(sections_catch(&queue, &mistake));
}

static void accesses_are_in_sections(void)
{
	sections_hold(&queue);
	sections_hold(&fresh);
	sections_hold(&full);
}

int main(void)
{
	sections_begin("afield__queue_pop");
	TEST_RUN(a_missing_section_is_caught);
	TEST_RUN(accesses_are_in_sections);
	return test_done();
}
