/*
 * letters: threads push letters into a pile (queue, stack) and pop them, on however many
 * processors there are. What may be seen, of each letter:
 *
 *   once              required    each that was pushed is popped by one thread
 *   twice, lost, torn forbidden
 *
 * Memory: with a small backlog limit, no more nodes than what is inside and the limit; a pile
 * that is empty again gives back what a burst took; what is inside at its end is dropped.
 *
 * A room names its kind, and says how a thread pops until there are no more; what it knows of their
 * order it checks there. `box` is the field, a letter_box.
 *
 *	#include <afield/queue.h>
 *	#define PILE_KIND queue
 *	#include "letters.h"
 *
 *	static void pop_all(int index)
 *	{
 *		struct letter letter;
 *
 *		while (!letters_are_over())
 *			if (letter_box_pop(&box, &letter))
 *				letters_note(&letter);
 *	}
 *	static void nothing_is_lost(void) { letters_arrive_once(pop_all); }
 *
 * Synchronization: one test at a time; letters_note and letters_are_over run in any thread.
 */
#ifndef AFIELD_TESTS_LETTERS_H
#define AFIELD_TESTS_LETTERS_H

#include <afield/reclaim.h>

#include "child.h"
#include "pile.h"
#include "test.h"

#include <malloc.h>
#include <sched.h>

enum { LETTERS_PUSHERS = 4, LETTERS_POPPERS = 4 };

struct letter {
	int64_t pusher, number;
	int64_t echo; /* the sum of both: a torn value shows */
};
static long letters_dropped; /* __atomic */
static void letter_drop(struct letter *letter)
{
	(void)letter;
	__atomic_fetch_add(&letters_dropped, 1, __ATOMIC_RELAXED);
}
PILE_OF(letter_box, struct letter, letter_drop);

static letter_box box;
static long letters_each;                            /* that one pusher pushes */
static long letters_popped, letters_torn;            /* __atomic */
static unsigned char *letters_seen[LETTERS_PUSHERS]; /* __atomic: how often each number came out */

static inline void letters_note(const struct letter *letter)
{
	if (letter->echo != letter->pusher + letter->number)
		__atomic_fetch_add(&letters_torn, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&letters_seen[letter->pusher][letter->number], 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&letters_popped, 1, __ATOMIC_RELAXED);
}

static inline bool letters_are_over(void)
{
	return __atomic_load_n(&letters_popped, __ATOMIC_RELAXED) >= LETTERS_PUSHERS * letters_each;
}

static inline void letters_push_all(int64_t pusher)
{
	for (int64_t i = 0; i < letters_each; i++) {
		struct letter letter = {pusher, i, pusher + i};

		if (!letter_box_push(&box, letter))
			abort();
		if (i % 64 == 0)
			sched_yield();
	}
}

static inline void letters_work(void *pop_all, int index)
{
	if (index < LETTERS_PUSHERS)
		letters_push_all(index);
	else
		(*(void (**)(int index))pop_all)(index);
}

static inline void letters_add_up(void)
{
	long missing = 0, twice = 0;

	for (int i = 0; i < LETTERS_PUSHERS; i++) {
		for (long number = 0; number < letters_each; number++) {
			missing += letters_seen[i][number] == 0;
			twice += letters_seen[i][number] > 1;
		}
		free(letters_seen[i]);
	}
	printf("  popped: %ld  missing: %ld  twice: %ld  torn: %ld\n", letters_popped, missing,
	       twice, letters_torn);
	TEST_CHECK(letters_popped == LETTERS_PUSHERS * letters_each);
	TEST_CHECK(missing == 0 && twice == 0 && letters_torn == 0);
}

