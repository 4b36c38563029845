/* SPDX-License-Identifier: MIT */
/*
 * magazine: the depots, where blocks come from and go to beyond a thread's magazines, and what
 * happens when a thread ends. The magazines themselves are in the threads' records (self.h).
 */
#include <afield/detail/magazine.h>
#include <afield/reclaim.h>

#include <pthread.h>
#include <stdlib.h>

#include "self.h"

/* Each on a cache line of its own. */
static struct afield__depot depots[AFIELD__MAGAZINE_SIZES] __attribute__((aligned(64)));

static pthread_key_t key;
static bool has_key;

static size_t size_of(size_t at)
{
	return AFIELD__MAGAZINE_LEAST + at * AFIELD__MAGAZINE_STEP;
}

/* Behind the two words that others may still load. */
static struct afield_retired *retired_of(struct afield__block *block)
{
	return (struct afield_retired *)(void *)(block + 1);
}

_Static_assert(sizeof(struct afield__block) + sizeof(struct afield_retired) <=
		       AFIELD__MAGAZINE_LEAST,
	       "afield: the smallest block has no room for what reclamation writes");

static void reclaim(struct afield_retired *retired)
{
	struct afield__block *block = (struct afield__block *)(void *)retired - 1;

	while (block) {
		struct afield__block *next = AFIELD_LOAD(&block->next, relaxed);

		free(block);
		block = next;
	}
}

static void retire(struct afield__block *chain, size_t bytes, bool may_wait)
{
	if (may_wait)
		afield_retire_bytes(retired_of(chain), bytes, reclaim);
	else
		afield_retire_bytes_nowait(retired_of(chain), bytes, reclaim);
}

static void retire_chain(struct afield__block *chain, size_t at, bool may_wait)
{
	retire(chain, AFIELD_LOAD(&chain->number, relaxed) * size_of(at), may_wait);
}

/* To the depot, or retired where that is full or not asked. */
static void empty(struct afield__self *self, bool may_keep)
{
	for (size_t at = 0; at < AFIELD__MAGAZINE_SIZES; at++) {
		struct afield__block *chain;

		while ((chain = afield__magazine_empty(&self->magazines[at])))
			if (!may_keep || !afield__depot_put(&depots[at], chain))
				retire_chain(chain, at, false);
	}
}

/* A thread ends. A destructor that comes behind this one may give blocks back: if they are many,
 * this one runs again. The few of each size go with the record. */
static void end_thread(void *opaque)
{
	struct afield__self *self = (struct afield__self *)opaque;

	AFIELD_STORE(&self->gives_at_end, false, relaxed);
	empty(self, true);
}

static void make_key(void)
{
	has_key = pthread_key_create(&key, end_thread) == 0;
}

/* Where there is no memory for it, the record keeps what is at hand. */
static void give_at_end(struct afield__self *self)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, make_key);
	if (has_key && pthread_setspecific(key, self) == 0)
		AFIELD_STORE(&self->gives_at_end, true, relaxed);
}

static struct afield__magazine *own(size_t at)
{
	struct afield__self *self =
		AFIELD__HAS_MAGAZINES && at < AFIELD__MAGAZINE_SIZES ? afield__self_get() : NULL;

	if (!self)
		return NULL;
	if (!AFIELD_LOAD(&self->gives_at_end, relaxed))
		give_at_end(self);
	return &self->magazines[at];
}

/* The loaded magazine is empty, or there is none. */
struct afield__block *afield__block_take_slow(size_t size)
{
	size_t at = afield__block_size_at(size);
	struct afield__magazine *magazine = own(at);

	if (magazine && (AFIELD_LOAD(&magazine->loaded, relaxed) ||
			 afield__magazine_refill(magazine, &depots[at])))
		return afield__magazine_take(magazine);
	return (struct afield__block *)malloc(at < AFIELD__MAGAZINE_SIZES ? size_of(at) : size);
}

/* The loaded magazine is full, or there is none, or nobody may wait. */
void afield__block_give_slow(struct afield__block *block, size_t size, bool may_wait)
{
	size_t at = afield__block_size_at(size);
	struct afield__magazine *magazine = own(at);
	struct afield__block *more = NULL;

	if (!magazine) {
		AFIELD_STORE(&block->next, NULL, relaxed);
		retire(block, size, may_wait);
		return;
	}
	if (!afield__magazine_give(magazine, block, afield__magazine_full(at))) {
		more = afield__magazine_unload(magazine, &depots[at]);
		(void)afield__magazine_give(magazine, block, afield__magazine_full(at));
	}
	if (more)
		retire_chain(more, at, may_wait);
}

static bool has_any(const struct afield__self *self)
{
	for (size_t at = 0; at < AFIELD__MAGAZINE_SIZES; at++)
		if (AFIELD_LOAD(&self->magazines[at].loaded, relaxed) ||
		    AFIELD_LOAD(&self->magazines[at].spare, relaxed))
			return true;
	return false;
}

static void empty_unused(struct afield__self *self)
{
	empty(self, false);
}

void afield__magazines_trim(void)
{
	struct afield__self *self = afield__self_get();

	if (!AFIELD__HAS_MAGAZINES || !self)
		return;
	empty(self, false);
	afield__self_each_unused(has_any, empty_unused);
	for (size_t at = 0; at < AFIELD__MAGAZINE_SIZES; at++) {
		struct afield__block *chain;

		while ((chain = afield__depot_get(&depots[at])))
			retire_chain(chain, at, false);
	}
}
