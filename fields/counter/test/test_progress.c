/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of counter.h: nobody waits for anybody, with and without stripes. And a
 * thread that ends in the middle of an operation leaves a counter that is exact but for its own
 * addition.
 */
#include <afield/counter.h>

#include "given_back.h"
#include "progress.h"

#include <unistd.h>

static void add(void *opaque)
{
	afield_counter_add((afield_counter *)opaque, 1);
}
static void sum(void *opaque)
{
	(void)afield_counter_sum((afield_counter *)opaque);
}
static void reset(void *opaque)
{
	(void)afield_counter_reset((afield_counter *)opaque);
}
/* As an addition that met another. */
static void collide(void *opaque)
{
	afield__counter_add_slow(&((afield_counter *)opaque)->counter, 1);
}
static void finish(void *opaque)
{
	afield_counter_type()->fini(afield_counter_type(), opaque);
}

static const struct schedule_operation operations[] = {
	PROGRESS(add, WAIT_FREE),
	PROGRESS(collide, WAIT_FREE),
	PROGRESS(sum, WAIT_FREE),
	PROGRESS(reset, WAIT_FREE),
};
PROGRESS_TEST(claims_hold, operations, afield_counter, NULL, finish);
PROGRESS_TEST(claims_hold_with_stripes, operations, afield_counter, collide, finish);

/* Of two that make stripes at once, one gives its own back. */
static void make_stripes_beside_another(void)
{
	for (int i = 0; i < 20; i++) {
		bool has_happened = true;

		for (long at = 1; has_happened; at++) {
			afield_counter counter;

			memset(&counter, 0, sizeof(counter));
			has_happened = schedule_fault(at, collide, collide, &counter);
			TEST_CHECK(afield_counter_sum(&counter) == 1 + has_happened);
			finish(&counter);
		}
	}
}

static void stripes_that_come_too_late_are_given_back(void)
{
	given_back(make_stripes_beside_another);
}

static long ends;
static void end_everywhere(void (*body)(void *), bool is_striped, int64_t most)
{
	for (long at = 1;; at++) {
		afield_counter counter;
		bool has_ended;
		int64_t left;

		memset(&counter, 0, sizeof(counter));
		if (is_striped)
			collide(&counter);
		else
			add(&counter);
		has_ended = schedule_fault(at, body, schedule_end_thread, &counter);
		ends += has_ended;
		left = afield_counter_sum(&counter);
		TEST_CHECK(left >= 0 && left <= most);
		add(&counter);
		collide(&counter);
		TEST_CHECK(afield_counter_sum(&counter) == left + 2);
		TEST_CHECK(afield_counter_reset(&counter) == left + 2);
		finish(&counter);
		if (!has_ended)
			return;
	}
}

static void a_thread_may_end_anywhere(void)
{
	for (int is_striped = 0; is_striped < 2; is_striped++) {
		end_everywhere(add, is_striped, 2);
		end_everywhere(sum, is_striped, 1);
		end_everywhere(reset, is_striped, 1);
		/* A thread that ends while it makes the stripes leaks them, and no count. */
		if (is_striped)
			end_everywhere(collide, is_striped, 2);
	}
	printf("  %ld ends\n", ends);
	TEST_CHECK(ends > 10);
}

int main(void)
{
	alarm(100);
	TEST_RUN(claims_hold);
	TEST_RUN(claims_hold_with_stripes);
	TEST_RUN(stripes_that_come_too_late_are_given_back);
	TEST_RUN(a_thread_may_end_anywhere);
	return test_done();
}
