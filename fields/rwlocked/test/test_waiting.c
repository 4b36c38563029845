/* SPDX-License-Identifier: MIT */
/*
 * rwlocked beside a host with a lock of its own, and who goes first: readers let a waiting writer
 * go first, but not forever, and never so that a thread waits for itself.
 */
#include <afield/rwlocked.h>

#include "child.h"
#include "crowd.h"

struct pair {
	int64_t low, high;
};
AFIELD_TYPE(pair_rw, rwlocked, struct pair);

static pair_rw field;

static void hold_for_writing(void (*meanwhile)(void))
{
	AFIELD_WRITING(pair_rw, pair, &field)
	{
		int64_t low = pair->low;

		meanwhile();
		TEST_CHECK(pair->low == low);
		pair->low++;
	}
}

static void hold_for_reading(void (*meanwhile)(void))
{
	AFIELD_READING(pair_rw, pair, &field)
	{
		int64_t low = pair->low;

		meanwhile();
		TEST_CHECK(pair->low == low);
	}
}

static int load(void)
{
	struct pair value;

	return pair_rw_load(&field, &value);
}

static int store(void)
{
	struct pair value = {1, 1};

	return pair_rw_store(&field, value);
}

static int table_load(void)
{
	struct pair value;

	return pair_rw_type()->load(pair_rw_type(), &field, &value);
}

static int table_store(void)
{
	struct pair value = {1, 1};

	return pair_rw_type()->store(pair_rw_type(), &field, &value);
}

static int read_until(const struct timespec *deadline)
{
	return waiting_lock_until(pair_rw_type(), &field, 0, deadline);
}

static int write_until(const struct timespec *deadline)
{
	return waiting_lock_until(pair_rw_type(), &field, 1, deadline);
}

static void a_wait_gives_up_the_host(void)
{
	waiting_gives_up_the_host(hold_for_writing, load);
	waiting_gives_up_the_host(hold_for_writing, store);
	waiting_gives_up_the_host(hold_for_writing, table_load);
	waiting_gives_up_the_host(hold_for_reading, store);
	waiting_gives_up_the_host(hold_for_reading, table_store);
}

static void the_host_may_end_a_wait(void)
{
	waiting_ends_at_a_signal(hold_for_writing, table_load);
	waiting_ends_at_a_signal(hold_for_reading, table_store);
}

static void an_end_wakes_one(void)
{
	waiting_end_wakes_one(hold_for_writing);
}

static void a_cancelled_thread_waits_on(void)
{
	waiting_outlives_a_cancel(hold_for_writing, load);
	waiting_outlives_a_cancel(hold_for_reading, store);
	TEST_CHECK(AFIELD_LOAD(&field.lock.readers.count, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&field.lock.writers.count, relaxed) == 0);
}

static void odd_deadlines_are_sums(void)
{
	waiting_keeps_odd_deadlines(hold_for_writing, read_until);
	waiting_keeps_odd_deadlines(hold_for_reading, write_until);
}

/*
 * Readers in a relay: each stays in until the next is in, so that there is never a gap, unless no
 * other reader gets in for 20 ms. A writer that had to find a gap would wait forever.
 */
enum { READERS = 4, WRITES = 10 };
static int is_over;
static long entered;

static void *read_on(void *unused)
{
	while (!waiting_flag(&is_over))
		AFIELD_READING(pair_rw, pair, &field)
		{
			long number = __atomic_add_fetch(&entered, 1, __ATOMIC_SEQ_CST);

			TEST_CHECK(pair->low == pair->high);
			for (int i = 0; i < 200 && !waiting_flag(&is_over); i++) {
				if (__atomic_load_n(&entered, __ATOMIC_SEQ_CST) > number)
					break;
				usleep(100);
			}
		}
	return unused;
}

static void a_writer_needs_no_gap(void)
{
	pthread_t readers[READERS];
	struct pair value = {0, 0};

	TEST_CHECK(pair_rw_store(&field, value) == 0);
	waiting_set(&is_over, 0);
	for (int i = 0; i < READERS; i++)
		readers[i] = waiting_thread(read_on, NULL);
	while (__atomic_load_n(&entered, __ATOMIC_SEQ_CST) < 2)
		usleep(100);
	for (int i = 0; i < WRITES; i++)
		AFIELD_WRITING(pair_rw, pair, &field)
	pair->low = pair->high = i;
	waiting_set(&is_over, 1);
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	printf("  %ld read sections beside %d writes\n", entered, WRITES);
	TEST_CHECK(entered > 1);
}

/* A reader that reads again while a writer waits would, if it were polite, wait for itself. */
static void *write_once(void *unused)
{
	host_attach_thread();
	AFIELD_WRITING(pair_rw, pair, &field)
	pair->low = pair->high = 77;
	host_detach_thread();
	return unused;
}

static void a_section_inside_another_does_not_wait(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	struct pair value = {0, 0};
	pthread_t writer;

	TEST_CHECK(pair_rw_read_lock(&field) != NULL);
	writer = waiting_thread(write_once, NULL);
	host_await_sleep(sleeps);
	usleep(1000); /* the writer is asleep: others would yield now */
	TEST_CHECK(pair_rw_load(&field, &value) == 0 && value.low != 77);
	pair_rw_read_unlock(&field);
	pthread_join(writer, NULL);
	TEST_CHECK(pair_rw_load(&field, &value) == 0 && value.low == 77);
}

static int read_in_child(void *unused)
{
	(void)unused;
	return load() == 0 && pair_rw_try_read_lock(&field) ? 0 : 1;
}

/* While a writer sleeps, a reader that comes is told to wait; and the child of a fork, which has no
 * such writer, is not. */
static void readers_yield_to_a_sleeping_writer(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	struct waiting_holder holder = {hold_for_reading, waiting_until_told, pthread_self()};
	pthread_t writer;

	waiting_holder_start(&holder);
	TEST_CHECK(pair_rw_try_read_lock(&field) != NULL);
	pair_rw_read_unlock(&field);
	writer = waiting_thread(write_once, NULL);
	host_await_sleep(sleeps);
	usleep(20000);
	TEST_CHECK(pair_rw_try_read_lock(&field) == NULL);
	TEST_CHECK(child_finds(read_in_child, NULL));
	waiting_holder_end(&holder);
	pthread_join(writer, NULL);
}

/* A writer that waits and never comes back: readers and writers go on. */
static void a_thread_that_never_comes_back_holds_nothing(void)
{
	waiting_at_the_end_holds_nothing(hold_for_reading, store);
	TEST_CHECK(load() == 0);
	TEST_CHECK(pair_rw_try_read_lock(&field) != NULL);
	pair_rw_read_unlock(&field);
}

int main(void)
{
	host_watchdog(60);
	host_begin();
	TEST_RUN(a_wait_gives_up_the_host);
	TEST_RUN(the_host_may_end_a_wait);
	TEST_RUN(an_end_wakes_one);
	TEST_RUN(a_cancelled_thread_waits_on);
	TEST_RUN(odd_deadlines_are_sums);
	TEST_RUN(a_writer_needs_no_gap);
	TEST_RUN(a_section_inside_another_does_not_wait);
	TEST_RUN(readers_yield_to_a_sleeping_writer);
	TEST_RUN(a_thread_that_never_comes_back_holds_nothing); /* last: the host has ended */
	return test_done();
}
