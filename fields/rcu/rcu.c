/* SPDX-License-Identifier: MIT */
/*
 * rcu: versions, and what the tables of rcu field types point to.
 *
 * A version is one block: a header, then the T. The header carries what reclamation needs, so that
 * publishing and retiring allocate nothing and cannot fail.
 */
#include "rcu.h"

#include <afield/detail/back_off.h>
#include <afield/detail/blocks.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* In front of every T. Written by new and by whoever retires; nobody else reads it before that. Until
 * it is retired, its `next` is the record of the thread that has made it. */
struct version {
	struct afield_retired retired;
	const struct afield__rcu_layout *layout;
};

/* malloc gives 16 bytes of alignment, and so does what follows a header of whole 16 bytes. */
#define HEADER ((sizeof(struct version) + 15) & ~(size_t)15)

static struct version *version_of(void *value)
{
	return (struct version *)(void *)((char *)value - HEADER);
}

static void *value_of(struct version *version)
{
	return (char *)version + HEADER;
}

static size_t bytes_of(const struct afield__rcu_layout *layout)
{
	return HEADER + layout->size;
}

/* A version whose T is not set yet. One that has something to destroy is malloc's, the others are
 * blocks. */
static void *allocate(const struct afield__rcu_layout *layout)
{
	struct version *version =
		(struct version *)(layout->destroy ? malloc(bytes_of(layout))
						   : afield__block_new(bytes_of(layout)));

	if (!version)
		return NULL;
	version->layout = layout;
	version->retired.next = (struct afield_retired *)(void *)afield__self;
	return value_of(version);
}

static void destroy(struct version *version)
{
	if (version->layout->destroy)
		version->layout->destroy(value_of(version));
}

static void reclaim(struct afield_retired *retired)
{
	struct version *version = (struct version *)(void *)retired;

	destroy(version);
	free(version);
}

/* Of a version that nobody else has seen, and has nothing to destroy any more. */
static void free_version(struct version *version)
{
	if (version->layout->destroy)
		free(version);
	else
		afield__block_free(version, bytes_of(version->layout));
}

/* Makes *next a copy of *value, or of zeroes. */
static void copy_or_zero(void *next, const void *value, size_t size)
{
	if (value)
		memcpy(next, value, size);
	else
		memset(next, 0, size);
}

void *afield__rcu_new(const struct afield__rcu_layout *layout, const void *value)
{
	void *version = allocate(layout);

	if (version)
		copy_or_zero(version, value, layout->size);
	return version;
}

void afield__rcu_discard(void *version)
{
	if (!version)
		return;
	destroy(version_of(version));
	free_version(version_of(version));
}

/* The layout is still there: a version that is retired is destroyed later. */
static void retire(struct version *version, bool may_wait)
{
	size_t bytes = bytes_of(version->layout);

	if (!version->layout->destroy)
		afield__block_retire(&version->retired, bytes, may_wait);
	else if (may_wait)
		afield_retire_bytes(&version->retired, bytes, reclaim);
	else
		afield_retire_bytes_nowait(&version->retired, bytes, reclaim);
}

void afield__rcu_retire(void *version)
{
	if (version)
		retire(version_of(version), true);
}

/*
 * Stores in turn with another thread: each finds the other's version. Nobody loses an exchange, so
 * who gives way is who has stored so many times since he last did; the other then has as many.
 */
enum { STORES = 32 };
static bool gives_way(const struct version *replaced)
{
	struct afield__self *self = afield__self;
	unsigned stores;

	if (!afield__is_record(self))
		return false;
	stores = AFIELD_LOAD(&self->stores, relaxed) + 1;
	if ((void *)replaced->retired.next == (void *)self || stores < STORES) {
		AFIELD_STORE(&self->stores, stores, relaxed);
		return false;
	}
	AFIELD_STORE(&self->stores, 0, relaxed);
	return true;
}

void afield__rcu_retire_replaced(void *version)
{
	bool is_contended;

	if (!version)
		return;
	is_contended = gives_way(version_of(version));
	retire(version_of(version), true);
	if (is_contended)
		afield__back_off_long();
}

void afield__rcu_fini(struct afield__rcu *field)
{
	void *version = afield__rcu_exchange(field, NULL);

	if (version)
		retire(version_of(version), false);
}

bool afield__rcu_read(const struct afield__rcu *field, size_t size, void *copy)
{
	const void *version;

	afield_read_lock();
	version = afield__rcu_load(field);
	if (version)
		memcpy(copy, version, size);
	afield_read_unlock();
	return version != NULL;
}

/* One update under way. */
struct update {
	size_t size;
	bool (*change)(void *next, void *context);
	void *context;
};

/* Leaves the section of an update whose change has thrown an exception of C++. */
static void leave_unwound(bool *is_unwound)
{
	if (*is_unwound)
		afield_read_unlock();
}

static bool change_copy(void *next, const void *current, void *opaque)
{
	const struct update *update = (const struct update *)opaque;
	bool is_unwound __attribute__((cleanup(leave_unwound))) = true;
	bool is_changed;

	copy_or_zero(next, current, update->size);
	is_changed = update->change(next, update->context);
	is_unwound = false;
	return is_changed;
}

static void undo_copy(void *next, void *unused)
{
	(void)unused;
	destroy(version_of(next));
	afield__back_off_long();
}

static void enter(void)
{
	afield_read_lock();
}

static void leave(void)
{
	afield_read_unlock();
}

static void free_unpublished(void **next)
{
	if (*next)
		free_version(version_of(*next));
}

int afield__rcu_change(struct afield__rcu *field, const struct afield__rcu_layout *layout,
		       bool (*change)(void *next, void *context), void *context)
{
	static const struct afield__rcu_steps steps = {enter, leave, change_copy, undo_copy};
	struct update update = {layout->size, change, context};
	void *next __attribute__((cleanup(free_unpublished))) = allocate(layout);
	void *old;

	if (!next)
		return -ENOMEM;
	if (!afield__rcu_update(field, next, &steps, &update, &old))
		return -ECANCELED;
	next = NULL;
	afield__rcu_retire(old);
	return 0;
}

int afield__rcu_table_load(const struct afield_type *type, const void *field, void *value)
{
	const struct afield__rcu *pointer = (const struct afield__rcu *)field;

	return afield__rcu_read(pointer, type->value_type.size, value) ? 0 : -ENODATA;
}

int afield__rcu_table_store(const struct afield_type *type, void *field, const void *value)
{
	const struct afield__rcu_layout *layout = (const struct afield__rcu_layout *)type->detail;
	struct afield__rcu *pointer = (struct afield__rcu *)field;
	void *version = afield__rcu_new(layout, value);

	if (!version)
		return -ENOMEM;
	afield__rcu_retire_replaced(afield__rcu_exchange(pointer, version));
	return 0;
}

void afield__rcu_table_fini(const struct afield_type *type, void *field)
{
	(void)type;
	afield__rcu_fini((struct afield__rcu *)field);
}
