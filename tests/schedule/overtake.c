/* SPDX-License-Identifier: MIT */
/*
 * Overtaking: before each access of an operation another one is done from beginning to end. What is
 * wait-free is done in few accesses all the same; a loop that only asks that somebody gets on goes
 * round for as long as this lasts.
 */
#include "member.h"

#include <afield/thread.h>

#include <stdio.h>
#include <stdlib.h>

/* More accesses than any operation here makes by itself. */
enum { MOST = 128 };

struct overtaken {
	struct member member; /* first: a member is an overtaken one here */
	const struct schedule_operation *operation, *other;
	void *object;
	struct beside last;
	bool has_begun; /* the operation; a thread's first use of the library is not part of it */
	bool is_stuck;  /* the other waits for this one, and so holds it up no more */
};

static void be_overtaken(struct member *member)
{
	struct overtaken *overtaken = (struct overtaken *)member;

	if (!overtaken->has_begun || overtaken->is_stuck || member->accesses > MOST)
		return;
	overtaken->is_stuck = !beside_begin(&overtaken->last, overtaken->other, overtaken->object);
	if (!overtaken->is_stuck)
		beside_end(&overtaken->last);
}

static void overtaken_body(void *opaque, int index)
{
	struct overtaken *overtaken = (struct overtaken *)opaque;

	(void)index;
	(void)afield_thread_id(); /* takes a record for the thread, which is lock-free (thread.h) */
	overtaken->member.accesses = 0;
	overtaken->has_begun = true;
	overtaken->operation->run(overtaken->object);
}

bool schedule_overtake(const struct schedule_operation *operation,
		       const struct schedule_operation *other, void *object)
{
	struct overtaken overtaken = {.member = {.at_access = be_overtaken, .body = overtaken_body},
				      .operation = operation,
				      .other = other,
				      .object = object};
	pthread_t thread;

	overtaken.member.argument = &overtaken;
	if (pthread_create(&thread, NULL, member_main, &overtaken.member))
		abort();
	pthread_join(thread, NULL);
	if (overtaken.is_stuck)
		beside_end(&overtaken.last);
	if (overtaken.member.accesses > MOST)
		printf("  %-20s overtaken by %s at each of more than %d accesses\n",
		       operation->name, other->name, MOST);
	return overtaken.member.accesses <= MOST;
}
