/* SPDX-License-Identifier: MIT */
/*
 * Counts that begin next to their end: sequences, wakes, borrows, and the numbers of threads.
 */
#include <afield/wait.h>

#include "ended.h"
#include "faults.h"
#include "pairs.h"

#include <errno.h>

static AFIELD_ATOMIC(int) mistakes;

AFIELD_TYPE(number_cell, cell, long);
AFIELD_TYPE(number_locked, locked, long);
AFIELD_TYPE(number_once, once, long);

/* The sequence comes to its end while writers and readers are under way. */
static const uint64_t *wrap_start;
static pair_seq wrapping;
static void write_or_read(void *unused, int index)
{
	(void)unused;
	for (long i = 1; i < 4; i++) {
		struct pair pair;

		if (index < 2) {
			pair_seq_store(&wrapping, pair_of(10 * i + index));
			continue;
		}
		pair = pair_seq_load(&wrapping);
		if (pair.low != pair.high)
			AFIELD_FETCH_ADD(&mistakes, 1, relaxed);
	}
}

static bool wrap_once(enum schedule_mode mode, uint64_t seed)
{
	struct pair pair;

	memset(&wrapping, 0, sizeof(wrapping));
	AFIELD_STORE(&wrapping.lock.sequence, *wrap_start, relaxed);
	AFIELD_STORE(&mistakes, 0, relaxed);
	if (!pair_seq_try_load(&wrapping, &pair))
		return false; /* nobody writes */
	schedule_run(mode, seed, 4, write_or_read, NULL);
	return AFIELD_LOAD(&mistakes, relaxed) == 0 &&
	       AFIELD_LOAD(&wrapping.lock.sequence, relaxed) ==
		       *wrap_start + 6 * AFIELD__SEQLOCK_VERSION;
}

static void sequences_wrap(void)
{
	enum { ONE = AFIELD__SEQLOCK_VERSION };
	static const uint64_t starts[] = {UINT64_MAX - ONE + 1, UINT64_MAX - 3 * ONE + 1,
					  INT64_MAX - ONE + 1, INT64_MAX - 3 * ONE + 1,
					  UINT32_MAX - 3 * ONE + 1};

	for (int i = 0; i < 5; i++) {
		wrap_start = &starts[i];
		TEST_CHECK(schedule_search("sequence near its end", wrap_once,
					   (uint64_t)test_scaled(100), NULL) == 0);
	}
}

/* The count of wakes comes to its end while one thread waits for another, in turns. */
enum { TURNS = 12 };
static struct afield_waiters waiters;
static AFIELD_ATOMIC(int) turn;
static bool is_my_turn(void *argument)
{
	return AFIELD_LOAD(&turn, seq_cst) % 2 == *(int *)argument;
}
static void take_turns(void *unused, int index)
{
	(void)unused;
	for (int i = 0; i < TURNS; i++) {
		TEST_CHECK(afield_wait(&waiters, is_my_turn, &index, NULL) == 0);
		usleep(2000); /* the other one gives up spinning and sleeps */
		AFIELD_FETCH_ADD(&turn, 1, seq_cst);
		afield_wake(&waiters);
	}
}

static void wakes_wrap(void)
{
	static const uint32_t starts[] = {INT32_MAX - 5, UINT32_MAX - 5};

	for (int i = 0; i < 2; i++) {
		memset(&waiters, 0, sizeof(waiters));
		AFIELD_STORE(&turn, 0, relaxed);
		waiters.event = starts[i];
		test_threads(2, take_turns, NULL);
		TEST_CHECK((waiters.event & INT32_MAX) < 2 * TURNS); /* it is past its end */
		TEST_CHECK(AFIELD_LOAD(&turn, relaxed) == 2 * TURNS);
	}
}

static struct fields {
	number_cell cell;
	number_locked locked;
	number_once once;
} fields;

static int make(long *value, void *unused)
{
	(void)unused;
	*value = 7;
	return 0;
}
static bool grow(long *value, void *unused)
{
	(void)unused;
	++*value;
	return true;
}

/*
 * A cell's shared borrows end where the exclusive one begins. Tries that fail under that one have
 * the lowest bits to be counted in, and who finds it there does not count at all.
 */
