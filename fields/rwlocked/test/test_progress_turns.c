/* SPDX-License-Identifier: MIT */
/*
 * Whose turn it is, when something happens at any access of who comes or leaves: the number of a
 * writer that begins to wait meanwhile stays, and the promise to a writer is there before the lock is
 * free.
 *
 * That writer is a number that no thread has, and a count of one that sleeps: it is written down as it
 * would write itself down, and never asks for the lock.
 */
#include <afield/rwlocked.h>
#include <afield/thread.h>

#include "child.h"
#include "replaced.h"
#include "schedule.h"

#include <sys/syscall.h>

AFIELD_TYPE(number_field, rwlocked, long);

#define OTHER (UINT64_C(1) << 40)

/* The clock, which may stand still: a promise is for ten milliseconds. */
static bool time_stands_still;
static long nanoseconds_now; /* behind the fifth second */
REPLACED_BEGIN
REPLACED_UNSEEN int clock_gettime(clockid_t clock, struct timespec *time) NOTHROW
{
	if (!time_stands_still)
		return (int)syscall(SYS_clock_gettime, clock, time);
	time->tv_sec = 5;
	time->tv_nsec = nanoseconds_now;
	return 0;
}
REPLACED_END

static number_field field_here;
static struct afield__rwlocked *const lock = &field_here.lock;
static bool is_ready;
static bool has_come; /* the other writer */

static void begin_round(void)
{
	memset(&field_here, 0, sizeof(field_here));
	is_ready = false;
	has_come = false;
}

static void other_begins_to_wait(void *unused)
{
	(void)unused;
	has_come = is_ready;
	if (has_come)
		AFIELD_STORE(&lock->waiting, OTHER, relaxed);
}

/* One that has waited, and comes in. */
static void write_after_a_wait(void *unused)
{
	(void)unused;
	AFIELD_STORE(&lock->waiting, afield_thread_id(), relaxed);
	is_ready = true;
	TEST_CHECK(number_field_write_lock(&field_here) != NULL);
	is_ready = false;
	number_field_write_unlock(&field_here);
}

static void who_comes_takes_its_own_number_alone(void)
{
	bool has_happened = true;
	int rounds = 0;

	for (long at = 1; has_happened; at++) {
		begin_round();
		has_happened = schedule_fault(at, write_after_a_wait, other_begins_to_wait, NULL);
		TEST_CHECK(AFIELD_LOAD(&lock->waiting, relaxed) == (has_come ? OTHER : 0));
		rounds += has_come;
	}
	TEST_CHECK(rounds > 2);
}

static uint64_t number_of_the_dead;

static void have_a_number(void *unused)
{
	(void)unused;
	number_of_the_dead = afield_thread_id();
}

static void try_to_read(void *unused)
{
	(void)unused;
	is_ready = true;
	if (number_field_try_read_lock(&field_here))
		number_field_read_unlock(&field_here);
	is_ready = false;
}

static int forget_the_dead(void *unused)
{
	int rounds = 0;

	(void)unused;
	for (bool has_happened = true; has_happened; rounds++) {
		begin_round();
		AFIELD_STORE(&lock->waiting, number_of_the_dead, relaxed);
		has_happened = schedule_fault(rounds + 1, try_to_read, other_begins_to_wait, NULL);
		if (AFIELD_LOAD(&lock->waiting, relaxed) != (has_happened ? OTHER : 0))
			return rounds + 1;
	}
	return rounds > 3 ? 0 : -1;
}

/* In the child of a fork the number of a thread that is not there is taken back by who sees it. */
static void who_forgets_the_dead_leaves_the_living(void)
{
	TEST_CHECK(!schedule_fault(1000, have_a_number, other_begins_to_wait, NULL));
	TEST_CHECK(number_of_the_dead != 0);
	TEST_CHECK(child_finds(forget_the_dead, NULL));
}

static bool is_free(void)
{
	uint64_t state = AFIELD_LOAD(&lock->state, relaxed);

	return afield__rwlocked_writer(state) == 0 &&
	       afield__rwlocked_readers(state, afield_fork_generation()) == 0;
}

static void look_for_the_promise(void *unused)
{
	(void)unused;
	TEST_CHECK(!is_ready || !is_free() || AFIELD_LOAD(&lock->promise, relaxed) != 0);
}

static void other_sleeps(void)
{
	AFIELD_STORE(&lock->waiting, OTHER, relaxed);
	AFIELD_STORE(&lock->writers.count, 1, relaxed);
	is_ready = true;
}

static void write_and_leave(void *unused)
{
	(void)unused;
	TEST_CHECK(number_field_write_lock(&field_here) != NULL);
	other_sleeps();
	number_field_write_unlock(&field_here);
}

static void read_and_leave(void *unused)
{
	(void)unused;
	TEST_CHECK(number_field_read_lock(&field_here) != NULL);
	other_sleeps();
	number_field_read_unlock(&field_here);
}

static void the_promise_comes_before_the_end(void)
{
	void (*const bodies[])(void *) = {write_and_leave, read_and_leave};
	/* Until around the next second. */
	const long times[] = {0, 989999999, 990000000, 995000000};

	time_stands_still = true;
	for (int i = 0; i < 8; i++) {
		bool has_happened = true;

		nanoseconds_now = times[i / 2];

		for (long at = 1; has_happened; at++) {
			begin_round();
			has_happened =
				schedule_fault(at, bodies[i % 2], look_for_the_promise, NULL);
			TEST_CHECK(is_free());
			TEST_CHECK(AFIELD_LOAD(&lock->promise, relaxed) ==
				   UINT64_C(5010000000) + (uint64_t)nanoseconds_now);
		}
	}
	time_stands_still = false;
}

int main(void)
{
	TEST_RUN(who_comes_takes_its_own_number_alone);
	TEST_RUN(who_forgets_the_dead_leaves_the_living);
	TEST_RUN(the_promise_comes_before_the_end);
	return test_done();
}
