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

	container_fill(&queue, 100);
	for (int64_t i = 0; i < 100; i++) {
		TEST_CHECK(numbers_pop(&queue, &value) && value == i);
		TEST_CHECK(numbers_push(&queue, 100 + i) == 0);
		TEST_CHECK(numbers_count(&queue) == 100);
	}
	for (int64_t i = 100; numbers_pop(&queue, &value); i++)
		TEST_CHECK(value == i);
	container_begins_again(&queue);
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

struct odd {
	char text[17]; /* of its last word it has one byte */
};
CONTAINER_OF(odds, struct odd);

/* The words of a value are in the caller's frame: none beside them is touched, and the rest of the
 * last one is zero. */
static void a_value_has_its_words_and_no_more(void)
{
	struct odd odd, seen;
	uintptr_t frame[5];
	char words[3 * sizeof(uintptr_t)];
	odds queue;

	memset(&queue, 0, sizeof(queue));
	memset(frame, 'x', sizeof(frame));
	memset(words, 0, sizeof(words));
	memcpy(odd.text, "seventeen bytes!!", sizeof(odd.text));
	memcpy(words, &odd, sizeof(odd));
	TEST_CHECK(afield__queue_put(&queue.queue, &odds__element.value_type, &odd, frame + 1,
				     sizeof(odd)) == 0);
	TEST_CHECK(memcmp(frame + 1, words, sizeof(words)) == 0);
	TEST_CHECK(frame[0] == frame[4] && memcmp(frame, "xxxxxxxx", 8) == 0);
	memset(frame, 'x', sizeof(frame));
	TEST_CHECK(afield__queue_get(&queue.queue, &seen, frame + 1, sizeof(seen)));
	TEST_CHECK(memcmp(&seen, &odd, sizeof(odd)) == 0);
	TEST_CHECK(frame[0] == frame[4] && memcmp(frame, "xxxxxxxx", 8) == 0);
	odds_fini(&queue);
}

/* Whatever the caller's result was: a queue is never full, and has no size that it may not exceed. */
static void its_size_has_no_limit(void)
{
	const struct afield_type *type = numbers_type();
	bool is_full = true;
	uint64_t maxsize = 1;
	numbers queue;

	memset(&queue, 0, sizeof(queue));
	TEST_CHECK(table_verb(type, "full")->call(type, &queue, &is_full, NULL) == 0 && !is_full);
	TEST_CHECK(table_verb(type, "maxsize")->call(type, &queue, &maxsize, NULL) == 0 &&
		   maxsize == 0);
}

int main(void)
{
	container_run(CONTAINER_FIRST_FIRST);
	TEST_RUN(values_leave_as_they_came);
	TEST_RUN(waiting_ends_by_the_clock);
	TEST_RUN(a_value_has_its_words_and_no_more);
	TEST_RUN(its_size_has_no_limit);
	return container_done();
}
