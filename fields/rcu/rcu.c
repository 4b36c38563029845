/* SPDX-License-Identifier: MIT */
/*
 * rcu: versions, and what the tables of rcu field types point to.
 *
 * A version is one block: a header, then the T. The header carries what reclamation needs, so that
 * publishing and retiring allocate nothing and cannot fail.
 */
#include "rcu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* In front of every T. Written by new and by whoever retires; nobody else reads it before that. */
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

/* A version whose T is not set yet. */
static void *allocate(const struct afield__rcu_layout *layout)
{
	struct version *version = (struct version *)malloc(HEADER + layout->size);

	if (!version)
		return NULL;
	version->layout = layout;
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
	if (version)
		reclaim(&version_of(version)->retired);
}

/* The layout is still there: a version that is retired is destroyed later. */
static size_t bytes_of(void *version)
{
	return HEADER + version_of(version)->layout->size;
}

void afield__rcu_retire(void *version)
{
	if (version)
		afield_retire_bytes(&version_of(version)->retired, bytes_of(version), reclaim);
}

void afield__rcu_fini(struct afield__rcu *field)
{
	void *version = afield__rcu_exchange(field, NULL);

	if (version)
		afield_retire_bytes_nowait(&version_of(version)->retired, bytes_of(version),
					   reclaim);
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
		free(version_of(*next));
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
	afield__rcu_retire(afield__rcu_exchange(pointer, version));
	return 0;
}

void afield__rcu_table_fini(const struct afield_type *type, void *field)
{
	(void)type;
	afield__rcu_fini((struct afield__rcu *)field);
}
