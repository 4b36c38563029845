/*
 * queue under load: threads push, pop and wait, and fork; what letters.h says of any pile, and
 * of each pusher:
 *
 *   in order    required    of one pusher's letters, each thread sees a later one after an earlier
 */
#include <afield/queue.h>

#define PILE_KIND queue
#include "letters.h"

static long disorder; /* __atomic */

static void note(const struct letter *letter, int64_t *last)
{
	if (letter->number <= last[letter->pusher])
		__atomic_fetch_add(&disorder, 1, __ATOMIC_RELAXED);
	last[letter->pusher] = letter->number;
	letters_note(letter);
}

static void pop_all(int index)
{
	int64_t last[LETTERS_PUSHERS] = {-1, -1, -1, -1};
	bool waits = index % 2;
	struct letter letter;

	while (!letters_are_over()) {
		struct timespec soon;

		if (waits ? letter_box_pop_wait(&box, &letter, afield_deadline(0.01, &soon)) == 0
			  : letter_box_pop(&box, &letter))
			note(&letter, last);
		else if (!waits)
			sched_yield();
		(void)letter_box_count(&box);
	}
}

static void nothing_is_lost(void)
{
	letters_arrive_once(pop_all);
	printf("  out of order: %ld\n", disorder);
	TEST_CHECK(disorder == 0);
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
