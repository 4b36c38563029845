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
#include "replaced.h"

#include <sys/syscall.h>

static const struct waiting_case cases[] = {
	{lock_hold_for_writing, lock_load, WAITING_IS_KEPT, lock_read_until},
	{lock_hold_for_writing, lock_store, WAITING_IS_KEPT, NULL},
	{lock_hold_for_writing, lock_table_load, WAITING_MAY_END, NULL},
	{lock_hold_for_reading, lock_store, WAITING_IS_KEPT, lock_write_until},
	{lock_hold_for_reading, lock_table_store, WAITING_MAY_END, NULL},
};

static uint32_t waiters(void)
{
	return AFIELD_LOAD(&lock_field.lock.readers.count, relaxed) |
	       AFIELD_LOAD(&lock_field.lock.writers.count, relaxed);
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

static void *write_until(void *deadline)
{
	host_attach_thread();
	TEST_CHECK(lock_write_until((const struct timespec *)deadline) == -ETIMEDOUT);
	host_detach_thread();
	return NULL;
}

static pthread_t start_to_sleep(void *(*body)(void *argument), void *argument)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	pthread_t thread = waiting_thread(body, argument);

	host_await_sleep(sleeps);
	return thread;
}

static bool do_readers_yield(void)
{
	if (!pair_field_try_read_lock(&lock_field))
		return true;
	pair_field_read_unlock(&lock_field);
	return false;
}

/* Readers yield to the writer that came last. When its deadline passes it wakes the one that sleeps
 * on, to which they yield from then on: else that one would need a gap. */
static void a_writer_that_gives_up_hands_its_turn_on(void)
{
	struct waiting_holder holder = {lock_hold_for_reading, waiting_until_told, pthread_self()};
	struct timespec deadline;
	pthread_t first, last;

	waiting_holder_start(&holder);
	first = start_to_sleep(write_once, NULL);
	deadline = waiting_time(0, 30000000);
	last = start_to_sleep(write_until, &deadline);
	pthread_join(last, NULL);
	while (!do_readers_yield())
		usleep(100);
	waiting_holder_end(&holder);
	pthread_join(first, NULL);
}

/* This thread's clock is so many seconds ahead. */
static __thread time_t ahead;
REPLACED_BEGIN
REPLACED_UNSEEN int clock_gettime(clockid_t clock, struct timespec *time) NOTHROW
{
	int error = (int)syscall(SYS_clock_gettime, clock, time);

	time->tv_sec += ahead;
	return error;
}
REPLACED_END

/* Would look at the clock in a thousand seconds. */
static void *read_ahead(void *unused)
{
	host_attach_thread();
	ahead = 1000;
	TEST_CHECK(lock_load() == 0);
	ahead = 0;
	host_detach_thread();
	return unused;
}

static void *write_until_told(void *unused)
{
	host_attach_thread();
	TEST_CHECK(lock_table_store() == -EINTR);
	host_detach_thread();
	waiting_set(&host_wants_stop, 0);
	return unused;
}

/* A reader that yields to a writer sleeps for some time. The writer that gives up wakes it. */
static void a_writer_that_gives_up_wakes_who_yields(void)
{
	struct waiting_holder holder = {lock_hold_for_reading, waiting_until_told, pthread_self()};
	pthread_t writer, reader, other;

	waiting_holder_start(&holder);
	writer = start_to_sleep(write_until_told, NULL);
	reader = start_to_sleep(read_ahead, NULL);
	waiting_set(&host_wants_stop, 1);
	other = waiting_thread(waiting_disturb, &writer);
	pthread_join(other, NULL);
	pthread_join(writer, NULL);
	pthread_join(reader, NULL);
	waiting_holder_end(&holder);
}

/* A writer that waits and never comes back: readers and writers go on. */
static void it_is_free_at_the_end(void)
{
	TEST_CHECK(lock_load() == 0);
	TEST_CHECK(pair_field_try_read_lock(&lock_field) != NULL);
	pair_field_read_unlock(&lock_field);
}

int main(void)
{
	WAITING_RUN(cases, lock_hold_for_writing, waiters);
	TEST_RUN(a_writer_needs_no_gap);
	TEST_RUN(a_section_inside_another_does_not_wait);
	TEST_RUN(readers_yield_to_a_sleeping_writer);
	TEST_RUN(a_writer_that_gives_up_hands_its_turn_on);
	TEST_RUN(a_writer_that_gives_up_wakes_who_yields);
	waiting_run_last(lock_hold_for_reading, lock_store);
	TEST_RUN(it_is_free_at_the_end);
	return test_done();
}
