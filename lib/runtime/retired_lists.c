/* SPDX-License-Identifier: MIT */
/*
 * retired_lists: the stacks of all threads, and what a round does with them.
 */
#include <afield/reclaim.h>

#include "blocks.h"
#include "reclaim.h"
#include "reclaim_core.h"
#include "retired_lists.h"
#include "self.h"

/* Callbacks between two looks at what else there is to do. */
#define STRIDE 64

static struct afield__retired_list unowned; /* retired by threads for which there is no record */

bool afield__retired_lists_push(struct afield__self *self, struct afield_retired *retired)
{
	return afield__retired_list_push(self ? &self->retired[0] : &unowned, retired,
					 &retired->next);
}

static bool has_retired(struct afield__self *self, void *unused)
{
	(void)unused;
	for (unsigned i = 0; i <= AFIELD__BLOCK_SIZES; i++)
		if (!afield__retired_list_is_empty(&self->retired[i]))
			return true;
	return false;
}

bool afield__retired_lists_have_some(void)
{
	return !afield__retired_list_is_empty(&unowned) || afield__self_each(has_retired, NULL);
}

struct taking {
	afield__load *load;
	bool has_some;
};

/* What is off a stack is counted in: it will be counted out. */
static bool take(struct afield__self *self, void *opaque)
{
	struct taking *taking = (struct taking *)opaque;
	bool has = false;

	for (unsigned i = 0; i <= AFIELD__BLOCK_SIZES; i++)
		if (afield__retired_list_take(&self->retired[i]))
			has = true;
	if (has) {
		taking->has_some = true;
		afield__tally_count(&self->tally, taking->load);
	}
	return false;
}

bool afield__retired_lists_take(afield__load *load)
{
	struct taking taking = {load, afield__retired_list_take(&unowned) != NULL};

	afield__self_each(take, &taking);
	return taking.has_some;
}

/*
 * What is in hand is what has not been called, so that a child goes on from there. When a callback
 * forks, its child finds nothing in hand, and has counted anew.
 */
static void call_list(struct afield__retired_list *retired_list, uint64_t *amount)
{
	struct afield_retired *retired;

	while ((retired = AFIELD_LOAD(&retired_list->in_hand, relaxed)) &&
	       !afield__reclaim_is_stopped()) {
		afield__retired_list_keep(retired_list, retired->next);
		*amount += afield__load_of(1, retired->units);
		retired->reclaim(retired);
		if (*amount % STRIDE == 0 && afield__reclaim_has_role()) {
			afield__reclaim_count_out(*amount);
			*amount = 0;
		}
	}
}

/* Blocks go back all at once. The newest says how many there are. A child of this moment does not
 * find them. */
static void return_blocks(struct afield__self *self, unsigned size)
{
	struct afield__retired_list *retired_list = &self->retired[1 + size];
	struct afield_retired *chain = AFIELD_LOAD(&retired_list->in_hand, relaxed);
	uint64_t count;

	if (!chain)
		return;
	count = chain->units;
	afield__retired_list_keep(retired_list, NULL);
	afield__block_return(self, chain, size);
	afield__reclaim_count_out(count *
				  afield__load_of(1, afield__units_of(afield__block_bytes(size))));
}

static bool call(struct afield__self *self, void *amount)
{
	call_list(&self->retired[0], (uint64_t *)amount);
	for (unsigned size = 0; size < AFIELD__BLOCK_SIZES && afield__reclaim_has_role(); size++)
		return_blocks(self, size);
	return false;
}

void afield__retired_lists_call(void)
{
	uint64_t amount = 0;

	call_list(&unowned, &amount);
	afield__self_each(call, &amount);
	if (afield__reclaim_has_role())
		afield__reclaim_count_out(amount);
}

static bool free_blocks(struct afield__self *self, void *unused)
{
	(void)unused;
	afield__blocks_free(self);
	return false;
}

void afield__retired_lists_free_blocks(void)
{
	afield__self_each(free_blocks, NULL);
}

/* Blocks that wait are freed one by one in the child, as the objects that they are put before. */
static void inherit_blocks(struct afield__self *self, unsigned size)
{
	struct afield__retired_list *objects = &self->retired[0],
				    *blocks = &self->retired[1 + size];
	struct afield_retired *newest, *last = NULL;

	(void)afield__retired_list_child(blocks);
	newest = AFIELD_LOAD(&blocks->newest, relaxed);
	for (struct afield_retired *block = newest; block; block = block->next) {
		block->units = afield__units_of(afield__block_bytes(size));
		block->reclaim = afield__block_end;
		last = block;
	}
	if (!last)
		return;
	last->next = AFIELD_LOAD(&objects->newest, relaxed);
	AFIELD_STORE(&objects->newest, newest, relaxed);
	AFIELD_STORE(&blocks->newest, NULL, relaxed);
}

static bool inherit(struct afield__self *self, void *sum)
{
	for (unsigned size = 0; size < AFIELD__BLOCK_SIZES; size++)
		inherit_blocks(self, size);
	*(uint64_t *)sum += afield__retired_list_child(&self->retired[0]);
	AFIELD_STORE(&self->tally.counted, AFIELD_LOAD(&self->tally.pushed, relaxed), relaxed);
	return false;
}

uint64_t afield__retired_lists_child(void)
{
	uint64_t sum = afield__retired_list_child(&unowned);

	afield__self_each(inherit, &sum);
	return sum;
}
