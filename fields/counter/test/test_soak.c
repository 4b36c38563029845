/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: every addition is in one reset, or in the sum.
 */
#include <afield/counter.h>

#include "soak.h"

static afield_counter field;
static uint64_t added, taken; /* __atomic */

static void add(struct soak_thread *thread)
{
	int64_t amount = (int64_t)soak_random(thread, 10);

	afield_counter_add(&field, amount);
	soak_add(&added, (uint64_t)amount);
}

static void sum(struct soak_thread *thread)
{
	(void)thread;
	SOAK_CHECK(afield_counter_sum(&field) >= 0);
}

static void reset(struct soak_thread *thread)
{
	(void)thread;
	soak_add(&taken, (uint64_t)afield_counter_reset(&field));
}

static void finish(struct soak_thread *thread)
{
	(void)thread;
	SOAK_EQUAL((uint64_t)afield_counter_sum(&field) + taken, added);
	afield_counter_type()->fini(afield_counter_type(), &field);
	memset(&field, 0, sizeof(field));
	added = taken = 0;
}

#define OPERATIONS(operation) operation(add) operation(sum) operation(reset)
SOAK_KIND(counter, OPERATIONS, .finish = finish);
