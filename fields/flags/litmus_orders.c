/*
 * litmus_orders: changes of bits in two words stand in one order, which both threads see.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/flags/litmus_orders.c -lpthread
 *
 * Each thread changes a word of its own and looks at the other's, and at least one sees what the
 * other did. Once for each operation that changes, and then for those that look by changing.
 */
#include "flags_core.h"

#include <assert.h>
#include <pthread.h>

enum { OPEN = 1, LOCKED = 2 };
static afield__flags_word words[2];
static uint64_t seen[2];
enum { SET, TOGGLE, CLEAR, ASK_TO_SET, ASK_TO_CLEAR, PARTS };
static int part; /* one of them */

static void change(afield__flags_word *word)
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
		(void)afield__flags_test_and_set(word, OPEN);
		break;
	default:
		(void)afield__flags_test_and_clear(word, LOCKED);
	}
}

/* Whether the word has been changed: open, or no longer locked. */
static bool is_changed(const afield__flags_word *word)
{
	return afield__flags_snapshot(word) != LOCKED;
}

static void *left(void *unused)
{
	change(&words[0]);
	seen[1] = is_changed(&words[1]);
	return unused;
}

static void *right(void *unused)
{
	change(&words[1]);
	seen[0] = is_changed(&words[0]);
	return unused;
}

int main(void)
{
	for (part = SET; part < PARTS; part++) {
		pthread_t threads[2];

		for (int i = 0; i < 2; i++)
			afield__flags_store(&words[i], LOCKED);
		if (pthread_create(&threads[0], NULL, left, NULL) ||
		    pthread_create(&threads[1], NULL, right, NULL))
			assert(0);
		pthread_join(threads[0], NULL);
		pthread_join(threads[1], NULL);
		assert(seen[0] || seen[1]);
	}
	return 0;
}
