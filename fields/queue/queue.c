/* SPDX-License-Identifier: MIT */
/*
 * queue: the rings of a queue, and waiting for values.
 *
 * A segment is one block: what the chain needs, what reclamation needs, and a ring with its slots.
 * The first one is small, and each next one has twice as many slots, up to a limit. A queue that
 * has grown long enough for its load goes round in one segment, and allocates nothing.
 */
#include "queue.h"

#include <afield/detail/ring_macros.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct segment {
	struct afield_retired retired;      /* written by who moved the head past it */
	size_t bytes;                       /* of all of it */
	struct afield__queue_segment links; /* last: the slots follow */
};

/* What stands in front of the ring. */
#define BEFORE (offsetof(struct segment, links) + offsetof(struct afield__queue_segment, ring))
_Static_assert(BEFORE % 16 == 0, "the ring and its slots are aligned as pairs are");

enum {
	SLOTS_FIRST = 32, /* of the first segment; of elements of one word, as all below */
	SLOTS_MOST = 2048,
	LOOKS = 4, /* for a free node: each look may pass by words that are given back behind it */
};

static struct segment *segment_of(struct afield__queue_segment *links)
{
	return (struct segment *)(void *)((char *)links - offsetof(struct segment, links));
}

static void segment_free(struct segment *segment)
{
	afield__ring_free(&segment->links.ring, BEFORE);
}

static void reclaim(struct afield_retired *retired)
{
	segment_free((struct segment *)(void *)retired);
}

/* The slots of a segment that comes behind one of so many, or of 0: twice as many, but no more bytes
 * of elements and slots than the largest segment of single words has. */
static uint64_t slots_behind(uint64_t slots, size_t word_count)
{
	size_t element =
		sizeof(afield_pair) + (word_count > 1 ? word_count * sizeof(afield_word) : 0);
	uint64_t most = SLOTS_MOST, least = SLOTS_FIRST;

	while (most > 2 && most * element > SLOTS_MOST * sizeof(afield_pair))
		most /= 2;
	while (least > 2 && least * element > SLOTS_FIRST * sizeof(afield_pair))
		least /= 2;
	slots = slots ? 2 * slots : least;
	return slots < most ? slots : most;
}

/* A segment that has these words inside, or NULL. */
static struct segment *segment_make(uint64_t slots, const uintptr_t *words, size_t word_count)
{
	struct afield__ring *ring = afield__ring_make(slots, word_count, BEFORE);
	struct segment *segment;

	if (!ring)
		return NULL;
	segment = (struct segment *)(void *)((char *)ring - BEFORE);
	segment->bytes = sizeof(*segment) + slots * sizeof(afield_pair);
	if (word_count > 1)
		segment->bytes += (slots + AFIELD__RING_FREE_NODES) * word_count * sizeof(*words) +
				  AFIELD__RING_FREE_NODES * sizeof(struct afield__ring_free_node);
	(void)afield__ring_push_words(ring, 0, words, word_count);
	return segment;
}

/* One more look in a section of its own, with a segment at hand or without. */
static int push_again(struct afield__queue *queue, const uintptr_t *words, size_t word_count,
		      struct segment *fresh, uint64_t *slots)
{
	struct afield__queue_segment *at;
	int error;

	afield_read_lock();
	error = afield__queue_push_words(&queue->words, afield_thread_id(), words, word_count,
					 fresh ? &fresh->links : NULL, &at);
	if (error == -ENOSPC)
		*slots = slots_behind(at ? at->ring.slot_count : 0, word_count);
	/* In the section still: the ring is the last one, and may go as soon as it ends. */
	else if (error == -EAGAIN)
		error = afield__ring_grow(&at->ring) ? -EAGAIN : -ENOMEM;
	afield_read_unlock();
	return error;
}

/* A push that found the ring full or none at all or, at one look, all free nodes taken. */
int afield__queue_push_slow(struct afield__queue *queue, const uintptr_t *words, size_t word_count)
{
	struct segment *fresh = NULL;
	uint64_t slots = 0;
	int error;

	do {
		error = push_again(queue, words, word_count, fresh, &slots);
		if (error == -ENOSPC) {
			fresh = segment_make(slots, words, word_count);
			error = fresh ? -EAGAIN : -ENOMEM;
		}
	} while (error == -EAGAIN);
	if (error == AFIELD__QUEUE_LINKED)
		return 0;
	if (fresh) /* another thread linked one, or popped */
		segment_free(fresh);
	return error;
}

/* The room for a value's words, in the frame of the caller. */
#define WORDS_OF(element)                                                                   \
	((uintptr_t *)__builtin_alloca(afield__queue_words_of((element)->value_type.size) * \
				       sizeof(uintptr_t)))

