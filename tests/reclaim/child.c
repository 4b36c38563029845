/* SPDX-License-Identifier: MIT */
/*
 * What a child makes of the retired objects, for every state in which a fork can find the two
 * places where they are: on the stack, in hand, partly in both, or all of it in both.
 */
#include <afield/reclaim.h>

#include "../../lib/runtime/reclaim_core.h"
#include "test.h"

#include <unistd.h>

enum { COUNT = 4 };

/* Objects 0 to 3 in a row, of which the stack has those from `newest`, and the hand those from
 * `in_hand`; COUNT is none. `joined` says whether the row is one, as it is while it is taken. */
static void finds_all(int newest, int in_hand, bool joined)
{
	struct afield_retired objects[COUNT];
	struct afield__retired_list retired_list;
	struct afield_retired *retired;
	uint64_t load;
	int first = newest < in_hand ? newest : in_hand, found = 0;

	memset(&retired_list, 0, sizeof(retired_list));
	memset(objects, 0, sizeof(objects));
	for (int i = 0; i < COUNT; i++) {
		objects[i].units = (size_t)(i + 1);
		if (i + 1 < COUNT && (joined || i + 1 != in_hand))
			objects[i].next = &objects[i + 1];
	}
	AFIELD_STORE(&retired_list.newest, newest < COUNT ? &objects[newest] : NULL, relaxed);
	AFIELD_STORE(&retired_list.in_hand, in_hand < COUNT ? &objects[in_hand] : NULL, relaxed);
	load = afield__retired_list_child(&retired_list);
	TEST_CHECK(AFIELD_LOAD(&retired_list.in_hand, relaxed) == NULL);
	retired = AFIELD_LOAD(&retired_list.newest, relaxed);
	for (; retired && found <= COUNT; retired = retired->next, found++)
		if (first + found < COUNT)
			TEST_CHECK(retired == &objects[first + found]);
	TEST_CHECK(found == COUNT - first);
	for (int i = first; i < COUNT; i++)
		load -= afield__load_of(1, (uint64_t)i + 1);
	TEST_CHECK(load == 0);
}

static void a_child_finds_each_object_once(void)
{
	alarm(20); /* a row that became a ring is gone through forever */
	for (int newest = 0; newest <= COUNT; newest++)
		for (int in_hand = newest; in_hand <= COUNT; in_hand++)
			finds_all(newest, in_hand, true);
	for (int in_hand = 1; in_hand < COUNT; in_hand++)
		finds_all(0, in_hand, false);
	finds_all(COUNT, 0, true); /* all in hand */
}

int main(void)
{
	TEST_RUN(a_child_finds_each_object_once);
	return test_done();
}
