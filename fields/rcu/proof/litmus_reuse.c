/* SPDX-License-Identifier: MIT */
/*
 * Memory that comes back. One thread updates; another replaces the version twice, and the second
 * time with the memory of the first version, when its grace period is over. What must hold in every
 * execution: the update counts on from one of the versions, whole, and nothing that was stored
 * after that version is lost. It would be if the exchange came after the end of the section: the
 * pointer is equal then, and the version another (ABA).
 */
#include "../../../tests/support/litmus.h"
#include "../rcu_core.h"

static struct afield__rcu field;
static AFIELD_ATOMIC(int) inside; /* whether the updater is in a section; written by it */
static long first, second, next;  /* the versions: 10, 20, 30 in the memory of 10, and one more */
static void *replaced[3];         /* by the two stores and by the update */

static void enter(void)
{
	AFIELD_STORE(&inside, 1, seq_cst);
}

static void leave(void)
{
	AFIELD_STORE(&inside, 0, seq_cst);
}

static void synchronize(void)
{
	while (!AFIELD_MUTANT("skip_the_grace_period") && AFIELD_LOAD(&inside, seq_cst))
		AFIELD_SPIN();
}

static bool add_one(void *opaque, const void *current, void *unused)
{
	*(long *)opaque = *(const long *)current + 1;
	if (AFIELD_MUTANT("exchange_after_the_section"))
		leave();
	return true;
}

static void undo(void *unused, void *unused_too)
{
}

static const struct afield__rcu_steps rcu_steps = {enter, leave, add_one, undo};

static void update(int self)
{
	if (!afield__rcu_update(&field, &next, &rcu_steps, NULL, &replaced[2]))
		assert(0);
}

static void replace_twice(int self)
{
	replaced[0] = afield__rcu_exchange(&field, &second);
	if (replaced[0] != &first)
		return; /* the update was faster, and has the memory */
	synchronize();
	first = 30;
	replaced[1] = afield__rcu_exchange(&field, &first);
	if (replaced[1] != &second)
		return;
	synchronize();
	second = -1;
}

PROGRAM(memory_comes_back)
{
	long *last;

	AFIELD_STORE(&inside, 0, relaxed);
	first = 10;
	second = 20;
	replaced[1] = NULL;
	AFIELD_STORE(&field.current, &first, relaxed);
	RUN(update, replace_twice);
	last = (long *)afield__rcu_exchange(&field, NULL);
	if (replaced[0] == &next)
		assert(next == 11 && replaced[2] == &first && last == &second && *last == 20);
	else if (replaced[1] == &next)
		assert(next == 21 && replaced[2] == &second && last == &first && *last == 30);
	else
		assert(next == 31 && replaced[2] == &first && last == &next);
}

PROGRAMS(memory_comes_back)
