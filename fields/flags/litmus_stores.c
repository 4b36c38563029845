/*
 * litmus_stores: stores to two words, and looks at them that change them, stand in one order.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/flags/litmus_stores.c -lpthread
 *
 * Each thread stores to a word of its own and asks for the other's, and at least one sees the
 * other's store; and who sees a store sees what was written before it.
 */
#include "flags_core.h"

#include <assert.h>
#include <pthread.h>

enum { OPEN = 1 };
static afield__flags_word words[2];
static int messages[2]; /* plain */
static uint64_t seen[2];
static bool is_setting;

static uint64_t ask(afield__flags_word *word)
{
	return is_setting ? afield__flags_test_and_set(word, OPEN)
			  : afield__flags_test_and_clear(word, OPEN);
}

static void *left(void *unused)
{
	messages[0] = 1;
	afield__flags_store(&words[0], OPEN);
	seen[1] = ask(&words[1]);
	if (seen[1])
		assert(messages[1] == 1);
	return unused;
}

static void *right(void *unused)
{
	messages[1] = 1;
	afield__flags_store(&words[1], OPEN);
	seen[0] = ask(&words[0]);
	if (seen[0])
		assert(messages[0] == 1);
	return unused;
}

/* Who looked too early must look again. */
static void *look_twice(void *unused)
{
	(void)afield__flags_snapshot(&words[1]);
	afield__flags_set(&words[0], OPEN);
	seen[1] = afield__flags_snapshot(&words[1]);
	return unused;
}

static void *set_and_look(void *unused)
{
	afield__flags_set(&words[1], OPEN);
	seen[0] = afield__flags_snapshot(&words[0]);
	return unused;
}

static void run(void *(*one)(void *), void *(*other)(void *))
{
	pthread_t threads[2];

	messages[0] = messages[1] = 0;
	afield__flags_store(&words[0], 0);
	afield__flags_store(&words[1], 0);
	if (pthread_create(&threads[0], NULL, one, NULL) ||
	    pthread_create(&threads[1], NULL, other, NULL))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
}

int main(void)
{
	run(look_twice, set_and_look);
	assert(seen[0] || seen[1]);
	for (int i = 0; i < 2; i++) {
		is_setting = i == 1;
		run(left, right);
		assert(seen[0] || seen[1]);
	}
	return 0;
}
