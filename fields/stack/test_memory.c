/*
 * stack when memory is out: push says so, what was inside is there, and everything else goes on.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/stack.h>
#include <afield/reclaim.h>

#include "failing.h"
#include "test.h"

AFIELD_TYPE(numbers, stack, int64_t);

/* A stack has nothing to allocate but the nodes of its values. */
static void a_push_says_so(void)
{
	numbers stack;
	int64_t value = 0;

	memset(&stack, 0, sizeof(stack));
	failing = 1;
	TEST_CHECK(!numbers_push(&stack, 1));
	TEST_CHECK(numbers_is_empty(&stack) && numbers_count(&stack) == 0);
	TEST_CHECK(!numbers_pop(&stack, &value));
	failing = 0;
	TEST_CHECK(refused == 1);
	TEST_CHECK(numbers_push(&stack, 2) && numbers_push(&stack, 3));
	failing = 1;
	TEST_CHECK(!numbers_push(&stack, 4) && numbers_count(&stack) == 2);
	TEST_CHECK(numbers_pop(&stack, &value) && value == 3);
	TEST_CHECK(numbers_pop(&stack, &value) && value == 2); /* the last one too */
	TEST_CHECK(!numbers_pop(&stack, &value));
	numbers_fini(&stack);
	failing = 0;
	TEST_CHECK(refused == 2);
	TEST_CHECK(afield_barrier() == 0);
}

static void the_table_says_so(void)
{
	const struct afield_type *type = numbers_type();
	int64_t value = 5;
	const void *arguments[2] = {&value, NULL};
	numbers stack;

	memset(&stack, 0, sizeof(stack));
	failing = 1;
	TEST_CHECK(type->verbs[0].call(type, &stack, NULL, arguments) == -ENOMEM);
	failing = 0;
	TEST_CHECK(type->verbs[0].call(type, &stack, NULL, arguments) == 0);
	type->fini(type, &stack);
}

/* The first pop of a process starts the library's thread, which takes memory. */
static void start(void)
{
	numbers stack;
	int64_t value;

	memset(&stack, 0, sizeof(stack));
	for (int i = 0; i < 2; i++)
		TEST_CHECK(numbers_push(&stack, i));
	while (numbers_pop(&stack, &value))
		;
	numbers_fini(&stack);
}

int main(void)
{
	start();
	TEST_RUN(a_push_says_so);
	TEST_RUN(the_table_says_so);
	return test_done();
}
