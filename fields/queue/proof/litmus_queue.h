/* SPDX-License-Identifier: MIT */
/*
 * litmus_queue: a queue of rings of one slot, for the litmus programs: each push that does not find
 * the queue empty closes a ring and links another. Nothing is freed.
 */
#include "../../../tests/support/litmus.h"
#include "../queue_core.h"

#ifndef LITMUS_SEGMENTS
#define LITMUS_SEGMENTS 3
#endif

struct segment {
	struct afield__queue_segment links;
	afield_pair slot;
	int given_up; /* plain: how often a pop gave it up, by the one thread that did */
};

static struct afield__queue_words queue;
static struct segment segments[LITMUS_SEGMENTS];

/* Makes a segment of zeros one with this value inside. Its tail's hint lags by that one. */
static struct afield__queue_segment *segment_make(struct segment *segment, uintptr_t value)
{
	struct afield__ring *ring = &segment->links.ring;

	ring->capacity = 1;
	ring->slot_count = 1;
	ring->word_count = 1;
	ring->slots = &segment->slot;
	AFIELD_STORE_PAIR(&segment->slot, AFIELD__RING_FULL, value, relaxed);
	return &segment->links;
}

/* Pushes i + 1, by segment i if need be: whether it was. */
static bool push_into(struct afield__queue_words *into, int i)
{
	struct afield__queue_segment *at, *fresh = segment_make(&segments[i], (uintptr_t)i + 1);
	uintptr_t value = (uintptr_t)i + 1;
	int result = afield__queue_push_words(into, 0, &value, 1, fresh, &at);

	assert(result == 0 || result == AFIELD__QUEUE_LINKED);
	return result == AFIELD__QUEUE_LINKED;
}

/* Closes the ring at the head, which is full: a push that stands still before it links another. */
static void close_head(struct afield__queue_words *of)
{
	uint64_t number;
	bool is_closed = afield__ring_close(&AFIELD_LOAD(&of->head, relaxed)->ring, &number);

	assert(is_closed);
}

/* The value, or 0 when it is empty. What is given up is so once, and is not the tail. */
static uintptr_t pop_from(struct afield__queue_words *from)
{
	struct afield__queue_segment *old;
	uintptr_t value = 0;
	int result;

	do {
		result = afield__queue_pop_words(from, &value, 1, &old);
		if (old) {
			assert(AFIELD_LOAD(&from->tail, relaxed) != old);
			assert(++((struct segment *)old)->given_up == 1);
		}
	} while (old);
	return result == 0 ? value : 0;
}

static bool push_number(int i)
{
	return push_into(&queue, i);
}

static uintptr_t pop_number(void)
{
	return pop_from(&queue);
}
