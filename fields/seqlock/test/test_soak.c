/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: no read is torn, and no update is lost.
 */
#include <afield/seqlock.h>

#include "soak.h"

struct triple {
	uint64_t number, same, opposite;
};
AFIELD_TYPE(triple_seq, seqlock, struct triple);
AFIELD_TYPE(triple_one_seq, seqlock, struct triple, 1);
AFIELD_TYPE(total_seq, seqlock, struct triple);

static struct {
	triple_seq two;
	triple_one_seq one;
	total_seq total;
} fields;
static uint64_t updates; /* __atomic */

static struct triple triple_of(uint64_t number)
{
	struct triple triple = {number, number, ~number};

	return triple;
}

static void check_whole(struct triple triple)
{
	SOAK_CHECK(triple.number == triple.same);
	SOAK_CHECK(triple.number == ~triple.opposite || triple.opposite == 0);
}

static void store(struct soak_thread *thread)
{
	struct triple triple = triple_of(soak_random(thread, 1000));

	if (soak_random(thread, 2))
		triple_seq_store(&fields.two, triple);
	else
		check_whole(triple_seq_exchange(&fields.two, triple));
	triple_one_seq_store(&fields.one, triple);
}

static void load(struct soak_thread *thread)
{
	struct triple seen;

	(void)thread;
	check_whole(triple_seq_load(&fields.two));
	check_whole(triple_one_seq_load(&fields.one));
	check_whole(total_seq_load(&fields.total));
	if (triple_one_seq_try_load(&fields.one, &seen))
		check_whole(seen);
}

static bool one_more(struct triple *triple, void *refuses)
{
	if (*(bool *)refuses)
		return false;
	check_whole(*triple);
	*triple = triple_of(triple->number + 1);
	return true;
}

static void update(struct soak_thread *thread)
{
	bool refuses = soak_random(thread, 8) == 0;

	if (total_seq_update(&fields.total, one_more, &refuses))
		soak_add(&updates, 1);
	else
		SOAK_CHECK(refuses);
}

static void orphans(struct soak_thread *child)
{
	triple_seq_reset_orphans(&fields.two);
	triple_one_seq_reset_orphans(&fields.one);
	load(child); /* the total is taken over without a call */
}

static void finish(struct soak_thread *thread)
{
	load(thread);
	SOAK_EQUAL(total_seq_load(&fields.total).number, updates);
	memset(&fields, 0, sizeof(fields));
	updates = 0;
}

#define OPERATIONS(operation) operation(store) operation(load) operation(update)
SOAK_KIND(seqlock, OPERATIONS, .orphans = orphans, .finish = finish);
