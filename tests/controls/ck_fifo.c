/* SPDX-License-Identifier: MIT */
/*
 * ck_fifo_mpmc_dequeue: "empty" while there are values, when nodes are used again.
 *
 * One value is inside, behind the stub X. A dequeuer has read that X is the head, and stands.
 * Others put a second value in, take the first, so that X is free, and put a third in with X as its
 * node. X is the tail now, and the dequeuer finds head and tail alike and nothing behind: empty.
 * Yet there was a value at every instant.
 */
#include "control.h"

#include <ck_fifo.h>

enum { ADD, REMOVE };

static ck_fifo_mpmc_t fifo __attribute__((aligned(16)));
static ck_fifo_mpmc_entry_t x, y, z;

#if STEPS_WORK
static void enqueue(struct afield_log *log, ck_fifo_mpmc_entry_t *entry, intptr_t value)
{
	afield_record_call1(log, ADD, value);
	ck_fifo_mpmc_enqueue(&fifo, entry, (void *)value);
	afield_record_return(log);
}

/* Returns the entry that is free now. */
static ck_fifo_mpmc_entry_t *dequeue(struct afield_log *log)
{
	ck_fifo_mpmc_entry_t *garbage = NULL;
	void *value = NULL;
	bool is_there;

	afield_record_call(log, REMOVE);
	is_there = ck_fifo_mpmc_dequeue(&fifo, &value, &garbage);
	afield_record_return1(log, is_there ? (afield_value)(intptr_t)value : AFIELD_EMPTY);
	return garbage;
}

static void dequeue_beside(void *opaque)
{
	(void)dequeue(((struct control *)opaque)->logs[0]);
}

static enum steps_answer has_read_head(struct steps *steps, const greg_t *registers)
{
	(void)steps;
	return steps_holds(registers, &x) ? STEPS_HOLD : STEPS_GO;
}

static enum afield_verdict run(bool shows, bool uses_again)
{
	static ck_fifo_mpmc_entry_t fresh;
	struct control control;
	ck_fifo_mpmc_entry_t *freed;

	ck_fifo_mpmc_init(&fifo, &x);
	control_begin(&control);
	enqueue(control.logs[1], &y, 1);
	TEST_CHECK(control_stops(&control, dequeue_beside, has_read_head));
	enqueue(control.logs[1], &z, 2);
	freed = dequeue(control.logs[1]);
	TEST_CHECK(freed == &x);
	enqueue(control.logs[1], uses_again ? freed : &fresh, 3);
	steps_join(&control.stopped);
	dequeue(control.logs[1]);
	dequeue(control.logs[1]);
	return control_end(&control, "queue", shows);
}
#endif

CONTROL_MAIN("ck_fifo_mpmc, nodes used again", run)
