/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of queue.h: nobody waits for a thread that stopped in the middle.
 * (pop_wait waits for a value and for nothing else: it is pop and afield_wait.) And a thread that
 * ends in the middle of an operation, at each of its accesses, neither loses nor doubles a value of
 * anybody else.
 */
#include <afield/queue.h>
#include <afield/reclaim.h>

#define CONTAINER_KIND queue
#define CONTAINER_INSIDE 64
#include "container_progress.h"

static void pop(void *field)
{
	int64_t value = 0;

	TEST_CHECK(numbers_pop((numbers *)field, &value) && value > 0);
}
static void is_empty(void *field)
{
	TEST_CHECK(!numbers_is_empty((numbers *)field));
}

static const struct schedule_operation operations[] = {
	PROGRESS(push, LOCK_FREE),
	PROGRESS(pop, LOCK_FREE),
	PROGRESS(count, LOCK_FREE),
	PROGRESS(is_empty, LOCK_FREE),
};

static void claims_hold(void)
{
	PROGRESS_HOLDS(operations, numbers, fill, finish);
	TEST_CHECK(afield_barrier() == 0);
}

/* The same on an empty queue, whose first node is the stub. */
static void push_one(void *field)
{
	TEST_CHECK(numbers_push((numbers *)field, 1) == 0);
}
static void try_pop(void *field)
{
	int64_t value;

	(void)numbers_pop((numbers *)field, &value);
}
static const struct schedule_operation empty_operations[] = {
	PROGRESS(push_one, LOCK_FREE),
	PROGRESS(try_pop, LOCK_FREE),
};

static void claims_hold_when_empty(void)
{
	PROGRESS_HOLDS(empty_operations, numbers, NULL, finish);
	TEST_CHECK(afield_barrier() == 0);
}

/* The node of a push that ended belongs to nobody: no leak of the kind's. */
void __lsan_disable(void) __attribute__((weak));
static void (*ending)(void *field);
static void begin_to_end(void *field)
{
	if (__lsan_disable)
		__lsan_disable(); /* in this thread, which is about to end */
	ending(field);
}

/* Takes all there is; each value once, in order, from `first` at most to `last` at least. */
static void drain(numbers *queue, long first, long last)
{
	int64_t value, before = 0;

	while (numbers_pop(queue, &value)) {
		TEST_CHECK(value == before + 1 || (before == 0 && value <= first));
		before = value;
	}
	TEST_CHECK(before >= last);
	TEST_CHECK(numbers_is_empty(queue) && numbers_count(queue) == 0);
	push_one(queue);
	TEST_CHECK(numbers_pop(queue, &value) && value == 1);
}

static void a_thread_ends(void (*operation)(void *field), long first, long last)
{
	bool has_ended = true;
	long at = 0;

	ending = operation;
	while (has_ended) {
		numbers queue;

		memset(&queue, 0, sizeof(queue));
		fill(&queue);
		has_ended = schedule_fault(++at, begin_to_end, schedule_end_thread, &queue);
		TEST_CHECK(numbers_count(&queue) >= (size_t)(INSIDE - first + 1));
		drain(&queue, first, last);
		numbers_fini(&queue);
	}
	printf("  ended at each of %ld accesses\n", at - 1);
	TEST_CHECK(at > 2);
	TEST_CHECK(afield_barrier() == 0);
}

/* A push that ended has happened or not; a pop that ended may have taken the first. */
static void threads_end_in_the_middle(void)
{
	a_thread_ends(push, 1, INSIDE);
	a_thread_ends(pop, 2, INSIDE);
	a_thread_ends(count, 1, INSIDE);
	a_thread_ends(is_empty, 1, INSIDE);
}

int main(void)
{
	TEST_RUN(claims_hold);
	TEST_RUN(claims_hold_when_empty);
	TEST_RUN(threads_end_in_the_middle);
	return test_done();
}
