/* SPDX-License-Identifier: MIT */
/*
 * litmus_fork: the child of a fork at any instant, for model checkers. One thread retires two
 * objects, one takes what there is and calls it back, one forks.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ilib tests/reclaim/litmus_fork.c -lpthread
 *
 * A fork copies memory as it is at one instant. The explorer runs one thread at a time, so a look
 * at the words that it does not see is such a copy; an outside checker has no instant of all words,
 * and only the first half of the program says something there.
 *
 * What must hold in every execution: every object whose push is over and whose callback has not
 * begun is in the child, once, on the stack or in hand; in the parent every object is called back
 * once.
 */
#include "litmus_retired_list.h"

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
	int number = 0;

	for (; newest && newest != in_hand; newest = newest->next)
		number++;
	for (; in_hand; in_hand = in_hand->next)
		number++;
	return number;
}
/* One push may be under way, and one callback about to begin. */
__attribute__((no_sanitize("thread"))) static int is_whole(void)
{
	int there = in_child() + *(volatile int *)&called;
	int over = *(volatile int *)&pushed;

	return there + *(volatile int *)&calling >= over && there <= over + 1;
}
#endif

static void *retire(void *unused)
{
	for (int i = 0; i < 2; i++) {
		push(i);
		pushed++;
	}
	return unused;
}

static void *take(void *unused)
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
	return unused;
}

static void *fork_once(void *unused)
{
	/* A step of this thread, wherever the search wants it. */
	(void)AFIELD_LOAD(&retired_list.load, relaxed);
#ifdef AFIELD_EXPLORE
	assert(is_whole());
#endif
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	begin();
	start(&threads[0], retire, 0);
	start(&threads[1], take, 0);
	start(&threads[2], fork_once, 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 2; i++)
		assert(taken[i] <= 1);
	assert(taken[0] + taken[1] + count(AFIELD_LOAD(&retired_list.newest, relaxed)) == 2);
	return 0;
}
