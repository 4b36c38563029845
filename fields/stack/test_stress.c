/*
 * stack under load: threads push, pop and take all, and fork; what letters.h says of any pile.
 */
#include <afield/stack.h>

#define PILE_KIND stack
#include "letters.h"

static void note(struct letter *letter, void *unused)
{
	(void)unused;
	letters_note(letter);
}

static void pop_all(int index)
{
	bool takes_all = index % 2;
	struct letter letter;

	while (!letters_are_over()) {
		if (takes_all && letter_box_pop_all(&box, note, NULL))
			continue;
		if (letter_box_pop(&box, &letter))
			letters_note(&letter);
		else
			sched_yield();
		(void)letter_box_count(&box);
	}
}

static void nothing_is_lost(void)
{
	letters_arrive_once(pop_all);
}

int main(void)
{
	printf("backend: %s\n", afield_rcu_backend());
	TEST_RUN(nothing_is_lost);
	TEST_RUN(letters_give_their_memory_back);
	TEST_RUN(letters_inside_are_dropped);
	TEST_RUN(letters_survive_forks);
	return test_done();
}
