/* SPDX-License-Identifier: MIT */
/*
 * A value in place, by itself: sets, ends and readers. What must hold in every execution: each value
 * is replaced by one set or taken by one end, and no set comes behind the end; a reader meets a
 * value that the element had; who sees a value sees what was done before it was set, and who finds
 * that the element has ended, what was done before that.
 */
#include "../../../tests/support/litmus.h"
#include "../map_value_core.h"

enum { HASH = 5 };                         /* of the element */
enum { FIRST = 1, ENDS = 1, THREADS = 3 }; /* the first value; the thread that ends it */
static afield_pair value;
static int contents[5]; /* plain; of the value with that number */
static uint64_t replaced[THREADS];
static bool is_done[THREADS];

static void prepare(void)
{
	contents[FIRST] = FIRST;
	afield__map_value_start(&value, HASH, FIRST);
}

/* Thread i sets i + 2, and may destroy what it has replaced. */
static void set(int self)
{
	uint64_t mine = (uint64_t)self + 2;

	contents[mine] = (int)mine;
	is_done[self] = afield__map_value_exchange(&value, mine, &replaced[self]);
	if (!is_done[self])
		return;
	assert(contents[replaced[self]] == (int)replaced[self]);
}

static void end(int self)
{
	is_done[self] = afield__map_value_end(&value);
	if (is_done[self])
		replaced[self] = afield__map_value_load(&value);
}

static void compare(int self)
{
	uint64_t mine = (uint64_t)self + 2;

	contents[mine] = (int)mine;
	replaced[self] = FIRST;
	is_done[self] = afield__map_value_compare(&value, FIRST, mine);
}

static void get(int self)
{
	uint64_t word;

	if (afield__map_value_has_ended(&value))
		return;
	word = afield__map_value_load(&value);
	assert(contents[word] == (int)word);
}

/* Each number was replaced once at most, and the first one once, unless it is the last. */
static void assert_each_once(uint64_t last)
{
	int count[5] = {0, 0, 0, 0, 0};

	count[last]++;
	for (int self = 0; self < THREADS; self++)
		if (self != ENDS && is_done[self])
			count[replaced[self]]++;
	assert(count[FIRST] == 1);
	for (int number = 2; number < 5; number++)
		assert(count[number] <= 1);
}

PROGRAM(set_beside_a_set)
{
	prepare();
	RUN(set, set, get);
	assert(is_done[0] && is_done[1]);
	assert((replaced[0] == FIRST && replaced[1] == 2) ||
	       (replaced[1] == FIRST && replaced[0] == 3));
	assert(afield__map_value_load(&value) == (replaced[0] == FIRST ? 3 : 2));
}

PROGRAM(set_beside_an_end)
{
	prepare();
	RUN(set, end, get);
	assert(is_done[1] && afield__map_value_has_ended(&value));
	assert(replaced[1] == (is_done[0] ? 2 : FIRST));
	assert(!is_done[0] || replaced[0] == FIRST);
}

PROGRAM(compare_beside_an_end)
{
	prepare();
	RUN(compare, end, set);
	assert(is_done[1] && afield__map_value_has_ended(&value));
	assert_each_once(replaced[1]);
}

PROGRAM(end_beside_an_end)
{
	prepare();
	RUN(end, end);
	assert(is_done[0] + is_done[1] == 1);
}

static int before_the_end; /* plain */

static void write_and_end(int self)
{
	before_the_end = 1;
	end(self);
}

static void look_behind_the_end(int self)
{
	if (afield__map_value_has_ended(&value))
		assert(before_the_end == 1);
}

PROGRAM(look_behind_an_end)
{
	prepare();
	RUN(write_and_end, look_behind_the_end);
}

/* The value goes and comes again. Who has seen it before, and replaces it now, sees what was done
 * meanwhile. */
static AFIELD_ATOMIC(int) has_come_again;

static void go_and_come(int self)
{
	uint64_t before;

	before_the_end = 1;
	if (afield__map_value_exchange(&value, 2, &before) &&
	    afield__map_value_exchange(&value, FIRST, &before))
		AFIELD_STORE(&has_come_again, 1, relaxed);
}

static void compare_late(int self)
{
	int is_late = AFIELD_LOAD(&has_come_again, relaxed);
	uint64_t word = afield__map_value_load(&value);

	if (afield__map_value_compare(&value, word, 3) && is_late)
		assert(before_the_end == 1);
}

PROGRAM(compare_behind_the_same_value)
{
	prepare();
	RUN(go_and_come, compare_late);
}

/* Each of two threads changes one of two elements, and then looks at the other. One of them sees
 * that the other was there. */
static afield_pair pair[2];
static bool misses[2]; /* written by the thread with that number */

static void set_and_look(int self)
{
	uint64_t before;

	assert(afield__map_value_exchange(&pair[self], 2, &before) && before == FIRST);
	misses[self] = afield__map_value_load(&pair[1 - self]) == FIRST;
}

static void end_and_look(int self)
{
	assert(afield__map_value_end(&pair[self]));
	misses[self] = !afield__map_value_has_ended(&pair[1 - self]);
}

static void run_two(litmus_steps *steps)
{
	afield__map_value_start(&pair[0], HASH, FIRST);
	afield__map_value_start(&pair[1], HASH, FIRST);
	RUN(steps, steps);
	assert(!misses[0] || !misses[1]);
}

PROGRAM(two_are_set)
{
	run_two(set_and_look);
}

PROGRAM(two_are_ended)
{
	run_two(end_and_look);
}

PROGRAMS(set_beside_a_set, set_beside_an_end, compare_beside_an_end, end_beside_an_end,
	 look_behind_an_end, compare_behind_the_same_value, two_are_set, two_are_ended)
