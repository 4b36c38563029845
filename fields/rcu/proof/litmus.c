/* SPDX-License-Identifier: MIT */
/*
 * A field whose versions are freed: the core with a reference RCU in place of reclaim.h. What must
 * hold in every execution: a reader sees a version as it was before it was published and not after
 * it was poisoned; two updates add two; a version is reclaimed once, by who replaced it.
 */
#include "../../../tests/support/litmus_rcu.h"
#include "../rcu_core.h"

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

	assert(seen->low == seen->high);
	next->low = seen->low + 1;
	next->high = seen->high + 1;
	return true;
}

static void undo(void *next, void *unused)
{
}

static const struct afield__rcu_steps rcu_steps = {enter, leave, add_one, undo};

static void update(int self)
{
	bool is_early = AFIELD_MUTANT("retire_before_it_is_replaced");
	void *old;

	litmus_self = self;
	if (is_early)
		synchronize();
	if (!afield__rcu_update(&field, make(0), &rcu_steps, NULL, &old))
		assert(0);
	if (!is_early && !AFIELD_MUTANT("skip_the_grace_period"))
		synchronize();
	poison((struct version *)old);
}

static void read_once(int self)
{
	const struct version *seen;

	litmus_self = self;
	enter();
	seen = (const struct version *)afield__rcu_load(&field);
	if (AFIELD_MUTANT("read_after_the_section"))
		leave();
	assert(seen->low >= 0);
	assert(seen->low == seen->high);
	leave();
}

PROGRAM(two_updates_one_read)
{
	struct version *last;

	begin_sections();
	AFIELD_STORE(&field.current, make(0), relaxed);
	RUN(update, update, read_once);
	last = (struct version *)afield__rcu_exchange(&field, NULL);
	assert(last->low == 2);
	assert(last->high == 2);
	free(last);
}

PROGRAMS(two_updates_one_read)
