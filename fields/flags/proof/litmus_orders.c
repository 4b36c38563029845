/* SPDX-License-Identifier: MIT */
/*
 * litmus_orders: changes of bits in two words stand in one order, which both threads see.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/flags/proof/litmus_orders.c -lpthread
 *
 * Each thread changes a word of its own and looks at the other's, and at least one sees what the
 * other did. Once for each operation that changes, each with two words of its own.
 */
#include "../flags_core.h"

#include <assert.h>
#include <pthread.h>

enum { OPEN = 1, LOCKED = 2 };
enum { SET, TOGGLE, CLEAR, ASK_TO_SET, ASK_TO_CLEAR, PARTS };
static afield__flags_word words[PARTS][2];
static bool seen[PARTS][2]; /* written by the thread with that number */

static void change(afield__flags_word *word, int part)
{
	switch (part) {
	case SET:
		afield__flags_set(word, OPEN);
		break;
	case TOGGLE:
		afield__flags_toggle(word, OPEN);
		break;
	case CLEAR:
		afield__flags_clear(word, LOCKED);
		break;
	case ASK_TO_SET:
		(void)!afield__flags_test_and_set(word, OPEN);
		break;
	default:
		(void)afield__flags_test_and_clear(word, LOCKED);
	}
}

static void change_and_look(int part, int self)
{
	change(&words[part][self], part);
	seen[part][self] = afield__flags_load(&words[part][1 - self]) != LOCKED;
}

/* No loop: an outside checker goes round four times. */
static void *run(void *number)
{
	int self = (int)(intptr_t)number;

	change_and_look(SET, self);
	change_and_look(TOGGLE, self);
	change_and_look(CLEAR, self);
	change_and_look(ASK_TO_SET, self);
	change_and_look(ASK_TO_CLEAR, self);
	return NULL;
}

static void begin(int part)
{
	afield__flags_store(&words[part][0], LOCKED);
	afield__flags_store(&words[part][1], LOCKED);
}

int main(void)
{
	pthread_t threads[2];

	begin(SET);
	begin(TOGGLE);
	begin(CLEAR);
	begin(ASK_TO_SET);
	begin(ASK_TO_CLEAR);
	if (pthread_create(&threads[0], NULL, run, (void *)0) ||
	    pthread_create(&threads[1], NULL, run, (void *)1))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(seen[SET][0] || seen[SET][1]);
	assert(seen[TOGGLE][0] || seen[TOGGLE][1]);
	assert(seen[CLEAR][0] || seen[CLEAR][1]);
	assert(seen[ASK_TO_SET][0] || seen[ASK_TO_SET][1]);
	assert(seen[ASK_TO_CLEAR][0] || seen[ASK_TO_CLEAR][1]);
	return 0;
}
