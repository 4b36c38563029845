/* SPDX-License-Identifier: MIT */
/*
 * How often a load of a field with one slot tries, while a writer is at work, before it waits. What
 * happens between two tries is the test's: the writer ends there.
 */
#include <afield/ordering.h>

static void between_tries(void);
#undef AFIELD_SPIN
#define AFIELD_SPIN() between_tries()
#include <afield/seqlock.h>

#include <unistd.h>

#include "test.h"

AFIELD_TYPE(number_one, seqlock, int64_t, 1);

static number_one field;
static uint64_t held;
static int tries, ends_at; /* the try behind which the writer ends */

static void between_tries(void)
{
	if (++tries == ends_at)
		afield__seqlock_cancel(&field.lock, held);
}

static int64_t load_beside_a_writer(int end)
{
	tries = 0;
	ends_at = end;
	held = afield__seqlock_lock(&field.lock, field.words, number_one__layout);
	return number_one_load(&field);
}

static void a_load_tries_before_it_waits(void)
{
	number_one_store(&field, 5);
	for (int end = 1; end <= AFIELD__SEQLOCK_TRIES + 1; end++) {
		TEST_CHECK(load_beside_a_writer(end) == 5);
		TEST_CHECK(tries == end);
	}
	number_one_store(&field, 6);
	TEST_CHECK(number_one_load(&field) == 6);
}

int main(void)
{
	alarm(20); /* a load that waits too early does so for this thread */
	TEST_RUN(a_load_tries_before_it_waits);
	return test_done();
}
