/* SPDX-License-Identifier: MIT */
/*
 * What a callback does happens before the return of the barrier that waited for it.
 */
#include <afield/reclaim.h>

#include "test.h"

static struct afield_retired retired;
static long done;

static void finish(struct afield_retired *unused)
{
	(void)unused;
	done = 1;
}

static void callbacks_come_first(void)
{
	afield_retire_nowait(&retired, finish);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(done == 1);
}

int main(void)
{
	TEST_RUN(callbacks_come_first);
	return test_done();
}
