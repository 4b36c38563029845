/*
 * stack, by one thread: what each operation does, of numbers, of structs that own something, by the
 * table; and that a fresh field is bytes of zero.
 */
#include <afield/stack.h>
#include <afield/reclaim.h>
#include <afield/record.h>

#include "table.h"
#include "test.h"

#include <errno.h>

AFIELD_TYPE(numbers, stack, int64_t);

#define JOB(member) member(int64_t, id) member(double, cost)
AFIELD_RECORD(job, JOB);
AFIELD_TYPE(jobs, stack, struct job);

struct letter {
	char *text; /* its own */
};
static long freed;
static void letter_free(struct letter *letter)
{
	free(letter->text);
	freed++;
}
AFIELD_TYPE(letters, stack, struct letter, letter_free);

static bool is_zero(const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((const char *)bytes)[i])
			return false;
	return true;
}

static void zero_is_fresh(void)
{
	numbers stack;
	int64_t value = 7;

	memset(&stack, 0, sizeof(stack));
	TEST_CHECK(numbers_is_empty(&stack));
	TEST_CHECK(numbers_count(&stack) == 0);
	TEST_CHECK(!numbers_pop(&stack, &value) && value == 7);
	numbers_fini(&stack);
	TEST_CHECK(is_zero(&stack, sizeof(stack)));
	TEST_CHECK(AFIELD__ALIGNOF(numbers) <= 16);
}

static void the_last_leaves_first(void)
{
	numbers stack;
	int64_t value = -1;

	memset(&stack, 0, sizeof(stack));
	for (int64_t i = 0; i < 100; i++) {
		TEST_CHECK(numbers_push(&stack, i));
		TEST_CHECK(numbers_count(&stack) == (size_t)i + 1);
		TEST_CHECK(!numbers_is_empty(&stack));
	}
	for (int64_t i = 99; i >= 0; i--) {
		TEST_CHECK(numbers_pop(&stack, &value) && value == i);
		TEST_CHECK(numbers_count(&stack) == (size_t)i);
	}
	TEST_CHECK(numbers_is_empty(&stack));
	TEST_CHECK(numbers_push(&stack, 5) && numbers_pop(&stack, &value) && value == 5);
	numbers_fini(&stack);
	TEST_CHECK(is_zero(&stack, sizeof(stack)));
	TEST_CHECK(numbers_push(&stack, 6) && numbers_count(&stack) == 1);
	numbers_fini(&stack);
}

static void structs_travel_by_value(void)
{
	jobs stack;
	struct job job = {1, 2.5}, seen = {0, 0};

	memset(&stack, 0, sizeof(stack));
	TEST_CHECK(jobs_push(&stack, job));
	job.id = 2;
	TEST_CHECK(jobs_push(&stack, job));
	TEST_CHECK(jobs_pop(&stack, &seen) && seen.id == 2 && seen.cost == 2.5);
	TEST_CHECK(jobs_pop(&stack, &seen) && seen.id == 1);
	jobs_fini(&stack);
}

static struct letter write_letter(const char *text)
{
	struct letter letter = {strdup(text)};

	return letter;
}

static void what_is_inside_is_destroyed_once(void)
{
	letters stack;
	struct letter letter = {NULL};

	memset(&stack, 0, sizeof(stack));
	for (int i = 0; i < 5; i++)
		TEST_CHECK(letters_push(&stack, write_letter("a letter")));
	TEST_CHECK(letters_pop(&stack, &letter) && strcmp(letter.text, "a letter") == 0);
	letter_free(&letter);
	TEST_CHECK(freed == 1);
	TEST_CHECK(letters_push(&stack, write_letter("a letter")) && letters_clear(&stack) == 5);
	TEST_CHECK(freed == 6);
	freed = 0;
	for (int i = 0; i < 5; i++)
		TEST_CHECK(letters_push(&stack, write_letter("a letter")));
	letters_fini(&stack);
	TEST_CHECK(freed == 5);
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
	TEST_CHECK(numbers_push(&again, *value + 10));
}

