/*
 * queue when memory is out: push says so, what was inside is there, and everything else goes on.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/queue.h>
#include <afield/reclaim.h>

#include "failing.h"
#include "test.h"

AFIELD_TYPE(numbers, queue, int64_t);

/* A fresh queue has nothing to allocate but the nodes of its values. */
static void a_push_says_so(void)
{
	numbers queue;
	int64_t value = 0;

	memset(&queue, 0, sizeof(queue));
	failing = 1;
	TEST_CHECK(!numbers_push(&queue, 1));
	TEST_CHECK(numbers_is_empty(&queue) && numbers_count(&queue) == 0);
	TEST_CHECK(!numbers_pop(&queue, &value));
	failing = 0;
	TEST_CHECK(refused == 1);
	TEST_CHECK(numbers_push(&queue, 2) && numbers_push(&queue, 3));
	failing = 1;
	TEST_CHECK(!numbers_push(&queue, 4) && numbers_count(&queue) == 2);
	TEST_CHECK(numbers_pop(&queue, &value) && value == 2);
	TEST_CHECK(numbers_pop(&queue, &value) && value == 3); /* the last one too */
	TEST_CHECK(!numbers_pop(&queue, &value));
	numbers_fini(&queue);
	failing = 0;
	TEST_CHECK(refused == 2);
	TEST_CHECK(afield_barrier() == 0);
}

static void the_table_says_so(void)
{
	const struct afield_type *type = numbers_type();
	int64_t value = 5;
	const void *arguments[2] = {&value, NULL};
	numbers queue;

	memset(&queue, 0, sizeof(queue));
	failing = 1;
	TEST_CHECK(type->verbs[0].call(type, &queue, NULL, arguments) == -ENOMEM);
	failing = 0;
	TEST_CHECK(type->verbs[0].call(type, &queue, NULL, arguments) == 0);
	type->fini(type, &queue);
}

/* The first pop of a process starts the library's thread, which takes memory. */
static void start(void)
{
	numbers queue;
	int64_t value;

	memset(&queue, 0, sizeof(queue));
	for (int i = 0; i < 2; i++)
		TEST_CHECK(numbers_push(&queue, i));
	while (numbers_pop(&queue, &value))
		;
	numbers_fini(&queue);
}

int main(void)
{
	start();
	TEST_RUN(a_push_says_so);
	TEST_RUN(the_table_says_so);
	return test_done();
}
