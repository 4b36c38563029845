/* SPDX-License-Identifier: MIT */
/*
 * ring: making and growing one, and waiting at it.
 */
#include "ring.h"

#include <stdlib.h>

enum { LOOKS = 4 }; /* for a free node: each look may pass by words that are given back behind it */

static unsigned logarithm(uint64_t number)
{
	unsigned bits = 0;

	while (UINT64_C(1) << bits < number)
		bits++;
	return bits;
}

/* A set and its memory in one piece, or NULL. */
static struct afield__ring_free_nodes *new_free_nodes(const struct afield__ring *ring, unsigned set)
{
	size_t count = (size_t)AFIELD__RING_FREE_NODES << set, element, rest;
	struct afield__ring_free_nodes *free_nodes;

	if (__builtin_mul_overflow(ring->word_count, sizeof(afield_word), &element) ||
	    __builtin_mul_overflow(element + sizeof(*free_nodes->words), count, &rest) ||
	    rest > PTRDIFF_MAX)
		return NULL;
	free_nodes = (struct afield__ring_free_nodes *)calloc(1, sizeof(*free_nodes) + rest);
	if (!free_nodes)
		return NULL;
	free_nodes->count = count;
	free_nodes->words = (struct afield__ring_free_node *)(free_nodes + 1);
	free_nodes->nodes = (afield_word *)(free_nodes->words + count);
	afield__ring_fill(ring, set, free_nodes);
	return free_nodes;
}

void afield__ring_free(struct afield__ring *ring, size_t before)
{
	for (unsigned set = 0; set < AFIELD__RING_GROWTHS; set++)
		free(AFIELD_LOAD(&ring->free_nodes[set], relaxed));
	free((char *)ring - before);
}

struct afield__ring *afield__ring_make(uint64_t capacity, size_t word_count, size_t before)
{
	size_t slots = (size_t)1 << logarithm(capacity), element = 0, size;
	bool has_nodes = word_count > 1;
	struct afield__ring *ring;
	struct afield__ring_free_nodes *free_nodes;
	char *memory;

	if ((has_nodes && __builtin_mul_overflow(word_count, sizeof(afield_word), &element)) ||
	    __builtin_mul_overflow(element + sizeof(afield_pair), slots, &size) ||
	    size > PTRDIFF_MAX)
		return NULL;
	memory = (char *)calloc(1, before + sizeof(*ring) + size);
	if (!memory)
		return NULL;
	ring = (struct afield__ring *)(void *)(memory + before);
	ring->capacity = capacity;
	ring->slot_count = slots;
	ring->word_count = word_count;
	ring->slots = (afield_pair *)(ring + 1);
	if (!has_nodes)
		return ring;
	ring->nodes = (afield_word *)(ring->slots + slots);
	free_nodes = new_free_nodes(ring, 0);
	if (!free_nodes) {
		free(memory);
		return NULL;
	}
	afield__ring_add(ring, 0, free_nodes);
	afield__ring_begin(ring, 0);
	return ring;
}

int afield__ring_open(struct afield__ring_field *field, const struct afield__ring_detail *detail,
		      uint64_t capacity)
{
	struct afield__ring *ring;
	int error =
		afield__ring_may_open(afield__ring_of(field), capacity, AFIELD_RING_CAPACITY_MAX);

	if (error)
		return error;
	ring = afield__ring_make(capacity, detail->word_count, 0);
	if (!ring)
		return -ENOMEM;
	if (afield__ring_publish(&field->ring, ring))
		return 0;
	afield__ring_free(ring, 0);
	return -EEXIST;
}

bool afield__ring_grow(struct afield__ring *ring)
{
	for (unsigned set = 1; set < AFIELD__RING_GROWTHS; set++) {
		struct afield__ring_free_nodes *free_nodes;

		if (AFIELD_LOAD(&ring->free_nodes[set], relaxed))
			continue;
		free_nodes = new_free_nodes(ring, set);
		if (free_nodes && !afield__ring_add(ring, set, free_nodes))
			free(free_nodes); /* another thread was faster */
		return free_nodes != NULL;
	}
	return false;
}

/* A push that found the ring unmade or, at one look, all free nodes taken. */
int afield__ring_push_slow(struct afield__ring_field *field,
			   const struct afield__ring_detail *detail, const uintptr_t *words)
{
	struct afield__ring *ring = afield__ring_of(field);
	int error;

	if (!ring && afield__ring_open(field, detail, detail->capacity) == -ENOMEM)
		return -ENOMEM;
	ring = afield__ring_of(field);
	do {
		for (int i = 0; i < LOOKS; i++) {
			error = afield__ring_push_words(ring, afield_thread_id(), words,
							detail->word_count);
			if (error != -EAGAIN)
				return error;
		}
	} while (afield__ring_grow(ring));
	return -ENOMEM;
}

/* A wait, and how it ended. */
struct wait_context {
	struct afield__ring_field *field;
	const struct afield__ring_detail *detail;
	const uintptr_t *from;
	uintptr_t *to;
	int error;
};

static bool has_pushed(void *argument)
{
	struct wait_context *wait = (struct wait_context *)argument;

	wait->error =
		afield__ring_push(wait->field, wait->detail, wait->from, wait->detail->word_count);
	return wait->error != -ENOSPC;
}

static bool has_popped(void *argument)
{
	struct wait_context *wait = (struct wait_context *)argument;
	struct afield__ring *ring = afield__ring_of(wait->field);

	return ring && afield__ring_pop(wait->field, wait->to, ring->word_count);
}

int afield__ring_push_wait(struct afield__ring_field *field,
			   const struct afield__ring_detail *detail, const uintptr_t *words,
			   const struct timespec *deadline)
{
	struct wait_context wait = { field, detail, words, NULL, 0 };
	int error = afield_wait(&field->room, has_pushed, &wait, deadline);

	if (!error && wait.error) /* there was room, which this thread does not take */
		afield_wake_one(&field->room);
	return error ? error : wait.error;
}

int afield__ring_pop_wait(struct afield__ring_field *field, uintptr_t *words,
			  const struct timespec *deadline)
{
	struct wait_context wait = { field, NULL, NULL, words, 0 };

	return afield_wait(&field->items, has_popped, &wait, deadline);
}
