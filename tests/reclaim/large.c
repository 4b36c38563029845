/* SPDX-License-Identifier: MIT */
/*
 * A program whose thread-local variables are larger than the stack that the library's thread takes
 * by itself: the system would not make it.
 */
#include <afield/reclaim.h>

#include "test.h"

static __thread volatile char large[4 << 20];

static void the_thread_can_be_made(void)
{
	large[1] = 1;
	TEST_CHECK(afield_start() == 0);
}

int main(void)
{
	TEST_RUN(the_thread_can_be_made);
	return test_done();
}
