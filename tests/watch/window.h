/* SPDX-License-Identifier: MIT */
/*
 * window: a window of a test's own, and what an operation is to write down in it.
 *
 *	CASE(&field, prepare, act, true, verb, 1, 1, {7}, {5});
 *
 * does `act` three times: nobody finds the window, it is found at both ends of the operation, and it
 * opens inside it, where the test calls between(). `prepare` stands in front of the window.
 *
 * When to use it: for what the verbs of a kind write down. When not: for a watch that runs.
 *
 * Synchronization: one thread.
 */
#ifndef AFIELD_TESTS_WATCH_WINDOW_H
#define AFIELD_TESTS_WATCH_WINDOW_H

#include <afield/watch.h>

#include "test.h"

enum { CAPACITY = 8, SIZE = 10, MOST = 4 };

static enum mode {
	UNWATCHED, /* the window is this field's, and nobody finds it */
	WHOLE,     /* it is found at both ends */
	LATE,      /* it opens inside the operation */
	MODES,
	CLOSING /* it is found at both ends, and closed inside the operation */
} mode;
static bool is_open;    /* the window is; in front of it nothing is watched */
static bool is_refused; /* what may fail does */
static struct afield__watch_entry entries[SIZE];
static struct afield__watch_window window = {
	.entries = entries, .capacity = CAPACITY, .size = SIZE};

static void publish(void)
{
	afield__watch_publish(&afield__watch_current, &window);
}

/* Called in the middle of each operation. */
static void between(void)
{
	if (is_open && mode == LATE)
		publish();
	else if (is_open && mode == CLOSING)
		(void)afield__watch_close(&window);
}

static void open_window(const void *field)
{
	TEST_CHECK(afield__watch_open(&window, field));
	is_open = true;
	if (mode == WHOLE || mode == CLOSING)
		publish();
}

/* An entry, in the order of the window. */
struct line {
	uint64_t call, ret;
	struct afield__watch_operation operation;
};

static bool is_same(const struct afield__watch_operation *one,
		    const struct afield__watch_operation *two)
{
	return one->verb == two->verb && one->argument_count == two->argument_count &&
	       one->result_count == two->result_count && one->arguments[0] == two->arguments[0] &&
	       one->arguments[1] == two->arguments[1] && one->results[0] == two->results[0] &&
	       one->results[1] == two->results[1];
}

/* The window has these lines and no more, and has given out so many tickets. */
static void close_window(const struct line *lines, uint32_t many, uint32_t tickets)
{
	uint32_t count, found = 0;
	uint64_t epoch;

	is_open = false;
	AFIELD_STORE(&afield__watch_current, NULL, relaxed);
	TEST_CHECK(afield__watch_count(&window, &count, &epoch));
	TEST_CHECK(count == tickets);
	for (uint32_t i = 0; i < count && i < SIZE; i++) {
		unsigned phase = afield__watch_entry_phase(&window, i, epoch);

		TEST_CHECK(phase == AFIELD__WATCH_DONE || phase == AFIELD__WATCH_SPENT);
		if (phase == AFIELD__WATCH_SPENT)
			continue;
		TEST_CHECK(found < many);
		if (found++ >= many)
			return;
		TEST_CHECK(entries[i].call == lines[found - 1].call);
		TEST_CHECK(entries[i].ret == lines[found - 1].ret);
		TEST_CHECK(entries[i].thread != 0);
		TEST_CHECK(is_same(&entries[i].operation, &lines[found - 1].operation));
	}
	TEST_CHECK(found == many);
}

/* Of one operation: it has a ticket at each end, or one at its end alone. */
static void look(const struct afield__watch_operation *operation, bool is_kept)
{
	struct line line = {mode == WHOLE, mode == WHOLE ? 2 : 1, *operation};
	bool is_there = is_kept && mode != UNWATCHED;

	close_window(&line, is_there, mode == WHOLE ? 2 : is_there);
}

/* `prepare` in front of the window and `act` in it, which writes the operation {verb, how many
 * arguments, how many results, the arguments, the results}, or nothing where it is not kept. */
#define CASE(field, prepare, act, is_kept, ...)                                 \
	for (mode = UNWATCHED; mode < MODES; mode = (enum mode)(mode + 1)) {    \
		const struct afield__watch_operation operation = {__VA_ARGS__}; \
		prepare;                                                        \
		open_window(field);                                             \
		act;                                                            \
		look(&operation, is_kept);                                      \
	}

/* One that the field refuses. */
#define REFUSED(field, act)                          \
	is_refused = true;                           \
	CASE(field, (void)0, act, false, .verb = 0); \
	is_refused = false

/* What a type says of itself. */
static bool is_judged_by(const struct afield_watch_type *type, const char *name, const char *model,
			 enum afield__watch_shape shape, unsigned signed_size)
{
	return strcmp(type->name, name) == 0 && strcmp(type->model, model) == 0 &&
	       type->shape == shape && type->signed_size == signed_size;
}

#endif
