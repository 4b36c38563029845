/* SPDX-License-Identifier: MIT */
/*
 * The stack of retired objects, and the thread that takes them from it.
 */
#include "litmus_retired_list.h"

/*
 * Two threads retire on the stack for those without a record, a third takes, twice. Every object is
 * taken once, whole, or is still on the stack; one retirer at least is told that it was empty.
 */
static int number;        /* of objects that were taken */
static bool was_empty[2]; /* written by the retirer of that number */

static void retire_own(int self)
{
	was_empty[self] = push(self);
}

static void take_twice(int self)
{
	for (int i = 0; i < 2; i++)
		number += count(afield__retired_list_take(&retired_list));
}

PROGRAM(two_retire_one_takes)
{
	begin();
	RUN(retire_own, retire_own, take_twice);
	assert(number + count_left() == 2);
	assert(was_empty[0] || was_empty[1]);
}

/*
 * A thread retires two objects and counts in what is in its tally; who takes them counts in the rest
 * and counts out. In the end the load and what is not counted in are what has been left.
 */
static struct afield__tally tally;
static int reclaimed; /* written by who takes */

static void count_in(void)
{
	if (AFIELD_MUTANT("count_without_saying_so"))
		afield__load_add(&load, afield__tally_uncounted(&tally));
	else
		afield__tally_count(&tally, &load);
}

static void retire_and_count(int self)
{
	for (int i = 0; i < 2; i++) {
		uint64_t uncounted = afield__tally_add(&tally, afield__load_of(1, 3));

		assert(afield__load_objects(uncounted) <= (uint64_t)i + 1);
		push(i);
		count_in();
	}
}

static void take_and_count(int self)
{
	for (int i = 0; i < 2; i++) {
		int taken = count(afield__retired_list_take(&retired_list));

		if (taken && !AFIELD_MUTANT("count_out_what_is_not_in"))
			afield__tally_count(&tally, &load);
		afield__load_subtract(&load, afield__load_of(1, 3) * (uint64_t)taken);
		assert(afield__load_objects(AFIELD_LOAD(&tally.counted, relaxed)) >=
		       (uint64_t)(reclaimed += taken));
	}
}

PROGRAM(both_count)
{
	begin();
	AFIELD_STORE(&tally.pushed, 0, relaxed);
	AFIELD_STORE(&tally.counted, 0, relaxed);
	RUN(retire_and_count, take_and_count);
	assert(afield__load_see(&load) + afield__tally_uncounted(&tally) ==
	       afield__load_of(1, 3) * (uint64_t)count_left());
}

/*
 * The thread that reclaims ends while somebody retires. An object on the stack has somebody who
 * will take it, and it is one thread only.
 */
static afield__presence presence;
static int made;   /* threads that retirers have made; each its own */
static int stayed; /* whether the thread goes on; written by it */

static void ask(void)
{
	if (!AFIELD_MUTANT("ask_nobody") && !afield__presence_is_there(&presence))
		made += afield__presence_claim(&presence);
}

static void retire_and_ask(int self)
{
	push(0);
	ask();
}

static void end(int self)
{
	if (AFIELD_MUTANT("look_before_it_leaves")) {
		stayed = !afield__retired_list_is_empty(&retired_list);
		if (!stayed)
			afield__presence_leave(&presence);
		return;
	}
	afield__presence_leave(&presence);
	stayed = !afield__retired_list_is_empty(&retired_list) && afield__presence_claim(&presence);
}

PROGRAM(reclaimer_ends)
{
	begin();
	AFIELD_STORE(&presence, 1, relaxed);
	RUN(retire_and_ask, end);
	assert(made + stayed == 1);
	assert(afield__presence_is_there(&presence));
}

/* The same of a block. */
static struct afield__returned returned;

static void retire_block_and_ask(int self)
{
	size_t number;
	afield__callback *below;

	objects[0].value = 1;
	(void)afield__block_push(&retired_list, &returned, 2, &objects[0], &objects[0].next,
				 &number, &below);
	ask();
}

