/* SPDX-License-Identifier: MIT */
/*
 * ck_ring, many producers and consumers: "full" and "empty" are not what the ring is at any
 * instant. One slot is usable. A producer has reserved it and stands before it says that it has
 * written. A second producer finds the ring full; a consumer after that finds it empty.
 *
 * In a queue that has no bound a push cannot fail, so a failed one is recorded as two operations
 * that it implies, a look at a value that must be there: the consumer's "empty" after it cannot be.
 */
#include "control.h"

#include "packaged_ring.h"

static ck_ring_buffer_t slots[2];
static ck_ring_t ring;

#if STEPS_WORK
static void enqueue(void *opaque)
{
	struct control *control = (struct control *)opaque;

	afield_record_call1(control->logs[0], 0, 1);
	(void)ck_ring_enqueue_mpmc(&ring, slots, (void *)1);
	afield_record_return(control->logs[0]);
}

/* The slot is reserved and not yet given free to consumers. */
static enum steps_answer is_reserved(struct steps *steps, const greg_t *registers)
{
	(void)steps;
	(void)registers;
	return ck_pr_load_uint(&ring.p_head) != ck_pr_load_uint(&ring.p_tail) ? STEPS_HOLD
									      : STEPS_GO;
}
static enum steps_answer never(struct steps *steps, const greg_t *registers)
{
	(void)steps;
	(void)registers;
	return STEPS_GO;
}

/* A full ring has a first value: that is what a failed push has seen. Which, it does not tell. */
static void enqueue_into_full(struct control *control)
{
	struct afield_log *log = control->logs[1];

	afield_record_call(log, 2);
	if (ck_ring_enqueue_mpmc(&ring, slots, (void *)2))
		abort();
	afield_record_return1(log, 1);
}

static void dequeue(struct control *control)
{
	void *value = NULL;
	bool is_there;

	afield_record_call(control->logs[2], 1);
	is_there = ck_ring_dequeue_mpmc(&ring, slots, &value);
	afield_record_return1(control->logs[2],
			      is_there ? (afield_value)(intptr_t)value : AFIELD_EMPTY);
}

static enum afield_verdict run(bool shows, bool stands)
{
	struct control control;

	ck_ring_init(&ring, 2);
	control_begin(&control);
	TEST_CHECK(control_stops(&control, enqueue, stands ? is_reserved : never) == stands);
	enqueue_into_full(&control);
	dequeue(&control);
	steps_join(&control.stopped);
	dequeue(&control);
	return control_end(&control, "queue", shows);
}
#endif

CONTROL_MAIN("ck_ring mpmc, full and empty", run)
