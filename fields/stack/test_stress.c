/*
 * stack under load: threads push, pop and take all, on however many processors there are.
 * What may be seen, of each value:
 *
 *   once        required    each value that was pushed is popped by one thread
 *   twice, lost forbidden
 *
 * Memory: with a small backlog limit, no more nodes than what is inside and the limit; and a stack
 * that is empty again gives back what a burst took.
 */
#include <afield/stack.h>
#include <afield/reclaim.h>

#include "child.h"
#include "test.h"

#include <malloc.h>
#include <sched.h>

enum { PUSHERS = 4, POPPERS = 4 };

struct letter {
	int64_t pusher, number;
	int64_t echo; /* the sum of both: a torn value shows */
};
static long dropped; /* __atomic */
static void letter_drop(struct letter *letter)
{
	(void)letter;
	__atomic_fetch_add(&dropped, 1, __ATOMIC_RELAXED);
}
AFIELD_TYPE(letters, stack, struct letter, letter_drop);

static letters field;
static long pushed_each, popped, torn; /* __atomic, but for the first */
static unsigned char *seen[PUSHERS];   /* __atomic: how often each number was popped */

static void push_all(int64_t pusher)
{
	for (int64_t i = 0; i < pushed_each; i++) {
		struct letter letter = {pusher, i, pusher + i};

		if (!letters_push(&field, letter))
			abort();
		if (i % 64 == 0)
			sched_yield();
	}
}

static void note(struct letter *letter, void *unused)
{
	(void)unused;
	if (letter->echo != letter->pusher + letter->number)
		__atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&seen[letter->pusher][letter->number], 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&popped, 1, __ATOMIC_RELAXED);
}

static bool is_over(void)
{
	return __atomic_load_n(&popped, __ATOMIC_RELAXED) >= PUSHERS * pushed_each;
}

static void pop_all(bool takes_all)
{
	struct letter letter;

	while (!is_over()) {
		if (takes_all && letters_pop_all(&field, note, NULL))
			continue;
		if (letters_pop(&field, &letter))
			note(&letter, NULL);
		else
			sched_yield();
		(void)letters_count(&field);
	}
}

static void work(void *unused, int index)
{
	(void)unused;
	if (index < PUSHERS)
		push_all(index);
	else
		pop_all(index % 2);
}

static void nothing_is_lost(void)
{
	long missing = 0, twice = 0;

	pushed_each = test_scaled(10000);
	for (int i = 0; i < PUSHERS; i++)
		if (!(seen[i] = (unsigned char *)calloc(1, (size_t)pushed_each)))
			abort();
	afield_set_backlog_limit(1000);
	test_threads(PUSHERS + POPPERS, work, NULL);
	for (int i = 0; i < PUSHERS; i++) {
		for (long number = 0; number < pushed_each; number++) {
			missing += seen[i][number] == 0;
			twice += seen[i][number] > 1;
		}
		free(seen[i]);
	}
	printf("  popped: %ld  missing: %ld  twice: %ld  torn: %ld\n", popped, missing, twice,
	       torn);
	TEST_CHECK(popped == PUSHERS * pushed_each);
	TEST_CHECK(missing == 0 && twice == 0 && torn == 0);
	TEST_CHECK(letters_is_empty(&field) && letters_count(&field) == 0);
	TEST_CHECK(afield_backlog() <= 1000 + PUSHERS + POPPERS);
	letters_fini(&field);
	TEST_CHECK(dropped == 0);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
	afield_set_backlog_limit(0);
}

/* Bytes of malloc's that are in use. A sanitizer's malloc says nothing here. */
static size_t in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void a_burst_gives_its_memory_back(void)
{
	enum { BURST = 100000 };
	struct letter letter = {0, 0, 0};
	size_t before = in_use(), full;

	for (long i = 0; i < BURST; i++)
		TEST_CHECK(letters_push(&field, letter));
	full = in_use();
	TEST_CHECK(full == 0 || full - before >= BURST * sizeof(struct letter));
	for (long i = 0; i < BURST; i++)
		TEST_CHECK(letters_pop(&field, &letter));
	TEST_CHECK(afield_barrier() == 0);
	printf("  bytes in use: %zu before, %zu full, %zu after\n", before, full, in_use());
	TEST_CHECK(full == 0 || in_use() < before + (full - before) / 100);
	letters_fini(&field);
}

static void a_stack_that_is_full_is_finished(void)
{
	struct letter letter = {0, 0, 0};

	dropped = 0;
	for (long i = 0; i < 1000; i++)
		TEST_CHECK(letters_push(&field, letter));
	TEST_CHECK(letters_pop(&field, &letter));
	letters_fini(&field);
	TEST_CHECK(dropped == 999);
	TEST_CHECK(afield_barrier() == 0);
}

/* The child finds the stack as it was, whatever its parent's threads were in the middle of. */
static int stop;
static void *push_and_pop(void *unused)
{
	struct letter letter = {0, 0, 0};

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		if (!letters_push(&field, letter))
			abort();
		(void)letters_pop(&field, &letter);
	}
	return unused;
}

static int live_on(void *unused)
{
	struct letter letter = {1, 2, 3};
	size_t count = letters_count(&field);

	(void)unused;
	for (size_t i = 0; i < count; i++)
		if (!letters_pop(&field, &letter))
			return 1;
	letter.number = 77;
	if (!letters_is_empty(&field) || !letters_push(&field, letter))
		return 2;
	if (!letters_pop(&field, &letter) || letter.number != 77)
		return 3;
	letters_fini(&field);
	return afield_barrier() ? 4 : 0;
}

static void forks_keep_it_whole(void)
{
	struct letter letter = {0, 0, 0};
	pthread_t threads[CHILD_COMPANY + 1];

	for (int i = 0; i < 5; i++)
		TEST_CHECK(letters_push(&field, letter));
	for (int i = 0; i < CHILD_COMPANY; i++)
		if (pthread_create(&threads[i], NULL, push_and_pop, NULL))
			abort();
	for (long i = 0; i < test_scaled(20); i++)
		TEST_CHECK(child_lives_on(live_on, NULL));
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < CHILD_COMPANY; i++)
		pthread_join(threads[i], NULL);
	TEST_CHECK(letters_clear(&field) == 5);
	letters_fini(&field);
	TEST_CHECK(afield_barrier() == 0);
}

int main(void)
{
	printf("backend: %s\n", afield_rcu_backend());
	TEST_RUN(nothing_is_lost);
	TEST_RUN(a_burst_gives_its_memory_back);
	TEST_RUN(a_stack_that_is_full_is_finished);
	TEST_RUN(forks_keep_it_whole);
	return test_done();
}
