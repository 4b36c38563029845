/* SPDX-License-Identifier: MIT */
/*
 * queue, by one thread: its order, waiting, and what container_alone.h says of any container.
 */
#include <afield/queue.h>
#include <afield/reclaim.h>

#define CONTAINER_KIND queue
#include "container_alone.h"

static void values_leave_as_they_came(void)
{
	numbers queue;
	int64_t value = -1;

	memset(&queue, 0, sizeof(queue));
	for (int64_t i = 0; i < 100; i++) {
		TEST_CHECK(numbers_push(&queue, i) == 0);
		TEST_CHECK(numbers_count(&queue) == (size_t)i + 1);
		TEST_CHECK(!numbers_is_empty(&queue));
	}
	for (int64_t i = 0; i < 100; i++) {
		TEST_CHECK(numbers_pop(&queue, &value) && value == i);
		TEST_CHECK(numbers_push(&queue, 100 + i) == 0);
		TEST_CHECK(numbers_count(&queue) == 100);
	}
	for (int64_t i = 100; numbers_pop(&queue, &value); i++)
		TEST_CHECK(value == i);
	TEST_CHECK(numbers_is_empty(&queue));
	TEST_CHECK(numbers_push(&queue, 5) == 0 && numbers_pop(&queue, &value) && value == 5);
	numbers_fini(&queue);
	TEST_CHECK(container_is_zero(&queue));
	TEST_CHECK(numbers_push(&queue, 6) == 0 && numbers_count(&queue) == 1);
	numbers_fini(&queue);
}

static void structs_travel_by_value(void)
{
	jobs queue;
	struct job job = {1, 2.5}, seen = {0, 0};

	memset(&queue, 0, sizeof(queue));
	TEST_CHECK(jobs_push(&queue, job) == 0);
	job.id = 2;
	TEST_CHECK(jobs_push(&queue, job) == 0);
	TEST_CHECK(jobs_pop(&queue, &seen) && seen.id == 1 && seen.cost == 2.5);
	TEST_CHECK(jobs_pop(&queue, &seen) && seen.id == 2);
	jobs_fini(&queue);
}

static void waiting_ends_by_the_clock(void)
{
	numbers queue;
	int64_t value = 3;
	struct timespec deadline;

	memset(&queue, 0, sizeof(queue));
	TEST_CHECK(numbers_pop_wait(&queue, &value, afield_deadline(0, &deadline)) == -ETIMEDOUT);
	afield_deadline(0.03, &deadline);
	TEST_CHECK(numbers_pop_wait(&queue, &value, &deadline) == -ETIMEDOUT && value == 3);
	TEST_CHECK(test_has_passed(&deadline));
	TEST_CHECK(numbers_push(&queue, 8) == 0);
	TEST_CHECK(numbers_pop_wait(&queue, &value, &deadline) == 0 && value == 8);
	TEST_CHECK(numbers_push(&queue, 9) == 0);
	afield_deadline(10, &deadline);
	TEST_CHECK(numbers_pop_wait(&queue, &value, &deadline) == 0 && value == 9);
	TEST_CHECK(numbers_push(&queue, 10) == 0);
	TEST_CHECK(numbers_pop_wait(&queue, &value, NULL) == 0 && value == 10);
	numbers_fini(&queue);
}

static void the_table_does_the_same(void)
{
	container_table_does_the_same("queue");
}

static void a_burst_is_given_back(void)
{
	container_gives_a_burst_back(0, 1);
}

int main(void)
{
	TEST_RUN(container_is_fresh_when_zero);
	TEST_RUN(values_leave_as_they_came);
	TEST_RUN(structs_travel_by_value);
	TEST_RUN(container_ends_what_is_inside);
	TEST_RUN(waiting_ends_by_the_clock);
	TEST_RUN(the_table_does_the_same);
	TEST_RUN(a_burst_is_given_back);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
