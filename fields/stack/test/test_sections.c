/* SPDX-License-Identifier: MIT */
/*
 * stack: each access to a node that another thread may retire is inside a read section.
 */
#define _GNU_SOURCE
#include <afield/stack.h>

#define CONTAINER_KIND stack
#include "container_sections.h"

static void fill(void *field)
{
	for (int64_t i = 1; i <= INSIDE; i++)
		TEST_CHECK(numbers_push((numbers *)field, i) == 0);
}

/* A value of more than a word never goes the short way, whose section is another. */
struct two_words {
	int64_t first, second;
};
CONTAINER_OF(wide, struct two_words);

static void leave(int64_t *value, void *unused)
{
	(void)value;
	(void)unused;
}

/* The nodes that leave are the next that are taken. They go to another stack meanwhile, so that
 * those of this one are others, and are at hand in the end, from where a barrier has them freed. */
static void renew(void *field)
{
	static numbers aside;
	size_t count = numbers_pop_all((numbers *)field, leave, NULL);

	for (size_t i = 0; i < count; i++)
		TEST_CHECK(numbers_push(&aside, 0) == 0);
	fill(field);
	numbers_clear(&aside);
}

static void add(int64_t *value, void *sum)
{
	*(int64_t *)sum += *value;
}
static void pop_all(void *field)
{
	int64_t sum = 0;

	TEST_CHECK(numbers_pop_all((numbers *)field, add, &sum) == INSIDE && sum == 1 + 2 + 3);
}
static void take_all(void *field)
{
	struct afield__block *rest = afield__stack_take(&((numbers *)field)->stack);
	int64_t value, sum = 0;

	while (afield__stack_next(&rest, &numbers__element, &value))
		sum += value;
	TEST_CHECK(sum == 1 + 2 + 3);
}
/* The node that is popped is at hand for the push, which is the short way then. */
static void pop_and_push(void *field)
{
	pop(field);
	push(field);
}
static void push_wide(void *field)
{
	struct two_words value = {10, 10};

	TEST_CHECK(afield__stack_push(&((numbers *)field)->stack, &wide__element, &value) == 0);
}
static void pop_wide(void *field)
{
	struct two_words value = {0, 0};

	TEST_CHECK(afield__stack_pop(&((numbers *)field)->stack, &wide__element, &value) &&
		   value.first >= 1 && value.first <= INSIDE);
}
static void clear(void *field)
{
	numbers_clear((numbers *)field);
}
static void drop_all(void *field)
{
	afield__stack_drop_all(&((numbers *)field)->stack, &numbers__element);
}
/* A collector has nobody beside it; here the walk finds what it finds, in memory that is there. */
static void each(void *field)
{
	uintptr_t sum = 0;

	TEST_CHECK(afield__stack_each(&((numbers *)field)->stack, visit, &sum) == 0);
}

static const struct section_operation operations[] = {
	{"take_all", take_all},
	{"push", push},
	{"pop", pop},
	{"pop and push", pop_and_push},
	{"push wide", push_wide},
	{"pop wide", pop_wide},
	{"pop_all", pop_all},
	{"clear", clear},
	{"drop_all", drop_all},
	{"count", count},
	{"is_empty", is_empty},
	{"each", each},
};
static const struct section_field stack = {sizeof(numbers), fill, renew, finish, operations, 12};

/* What a look below the node on top does without a section. */
static void look_unprotected(void *field)
{
	const struct afield__block *node =
		afield__stack_node(AFIELD_LOAD_WORD(&((numbers *)field)->stack.top, acquire));

	while (node)
		node = AFIELD_LOAD(&node->next, relaxed);
}
static const struct section_operation mistake = {"a look without a section", look_unprotected};

static void a_missing_section_is_caught(void)
{
	TEST_CHECK(sections_catch(&stack, &mistake));
}

static void accesses_are_in_sections(void)
{
	sections_hold(&stack);
}

int main(void)
{
	sections_begin("afield__stack_pop");
	TEST_RUN(a_missing_section_is_caught);
	TEST_RUN(accesses_are_in_sections);
	return test_done();
}
