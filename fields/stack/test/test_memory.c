/* SPDX-License-Identifier: MIT */
/*
 * stack when out of memory, as container_memory.h has it, what it gives back of what it took, and who
 * waits for that.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/stack.h>

#define CONTAINER_KIND stack
#include "container_backlog.h"
#include "container_memory.h"
#include "given_back.h"
#include "sanitizers.h"

#include <unistd.h>

/* A node of this size is retired as soon as it is given back, which writes to it. So the value has
 * been copied, or has ended, by then. */
static struct given_back_value written; /* what each page is */
static void page_end(struct given_back_value *page)
{
	TEST_CHECK(memcmp(page, &written, sizeof(written)) == 0);
}
CONTAINER_OF(pages, struct given_back_value, page_end);

/* After a barrier no node is at hand. */
static void a_push_says_so(void)
{
	TEST_CHECK(afield_barrier() == 0);
	container_push_says_so(3, 2);
}

#if !SANITIZERS_ADDRESS
static void a_node_at_hand_will_do(void)
{
	numbers stack;
	int64_t value = 0;

	memset(&stack, 0, sizeof(stack));
	TEST_CHECK(numbers_push(&stack, 1) == 0 && numbers_pop(&stack, &value));
	failing = 1;
	TEST_CHECK(numbers_push(&stack, 2) == 0 && numbers_push(&stack, 3) == -ENOMEM);
	TEST_CHECK(numbers_pop(&stack, &value) && value == 2);
	failing = 0;
	numbers_fini(&stack);
}
#endif

enum { PAGES = 3 };
static pages stack;

static void fill(void)
{
	memset(&written, 'p', sizeof(written));
	for (int i = 0; i < PAGES; i++)
		TEST_CHECK(pages_push(&stack, written) == 0);
}

static void leave(struct given_back_value *page, void *count)
{
	page_end(page);
	++*(int *)count;
}

/* Each way to take values out. */
static void by_pop(void)
{
	static struct given_back_value page;

	fill();
	while (pages_pop(&stack, &page))
		page_end(&page);
}
static void by_pop_all(void)
{
	int count = 0;

	fill();
	TEST_CHECK(pages_pop_all(&stack, leave, &count) == PAGES && count == PAGES);
}
static void by_clear(void)
{
	fill();
	pages_clear(&stack);
}
static void by_collector(void)
{
	fill();
	afield__stack_drop_all(&stack.stack, &pages__element);
}
static void by_host(void)
{
	static struct given_back_value page;
	struct afield__block *rest;

	fill();
	rest = afield__stack_take(&stack.stack);
	TEST_CHECK(afield__stack_next(&rest, &pages__element, &page));
	page_end(&page);
	while (afield__stack_next(&rest, &pages__element, NULL))
		;
}
static void by_fini(void)
{
	fill();
	pages_fini(&stack);
}

static void values_are_given_back(void)
{
	void (*const ways[])(void) = {by_pop, by_pop_all, by_clear, by_collector, by_host};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		given_back(ways[i]);
		given_back_retires(ways[i], PAGES * sizeof(struct given_back_value));
	}
	given_back(by_fini);
}

/* A word goes another way than a page: its nodes are given back some at a time. */
static void words_by_pop(void)
{
	static numbers words;
	int64_t value;

	for (int64_t i = 0; i < 2000; i++)
		TEST_CHECK(numbers_push(&words, i) == 0);
	while (numbers_pop(&words, &value))
		;
}

static void the_backlog_holds_who_may_wait(void)
{
	backlog_holds(words_by_pop);
	backlog_holds(by_pop);
	backlog_holds(by_pop_all);
	backlog_holds(by_clear);
	backlog_holds(by_host);
	backlog_lets(by_collector);
	backlog_lets(by_fini);
}

/* A million values, in and out: by this thread, and by others, half of which push alone. */
enum { MILLION = 1000000, COMPANY = 4, MEBIBYTE = 1 << 20 };
static numbers many;

static void push_many(int64_t count)
{
	for (int64_t i = 0; i < count; i++)
		if (numbers_push(&many, i) != 0)
			abort();
}

static void pop_many(int64_t count)
{
	int64_t value;

	while (count > 0)
		if (numbers_pop(&many, &value))
			count--;
}

static void push_or_pop(void *unused, int index)
{
	(void)unused;
	if (index % 2)
		pop_many(MILLION / COMPANY * 2);
	else
		push_many(MILLION / COMPANY * 2);
}

static void is_back_at(size_t before)
{
	TEST_CHECK(numbers_is_empty(&many));
	for (int i = 0; i < 500 && afield_backlog() > 0; i++)
		usleep(10000);
	printf("  bytes in use: %zu before, %zu after\n", before, given_back_in_use());
	TEST_CHECK(given_back_in_use() < before + MEBIBYTE);
}

/* Without a barrier: what is kept at hand is little. */
static void a_million_are_given_back(void)
{
	size_t before = given_back_in_use();

	push_many(MILLION);
	pop_many(MILLION);
	is_back_at(before);
	test_threads(COMPANY, push_or_pop, NULL);
	is_back_at(before);
	TEST_CHECK(afield_barrier() == 0);
}

int main(void)
{
	backlog_begin();
	container_begin();
	TEST_RUN(a_push_says_so);
#if !SANITIZERS_ADDRESS /* with it, no node is at hand (magazine.h) */
	TEST_RUN(a_node_at_hand_will_do);
	TEST_CHECK(afield_barrier() == 0);
#endif
	TEST_RUN(container_table_says_so);
	TEST_RUN(values_are_given_back);
	TEST_RUN(the_backlog_holds_who_may_wait);
	TEST_RUN(a_million_are_given_back);
	return test_done();
}
