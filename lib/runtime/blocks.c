/* SPDX-License-Identifier: MIT */
/*
 * blocks: the sizes, what a thread keeps for itself, and what the role gives back and frees.
 */
#include "blocks.h"
#include "blocks_core.h"
#include "reclaim_core.h"

#include <stdlib.h>

#define DEFAULT_CACHE ((size_t)8 << 20)

/* An address that comes back at once hides from this tool who uses it too late. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_KEPT false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_KEPT false
#endif
#endif
#ifndef IS_KEPT
#define IS_KEPT true
#endif

/* Bytes of one size that a thread may have back; 0: nothing is kept. */
static AFIELD_ATOMIC(uint64_t) cache_limit = AFIELD__INITIAL(DEFAULT_CACHE);

/* The size that so many bytes have; AFIELD__BLOCK_SIZES or more for what is no block. */
static unsigned size_of(size_t bytes)
{
	size_t whole = bytes + sizeof(size_t);
	unsigned power;

	if (!IS_KEPT || bytes > AFIELD__BLOCK_MOST)
		return AFIELD__BLOCK_SIZES;
	if (whole <= 64)
		return 0;
	power = 63 - (unsigned)__builtin_clzll(whole - 1);
	return 2 * (power - 6) + (whole > (size_t)3 << (power - 1) ? 2 : 1);
}

static bool is_cached(void)
{
	return AFIELD_LOAD(&cache_limit, relaxed) != 0;
}

/* A block whose grace period is over. */
struct free_block {
	struct afield_retired retired;
	struct afield_retired *behind; /* of the first of a chain: the next chain */
};

static struct afield_retired **behind(struct afield_retired *chain)
{
	return &((struct free_block *)(void *)chain)->behind;
}

/* Puts back what is not kept: what is below the piece, and the other chains. */
static void put_back(struct afield__returned *returned, struct afield_retired *rest,
		     struct afield_retired *others)
{
	struct afield_retired *last;

	if (rest)
		*behind(rest) = others;
	else
		rest = others;
	if (!rest)
		return;
	for (last = rest; *behind(last); last = *behind(last))
		;
	afield__returned_push(returned, rest, behind(last));
}

/* Takes a piece of what has come back. */
static __attribute__((noinline)) struct afield_retired *refill(struct afield__returned *returned,
							       unsigned size)
{
	struct afield_retired *chain = afield__returned_take(returned);
	size_t count;

	if (!chain)
		return NULL;
	count = (chain->units - 1) % AFIELD__PIECE(size) + 1;
	put_back(returned, (struct afield_retired *)(uintptr_t)chain->reclaim, *behind(chain));
	AFIELD_FETCH_SUB(&returned->count, count, relaxed);
	AFIELD_STORE(&returned->own_count, count, relaxed);
	return chain;
}

void *afield__block_new(size_t bytes)
{
	struct afield__self *self = afield__self_get();
	unsigned size = size_of(bytes);
	struct afield__returned *returned;
	struct afield_retired *block;

	if (size >= AFIELD__BLOCK_SIZES)
		return malloc(bytes);
	if (!self)
		return malloc(afield__block_bytes(size));
	returned = &self->returned[size];
	block = AFIELD_LOAD(&returned->own_count, relaxed) ? AFIELD_LOAD(&returned->own, relaxed)
							   : refill(returned, size);
	if (!block)
		return malloc(afield__block_bytes(size));
	__builtin_prefetch(block->next, 1); /* the next one is where a cache may have lost it */
	AFIELD_STORE(&returned->own, block->next, relaxed);
	AFIELD_STORE(&returned->own_count, AFIELD_LOAD(&returned->own_count, relaxed) - 1, relaxed);
	return block;
}

void afield__block_free(void *block, size_t bytes)
{
	struct afield__self *self = afield__self_get();
	unsigned size = size_of(bytes);
	struct afield_retired *freed = (struct afield_retired *)block;
	struct afield__returned *returned;
	size_t count;

	if (!self || size >= AFIELD__BLOCK_SIZES || !is_cached()) {
		free(block);
		return;
	}
	returned = &self->returned[size];
	count = AFIELD_LOAD(&returned->own_count, relaxed);
	if (count >= AFIELD__PIECE(size)) {
		free(block);
		return;
	}
	freed->next = AFIELD_LOAD(&returned->own, relaxed);
	/* For who inherits the record of this thread, of whose end ThreadSanitizer knows nothing. */
	AFIELD_TSAN_RELEASE(returned);
	/* Release: a child that is forked here finds a chain that is whole. */
	AFIELD_STORE(&returned->own, freed, release);
	AFIELD_STORE(&returned->own_count, count + 1, release);
}

void afield__block_end(struct afield_retired *block)
{
	free(block);
}

void afield__block_retire(struct afield_retired *block, size_t bytes, bool may_wait)
{
	struct afield__self *self = afield__self_get();
	unsigned size = size_of(bytes);

	if (self && size < AFIELD__BLOCK_SIZES && is_cached())
		afield__reclaim_block(self, block, size, may_wait);
	else if (may_wait)
		afield_retire_bytes(block, bytes, afield__block_end);
	else
		afield_retire_bytes_nowait(block, bytes, afield__block_end);
}

bool afield__block_wait(struct afield__self *self, struct afield_retired *block, unsigned size)
{
	return afield__block_push(&self->retired[1 + size], &self->returned[size],
				  AFIELD__PIECE(size), block, &block->next, &block->units,
				  &block->reclaim);
}

static void free_chain(struct afield_retired *chain)
{
	while (chain) {
		struct afield_retired *next = chain->next;

		free(chain);
		chain = next;
	}
}

void afield__block_return(struct afield__self *self, struct afield_retired *chain, unsigned size)
{
	struct afield__returned *returned = &self->returned[size];
	size_t count = AFIELD_LOAD(&returned->count, relaxed) + chain->units;

	if (count * afield__block_bytes(size) > AFIELD_LOAD(&cache_limit, relaxed)) {
		free_chain(chain);
		return;
	}
	AFIELD_FETCH_ADD(&returned->count, chain->units, relaxed);
	afield__returned_push(returned, chain, behind(chain));
}

void afield__blocks_free(struct afield__self *self)
{
	for (unsigned size = 0; size < AFIELD__BLOCK_SIZES; size++) {
		struct afield__returned *returned = &self->returned[size];
		struct afield_retired *chain = afield__returned_take(returned);

		while (chain) {
			struct afield_retired *next = *behind(chain);

			AFIELD_FETCH_SUB(&returned->count, chain->units, relaxed);
			free_chain(chain);
			chain = next;
		}
	}
}

void afield_set_cache_bytes(size_t bytes)
{
	AFIELD_STORE(&cache_limit, bytes, relaxed);
}
