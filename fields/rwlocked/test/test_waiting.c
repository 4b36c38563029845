/* SPDX-License-Identifier: MIT */
/*
 * rwlocked beside a host with a lock of its own, and who goes first: readers let a waiting writer
 * go first, but not forever, and never so that a thread waits for itself.
 */
#include <afield/rwlocked.h>

#define LOCK_KIND rwlocked
#define LOCK_WRITING AFIELD_WRITING
#define LOCK_READING AFIELD_READING
#include "child.h"
#include "lock_waiting.h"

static const struct waiting_case cases[] = {
	{lock_hold_for_writing, lock_load, WAITING_IS_KEPT, lock_read_until},
	{lock_hold_for_writing, lock_store, WAITING_IS_KEPT, NULL},
	{lock_hold_for_writing, lock_table_load, WAITING_MAY_END, NULL},
	{lock_hold_for_reading, lock_store, WAITING_IS_KEPT, lock_write_until},
	{lock_hold_for_reading, lock_table_store, WAITING_MAY_END, NULL},
};

static void nobody_is_counted_any_more(void)
{
	TEST_CHECK(AFIELD_LOAD(&lock_field.lock.readers.count, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&lock_field.lock.writers.count, relaxed) == 0);
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
		AFIELD_READING(pair_field, pair, &lock_field)
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

	TEST_CHECK(pair_field_store(&lock_field, pair_of(0, 0)) == 0);
	waiting_set(&is_over, 0);
	for (int i = 0; i < READERS; i++)
		readers[i] = waiting_thread(read_on, NULL);
	while (__atomic_load_n(&entered, __ATOMIC_SEQ_CST) < 2)
		usleep(100);
	for (int i = 0; i < WRITES; i++)
		AFIELD_WRITING(pair_field, pair, &lock_field)
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
	AFIELD_WRITING(pair_field, pair, &lock_field)
	pair->low = pair->high = 77;
	host_detach_thread();
	return unused;
}

static void a_section_inside_another_does_not_wait(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	struct pair value = {0, 0};
	pthread_t writer;

	TEST_CHECK(pair_field_read_lock(&lock_field) != NULL);
	writer = waiting_thread(write_once, NULL);
	host_await_sleep(sleeps);
	usleep(1000); /* the writer is asleep: others would yield now */
	TEST_CHECK(pair_field_load(&lock_field, &value) == 0 && value.low != 77);
	pair_field_read_unlock(&lock_field);
	pthread_join(writer, NULL);
	TEST_CHECK(pair_field_load(&lock_field, &value) == 0 && value.low == 77);
}

static int read_in_child(void *unused)
{
	(void)unused;
	return lock_load() == 0 && pair_field_try_read_lock(&lock_field) ? 0 : 1;
}

/* While a writer sleeps, a reader that comes is told to wait; and the child of a fork, which has no
 * such writer, is not. */
static void readers_yield_to_a_sleeping_writer(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	struct waiting_holder holder = {lock_hold_for_reading, waiting_until_told, pthread_self()};
	pthread_t writer;

	waiting_holder_start(&holder);
	TEST_CHECK(pair_field_try_read_lock(&lock_field) != NULL);
	pair_field_read_unlock(&lock_field);
	writer = waiting_thread(write_once, NULL);
	host_await_sleep(sleeps);
	usleep(20000);
	TEST_CHECK(pair_field_try_read_lock(&lock_field) == NULL);
	TEST_CHECK(child_finds(read_in_child, NULL));
	waiting_holder_end(&holder);
	pthread_join(writer, NULL);
}

/* A writer that waits and never comes back: readers and writers go on. */
static void a_thread_that_never_comes_back_holds_nothing(void)
{
	waiting_at_the_end_holds_nothing(lock_hold_for_reading, lock_store);
	TEST_CHECK(lock_load() == 0);
	TEST_CHECK(pair_field_try_read_lock(&lock_field) != NULL);
	pair_field_read_unlock(&lock_field);
}

int main(void)
{
	waiting_run(cases, sizeof(cases) / sizeof(cases[0]), lock_hold_for_writing);
	TEST_RUN(nobody_is_counted_any_more);
	TEST_RUN(a_writer_needs_no_gap);
	TEST_RUN(a_section_inside_another_does_not_wait);
	TEST_RUN(readers_yield_to_a_sleeping_writer);
	TEST_RUN(a_thread_that_never_comes_back_holds_nothing); /* last: the host has ended */
	return test_done();
}
