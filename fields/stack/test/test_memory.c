/* SPDX-License-Identifier: MIT */
/*
 * stack when out of memory, as container_memory.h has it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/stack.h>

#define CONTAINER_KIND stack
#include "container_memory.h"

static void a_push_says_so(void)
{
	container_push_says_so(3, 2);
}

int main(void)
{
	container_begin();
	TEST_RUN(a_push_says_so);
	TEST_RUN(container_table_says_so);
	return test_done();
}
