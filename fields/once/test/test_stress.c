/* SPDX-License-Identifier: MIT */
/*
 * once under load: of many threads at many fields, exactly one makes each value, whole, however
 * many makings fail before it, and nobody is left waiting.
 */
#include <afield/once.h>

#include "meet.h"
#include "test.h"

#include <errno.h>
#include <sched.h>

enum { WORDS = 6, THREADS = 8 };

struct table {
	uint64_t words[WORDS]; /* all equal */
};
AFIELD_TYPE(table_once, once, struct table);

struct yard {
	table_once *fields;
	long count, arrivals;
	int threads;
	long makings, successes, failures_seen, wrong;
};

struct attempt {
	struct yard *yard;
	uint64_t number;
	bool fails;
};

static int fill(struct table *table, void *argument)
{
	const struct attempt *attempt = (const struct attempt *)argument;

	__atomic_fetch_add(&attempt->yard->makings, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < WORDS; i++) {
		if (table->words[i] != 0) /* another is at work, or a failed one left something */
			__atomic_fetch_add(&attempt->yard->wrong, 1, __ATOMIC_RELAXED);
		table->words[i] = attempt->number;
		AFIELD_SPIN();
	}
	if (attempt->fails)
		return -EAGAIN;
	__atomic_fetch_add(&attempt->yard->successes, 1, __ATOMIC_RELAXED);
	return 0;
}

static void check(struct yard *yard, const struct table *table, long i)
{
	for (int word = 0; word < WORDS; word++)
		if (table->words[word] != (uint64_t)i + 1)
			__atomic_fetch_add(&yard->wrong, 1, __ATOMIC_RELAXED);
}

static void attempt_field(struct yard *yard, long i, int index)
{
	struct attempt attempt = {yard, (uint64_t)i + 1, (i + index) % 3 == 0};
	const struct table *table = table_once_get(&yard->fields[i]);
	int error;

	if (table)
		check(yard, table, i);
	error = table_once_get_or_init(&yard->fields[i], fill, &attempt, &table);
	if (error == 0)
		check(yard, table, i);
	else
		__atomic_fetch_add(&yard->failures_seen, 1, __ATOMIC_RELAXED);
}

static void work(void *argument, int index)
{
	struct yard *yard = (struct yard *)argument;

	for (long i = 0; i < yard->count; i++) {
		if (yard->threads == 2)
			meet(&yard->arrivals, i);
		attempt_field(yard, i, index);
	}
}

static void one_making_succeeds(void)
{
	static const int crews[] = {2, THREADS};

	for (int i = 0; i < 2; i++) {
		struct yard yard;

		memset(&yard, 0, sizeof(yard));
		yard.count = test_scaled(20000);
		yard.threads = crews[i];
		yard.fields = (table_once *)calloc((size_t)yard.count, sizeof(*yard.fields));
		if (!yard.fields)
			abort();
		test_threads(crews[i], work, &yard);
		printf("  %d threads: %ld makings, %ld failed\n", crews[i], yard.makings,
		       yard.failures_seen);
		TEST_CHECK(yard.wrong == 0);
		TEST_CHECK(yard.successes == yard.count);
		TEST_CHECK(yard.makings == yard.successes + yard.failures_seen);
		TEST_CHECK(yard.failures_seen > 0);
		free(yard.fields);
	}
}

int main(void)
{
	TEST_RUN(one_making_succeeds);
	return test_done();
}
