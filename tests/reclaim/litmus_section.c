/* SPDX-License-Identifier: MIT */
/*
 * A reader and a grace period. The reader enters, loads a pointer and uses what it finds, twice;
 * the second time it is inside twice. The writer unlinks, has a grace period, and poisons, twice as
 * well. There is no membarrier here: readers run their fence. What must hold in every execution:
 * nobody uses what has been poisoned. The objects are plain, so that a use beside the poisoning is
 * a data race, too.
 */
#include "../support/litmus.h"
#include <afield/detail/section_core.h>

static struct afield__grace grace;
static afield__section section;
static int objects[3];
static AFIELD_ATOMIC(int *) current;

static void use(int depth)
{
	const int *object;

	for (int i = 0; i < depth; i++)
		afield__section_enter(&section, &grace);
	object = AFIELD_LOAD(&current, acquire);
	if (AFIELD_MUTANT("leave_too_early"))
		afield__section_leave(&section);
	else if (depth == 2)
		afield__section_leave(&section); /* the inner one */
	assert(*object == 1);
	assert(afield__section_is_open(&section) || AFIELD_MUTANT("leave_too_early"));
	if (!AFIELD_MUTANT("leave_too_early") || depth == 2)
		afield__section_leave(&section);
}

static void read_twice(int self)
{
	use(1);
	use(2);
	assert(!afield__section_is_open(&section));
}

static void write_twice(int self)
{
	for (int i = 0; i < 2; i++) {
		uint64_t number;

		objects[i + 1] = 1;
		AFIELD_STORE(&current, &objects[i + 1], release);
		number = afield__grace_begin(&grace);
		while (!AFIELD_MUTANT("skip_the_wait") &&
		       afield__section_is_before(&section, number))
			AFIELD_SPIN();
		objects[i] = 0;
	}
}

PROGRAM(read_beside_grace_periods)
{
	objects[0] = 1;
	AFIELD_STORE(&grace.number, 0, relaxed);
	AFIELD_STORE(&grace.is_fenced, 1, relaxed);
	AFIELD_STORE(&section, 0, relaxed);
	AFIELD_STORE(&current, &objects[0], relaxed);
	RUN(read_twice, write_twice);
}

PROGRAMS(read_beside_grace_periods)
