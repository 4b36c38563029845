/* SPDX-License-Identifier: MIT */
/*
 * rcu, for model checkers: the core with a reference RCU in place of reclaim.h, and a free that
 * really frees. Three threads: two update, one reads.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/rcu fields/rcu/proof/litmus.c -lpthread
 *
 * What must hold in every execution: a reader sees a version as it was before it was published and
 * not after it was poisoned; two updates add two; a version is reclaimed once, by who replaced it.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../rcu_core.h"

/*
 * The reference: each thread counts its own sections, and a grace period waits until it has seen
 * each thread outside once. seq_cst throughout; tests/reclaim/litmus_section.c has the real one.
 */
#define READERS 3
static AFIELD_ATOMIC(int) inside[READERS]; /* written by the thread with that number */
static _Thread_local int self;

static void enter(void)
{
	AFIELD_STORE(&inside[self], 1, seq_cst);
	AFIELD_FENCE(seq_cst, &inside[self]);
}

static void leave(void)
{
	AFIELD_STORE(&inside[self], 0, seq_cst);
}

static void synchronize(void)
{
	AFIELD_FENCE(seq_cst, &inside[0]);
	for (int i = 0; i < READERS; i++)
		while (AFIELD_LOAD(&inside[i], seq_cst))
			AFIELD_SPIN();
}

struct version {
	long low;
	long high; /* equal to low while the version is alive */
};

static struct afield__rcu field;

static struct version *make(long number)
{
	struct version *version = (struct version *)malloc(sizeof(*version));

	version->low = number;
	version->high = number;
	return version;
}

static void poison(struct version *version)
{
	version->low = -1;
	version->high = -2;
	free(version);
}

static bool add_one(void *opaque, const void *current, void *unused)
{
	struct version *next = (struct version *)opaque;
	const struct version *seen = (const struct version *)current;

	(void)unused;
	assert(seen->low == seen->high);
	next->low = seen->low + 1;
	next->high = seen->high + 1;
	return true;
}

static void undo(void *next, void *unused)
{
	(void)next;
	(void)unused;
}

static const struct afield__rcu_steps steps = {enter, leave, add_one, undo};

static void *update(void *number)
{
	bool is_early = AFIELD_MUTANT("retire_before_it_is_replaced");
	void *old;

	self = (int)(intptr_t)number;
	if (is_early)
		synchronize();
	if (!afield__rcu_update(&field, make(0), &steps, NULL, &old))
		assert(0);
	if (!is_early && !AFIELD_MUTANT("skip_the_grace_period"))
		synchronize();
	poison((struct version *)old);
	return NULL;
}

static void *read_once(void *number)
{
	const struct version *seen;

	self = (int)(intptr_t)number;
	enter();
	seen = (const struct version *)afield__rcu_load(&field);
	if (AFIELD_MUTANT("read_after_the_section"))
		leave();
	assert(seen->low >= 0);
	assert(seen->low == seen->high);
	leave();
	return NULL;
}

int main(void)
{
	pthread_t threads[READERS];
	struct version *last;

	AFIELD_STORE(&inside[0], 0, relaxed);
	AFIELD_STORE(&inside[1], 0, relaxed);
	AFIELD_STORE(&inside[2], 0, relaxed);
	AFIELD_STORE(&field.current, make(0), relaxed);
	if (pthread_create(&threads[0], NULL, update, (void *)0) ||
	    pthread_create(&threads[1], NULL, update, (void *)1) ||
	    pthread_create(&threads[2], NULL, read_once, (void *)2))
		abort();
	for (int i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
	last = (struct version *)afield__rcu_exchange(&field, NULL);
	assert(last->low == 2);
	assert(last->high == 2);
	free(last);
	return 0;
}
