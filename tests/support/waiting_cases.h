/* SPDX-License-Identifier: MIT */
/*
 * waiting_cases: the tests of waiting.h and crowd.h over a table of a kind: who has the field, and
 * who waits for it meanwhile. That of the host's end comes last.
 *
 *	static const struct waiting_case cases[] = {
 *		{hold, load, WAITING_IS_KEPT, NULL},
 *		{hold, table_load, WAITING_MAY_END, load_until},
 *	};
 *	static uint32_t waiters(void) { return AFIELD_LOAD(&field.lock.waiters.count, relaxed); }
 *
 *	int main(void)
 *	{
 *		WAITING_RUN(cases, hold, waiters);
 *		waiting_run_last(hold, load);
 *		return test_done();
 *	}
 *
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_WAITING_CASES_H
#define AFIELD_TESTS_WAITING_CASES_H

#include "crowd.h"

/* Whether the host may end the wait. */
enum waiting_end { WAITING_IS_KEPT, WAITING_MAY_END };

struct waiting_case {
	waiting_hold hold;
	waiting_want want;
	enum waiting_end end;
	waiting_want_until want_until; /* or NULL */
};

/* What waiting_run is given. */
static const struct waiting_case *waiting_cases, *waiting_cases_end;
static waiting_hold waiting_crowd_hold;
static uint32_t (*waiting_count)(void);
/* What waiting_run_last is given. */
static waiting_hold waiting_last_hold;
static waiting_want waiting_last_want;

static inline void a_wait_gives_up_the_host(void)
{
	for (const struct waiting_case *it = waiting_cases; it != waiting_cases_end; it++)
		waiting_gives_up_the_host(it->hold, it->want);
}

static inline void the_host_may_end_a_wait(void)
{
	for (const struct waiting_case *it = waiting_cases; it != waiting_cases_end; it++)
		if (it->end == WAITING_MAY_END)
			waiting_ends_at_a_signal(it->hold, it->want);
}

/* Where a caller could not be told, the host is not asked. */
static inline void the_host_may_not_end_another(void)
{
	waiting_set(&host_wants_stop, 1);
	for (const struct waiting_case *it = waiting_cases; it != waiting_cases_end; it++)
		if (it->end == WAITING_IS_KEPT)
			waiting_gives_up_the_host(it->hold, it->want);
	waiting_set(&host_wants_stop, 0);
}

static inline void an_end_wakes_one(void)
{
	waiting_end_wakes_one(waiting_crowd_hold);
}

static inline void a_cancelled_thread_waits_on(void)
{
	for (const struct waiting_case *it = waiting_cases; it != waiting_cases_end; it++)
		waiting_outlives_a_cancel(it->hold, it->want);
}

static inline void odd_deadlines_are_sums(void)
{
	for (const struct waiting_case *it = waiting_cases; it != waiting_cases_end; it++)
		if (it->want_until)
			waiting_keeps_odd_deadlines(it->hold, it->want_until);
}

static inline void nobody_is_counted_any_more(void)
{
	TEST_CHECK(waiting_count() == 0);
}

/* Begins the program. The crowd holds the field one by one, or `crowd` is NULL: an end wakes all.
 * `waiters` is how many the field has counted in. */
#define WAITING_RUN(cases, crowd, waiters) \
	waiting_run(cases, sizeof(cases) / sizeof((cases)[0]), crowd, waiters)
static inline void waiting_run(const struct waiting_case *cases, size_t count, waiting_hold crowd,
			       uint32_t (*waiters)(void))
{
	waiting_cases = cases;
	waiting_cases_end = cases + count;
	waiting_crowd_hold = crowd;
	waiting_count = waiters;
	host_watchdog(100);
	host_begin();
	TEST_RUN(a_wait_gives_up_the_host);
	TEST_RUN(the_host_may_end_a_wait);
	TEST_RUN(the_host_may_not_end_another);
	if (crowd)
		TEST_RUN(an_end_wakes_one);
	TEST_RUN(a_cancelled_thread_waits_on);
	TEST_RUN(odd_deadlines_are_sums);
	TEST_RUN(nobody_is_counted_any_more);
}

static inline void a_thread_that_never_comes_back_holds_nothing(void)
{
	waiting_at_the_end_holds_nothing(waiting_last_hold, waiting_last_want);
}

/* Ends the host. Threads that are not attached go on. */
static inline void waiting_run_last(waiting_hold hold, waiting_want want)
{
	waiting_last_hold = hold;
	waiting_last_want = want;
	TEST_RUN(a_thread_that_never_comes_back_holds_nothing);
}

#endif
