/* SPDX-License-Identifier: MIT */
/*
 * Memory of confined values: that of each is given back, and where there is none, nobody owns
 * anything.
 */
#include <afield/confined.h>

#include "given_back.h"
#include "sanitizers.h"

#include <errno.h>

AFIELD_TYPE(large_confined, confined, struct given_back_value);

static void claim_and_end(void)
{
	static large_confined field;

	for (int i = 0; i < 3; i++) {
		TEST_CHECK(large_confined_claim(&field) == 0);
		TEST_CHECK(large_confined_claim(&field) == 0); /* it is there */
		large_confined_fini(&field);
	}
}

static void values_are_given_back(void)
{
	given_back(claim_and_end);
}

/* A sanitizer's allocator ends the program instead. */
static void no_memory(void)
{
	static large_confined field;
	struct afield_type huge = *large_confined_type();

	if (SANITIZERS_ADDRESS || SANITIZERS_THREAD)
		return;
	huge.value_type.size = SIZE_MAX / 2;
	TEST_CHECK(afield__confined_claim(&huge, &field.held) == -ENOMEM);
	TEST_CHECK(large_confined_owner(&field) == 0 && !large_confined_get(&field));
	TEST_CHECK(large_confined_claim(&field) == 0);
	large_confined_fini(&field);
}

int main(void)
{
	TEST_RUN(values_are_given_back);
	TEST_RUN(no_memory);
	return test_done();
}
