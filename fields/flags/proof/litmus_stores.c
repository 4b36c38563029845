/* SPDX-License-Identifier: MIT */
/*
 * litmus_stores: stores to two words, and looks at them that change them, stand in one order.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/flags/proof/litmus_stores.c -lpthread
 *
 * Each thread stores to a word of its own and asks for the other's, and at least one sees the
 * other's store; and who sees a store sees what was written before it. Twice, as there are two
 * operations that ask; and before that once more for who has looked too early and looks again. Each
 * part has two words of its own.
 */
#include "../flags_core.h"

#include <assert.h>
#include <pthread.h>

enum { OPEN = 1 };
enum { LOOK_AGAIN, ASK_TO_CLEAR, ASK_TO_SET, PARTS };
static afield__flags_word words[PARTS][2];
static int messages[PARTS][2];  /* plain */
static uint64_t seen[PARTS][2]; /* written by the thread with that number */

static void set_and_look(int self)
{
	if (self == 0)
		(void)afield__flags_load(&words[LOOK_AGAIN][1]);
	afield__flags_set(&words[LOOK_AGAIN][self], OPEN);
	seen[LOOK_AGAIN][self] = afield__flags_load(&words[LOOK_AGAIN][1 - self]);
}

static uint64_t ask(afield__flags_word *word, int part)
{
	return part == ASK_TO_SET ? afield__flags_test_and_set(word, OPEN)
				  : afield__flags_test_and_clear(word, OPEN);
}

static void store_and_ask(int part, int self)
{
	messages[part][self] = 1;
	afield__flags_store(&words[part][self], OPEN);
	seen[part][self] = ask(&words[part][1 - self], part);
	if (seen[part][self])
		assert(messages[part][1 - self] == 1);
}

static void *run(void *number)
{
	int self = (int)(intptr_t)number;

	set_and_look(self);
	store_and_ask(ASK_TO_CLEAR, self);
	store_and_ask(ASK_TO_SET, self);
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	for (int part = 0; part < PARTS; part++)
		for (int i = 0; i < 2; i++)
			afield__flags_store(&words[part][i], 0);
	if (pthread_create(&threads[0], NULL, run, (void *)0) ||
	    pthread_create(&threads[1], NULL, run, (void *)1))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	for (int part = 0; part < PARTS; part++)
		assert(seen[part][0] || seen[part][1]);
	return 0;
}
