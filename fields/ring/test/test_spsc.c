/* SPDX-License-Identifier: MIT */
/*
 * ring_spsc: each capacity to its last place, numbers that wrap, what each operation returns when
 * it cannot, both ends in threads of their own, and a thread that ends in the middle of nothing.
 */
#include <afield/ring_spsc.h>

#include "test.h"

#include <unistd.h>

struct sample {
	int64_t number;
	char text[13];
};
AFIELD_TYPE(sample_spsc, ring_spsc, struct sample, 3);
AFIELD_TYPE(long_spsc, ring_spsc, int64_t, 1000);

static int frees;
static void payload_free(char **payload)
{
	free(*payload);
	frees++;
}
AFIELD_TYPE(payload_spsc, ring_spsc, char *, 4, payload_free);

static int push(long_spsc *ring, int64_t value, int way)
{
	return way ? long_spsc_push(ring, value) : long_spsc_push_release(ring, value);
}

static bool pop(long_spsc *ring, int64_t *value, int way)
{
	return way ? long_spsc_pop(ring, value) : long_spsc_pop_release(ring, value);
}

/* Turns round a few times, with each number of elements in it. */
static void turn_round(long_spsc *ring, int64_t capacity)
{
	int64_t next_in = 0, next_out = 0, value = 0;

	for (int64_t fill = 1; fill <= capacity; fill++) {
		for (int round = 0; round < 5; round++) {
			while (next_in - next_out < fill)
				TEST_CHECK(push(ring, next_in++, round % 2) == 0);
			TEST_CHECK(long_spsc_count(ring) == (size_t)fill);
			TEST_CHECK(!long_spsc_is_empty(ring));
			TEST_CHECK(fill < capacity || push(ring, -1, round % 2) == -ENOSPC);
			TEST_CHECK(pop(ring, &value, round % 3) && value == next_out++);
		}
	}
	while (next_out < next_in)
		TEST_CHECK(pop(ring, &value, 0) && value == next_out++);
	TEST_CHECK(!pop(ring, &value, 0) && !pop(ring, &value, 1) && long_spsc_is_empty(ring));
}

static void every_place_can_be_used(void)
{
	for (int64_t capacity = 1; capacity <= 17; capacity++) {
		long_spsc ring;

		memset(&ring, 0, sizeof(ring));
		TEST_CHECK(long_spsc_open(&ring, (size_t)capacity) == 0);
		TEST_CHECK(long_spsc_capacity(&ring) == (size_t)capacity);
		for (uint64_t before = 0; before < 20; before++) {
			afield__spsc_start_at(afield__spsc_of(&ring.ring), 0 - before);
			turn_round(&ring, capacity);
		}
		long_spsc_fini(&ring);
	}
}

static void records_go_through(void)
{
	static sample_spsc ring;
	struct sample sample = {1, "twelve bytes"}, seen;
	struct timespec now;

	TEST_CHECK(!sample_spsc_pop(&ring, &seen) && sample_spsc_count(&ring) == 0);
	TEST_CHECK(sample_spsc_capacity(&ring) == 3);
	TEST_CHECK(sample_spsc_push(&ring, sample) == 0);
	TEST_CHECK(sample_spsc_push_wait(&ring, sample, NULL) == 0);
	TEST_CHECK(sample_spsc_push_release(&ring, sample) == 0);
	afield_deadline(0, &now);
	TEST_CHECK(sample_spsc_push_wait(&ring, sample, &now) == -ETIMEDOUT);
	for (int i = 0; i < 3; i++) {
		memset(&seen, 0, sizeof(seen));
		TEST_CHECK(sample_spsc_pop_wait(&ring, &seen, NULL) == 0);
		TEST_CHECK(seen.number == 1 && strcmp(seen.text, "twelve bytes") == 0);
	}
	TEST_CHECK(sample_spsc_pop_wait(&ring, &seen, &now) == -ETIMEDOUT);
	sample_spsc_fini(&ring);
}

static void a_ring_is_opened_once(void)
{
	static long_spsc ring;

	long_spsc_fini(&ring);
	TEST_CHECK(long_spsc_open(&ring, 0) == -EINVAL);
	TEST_CHECK(long_spsc_open(&ring, (size_t)AFIELD_RING_SPSC_CAPACITY_MAX + 1) == -EINVAL);
	TEST_CHECK(long_spsc_open(&ring, 2) == 0 && long_spsc_open(&ring, 2) == -EEXIST);
	long_spsc_fini(&ring);
	TEST_CHECK(long_spsc_capacity(&ring) == 1000);
}

static void what_is_left_is_given_back(void)
{
	static payload_spsc ring;

	for (int i = 0; i < 3; i++)
		TEST_CHECK(payload_spsc_push(&ring, (char *)malloc(8)) == 0);
	payload_spsc_clear(&ring);
	TEST_CHECK(frees == 3 && payload_spsc_count(&ring) == 0);
	TEST_CHECK(payload_spsc_push(&ring, (char *)malloc(8)) == 0);
	payload_spsc_type()->fini(payload_spsc_type(), &ring);
	TEST_CHECK(frees == 4);
}

/* Both ends in threads of their own, which wait, or poll. */
enum { ELEMENTS = 20000 };
static long_spsc between;
static int64_t sum;

static void one_end(void *waits, int index)
{
	int64_t count = test_scaled(ELEMENTS), value = 0;

	for (int64_t i = 0; i < count; i++) {
		if (index == 0 && waits)
			TEST_CHECK(long_spsc_push_wait(&between, i, NULL) == 0);
		else if (index == 0)
			while (long_spsc_push_release(&between, i) != 0)
				usleep(10);
		else if (waits)
			TEST_CHECK(long_spsc_pop_wait(&between, &value, NULL) == 0);
		else
			while (!long_spsc_pop_release(&between, &value))
				usleep(10);
		TEST_CHECK(index == 0 || value == i);
		if (index)
			sum++; /* the other end does not touch it */
	}
}

static void elements_arrive_in_order(void)
{
	static const size_t capacities[] = {1, 7, 64};

	for (int i = 0; i < 3; i++) {
		TEST_CHECK(long_spsc_open(&between, capacities[i]) == 0);
		if (i > 0)
			test_threads(2, one_end, NULL);
		test_threads(2, one_end, &between);
		TEST_CHECK(long_spsc_count(&between) == 0);
		long_spsc_fini(&between);
	}
	TEST_CHECK(sum == 5 * test_scaled(ELEMENTS));
}

int main(void)
{
	alarm(100);
	TEST_RUN(every_place_can_be_used);
	TEST_RUN(records_go_through);
	TEST_RUN(a_ring_is_opened_once);
	TEST_RUN(what_is_left_is_given_back);
	TEST_RUN(elements_arrive_in_order);
	return test_done();
}
