/* SPDX-License-Identifier: MIT */
/*
 * The log of a window against operations that begin and end around its start and its end. The field
 * is one word, and the operations are the weakest that there are: relaxed, so that nothing but the
 * log orders them. What must hold in every execution is what the checker relies on: two operations
 * that the log orders see one another; one that it does not know ended before the start; what lies
 * behind the end has not been seen before it.
 */
#include "../support/litmus.h"
#include <afield/detail/watch_core.h>

enum { CAPACITY = 6, SIZE = 8 };

static struct afield__watch_entry entries[SIZE];
static struct afield__watch_window window;
static afield__watch_pointer current;
static const char field
[2];
static AFIELD_ATOMIC(int) word;
static int seen[4];
static uint64_t start;

/* A new window: its constant members are plain. */
static void make(uint32_t capacity)
{
	window.entries = entries;
	window.capacity = capacity;
	window.size = SIZE;
}

static void prepare(void)
{
	AFIELD_STORE(&current, NULL, relaxed);
	AFIELD_STORE(&window.field, NULL, relaxed);
	AFIELD_STORE(&window.clock, 0, relaxed);
	AFIELD_STORE(&word, 0, relaxed);
	for (int i = 0; i < SIZE; i++)
		AFIELD_STORE(&entries[i].state, 0, relaxed);
}

/* What a verb of watch.h does around an operation. */
static struct afield__watch_token begin(const char *of, uint32_t verb)
{
	struct afield__watch_operation operation = {.verb = verb};
	struct afield__watch_token token = {NULL, 0};
	struct afield__watch_window *found = afield__watch_find(&current);

	return found ? afield__watch_begin_at(found, of, &operation, verb) : token;
}

static void end(const char *of, struct afield__watch_token token, uint32_t verb)
{
	struct afield__watch_operation operation = {.verb = verb, .results = {7, 7}};

	if (token.window || afield__watch_is_there(&current))
		afield__watch_end_at(&current, of, token, &operation, true, verb);
}

static void set(int self)
{
	struct afield__watch_token token = begin(field, (uint32_t)self);

	AFIELD_STORE(&word, 1, relaxed);
	end(field, token, (uint32_t)self);
}

static void get(int self)
{
	struct afield__watch_token token = begin(field, (uint32_t)self);

	seen[self] = AFIELD_LOAD(&word, relaxed);
	end(field, token, (uint32_t)self);
}

/* The entry of a thread's operation, or NULL. A call in it may be BEFORE. */
static const struct afield__watch_entry *entry_of(uint32_t verb, unsigned least)
{
	uint64_t epoch;
	uint32_t count;

	assert(afield__watch_count(&window, &count, &epoch));
	for (uint32_t i = 0; i < SIZE; i++) {
		unsigned phase = i < count ? afield__watch_entry_phase(&window, i, epoch)
					   : (unsigned)AFIELD__WATCH_FREE;

		if (phase >= least && phase != AFIELD__WATCH_SPENT &&
		    entries[i].operation.verb == verb)
			return &entries[i];
	}
	return NULL;
}

static void open_window(void)
{
	make(CAPACITY);
	assert(afield__watch_open(&window, field));
	afield__watch_publish(&current, &window);
}

static void open_and_look(int self)
{
	open_window();
	start = afield__watch_start(&window);
	get(self);
}

/* Who is not in the log ended before the start, and is seen behind it. */
PROGRAM(set_beside_start)
{
	const struct afield__watch_entry *entry;

	prepare();
	RUN(set, open_and_look);
	entry = entry_of(0, AFIELD__WATCH_DONE);
	assert(seen[1] || (entry && entry->ret > start));
	assert(!entry || entry->operation.results[0] == 7);
}

/* Who begins at a later time than another has ended sees it. */
PROGRAM(set_beside_get)
{
	const struct afield__watch_entry *one, *two;

	prepare();
	open_window();
	RUN(set, get);
	one = entry_of(0, AFIELD__WATCH_DONE);
	two = entry_of(1, AFIELD__WATCH_DONE);
	assert(one || two);
	assert(!one || !two || one->ret >= two->call || seen[1]);
}

/* A late end has a time, too: it began before the window did. */
static void set_late(int self)
{
	struct afield__watch_token token = {NULL, 0};

	AFIELD_STORE(&word, 1, relaxed);
	end(field, token, (uint32_t)self);
}

PROGRAM(late_beside_get)
{
	const struct afield__watch_entry *one, *two;

	prepare();
	open_window();
	RUN(set_late, get);
	one = entry_of(0, AFIELD__WATCH_DONE);
	two = entry_of(1, AFIELD__WATCH_DONE);
	assert(one && one->call == AFIELD__WATCH_BEFORE);
	assert(!two || one->ret >= two->call || seen[1]);
}

