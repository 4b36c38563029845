/* SPDX-License-Identifier: MIT */
/*
 * litmus_two_fields: two threads, each stores to one field and then loads the other.
 *
 * What must hold in every execution: at least one of them sees the other's store. This is what
 * seq_cst means beyond release and acquire; a relaxed second reading does not harm it.
 */
#include "../seqlock_core.h"

#include <assert.h>
#include <pthread.h>

enum { SLOTS = 2, WORDS = 2 };

struct field {
	afield__seqlock_sequence sequence;
	afield_word slots[SLOTS * WORDS];
};

static const struct afield__seqlock_layout layout = {SLOTS, WORDS};
static struct field fields[2];
static int misses[2]; /* each written by its thread */

static void store(struct field *field, uintptr_t number)
{
	uintptr_t value[WORDS - 1] = {number};
	uint64_t held;

	while (!afield__seqlock_try_lock(&field->sequence, 1, &held))
		;
	afield__seqlock_fill(field->slots, layout, held, value, 10 * number);
	afield__seqlock_publish(&field->sequence, held);
}

static void *store_then_load(void *argument)
{
	uintptr_t mine = (uintptr_t)argument;
	struct field *other = &fields[1 - mine];
	uintptr_t value[WORDS - 1], last;

	store(&fields[mine], 1);
	if (afield__seqlock_try_read(&other->sequence, other->slots, layout, value, &last)) {
		assert(last == 10 * value[0]);
		misses[mine] = value[0] == 0;
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, store_then_load, (void *)0);
	pthread_create(&threads[1], NULL, store_then_load, (void *)1);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(!misses[0] || !misses[1]);
	return 0;
}
