/* SPDX-License-Identifier: MIT */
/*
 * The way home: a thread that drops a value which is not its own puts a message into the queue of
 * the owner, who opens it. What must hold in every execution: each message is opened once, and who
 * opens it, or finds that the owner is gone, sees what was done before.
 */
#include "../../../tests/support/litmus.h"

#include <afield/detail/owner_queue.h>

static struct afield_owner_queue queue;

static void begin(void)
{
	AFIELD_STORE(&queue.newest, NULL, relaxed);
	AFIELD_STORE(&queue.openings, 0, relaxed);
}

/*
 * Two threads drop a value each, while the owner comes by once and then ends. Each value ends once,
 * with the contents that its dropper gave it, and who ends it because the owner is gone sees what
 * the owner did before.
 */
static struct value {
	struct afield_message message;
	int content;
	int ends; /* how often it has ended */
} values[2];
static int owned; /* what the owner did before its end */

static void end(struct afield_message *message)
{
	struct value *value = (struct value *)(void *)message;

	assert(value->content == 1);
	value->ends++;
}

static void drop(int self)
{
	struct value *value = &values[self];

	value->content = 1;
	value->message.open = end;
	if (!afield__owner_queue_put(&queue, &value->message)) {
		assert(owned == 1);
		assert(value->ends == 0);
		value->ends++;
	}
}

static void come_by_and_end(int self)
{
	afield__owner_queue_open(afield__owner_queue_take(&queue));
	owned = 1;
	afield__owner_queue_open(afield__owner_queue_close(&queue));
}

PROGRAM(two_drops)
{
	begin();
	RUN(drop, drop, come_by_and_end);
	for (int i = 0; i < 2; i++)
		assert(values[i].ends == 1);
}

/*
 * A look into the queue while its owner comes by, and then ends. It is what afield_barrier does
 * before a module is closed. The message is opened once; and who has looked knows of it: it had the
 * message in hand, or it sees the owner opening, or it sees all that the opening did.
 */
static struct afield_message message;
static int opened; /* how often; plain: who reads it must be ordered behind the opening */

static void open_message(struct afield_message *it)
{
	opened++;
}

static void open_and_end(int self)
{
	afield__owner_queue_begin(&queue);
	afield__owner_queue_open(afield__owner_queue_take(&queue));
	(void)afield__owner_queue_end(&queue);
	afield__owner_queue_begin(&queue);
	afield__owner_queue_open(afield__owner_queue_close(&queue));
	(void)afield__owner_queue_end(&queue);
}

static void look(int self)
{
	struct afield_message *seen = afield__owner_queue_load(&queue);
	uint64_t openings;

	if (seen) {
		assert(seen == &message && !seen->next);
		assert(!afield__owner_queue_load(&queue)); /* it is in hand, and nowhere else */
		if (!afield__owner_queue_put(&queue, seen))
			open_message(seen);
		return;
	}
	openings = AFIELD_LOAD(&queue.openings, acquire);
	assert(openings != 0);
	/* The owner has come by once: after that it had no message any more. */
	if (openings >= 2)
		assert(opened == 1);
}

PROGRAM(look_knows_of_the_message)
{
	begin();
	message.open = open_message;
	(void)afield__owner_queue_put(&queue, &message);
	RUN(open_and_end, look);
	assert(opened == 1);
}

PROGRAMS(two_drops, look_knows_of_the_message)