/* Who has no entry begins behind the end: nobody who ended before the end has seen it. */
static void close_clock(int self)
{
	start = afield__watch_close(&window);
}

PROGRAM(set_behind_end)
{
	const struct afield__watch_entry *one, *two;

	prepare();
	open_window();
	RUN(set, get, close_clock);
	one = entry_of(0, AFIELD__WATCH_BEGUN);
	two = entry_of(1, AFIELD__WATCH_DONE);
	assert((one && one->call < start) || !two || two->ret >= start || !seen[1]);
}

PROGRAM(set_without_entry)
{
	const struct afield__watch_entry *one, *two;

	prepare();
	make(2);
	assert(afield__watch_open(&window, field));
	afield__watch_publish(&current, &window);
	RUN(set, get);
	one = entry_of(0, AFIELD__WATCH_BEGUN);
	two = entry_of(1, AFIELD__WATCH_DONE);
	assert(one || !two || two->ret > 2 || !seen[1]);
}

/* The window is used again for another field while operations of the first end. */
static void open_again(int self)
{
	afield__watch_close(&window);
	AFIELD_STORE(&current, NULL, relaxed);
	if (!afield__watch_open(&window, field + 1))
		return;
	afield__watch_publish(&current, &window);
	start = afield__watch_start(&window);
	end(field + 1, begin(field + 1, (uint32_t)self), (uint32_t)self);
}

PROGRAM(end_beside_reuse)
{
	uint64_t epoch;
	uint32_t count;

	start = 0;
	prepare();
	open_window();
	RUN(set, open_again);
	assert(afield__watch_count(&window, &count, &epoch));
	if (!start)
		return;
	/* Of the other field nothing stands there; of this one, its operation. */
	assert(!entry_of(0, AFIELD__WATCH_BEGUN) && entry_of(1, AFIELD__WATCH_DONE));
	for (uint32_t i = 0; i < count; i++)
		assert(afield__watch_entry_phase(&window, i, epoch) >= AFIELD__WATCH_DONE);
}

PROGRAM(late_beside_reuse)
{
	uint64_t epoch;
	uint32_t count;

	start = 0;
	prepare();
	open_window();
	RUN(set_late, open_again);
	assert(afield__watch_count(&window, &count, &epoch));
	if (start)
		assert(!entry_of(0, AFIELD__WATCH_BEGUN) && entry_of(1, AFIELD__WATCH_DONE));
}

/* An operation that finds the first window closed ends in the next one of the same field. */
static void open_next(int self)
{
	assert(afield__watch_open(&window, field));
	afield__watch_publish(&current, &window);
	start = afield__watch_start(&window);
	get(self);
}

PROGRAM(closed_beside_next)
{
	const struct afield__watch_entry *entry;

	prepare();
	open_window();
	afield__watch_close(&window);
	RUN(set, open_next);
	entry = entry_of(0, AFIELD__WATCH_DONE);
	assert(seen[1] || (entry && entry->ret > start));
}

/* The watcher reads what has ended while operations go on, and what it has read is whole. */
static void collect(int self)
{
	const struct afield__watch_entry *entry = entry_of(0, AFIELD__WATCH_DONE);

	assert(!entry || (entry->ret > entry->call && entry->operation.results[0] == 7));
}

PROGRAM(collect_beside_set)
{
	prepare();
	open_window();
	RUN(set, collect);
}

/* An operation of one window ends in another window of the same field: it belongs to both. */
static struct afield__watch_entry second_entries[SIZE];
static struct afield__watch_window second = {
	.entries = second_entries, .capacity = CAPACITY, .size = SIZE};

static void open_second(int self)
{
	assert(afield__watch_open(&second, field));
	afield__watch_publish(&current, &second);
	start = afield__watch_start(&second);
	get(self);
}

PROGRAM(set_beside_second)
{
	bool is_late = false;

	prepare();
	make(CAPACITY);
	AFIELD_STORE(&second.field, NULL, relaxed);
	AFIELD_STORE(&second.clock, 0, relaxed);
	for (int i = 0; i < SIZE; i++)
		AFIELD_STORE(&second_entries[i].state, 0, relaxed);
	assert(afield__watch_open(&window, field));
	afield__watch_publish(&current, &window);
	RUN(set, open_second);
	for (uint32_t i = 0; i < SIZE; i++) {
		if (afield__watch_entry_phase(&second, i, 1) == AFIELD__WATCH_DONE &&
		    second_entries[i].operation.verb == 0)
			is_late = is_late || second_entries[i].ret > start;
	}
	assert(seen[1] || is_late);
}

PROGRAMS(set_beside_start, set_beside_get, late_beside_get, set_behind_end, set_without_entry,
	 end_beside_reuse, late_beside_reuse, closed_beside_next, collect_beside_set,
	 set_beside_second)