static void all_leave_at_once(void)
{
	int64_t sum = 0;

	TEST_CHECK(numbers_pop_all(&again, sum_up, &sum) == 0 && sum == 0);
	for (int64_t i = 1; i <= 4; i++)
		TEST_CHECK(numbers_push(&again, i));
	TEST_CHECK(numbers_pop_all(&again, push_again, NULL) == 4);
	TEST_CHECK(numbers_count(&again) == 4);
	for (int64_t i = 1; i <= 4; i++)
		TEST_CHECK(numbers_pop(&again, &sum) && sum == 10 + i);
	for (int64_t i = 1; i <= 4; i++)
		TEST_CHECK(numbers_push(&again, i));
	sum = 0;
	TEST_CHECK(numbers_pop_all(&again, sum_up, &sum) == 4 && sum == 4321);
	TEST_CHECK(numbers_is_empty(&again) && numbers_clear(&again) == 0);
	TEST_CHECK(numbers_push(&again, 1) && numbers_clear(&again) == 1);
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
			TEST_CHECK(numbers_push(&stack, i));
		if (i % 3)
			TEST_CHECK(numbers_count(&stack) == inside);
		for (unsigned j = 0; j < i % 5 && inside > 0; j++, inside--)
			TEST_CHECK(numbers_pop(&stack, &value));
		TEST_CHECK(numbers_count(&stack) == inside);
	}
	TEST_CHECK(numbers_clear(&stack) == inside && numbers_count(&stack) == 0);
	numbers_fini(&stack);
}

static void the_table_does_the_same(void)
{
	const struct afield_type *type = numbers_type();
	numbers stack;
	int64_t value = 11, seen = 0;
	uint64_t count = 9;
	bool is_empty = false;
	const void *arguments[2] = {&value, NULL};

	memset(&stack, 0, sizeof(stack));
	TEST_CHECK(strcmp(type->name, "numbers") == 0 && strcmp(type->kind, "stack") == 0);
	TEST_CHECK(type->size == sizeof(numbers) && type->holds.shape == AFIELD_I64);
	TEST_CHECK(!type->load && !type->store);
	TEST_CHECK(jobs_type()->holds.shape == AFIELD_STRUCT &&
		   jobs_type()->holds.record == &job_record);
	TEST_CHECK(letters_type()->holds.size == sizeof(struct letter));
	TEST_CHECK(table_verb(type, "pop")->call(type, &stack, &seen, NULL) == -ENODATA);
	TEST_CHECK(table_verb(type, "is_empty")->call(type, &stack, &is_empty, NULL) == 0 &&
		   is_empty);
	TEST_CHECK(table_verb(type, "push")->call(type, &stack, NULL, arguments) == 0);
	TEST_CHECK(table_verb(type, "count")->call(type, &stack, &count, NULL) == 0 && count == 1);
	TEST_CHECK(table_verb(type, "is_empty")->call(type, &stack, &is_empty, NULL) == 0 &&
		   !is_empty);
	TEST_CHECK(table_verb(type, "pop")->call(type, &stack, &seen, NULL) == 0 && seen == 11);
	TEST_CHECK(table_verb(type, "push")->call(type, &stack, NULL, arguments) == 0);
	type->fini(type, &stack);
	TEST_CHECK(is_zero(&stack, sizeof(stack)));
}

/* What is popped is retired, and gone after the barrier; test_stress.c counts the bytes. */
static void a_burst_is_given_back(void)
{
	numbers stack;
	int64_t value;

	memset(&stack, 0, sizeof(stack));
	for (int64_t i = 0; i < 10000; i++)
		TEST_CHECK(numbers_push(&stack, i));
	for (int64_t i = 0; i < 10000; i++)
		TEST_CHECK(numbers_pop(&stack, &value) && value == 9999 - i);
	TEST_CHECK(afield_backlog() > 0);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
	numbers_fini(&stack);
}

int main(void)
{
	TEST_RUN(zero_is_fresh);
	TEST_RUN(the_last_leaves_first);
	TEST_RUN(structs_travel_by_value);
	TEST_RUN(what_is_inside_is_destroyed_once);
	TEST_RUN(all_leave_at_once);
	TEST_RUN(the_count_is_exact);
	TEST_RUN(the_table_does_the_same);
	TEST_RUN(a_burst_is_given_back);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