enum { BORROWERS = 3, TRIES = 4 };
static bool should_have;
static void try_in_vain_or_not(void *unused, int index)
{
	(void)unused;
	for (int i = 0; i < TRIES; i++) {
		bool has = index == 0 && !should_have
				   ? !number_cell_try_borrow_mut(&fields.cell)
				   : number_cell_try_borrow(&fields.cell) != NULL;

		if (has != (should_have || index == 0))
			AFIELD_FETCH_ADD(&mistakes, 1, relaxed);
		if (should_have && has)
			number_cell_release(&fields.cell);
	}
}

static uint64_t first_count, last_count;
static bool count_once(enum schedule_mode mode, uint64_t seed)
{
	memset(&fields, 0, sizeof(fields));
	AFIELD_STORE(&fields.cell.cell.borrows, first_count, relaxed);
	AFIELD_STORE(&mistakes, 0, relaxed);
	schedule_run(mode, seed, BORROWERS, try_in_vain_or_not, NULL);
	return AFIELD_LOAD(&mistakes, relaxed) == 0 &&
	       AFIELD_LOAD(&fields.cell.cell.borrows, relaxed) == last_count;
}

static void borrows_near_their_end(void)
{
	should_have = true;
	first_count = last_count = AFIELD__CELL_COUNT - BORROWERS;
	TEST_CHECK(schedule_search("the most shared borrows", count_once, (uint64_t)test_scaled(50),
				   NULL) == 0);
	should_have = false;
	first_count = last_count = UINT64_MAX;
	TEST_CHECK(schedule_search("the most tries that fail", count_once,
				   (uint64_t)test_scaled(50), NULL) == 0);
	number_cell_release_mut(&fields.cell);
	TEST_CHECK(number_cell_try_borrow_mut(&fields.cell) != NULL);
}

/* The last number that a thread could have, which once writes with one added. */
static void *begin_and_fail(void *unused)
{
	const long *value;

	AFIELD_STORE(&afield__self_get()->id, UINT64_MAX - 1, relaxed);
	TEST_CHECK(number_once_set(&fields.once, 7) == 0);
	TEST_CHECK(number_once_get(&fields.once) != NULL);
	TEST_CHECK(number_locked_lock(&fields.locked) && number_locked_is_mine(&fields.locked));
	TEST_CHECK(number_locked_update(&fields.locked, grow, NULL) == -EDEADLK);
	number_locked_unlock(&fields.locked);
	memset(&fields, 0, sizeof(fields));
	TEST_CHECK(afield__once_begin(&fields.once.once, &fields.once.value, sizeof(long)) == 0);
	TEST_CHECK(number_once_get_or_init(&fields.once, make, NULL, &value) == -EDEADLK);
	afield__once_end(&fields.once.once, &fields.once.value, sizeof(long), false);
	TEST_CHECK(number_once_get_or_init(&fields.once, make, NULL, &value) == 0);
	return unused;
}

static void threads_near_their_end(void)
{
	pthread_t thread;

	memset(&fields, 0, sizeof(fields));
	if (pthread_create(&thread, NULL, begin_and_fail, NULL))
		abort();
	pthread_join(thread, NULL);
}

/* A handler that asks for the number while its thread gets it is told the same one, and the thread
 * is known until it ends. */
static uint64_t own_id, handler_id;
static void tell_handler(int unused)
{
	(void)unused;
	handler_id = afield_thread_id();
}

OPERATION(ask, own_id = afield_thread_id();
	  TEST_CHECK(afield_thread_identity(own_id) == (uint64_t)pthread_self()));

static void a_handler_asks_for_the_number(void)
{
	signal(SIGUSR1, tell_handler);
	TEST_CHECK(schedule_fault(1, ask, faults_interrupt, NULL));
	TEST_CHECK(own_id != 0 && handler_id == own_id);
	TEST_CHECK(has_ended(own_id));
}

int main(void)
{
	alarm(120 + (unsigned)test_scaled(120));
	TEST_RUN(sequences_wrap);
	TEST_RUN(wakes_wrap);
	TEST_RUN(borrows_near_their_end);
	TEST_RUN(threads_near_their_end);
	TEST_RUN(a_handler_asks_for_the_number);
	return test_done();
}
