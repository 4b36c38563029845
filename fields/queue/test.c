/*
 * queue, by one thread: what each operation does, of numbers, of structs that own something, by the
 * table; and that a fresh field is bytes of zero.
 */
#include <afield/queue.h>
#include <afield/reclaim.h>
#include <afield/record.h>

#include "table.h"
#include "test.h"

#include <errno.h>

AFIELD_TYPE(numbers, queue, int64_t);

#define JOB(member) member(int64_t, id) member(double, cost)
AFIELD_RECORD(job, JOB);
AFIELD_TYPE(jobs, queue, struct job);

struct letter {
	char *text; /* its own */
};
static long freed;
static void letter_free(struct letter *letter)
{
	free(letter->text);
	freed++;
}
AFIELD_TYPE(letters, queue, struct letter, letter_free);

static bool is_zero(const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((const char *)bytes)[i])
			return false;
	return true;
}

static void zero_is_fresh(void)
{
	numbers queue;
	int64_t value = 7;

	memset(&queue, 0, sizeof(queue));
	TEST_CHECK(numbers_is_empty(&queue));
	TEST_CHECK(numbers_count(&queue) == 0);
	TEST_CHECK(!numbers_pop(&queue, &value) && value == 7);
	numbers_fini(&queue);
	TEST_CHECK(is_zero(&queue, sizeof(queue)));
	TEST_CHECK(AFIELD__ALIGNOF(numbers) <= 16);
}

static void values_leave_as_they_came(void)
{
	numbers queue;
	int64_t value = -1;

	memset(&queue, 0, sizeof(queue));
	for (int64_t i = 0; i < 100; i++) {
		TEST_CHECK(numbers_push(&queue, i));
		TEST_CHECK(numbers_count(&queue) == (size_t)i + 1);
		TEST_CHECK(!numbers_is_empty(&queue));
	}
	for (int64_t i = 0; i < 100; i++) {
		TEST_CHECK(numbers_pop(&queue, &value) && value == i);
		TEST_CHECK(numbers_push(&queue, 100 + i));
		TEST_CHECK(numbers_count(&queue) == 100);
	}
	for (int64_t i = 100; numbers_pop(&queue, &value); i++)
		TEST_CHECK(value == i);
	TEST_CHECK(numbers_is_empty(&queue));
	TEST_CHECK(numbers_push(&queue, 5) && numbers_pop(&queue, &value) && value == 5);
	numbers_fini(&queue);
	TEST_CHECK(is_zero(&queue, sizeof(queue)));
	TEST_CHECK(numbers_push(&queue, 6) && numbers_count(&queue) == 1);
	numbers_fini(&queue);
}

static void structs_travel_by_value(void)
{
	jobs queue;
	struct job job = {1, 2.5}, seen = {0, 0};

	memset(&queue, 0, sizeof(queue));
	TEST_CHECK(jobs_push(&queue, job));
	job.id = 2;
	TEST_CHECK(jobs_push(&queue, job));
	TEST_CHECK(jobs_pop(&queue, &seen) && seen.id == 1 && seen.cost == 2.5);
	TEST_CHECK(jobs_pop(&queue, &seen) && seen.id == 2);
	jobs_fini(&queue);
}

static struct letter write_letter(const char *text)
{
	struct letter letter = {strdup(text)};

	return letter;
}

static void what_is_inside_is_destroyed_once(void)
{
	letters queue;
	struct letter letter = {NULL};

	memset(&queue, 0, sizeof(queue));
	for (int i = 0; i < 5; i++)
		TEST_CHECK(letters_push(&queue, write_letter("a letter")));
	TEST_CHECK(letters_pop(&queue, &letter) && strcmp(letter.text, "a letter") == 0);
	letter_free(&letter);
	TEST_CHECK(freed == 1);
	letters_fini(&queue);
	TEST_CHECK(freed == 5);
	letters_fini(&queue);
	TEST_CHECK(freed == 5);
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
	TEST_CHECK(numbers_push(&queue, 8));
	TEST_CHECK(numbers_pop_wait(&queue, &value, &deadline) == 0 && value == 8);
	TEST_CHECK(numbers_push(&queue, 9));
	afield_deadline(10, &deadline);
	TEST_CHECK(numbers_pop_wait(&queue, &value, &deadline) == 0 && value == 9);
	TEST_CHECK(numbers_push(&queue, 10));
	TEST_CHECK(numbers_pop_wait(&queue, &value, NULL) == 0 && value == 10);
	numbers_fini(&queue);
}

static void the_table_does_the_same(void)
{
	const struct afield_type *type = numbers_type();
	numbers queue;
	int64_t value = 11, seen = 0;
	uint64_t count = 9;
	bool is_empty = false;
	const void *arguments[2] = {&value, NULL};

	memset(&queue, 0, sizeof(queue));
	TEST_CHECK(strcmp(type->name, "numbers") == 0 && strcmp(type->kind, "queue") == 0);
	TEST_CHECK(type->size == sizeof(numbers) && type->holds.shape == AFIELD_I64);
	TEST_CHECK(!type->load && !type->store);
	TEST_CHECK(jobs_type()->holds.shape == AFIELD_STRUCT &&
		   jobs_type()->holds.record == &job_record);
	TEST_CHECK(letters_type()->holds.size == sizeof(struct letter));
	TEST_CHECK(table_verb(type, "pop")->call(type, &queue, &seen, NULL) == -ENODATA);
	TEST_CHECK(table_verb(type, "is_empty")->call(type, &queue, &is_empty, NULL) == 0 &&
		   is_empty);
	TEST_CHECK(table_verb(type, "push")->call(type, &queue, NULL, arguments) == 0);
	TEST_CHECK(table_verb(type, "count")->call(type, &queue, &count, NULL) == 0 && count == 1);
	TEST_CHECK(table_verb(type, "is_empty")->call(type, &queue, &is_empty, NULL) == 0 &&
		   !is_empty);
	TEST_CHECK(table_verb(type, "pop")->call(type, &queue, &seen, NULL) == 0 && seen == 11);
	TEST_CHECK(table_verb(type, "push")->call(type, &queue, NULL, arguments) == 0);
	type->fini(type, &queue);
	TEST_CHECK(is_zero(&queue, sizeof(queue)));
}

/* All but the head is retired, and gone after the barrier; test_stress.c counts the bytes. */
static void a_burst_is_given_back(void)
{
	numbers queue;
	int64_t value;

	memset(&queue, 0, sizeof(queue));
	for (int64_t i = 0; i < 10000; i++)
		TEST_CHECK(numbers_push(&queue, i));
	for (int64_t i = 0; i < 10000; i++)
		TEST_CHECK(numbers_pop(&queue, &value) && value == i);
	TEST_CHECK(afield_backlog() > 0);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
	numbers_fini(&queue);
}

int main(void)
{
	TEST_RUN(zero_is_fresh);
	TEST_RUN(values_leave_as_they_came);
	TEST_RUN(structs_travel_by_value);
	TEST_RUN(what_is_inside_is_destroyed_once);
	TEST_RUN(waiting_ends_by_the_clock);
	TEST_RUN(the_table_does_the_same);
	TEST_RUN(a_burst_is_given_back);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