PROGRAM(reclaimer_ends_at_a_block)
{
	begin();
	AFIELD_STORE(&presence, 1, relaxed);
	RUN(retire_block_and_ask, end);
	assert(made + stayed == 1);
	assert(afield__presence_is_there(&presence));
}

/*
 * The child of a fork at any instant. One thread retires two objects, one takes what there is and
 * calls it back, one forks. Every object whose push is over and whose callback has not begun is in
 * the child, once, on the stack or in hand; in the parent every object is called back once.
 *
 * A fork copies memory as it is at one instant. The explorer runs one thread at a time, so a look
 * at the words that it does not see is such a copy; an outside checker has no instant of all words,
 * and only the parent's half of the program says something there.
 */
static int pushed;  /* how many pushes are over; written by who retires */
static int called;  /* how many callbacks have begun; written by who takes */
static int calling; /* 1 from before the object is out of hand; the same */
static int taken[2];

#ifdef AFIELD_EXPLORE
/* What the child finds. Not instrumented: it is one step. */
__attribute__((no_sanitize("thread"))) static int in_child(void)
{
	const struct afield_retired *newest = *(struct afield_retired *const *)&retired_list.newest;
	const struct afield_retired *in_hand =
		*(struct afield_retired *const *)&retired_list.in_hand;
	int there = 0;

	for (; newest && newest != in_hand; newest = newest->next)
		there++;
	for (; in_hand; in_hand = in_hand->next)
		there++;
	return there;
}

/* One push may be under way, and one callback about to begin. */
__attribute__((no_sanitize("thread"))) static int is_whole(void)
{
	int there = in_child() + *(volatile int *)&called;
	int over = *(volatile int *)&pushed;

	return there + *(volatile int *)&calling >= over && there <= over + 1;
}
#endif

static void retire_two(int self)
{
	for (int i = 0; i < 2; i++) {
		push(i);
		pushed++;
	}
}

static void take_and_call_back(int self)
{
	struct afield_retired *all;

	if (AFIELD_MUTANT("take_before_it_is_in_hand")) {
		all = AFIELD_EXCHANGE(&retired_list.newest, NULL, acq_rel);
		AFIELD_STORE(&retired_list.in_hand, all, relaxed);
	} else {
		all = afield__retired_list_take(&retired_list);
	}
	while (all) {
		assert(all->value == 1);
		calling = 1;
		afield__retired_list_keep(&retired_list, all->next);
		called++;
		calling = 0;
		taken[all - objects]++;
		all = all->next;
	}
}

static void fork_once(int self)
{
	/* A step of this thread, wherever the search wants it. */
	(void)AFIELD_LOAD(&load, relaxed);
#ifdef AFIELD_EXPLORE
	assert(is_whole());
#endif
}

PROGRAM(fork_at_any_instant)
{
	begin();
	RUN(retire_two, take_and_call_back, fork_once);
	for (int i = 0; i < 2; i++)
		assert(taken[i] <= 1);
	assert(taken[0] + taken[1] + count_left() == 2);
}

/*
 * A fork copies memory as the processors have written it. So what it finds is what a thread finds
 * that reads the words in their order: when the stack is off, it is in hand.
 */
static void take_all(int self)
{
	(void)afield__retired_list_take(&retired_list);
}

static void find_in_hand(int self)
{
	bool is_off = AFIELD_LOAD(&retired_list.newest, acquire) == NULL;

	if (is_off)
		assert(AFIELD_LOAD(&retired_list.in_hand, relaxed) == &objects[0]);
}

PROGRAM(fork_finds_it_in_hand)
{
	begin();
	push(0);
	RUN(take_all, find_in_hand);
}

PROGRAMS(two_retire_one_takes, both_count, reclaimer_ends, reclaimer_ends_at_a_block,
	 fork_at_any_instant, fork_finds_it_in_hand)
