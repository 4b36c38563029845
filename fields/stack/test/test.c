/* SPDX-License-Identifier: MIT */
/*
 * stack, by one thread: its order, taking all, the count, and what container_alone.h says of any
 * container.
 */
#include <afield/stack.h>
#include <afield/reclaim.h>

#define CONTAINER_KIND stack
#include "container_alone.h"

static void the_last_leaves_first(void)
{
	numbers stack;
	int64_t value = -1;

	container_fill(&stack, 100);
	for (int64_t i = 99; i >= 0; i--) {
		TEST_CHECK(numbers_pop(&stack, &value) && value == i);
		TEST_CHECK(numbers_count(&stack) == (size_t)i);
	}
	container_begins_again(&stack);
}

static void a_clear_ends_what_is_inside(void)
{
	payloads stack;

	memset(&stack, 0, sizeof(stack));
	payloads_freed = 0;
	for (int i = 0; i < 5; i++)
		TEST_CHECK(payloads_push(&stack, payload_write("a payload")) == 0);
	payloads_clear(&stack);
	TEST_CHECK(payloads_freed == 5);
	payloads_fini(&stack);
	TEST_CHECK(payloads_freed == 5);
}

static void sum_up(int64_t *value, void *opaque)
{
	int64_t *sum = (int64_t *)opaque;

	*sum = *sum * 10 + *value;
}

static numbers again; /* what `each` may use */
static void push_again(int64_t *value, void *unused)
{
	(void)unused;
	TEST_CHECK(numbers_push(&again, *value + 10) == 0);
}

static void all_leave_at_once(void)
{
	int64_t sum = 0;

	TEST_CHECK(numbers_pop_all(&again, sum_up, &sum) == 0 && sum == 0);
	for (int64_t i = 1; i <= 4; i++)
		TEST_CHECK(numbers_push(&again, i) == 0);
	TEST_CHECK(numbers_pop_all(&again, push_again, NULL) == 4);
	TEST_CHECK(numbers_count(&again) == 4);
	for (int64_t i = 1; i <= 4; i++)
		TEST_CHECK(numbers_pop(&again, &sum) && sum == 10 + i);
	for (int64_t i = 1; i <= 4; i++)
		TEST_CHECK(numbers_push(&again, i) == 0);
	sum = 0;
	TEST_CHECK(numbers_pop_all(&again, sum_up, &sum) == 4 && sum == 4321);
	numbers_clear(&again);
	TEST_CHECK(numbers_push(&again, 1) == 0 && !numbers_is_empty(&again));
	numbers_clear(&again);
	TEST_CHECK(numbers_is_empty(&again));
	numbers_fini(&again);
}

/* Counted from the top after pushes and pops of every length. */
static void the_count_is_exact(void)
{
	numbers stack;
	int64_t value;
	size_t inside = 0;

	memset(&stack, 0, sizeof(stack));
	for (unsigned i = 0; i < 200; i++) {
		for (unsigned j = 0; j < i % 7; j++, inside++)
			TEST_CHECK(numbers_push(&stack, i) == 0);
		if (i % 3)
			TEST_CHECK(numbers_count(&stack) == inside);
		for (unsigned j = 0; j < i % 5 && inside > 0; j++, inside--)
			TEST_CHECK(numbers_pop(&stack, &value));
		TEST_CHECK(numbers_count(&stack) == inside);
	}
	numbers_clear(&stack);
	TEST_CHECK(numbers_count(&stack) == 0);
	numbers_fini(&stack);
}

int main(void)
{
	container_run(CONTAINER_LAST_FIRST);
	TEST_RUN(the_last_leaves_first);
	TEST_RUN(a_clear_ends_what_is_inside);
	TEST_RUN(all_leave_at_once);
	TEST_RUN(the_count_is_exact);
	return container_done();
}
