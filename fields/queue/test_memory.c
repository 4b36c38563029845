/*
 * queue when memory is out, as pile_memory.h has it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/queue.h>

#define PILE_KIND queue
#include "pile_memory.h"

static void a_push_says_so(void)
{
	pile_push_says_so(2, 3);
}

int main(void)
{
	pile_begin();
	TEST_RUN(a_push_says_so);
	TEST_RUN(pile_table_says_so);
	return test_done();
}
