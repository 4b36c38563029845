/*
 * pile_alone: what one thread sees of a pile (pile.h) whatever its order: a fresh field is bytes of
 * zero, what is inside ends with it, a burst is given back, and the table does what the functions
 * do. A room has its order, and what else it can. `jobs` are piles of records, `letters` of structs
 * that own something.
 *
 *	TEST_RUN(pile_is_fresh_when_zero);
 *	TEST_RUN(pile_ends_what_is_inside);
 *	pile_gives_a_burst_back(0, 1);
 *	pile_table_does_the_same("queue");
 *
 * Synchronization: one thread.
 */
#ifndef AFIELD_TESTS_PILE_ALONE_H
#define AFIELD_TESTS_PILE_ALONE_H

#include <afield/reclaim.h>
#include <afield/record.h>

#include "pile.h"
#include "table.h"
#include "test.h"

#include <errno.h>

enum { PILE_BURST = 10000 };

#define JOB(member) member(int64_t, id) member(double, cost)
AFIELD_RECORD(job, JOB);
PILE_OF(jobs, struct job);

struct letter {
	char *text; /* its own */
};
static long letters_freed;
static void letter_free(struct letter *letter)
{
	free(letter->text);
	letters_freed++;
}
PILE_OF(letters, struct letter, letter_free);

static inline struct letter letter_write(const char *text)
{
	struct letter letter = {strdup(text)};

	return letter;
}

static inline bool pile_is_zero(const numbers *pile)
{
	numbers zero;

	memset(&zero, 0, sizeof(zero));
	return memcmp(pile, &zero, sizeof(zero)) == 0;
}

static inline void pile_is_fresh_when_zero(void)
{
	numbers pile;
	int64_t value = 7;

	memset(&pile, 0, sizeof(pile));
	TEST_CHECK(numbers_is_empty(&pile));
	TEST_CHECK(numbers_count(&pile) == 0);
	TEST_CHECK(!numbers_pop(&pile, &value) && value == 7);
	numbers_fini(&pile);
	TEST_CHECK(pile_is_zero(&pile));
	TEST_CHECK(AFIELD__ALIGNOF(numbers) <= 16);
}

static inline void pile_ends_what_is_inside(void)
{
	letters pile;
	struct letter letter = {NULL};

	memset(&pile, 0, sizeof(pile));
	letters_freed = 0;
	for (int i = 0; i < 5; i++)
		TEST_CHECK(letters_push(&pile, letter_write("a letter")));
	TEST_CHECK(letters_pop(&pile, &letter) && strcmp(letter.text, "a letter") == 0);
	letter_free(&letter);
	TEST_CHECK(letters_freed == 1);
	letters_fini(&pile);
	TEST_CHECK(letters_freed == 5);
	letters_fini(&pile);
	TEST_CHECK(letters_freed == 5);
}

/* What is popped is retired, and gone after the barrier; letters.h counts the bytes. Of the numbers
 * that go in, 0 and on, `first` comes out first, and each later one is `step` more. */
static inline void pile_gives_a_burst_back(int64_t first, int64_t step)
{
	numbers pile;
	int64_t value;

	memset(&pile, 0, sizeof(pile));
	for (int64_t i = 0; i < PILE_BURST; i++)
		TEST_CHECK(numbers_push(&pile, i));
	for (int64_t i = 0; i < PILE_BURST; i++)
		TEST_CHECK(numbers_pop(&pile, &value) && value == first + i * step);
	TEST_CHECK(afield_backlog() > 0);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
	numbers_fini(&pile);
}

static inline void pile_table_does_the_same(const char *kind)
{
	const struct afield_type *type = numbers_type();
	numbers pile;
	int64_t value = 11, seen = 0;
	uint64_t count = 9;
	bool is_empty = false;
	const void *arguments[2] = {&value, NULL};

	memset(&pile, 0, sizeof(pile));
	TEST_CHECK(strcmp(type->name, "numbers") == 0 && strcmp(type->kind, kind) == 0);
	TEST_CHECK(type->size == sizeof(numbers) && type->holds.shape == AFIELD_I64);
	TEST_CHECK(!type->load && !type->store);
	TEST_CHECK(jobs_type()->holds.shape == AFIELD_STRUCT &&
		   jobs_type()->holds.record == &job_record);
	TEST_CHECK(letters_type()->holds.size == sizeof(struct letter));
	TEST_CHECK(table_verb(type, "pop")->call(type, &pile, &seen, NULL) == -ENODATA);
	TEST_CHECK(table_verb(type, "is_empty")->call(type, &pile, &is_empty, NULL) == 0);
	TEST_CHECK(is_empty);
	TEST_CHECK(table_verb(type, "push")->call(type, &pile, NULL, arguments) == 0);
	TEST_CHECK(table_verb(type, "count")->call(type, &pile, &count, NULL) == 0 && count == 1);
	TEST_CHECK(table_verb(type, "is_empty")->call(type, &pile, &is_empty, NULL) == 0);
	TEST_CHECK(!is_empty);
	TEST_CHECK(table_verb(type, "pop")->call(type, &pile, &seen, NULL) == 0 && seen == 11);
	TEST_CHECK(table_verb(type, "push")->call(type, &pile, NULL, arguments) == 0);
	type->fini(type, &pile);
	TEST_CHECK(pile_is_zero(&pile));
}

#endif
