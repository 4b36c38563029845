/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: of those who set or clear one bit, one is told.
 */
#include <afield/flags.h>

#include "soak.h"

#define DOOR(flag) flag(door, open) flag(door, lit) flag(door, locked) flag(door, parity)
AFIELD_FLAGS(door, DOOR);
AFIELD_TYPE(door_flags, flags, door);

static door_flags field;
static uint64_t taken, given, toggles; /* __atomic */

static void take(struct soak_thread *thread)
{
	door before = door_flags_test_and_set(&field, door_locked);

	(void)thread;
	SOAK_CHECK((before & ~door_locked) == 0);
	if (!before)
		soak_add(&taken, 1);
}

static void give(struct soak_thread *thread)
{
	(void)thread;
	if (door_flags_test_and_clear(&field, door_locked))
		soak_add(&given, 1);
}

static void toggle(struct soak_thread *thread)
{
	(void)thread;
	door_flags_toggle(&field, door_parity);
	soak_add(&toggles, 1);
}

static void set(struct soak_thread *thread)
{
	if (soak_random(thread, 2))
		door_flags_set(&field, door_open | door_lit);
	else
		door_flags_clear(&field, door_open | door_lit);
	SOAK_CHECK(!door_flags_test(&field, door_open) || door_flags_load(&field) < 16);
}

static void finish(struct soak_thread *thread)
{
	door seen = door_flags_load(&field);

	(void)thread;
	SOAK_EQUAL(taken - given, (seen & door_locked) != 0);
	SOAK_EQUAL(toggles % 2, (seen & door_parity) != 0);
	SOAK_EQUAL((seen & door_open) != 0, (seen & door_lit) != 0);
	memset(&field, 0, sizeof(field));
	taken = given = toggles = 0;
}

#define OPERATIONS(operation) operation(take) operation(give) operation(toggle) operation(set)
SOAK_KIND(flags, OPERATIONS, .finish = finish);
