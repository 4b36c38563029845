/* SPDX-License-Identifier: MIT */
/*
 * A fault: something happens to a thread in the middle of an operation.
 */
#include "member.h"

#include <pthread.h>
#include <stdlib.h>

struct faulty {
	struct member member; /* first: a member is a faulty one here */
	long at;
	void (*body)(void *argument);
	void (*fault)(void *argument);
	void *argument;
	bool has_happened; /* written by the thread, read when it is joined */
};

static void fault_here(struct member *member)
{
	struct faulty *faulty = (struct faulty *)member;

	if (member->accesses != faulty->at)
		return;
	faulty->has_happened = true;
	faulty->fault(faulty->argument);
}

static void faulty_body(void *opaque, int index)
{
	struct faulty *faulty = (struct faulty *)opaque;

	(void)index;
	faulty->body(faulty->argument);
}

bool schedule_fault(long at, void (*body)(void *argument), void (*fault)(void *argument),
		    void *argument)
{
	struct faulty faulty = {
		{fault_here, 0, 1, 0, faulty_body, NULL}, at, body, fault, argument, false};
	pthread_t thread;

	faulty.member.argument = &faulty;
	if (pthread_create(&thread, NULL, member_main, &faulty.member))
		abort();
	pthread_join(thread, NULL);
	return faulty.has_happened;
}

void schedule_end_thread(void *unused)
{
	(void)unused;
	pthread_exit(NULL);
}
