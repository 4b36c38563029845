/* SPDX-License-Identifier: MIT */
/*
 * progress: what a header promises of each operation, as a table, and the check that all of it
 * holds (schedule_freeze).
 *
 *	static const struct schedule_operation operations[] = {
 *		PROGRESS(push, LOCK_FREE), // a function with that name
 *		PROGRESS(count, WAIT_FREE),
 *	};
 *	PROGRESS_TEST(claims_hold, operations, numbers, fill, finish);
 *
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_PROGRESS_H
#define AFIELD_TESTS_PROGRESS_H

#include "schedule.h"
#include "test.h"

#define PROGRESS(function, promise)                                  \
	{                                                            \
		.name = #function, .run = function, .claim = promise \
	}
#define PROGRESS_COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

/* On fields of `type` that `prepare` (or NULL) made ready and `finish` (or NULL) ends; and the test
 * that is no more than that. */
#define PROGRESS_HOLDS(table, type, prepare, finish)                                               \
	TEST_CHECK(schedule_freeze(table, PROGRESS_COUNT(table), sizeof(type), prepare, finish) == \
		   0)
#define PROGRESS_TEST(name, table, type, prepare, finish)     \
	static void name(void)                                \
	{                                                     \
		PROGRESS_HOLDS(table, type, prepare, finish); \
	}                                                     \
	struct schedule_operation

#endif
