/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of flags.h: no operation waits for a thread that stopped in another. And
 * a thread that ends in the middle of one has done its step or has not begun it.
 */
#include <afield/flags.h>

#include "progress.h"

#define DOOR(flag) flag(door, open) flag(door, locked)
AFIELD_FLAGS(door, DOOR);
AFIELD_TYPE(door_flags, flags, door);

static void load(void *opaque)
{
	(void)door_flags_load((door_flags *)opaque);
}
static void test(void *opaque)
{
	(void)door_flags_test((door_flags *)opaque, door_open);
}
static void set(void *opaque)
{
	door_flags_set((door_flags *)opaque, door_open);
}
static void clear(void *opaque)
{
	door_flags_clear((door_flags *)opaque, door_open);
}
static void toggle(void *opaque)
{
	door_flags_toggle((door_flags *)opaque, door_open);
}
static void store(void *opaque)
{
	door_flags_store((door_flags *)opaque, door_open);
}
static void test_and_set(void *opaque)
{
	(void)!door_flags_test_and_set((door_flags *)opaque, door_open);
}
static void test_and_clear(void *opaque)
{
	(void)door_flags_test_and_clear((door_flags *)opaque, door_open);
}

static const struct schedule_operation operations[] = {
	PROGRESS(load, WAIT_FREE),         PROGRESS(test, WAIT_FREE),
	PROGRESS(set, WAIT_FREE),          PROGRESS(clear, WAIT_FREE),
	PROGRESS(toggle, WAIT_FREE),       PROGRESS(store, WAIT_FREE),
	PROGRESS(test_and_set, LOCK_FREE), PROGRESS(test_and_clear, LOCK_FREE),
};
PROGRESS_TEST(claims_hold, operations, door_flags, NULL, NULL);

static void a_thread_may_end_anywhere(void)
{
	long ends = 0;

	for (int i = 0; i < PROGRESS_COUNT(operations); i++) {
		for (long at = 1;; at++) {
			door_flags state;
			bool has_ended;

			memset(&state, 0, sizeof(state));
			door_flags_set(&state, door_locked);
			has_ended =
				schedule_fault(at, operations[i].run, schedule_end_thread, &state);
			ends += has_ended;
			if (has_ended)
				TEST_CHECK(door_flags_load(&state) == door_locked);
			door_flags_set(&state, door_open);
			TEST_CHECK(door_flags_test(&state, door_open));
			if (!has_ended)
				break;
		}
	}
	TEST_CHECK(ends == PROGRESS_COUNT(operations));
}

int main(void)
{
	TEST_RUN(claims_hold);
	TEST_RUN(a_thread_may_end_anywhere);
	return test_done();
}
