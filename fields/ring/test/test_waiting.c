/* SPDX-License-Identifier: MIT */
/*
 * ring beside a host with a lock of its own: who waits for room or for an element gives the host's
 * lock up, is woken by one who needs it, and ends when the host says so.
 */
#include <afield/ring.h>

AFIELD_TYPE(numbers, ring, int64_t, 1);

#include "ring_waiting.h"
#include "table.h"

/* A thread that comes when another has begun to sleep, and counts the sleeps from now on. */
static pthread_t start_before_a_sleep(void *(*body)(void *sleeps))
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, (void *)(uintptr_t)sleeps))
		abort();
	return thread;
}

/* Each attaches before it does what the other waits for. */
static void *push_attached(void *sleeps)
{
	host_await_sleep((unsigned long)(uintptr_t)sleeps);
	host_attach_thread();
	TEST_CHECK(numbers_push(&field, 5) == 0);
	host_detach_thread();
	return NULL;
}

static void *pop_attached(void *sleeps)
{
	int64_t value;

	host_await_sleep((unsigned long)(uintptr_t)sleeps);
	host_attach_thread();
	TEST_CHECK(numbers_pop(&field, &value) && value == 6);
	host_detach_thread();
	return NULL;
}

static void a_change_by_an_attached_thread_ends_a_wait(void)
{
	pthread_t thread = start_before_a_sleep(push_attached);
	int64_t value = 0;

	host_attach_thread();
	TEST_CHECK(numbers_pop_wait(&field, &value, NULL) == 0 && value == 5);
	TEST_CHECK(host_is_attached);
	TEST_CHECK(numbers_push(&field, 6) == 0);
	host_detach_thread();
	pthread_join(thread, NULL);
	thread = start_before_a_sleep(pop_attached);
	host_attach_thread();
	TEST_CHECK(numbers_push_wait(&field, 7, NULL) == 0);
	TEST_CHECK(host_is_attached);
	host_detach_thread();
	pthread_join(thread, NULL);
	TEST_CHECK(numbers_pop(&field, &value) && value == 7);
}

static int take_room(void)
{
	return numbers_push_wait(&field, 7, NULL);
}

static void give_room(void)
{
	int64_t value;

	TEST_CHECK(numbers_pop(&field, &value));
}

static void a_change_wakes_one(void)
{
	take_all();
	waiting_change_wakes_one(take_value, give_value);
	give_value();
	waiting_change_wakes_one(take_room, give_room);
	give_room();
}

/* Many wait at both ends of a ring of one; nobody is forgotten. */
enum { TURNS = 300, THREADS = 6 };
static int64_t sum; /* __atomic */

static void put_or_get(void *unused, int index)
{
	int64_t value = 0;

	(void)unused;
	for (long i = test_scaled(TURNS); i > 0; i--) {
		if (index % 2) {
			TEST_CHECK(numbers_push_wait(&field, index, NULL) == 0);
		} else {
			TEST_CHECK(numbers_pop_wait(&field, &value, NULL) == 0);
			__atomic_fetch_add(&sum, value, __ATOMIC_RELAXED);
		}
	}
}

static void nobody_is_forgotten(void)
{
	test_threads(THREADS, put_or_get, NULL);
	TEST_CHECK(sum == test_scaled(TURNS) * (1 + 3 + 5));
	TEST_CHECK(numbers_count(&field) == 0);
}

/* The table's verbs take the time as a number of seconds, and 1 is one like any other. */
static int call(numbers *ring, const char *name, void *result, const void *first,
		const void *second)
{
	const void *arguments[2] = {first, second};

	return table_verb(numbers_type(), name)->call(numbers_type(), ring, result, arguments);
}

static void wait_for_a_second(void *unused, int index)
{
	numbers ring;
	struct timespec deadline;
	double second = 1;
	int64_t value = 7;

	(void)unused;
	memset(&ring, 0, sizeof(ring));
	TEST_CHECK(afield_deadline(second, &deadline) == &deadline);
	if (index == 0) {
		TEST_CHECK(call(&ring, "get", &value, &second, NULL) == -ENODATA);
	} else {
		TEST_CHECK(numbers_push(&ring, value) == 0);
		TEST_CHECK(call(&ring, "put", NULL, &value, &second) == -ENOSPC);
	}
	TEST_CHECK(test_has_passed(&deadline));
	numbers_fini(&ring);
}

static void the_table_waits_for_any_time(void)
{
	test_threads(2, wait_for_a_second, NULL);
}

int main(void)
{
	WAITING_RUN(ring_cases, NULL, ring_waiters);
	TEST_RUN(a_change_by_an_attached_thread_ends_a_wait);
	TEST_RUN(a_change_wakes_one);
	TEST_RUN(nobody_is_forgotten);
	TEST_RUN(the_table_waits_for_any_time);
	waiting_run_last(hold_empty, pop);
	return test_done();
}
