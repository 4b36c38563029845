/* SPDX-License-Identifier: MIT */
/*
 * A handler reads in a child of vfork, which has its parent's memory. The record of its thread
 * there would be that of a thread which is gone, and soon another's as well.
 */
#define _GNU_SOURCE
#include <afield/reclaim.h>
#include <afield/thread.h>

#include "test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t handled;

static void read_in_handler(int unused)
{
	(void)unused;
	AFIELD_READ_SECTION
	{
		handled = afield_is_reading();
	}
}

static void the_parent_keeps_to_itself(void)
{
	pid_t child;

	signal(SIGUSR1, read_in_handler);
	child = vfork();
	if (child == 0) {
		kill(getpid(), SIGUSR1);
		_exit(0);
	}
	TEST_CHECK(waitpid(child, NULL, 0) == child);
	TEST_CHECK(handled == 1);
	TEST_CHECK(!afield_is_reading());
	TEST_CHECK(afield_thread_identity(afield_thread_id()) ==
		   (uint64_t)(uintptr_t)pthread_self());
}

int main(void)
{
	TEST_RUN(the_parent_keeps_to_itself);
	return test_done();
}
