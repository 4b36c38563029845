/* SPDX-License-Identifier: MIT */
/*
 * ring_spsc: making a ring, waiting at its ends, and what the tables of its types point to.
 */
#include "ring_spsc.h"

#include <stdlib.h>

static struct afield__spsc *new_ring(uint64_t capacity, size_t size)
{
	struct afield__spsc *ring;
	uint64_t places = 1;
	size_t bytes;

	while (places < capacity)
		places *= 2;
	if (__builtin_mul_overflow(size, places, &bytes) || bytes > PTRDIFF_MAX)
		return NULL;
	/* Behind the struct there is as much alignment as malloc gives, for its size is a multiple
	 * of it; the places are pages of zeros until they are used. */
	ring = (struct afield__spsc *)calloc(1, sizeof(*ring) + bytes);
	if (!ring)
		return NULL;
	ring->capacity = capacity;
	ring->mask = places - 1;
	ring->places = ring + 1;
	return ring;
}
_Static_assert(sizeof(struct afield__spsc) % 16 == 0, "the places behind it are not aligned");

int afield__spsc_open(struct afield__spsc_field *field, const struct afield__spsc_detail *detail,
		      uint64_t capacity)
{
	struct afield__spsc *ring;
	int error = afield__ring_may_open(afield__spsc_of(field), capacity,
					  AFIELD_RING_SPSC_CAPACITY_MAX);

	if (error)
		return error;
	ring = new_ring(capacity, detail->size);
	if (!ring)
		return -ENOMEM;
	if (afield__spsc_publish(&field->ring, ring))
		return 0;
	free(ring);
	return -EEXIST;
}

struct afield__spsc *afield__spsc_open_slow(struct afield__spsc_field *field,
					    const struct afield__spsc_detail *detail)
{
	(void)!afield__spsc_open(field, detail, detail->capacity);
	return afield__spsc_of(field);
}

/* A wait. */
struct wait_context {
	struct afield__spsc_field *field;
	size_t size;
	const void *from;
	void *to;
};

static bool has_pushed(void *argument)
{
	struct wait_context *wait = (struct wait_context *)argument;

	return afield__spsc_try_push(wait->field, afield__spsc_of(wait->field), wait->from,
				     wait->size, false);
}

static bool has_popped(void *argument)
{
	struct wait_context *wait = (struct wait_context *)argument;
	struct afield__spsc *ring = afield__spsc_of(wait->field);

	return ring && afield__spsc_try_pop(wait->field, ring, wait->to, wait->size, false);
}

int afield__spsc_push_wait(struct afield__spsc_field *field,
			   const struct afield__spsc_detail *detail, const void *value,
			   const struct timespec *deadline)
{
	struct wait_context wait = { field, detail->size, value, NULL };

	if (!afield__spsc_of(field) && !afield__spsc_open_slow(field, detail))
		return -ENOMEM;
	return afield_wait(&field->room, has_pushed, &wait, deadline);
}

int afield__spsc_pop_wait(struct afield__spsc_field *field,
			  const struct afield__spsc_detail *detail, void *value,
			  const struct timespec *deadline)
{
	struct wait_context wait = { field, detail->size, NULL, value };

	return afield_wait(&field->items, has_popped, &wait, deadline);
}

void afield__spsc_table_fini(const struct afield_type *type, void *field)
{
	const struct afield__spsc_detail *detail = (const struct afield__spsc_detail *)type->detail;
	struct afield__spsc *ring = afield__spsc_of((struct afield__spsc_field *)field);

	if (!ring)
		return;
	while (detail->drop(field))
		;
	free(ring);
	memset(field, 0, sizeof(struct afield__spsc_field));
}
