/* SPDX-License-Identifier: MIT */
/*
 * counter: which stripe, the making of the stripes, and what the tables of counter types point to.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getcpu */
#endif
#include "counter.h"

#include <afield/detail/verb.h>
#include <afield/thread.h>

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STRIPES_MOST = 128 };

/*
 * A stripe for each processor, and not for each thread: of many threads, only those that run at
 * this moment can meet. A thread that moves to another processor between the answer and the
 * addition adds to the stripe of the previous one, once. Where the system registers restartable
 * sequences the answer is one load.
 */
static size_t place_of_this_thread(void)
{
	int processor = sched_getcpu();

	return processor >= 0 ? (size_t)processor : (size_t)afield_thread_id();
}

void afield__counter_add_striped(struct afield__counter_block *block, int64_t amount)
{
	afield__counter_add_at(block, place_of_this_thread(), amount);
}

static size_t stripe_count(void)
{
	long processors = sysconf(_SC_NPROCESSORS_CONF);
	size_t count = 2;

	while ((long)count < processors && count < STRIPES_MOST)
		count *= 2;
	return count;
}

/* NULL when there is no memory. */
static struct afield__counter_block *block_new(void)
{
	size_t count = stripe_count();
	size_t size = sizeof(struct afield__counter_block) +
		      count * sizeof(struct afield__counter_stripe);
	struct afield__counter_block *block =
		(struct afield__counter_block *)aligned_alloc(64, size);

	if (block) {
		memset(block, 0, size);
		block->mask = count - 1;
	}
	return block;
}

void afield__counter_add_slow(struct afield__counter *counter, int64_t amount)
{
	struct afield__counter_block *block = afield__counter_block(counter);
	struct afield__counter_block *fresh = block ? NULL : block_new();

	if (fresh) {
		block = afield__counter_publish(counter, fresh);
		if (block != fresh)
			free(fresh);
	}
	if (block)
		afield__counter_add_striped(block, amount);
	else
		afield__counter_add_alone(counter, amount);
}

int afield__counter_load(const struct afield_type *type, const void *field, void *value)
{
	int64_t sum = afield_counter_sum((const afield_counter *)field);

	(void)type;
	memcpy(value, &sum, sizeof(sum));
	return 0;
}

/* Nobody uses the field, so no order is needed. */
void afield__counter_fini(const struct afield_type *type, void *field)
{
	struct afield__counter *counter = (struct afield__counter *)field;

	(void)type;
	free(AFIELD_LOAD(&counter->block, relaxed));
	memset(counter, 0, sizeof(*counter));
}

static int verb_add(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	int64_t amount;

	(void)type, (void)result;
	memcpy(&amount, arguments[0], sizeof(amount));
	afield_counter_add((afield_counter *)field, amount);
	return 0;
}

static int verb_sum(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	(void)arguments;
	return afield__counter_load(type, field, result);
}

static int verb_reset(const struct afield_type *type, void *field, void *result,
		      const void *const *arguments)
{
	int64_t taken = afield_counter_reset((afield_counter *)field);

	(void)type, (void)arguments;
	memcpy(result, &taken, sizeof(taken));
	return 0;
}

const struct afield_verb afield__counter_verbs[3] = {
	AFIELD_VERB_WITH("add", "Adds amount.", AFIELD_NOTHING, verb_add,
			 AFIELD_PARAMETER("amount", AFIELD_ITSELF)),
	AFIELD_READING_VERB("sum", "Returns the count.", AFIELD_ITSELF, verb_sum),
	AFIELD_VERB("reset",
		    "Takes what has been added and returns it; each addition is taken once.",
		    AFIELD_ITSELF, verb_reset),
};
