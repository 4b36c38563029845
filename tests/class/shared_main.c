/* SPDX-License-Identifier: MIT */
/*
 * A class that two languages share has one struct and one table.
 */
#include "shared.h"
#include "test.h"

static void both_units_see_one_class(void)
{
	static door object;

	TEST_CHECK(door_class() == door_class_of_user());
	TEST_CHECK(door_class()->rows == door_class_of_user()->rows);
	TEST_CHECK(door_size_of_user() == sizeof(door));
	TEST_CHECK(door_class()->size == sizeof(door));
	TEST_CHECK(door_class()->row_count == 2);
	TEST_CHECK(door_class()->rows[1].offset == offsetof(door, open));
	door_enter_of_user(&object);
	afield_i64_fetch_add(&object.count, 1);
	TEST_CHECK(afield_i64_load(&object.count) == 2);
	door_fini(&object);
}

int main(void)
{
	TEST_RUN(both_units_see_one_class);
	return test_done();
}
