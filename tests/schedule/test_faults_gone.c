/* SPDX-License-Identifier: MIT */
/*
 * Two threads are gone, each with a message that it has not opened, and two others find that out at
 * the same time. No message is lost. They are not joined: their stacks would be the next threads',
 * with what the C library has not taken from them.
 */
#include <afield/detail/owner_queue.h>
#include <afield/reclaim.h>

#include "../../lib/runtime/self.h"
#include "schedule.h"
#include "test.h"

#include <sys/syscall.h>
#include <unistd.h>

static int opened;
static void open_it(struct afield_message *unused)
{
	(void)unused;
	opened++;
}

struct gone {
	struct afield_message message;
	struct afield__self *record;
	AFIELD_ATOMIC(pid_t) number;
};

static void *be_gone(void *opaque)
{
	struct gone *gone = (struct gone *)opaque;
	struct afield_owner_queue *queue = afield_owner_queue_retain();

	gone->message.open = open_it;
	if (!afield_hand_over(queue, &gone->message))
		abort();
	afield_owner_queue_release(queue);
	gone->record = afield__self;
	AFIELD_STORE(&gone->number, (pid_t)syscall(SYS_gettid), seq_cst);
	syscall(SYS_exit, 0);
	return NULL;
}

static void make_gone(struct gone *gone)
{
	pthread_t thread;
	pid_t number;

	memset(gone, 0, sizeof(*gone));
	if (pthread_create(&thread, NULL, be_gone, gone))
		abort();
	while ((number = AFIELD_LOAD(&gone->number, seq_cst)) == 0 ||
	       syscall(SYS_tgkill, getpid(), number, 0) == 0)
		usleep(100);
}

static void find_out_first(void *gone)
{
	TEST_CHECK(afield__self_is_over(((struct gone *)gone)[0].record));
}

static void find_out_second(void *gone)
{
	TEST_CHECK(afield__self_is_over(((struct gone *)gone)[1].record));
}

static void no_message_of_the_gone_is_lost(void)
{
	struct gone gone[2];
	bool has_met;
	long at = 1;

	do {
		int before = opened;

		make_gone(&gone[0]);
		make_gone(&gone[1]);
		has_met = schedule_fault(at, find_out_first, find_out_second, gone);
		find_out_second(gone);
		TEST_CHECK(afield_barrier() == 0);
		TEST_CHECK(opened == before + 2);
	} while (has_met && at++);
	TEST_CHECK(at > 10);
}

int main(void)
{
	alarm(120);
	TEST_RUN(no_message_of_the_gone_is_lost);
	return test_done();
}