int afield__queue_push(struct afield__queue *queue, const struct afield_element *element,
		       const void *value)
{
	return afield__queue_put(queue, &element->value_type, value, WORDS_OF(element),
				 element->value_type.size);
}

/* Takes the words that came first; what was given up on the way is put in front of *old. */
static bool take(struct afield__queue *queue, uintptr_t *words, size_t word_count,
		 struct afield_retired **old)
{
	struct afield__queue_segment *left;
	int error;

	afield_read_lock();
	do {
		error = afield__queue_pop_words(&queue->words, words, word_count, &left);
		if (left) {
			segment_of(left)->retired.next = *old;
			*old = &segment_of(left)->retired;
		}
	} while (error == -EAGAIN);
	afield_read_unlock();
	return error == 0;
}

/* Outside the section: it may wait for the backlog, if the caller may. */
static void retire(struct afield_retired *old, bool may_wait)
{
	while (old) {
		struct afield_retired *next = old->next;
		size_t bytes = ((struct segment *)(void *)old)->bytes;

		if (may_wait)
			afield_retire_bytes(old, bytes, reclaim);
		else
			afield_retire_bytes_nowait(old, bytes, reclaim);
		old = next;
	}
}

bool afield__queue_pop_slow(struct afield__queue *queue, uintptr_t *words, size_t word_count)
{
	struct afield_retired *old = NULL;
	bool has_taken = take(queue, words, word_count, &old);

	retire(old, true);
	return has_taken;
}

bool afield__queue_pop(struct afield__queue *queue, const struct afield_element *element,
		       void *value)
{
	return afield__queue_get(queue, value, WORDS_OF(element), element->value_type.size);
}

/* For a collector, which does not wait for the backlog. */
bool afield__queue_pop_nowait(struct afield__queue *queue, const struct afield_element *element,
			      void *value)
{
	size_t size = element->value_type.size;
	uintptr_t *words = WORDS_OF(element);
	struct afield_retired *old = NULL;
	bool has_taken = take(queue, words, afield__queue_words_of(size), &old);

	retire(old, false);
	if (has_taken)
		memcpy(value, words, size);
	return has_taken;
}

/* A wait for a value. */
struct request {
	struct afield__queue *queue;
	uintptr_t *words;
	size_t word_count;
	struct afield_retired *old; /* retired after the wait: that may wait by itself */
};

static bool has_taken(void *opaque)
{
	struct request *request = (struct request *)opaque;

	return take(request->queue, request->words, request->word_count, &request->old);
}

int afield__queue_pop_wait(struct afield__queue *queue, const struct afield_element *element,
			   void *value, const struct timespec *deadline)
{
	size_t size = element->value_type.size;
	uintptr_t *words = WORDS_OF(element);
	struct request request = {queue, words, afield__queue_words_of(size), NULL};
	int error = 0;

	if (!has_taken(&request)) {
		error = afield_require_host(&element->value_type, "queue");
		if (!error)
			error = afield_wait(&queue->waiters, has_taken, &request, deadline);
	}
	retire(request.old, true);
	if (!error)
		memcpy(value, words, size);
	return error;
}

bool afield__queue_load(const struct afield__queue *queue)
{
	bool is_empty;

	afield_read_lock();
	is_empty = afield__queue_is_empty(&queue->words);
	afield_read_unlock();
	return is_empty;
}

size_t afield__queue_size(const struct afield__queue *queue)
{
	size_t count;

	afield_read_lock();
	count = (size_t)afield__queue_count(&queue->words);
	afield_read_unlock();
	return count;
}

/* The caller has the field alone, so nobody is in a section with a ring of it: free is enough. */
void afield__queue_fini(struct afield__queue *queue, const struct afield_element *element)
{
	size_t word_count = afield__queue_words_of(element->value_type.size);
	uintptr_t *words = WORDS_OF(element);
	struct afield_retired *old = NULL, *next;

	while (take(queue, words, word_count, &old))
		afield_drop(element, words);
	for (; old; old = next) {
		next = old->next;
		reclaim(old);
	}
	if (AFIELD_LOAD(&queue->words.head, relaxed))
		segment_free(segment_of(AFIELD_LOAD(&queue->words.head, relaxed)));
	memset(queue, 0, sizeof(*queue));
}

/* The collector's walk; a section keeps the rings. */
int afield__queue_each(const struct afield__queue *queue,
		       int (*visit)(void *object, void *argument), void *argument)
{
	const struct afield__queue_segment *segment;
	int stopped = 0;

	AFIELD_READ_SECTION
	{
		segment = AFIELD_LOAD(&queue->words.head, acquire);
		while (segment && !stopped) {
			stopped = afield__ring_each(&segment->ring, visit, argument);
			segment = AFIELD_LOAD(&segment->next, acquire);
		}
	}
	return stopped;
}
