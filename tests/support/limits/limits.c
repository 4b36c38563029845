/* SPDX-License-Identifier: MIT */
/*
 * A test that hangs in two threads, or fails in four without end: limits.sh looks at what it says.
 */
#include <afield/event.h>

#include "test.h"

AFIELD_TYPE(done, event, bool);

static done never;

void waits_for_what_never_comes(void *unused, int index);
void waits_for_what_never_comes(void *unused, int index)
{
	(void)unused, (void)index;
	TEST_CHECK(done_wait(&never, NULL) == 0);
}

static void hangs(void)
{
	test_threads(2, waits_for_what_never_comes, NULL);
}

static void fail(void *unused, int index)
{
	(void)unused;
	for (;;)
		TEST_CHECK(index < 0);
}

static void fails(void)
{
	test_threads(4, fail, NULL);
}

int main(int count, char **arguments)
{
	if (count > 1 && strcmp(arguments[1], "hang") == 0)
		TEST_RUN(hangs);
	else
		TEST_RUN(fails);
	return test_done();
}
