/* SPDX-License-Identifier: MIT */
/*
 * inline_value_debug: who changes the objects of a value while no collector knows of it.
 *
 * A table of fields whose value a detached thread has for the moment, each with a sum of what visit
 * showed when it began. A lock of a field that is exclusive has one entry; of shared ones, which
 * change nothing, the first to end takes the entry away.
 */
#include <afield/detail/inline_value.h>

#include <afield/host.h>
#include <afield/detail/misuse.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { MOST = 64 };
static struct entry {
	const void *at; /* the field, or NULL */
	uint64_t sum;
} entries[MOST];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* protects the entries */

static int add(void *object, void *sum)
{
	*(uint64_t *)sum = *(uint64_t *)sum * UINT64_C(0x100000001B3) + (uint64_t)(uintptr_t)object;
	return 0;
}

static uint64_t sum_of(const struct afield_inline_value *inside, void *it)
{
	uint64_t sum = 1;

	(void)inside->visit((char *)it + inside->offset, add, &sum);
	return sum;
}

/* The entry of a field, or a free one, or NULL. */
static struct entry *find(const void *at)
{
	struct entry *found = NULL;

	for (int i = 0; i < MOST; i++) {
		if (entries[i].at == at)
			return &entries[i];
		if (!entries[i].at)
			found = &entries[i];
	}
	return found;
}

void afield__inline_value_begin(const struct afield_inline_value *inside, void *it)
{
	bool is_watched = inside->visit && afield_is_detached();
	struct entry *entry;

	if (!inside->visit)
		return;
	pthread_mutex_lock(&mutex);
	entry = find(it);
	if (entry && is_watched) {
		entry->at = it;
		entry->sum = sum_of(inside, it);
	} else if (entry && entry->at == it) {
		entry->at = NULL; /* of a lock whose end was not told */
	}
	pthread_mutex_unlock(&mutex);
}

void afield__inline_value_end(const struct afield_inline_value *inside, void *it, const char *name)
{
	bool is_changed = false;
	struct entry *entry;

	if (!inside->visit)
		return;
	pthread_mutex_lock(&mutex);
	entry = find(it);
	if (entry && entry->at == it) {
		is_changed = afield_is_detached() && entry->sum != sum_of(inside, it);
		entry->at = NULL;
	}
	pthread_mutex_unlock(&mutex);
	if (is_changed)
		afield_misuse(name, "a thread that is not attached to the host has changed the "
				    "objects in the value, which its collector may be looking at");
}