/* Each popper runs pop_all(index), with an index of its own, beside the pushers. */
static inline void letters_arrive_once(void (*pop_all)(int index))
{
	letters_each = test_scaled(10000);
	for (int i = 0; i < LETTERS_PUSHERS; i++)
		if (!(letters_seen[i] = (unsigned char *)calloc(1, (size_t)letters_each)))
			abort();
	afield_set_backlog_limit(1000);
	test_threads(LETTERS_PUSHERS + LETTERS_POPPERS, letters_work, &pop_all);
	letters_add_up();
	TEST_CHECK(letter_box_is_empty(&box) && letter_box_count(&box) == 0);
	TEST_CHECK(afield_backlog() <= 1000 + LETTERS_PUSHERS + LETTERS_POPPERS);
	letter_box_fini(&box);
	TEST_CHECK(letters_dropped == 0);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
	afield_set_backlog_limit(0);
}

/* Bytes of malloc's that are in use. A sanitizer's malloc says nothing here. */
static inline size_t letters_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static inline void letters_give_their_memory_back(void)
{
	enum { BURST = 100000 };
	struct letter letter = {0, 0, 0};
	size_t before = letters_in_use(), full;

	for (long i = 0; i < BURST; i++)
		TEST_CHECK(letter_box_push(&box, letter));
	full = letters_in_use();
	TEST_CHECK(full == 0 || full - before >= BURST * sizeof(struct letter));
	for (long i = 0; i < BURST; i++)
		TEST_CHECK(letter_box_pop(&box, &letter));
	TEST_CHECK(afield_barrier() == 0);
	printf("  bytes in use: %zu before, %zu full, %zu after\n", before, full, letters_in_use());
	TEST_CHECK(full == 0 || letters_in_use() < before + (full - before) / 100);
	letter_box_fini(&box);
}

static inline void letters_inside_are_dropped(void)
{
	struct letter letter = {0, 0, 0};

	letters_dropped = 0;
	for (long i = 0; i < 1000; i++)
		TEST_CHECK(letter_box_push(&box, letter));
	TEST_CHECK(letter_box_pop(&box, &letter));
	letter_box_fini(&box);
	TEST_CHECK(letters_dropped == 999);
	TEST_CHECK(afield_barrier() == 0);
}

static int letters_stop; /* __atomic */
static inline void *letters_push_and_pop(void *unused)
{
	struct letter letter = {0, 0, 0};

	while (!__atomic_load_n(&letters_stop, __ATOMIC_RELAXED)) {
		if (!letter_box_push(&box, letter))
			abort();
		(void)letter_box_pop(&box, &letter);
	}
	return unused;
}

static inline int letters_live_on(void *unused)
{
	struct letter letter = {1, 2, 3};
	size_t count = letter_box_count(&box);

	(void)unused;
	for (size_t i = 0; i < count; i++)
		if (!letter_box_pop(&box, &letter))
			return 1;
	letter.number = 77;
	if (!letter_box_is_empty(&box) || !letter_box_push(&box, letter))
		return 2;
	if (!letter_box_pop(&box, &letter) || letter.number != 77)
		return 3;
	letter_box_fini(&box);
	return afield_barrier() ? 4 : 0;
}

/* The child finds the box as it was, whatever its parent's threads were in the middle of. */
static inline void letters_survive_forks(void)
{
	struct letter letter = {0, 0, 0};
	pthread_t threads[CHILD_COMPANY + 1];

	for (int i = 0; i < 5; i++)
		TEST_CHECK(letter_box_push(&box, letter));
	for (int i = 0; i < CHILD_COMPANY; i++)
		if (pthread_create(&threads[i], NULL, letters_push_and_pop, NULL))
			abort();
	for (long i = 0; i < test_scaled(20); i++)
		TEST_CHECK(child_lives_on(letters_live_on, NULL));
	__atomic_store_n(&letters_stop, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < CHILD_COMPANY; i++)
		pthread_join(threads[i], NULL);
	TEST_CHECK(letter_box_count(&box) == 5);
	letters_dropped = 0;
	letter_box_fini(&box);
	TEST_CHECK(letters_dropped == 5);
	TEST_CHECK(afield_barrier() == 0);
}

#endif
