/* SPDX-License-Identifier: MIT */
/*
 * ring in one thread: each capacity to its last slot, elements of each size, numbers that wrap,
 * what each operation returns when it cannot, who gives back what is left, and the child of a fork.
 */
#include <afield/class.h>
#include <afield/record.h>
#include <afield/ring.h>

#include "child.h"
#include "table.h"
#include "test.h"

#define JOB(member) member(int64_t, number) member(double, weight) member(int8_t, kind)
AFIELD_RECORD(job, JOB);
AFIELD_TYPE(job_ring, ring, struct job, 3);
AFIELD_TYPE(byte_ring, ring, uint8_t, 5);
AFIELD_TYPE(long_ring, ring, int64_t, 1000);

struct odd {
	char text[21]; /* its last word is not full */
};
AFIELD_TYPE(odd_ring, ring, struct odd, 2);

static int frees;
static void payload_free(char **payload)
{
	free(*payload);
	frees++;
}
AFIELD_TYPE(payload_ring, ring, char *, 4, payload_free);

static struct job job_of(int number)
{
	struct job job = {number, number / 2.0, (int8_t)-number};

	return job;
}

static void the_example_of_the_header(void)
{
	static job_ring jobs;
	struct job job;

	TEST_CHECK(job_ring_capacity(&jobs) == 3 && job_ring_count(&jobs) == 0);
	TEST_CHECK(!job_ring_pop(&jobs, &job));
	for (int i = 1; i <= 3; i++)
		TEST_CHECK(job_ring_push(&jobs, job_of(i)) == 0);
	TEST_CHECK(job_ring_push(&jobs, job_of(4)) == -ENOSPC);
	TEST_CHECK(job_ring_count(&jobs) == 3);
	for (int i = 1; i <= 3; i++) {
		TEST_CHECK(job_ring_pop(&jobs, &job));
		TEST_CHECK(job.number == i && job.weight == i / 2.0 && job.kind == -i);
	}
	TEST_CHECK(!job_ring_pop(&jobs, &job) && job.number == 3);
	job_ring_fini(&jobs);
}

/* Turns round a few times, with each number of elements in it, from each number on. */
static void turn_round(long_ring *ring, int64_t capacity)
{
	int64_t next_in = 0, next_out = 0, value;

	for (int64_t fill = 1; fill <= capacity; fill++) {
		for (int round = 0; round < 5; round++) {
			while (next_in - next_out < fill)
				TEST_CHECK(long_ring_push(ring, next_in++) == 0);
			TEST_CHECK(long_ring_count(ring) == (size_t)fill);
			TEST_CHECK(!long_ring_is_empty(ring));
			TEST_CHECK(fill < capacity || long_ring_push(ring, -1) == -ENOSPC);
			TEST_CHECK(long_ring_pop(ring, &value) && value == next_out++);
		}
	}
	while (next_out < next_in)
		TEST_CHECK(long_ring_pop(ring, &value) && value == next_out++);
	TEST_CHECK(!long_ring_pop(ring, &value));
	TEST_CHECK(long_ring_count(ring) == 0 && long_ring_is_empty(ring));
}

static void every_slot_can_be_used(void)
{
	for (int64_t capacity = 1; capacity <= 17; capacity++) {
		long_ring ring;

		memset(&ring, 0, sizeof(ring));
		TEST_CHECK(long_ring_open(&ring, (size_t)capacity) == 0);
		TEST_CHECK(long_ring_capacity(&ring) == (size_t)capacity);
		turn_round(&ring, capacity);
		long_ring_fini(&ring);
	}
}

/* Each element is two words, so that it stands in a node. */
struct wide {
	int64_t number, again;
};
AFIELD_TYPE(wide_ring, ring, struct wide, 3);

static void turn_wide(wide_ring *ring, int64_t capacity)
{
	struct wide in, out;

	for (int64_t i = 0; i < 20; i++) {
		for (int64_t j = 0; j < capacity; j++) {
			in.number = in.again = i * capacity + j;
			TEST_CHECK(wide_ring_push(ring, in) == 0);
		}
		TEST_CHECK(wide_ring_push(ring, in) == -ENOSPC);
		for (int64_t j = 0; j < capacity; j++)
			TEST_CHECK(wide_ring_pop(ring, &out) && out.number == i * capacity + j &&
				   out.again == out.number);
		TEST_CHECK(!wide_ring_pop(ring, &out) && wide_ring_count(ring) == 0);
	}
}

/* Tags have two bits more than numbers: the next push is the last but a few before each wraps. */
static void numbers_wrap(void)
{
	for (int64_t capacity = 1; capacity <= 5; capacity++) {
		long_ring ring;
		wide_ring wide;
		struct afield__ring *it, *that;

		memset(&ring, 0, sizeof(ring));
		memset(&wide, 0, sizeof(wide));
		TEST_CHECK(long_ring_open(&ring, (size_t)capacity) == 0);
		TEST_CHECK(wide_ring_open(&wide, (size_t)capacity) == 0);
		it = afield__ring_of(&ring.ring);
		that = afield__ring_of(&wide.ring);
		for (uint64_t before = 0; before < 12; before++) {
			afield__ring_begin(it, 0 - before);
			turn_round(&ring, capacity);
			afield__ring_begin(it, (UINT64_C(1) << 62) - before);
			turn_round(&ring, capacity);
			afield__ring_fill(that, 0, AFIELD_LOAD(&that->free_nodes[0], relaxed));
			afield__ring_begin(that, (UINT64_C(1) << 62) - before);
			turn_wide(&wide, capacity);
		}
		long_ring_fini(&ring);
		wide_ring_fini(&wide);
	}
}

static void elements_have_any_size(void)
{
	static byte_ring bytes;
	static odd_ring odds;
	struct odd odd, seen;
	uintptr_t words[4] = {0, 0, 0, 7}, frame[5];
	char bytes_of_three[3 * sizeof(uintptr_t)];
	uint8_t byte;

	memcpy(odd.text, "twenty-one bytes long", sizeof(odd.text));
	for (int i = 0; i < 3; i++) {
		TEST_CHECK(byte_ring_push(&bytes, (uint8_t)(250 + i)) == 0);
		TEST_CHECK(byte_ring_pop(&bytes, &byte) && byte == 250 + i);
		TEST_CHECK(odd_ring_push(&odds, odd) == 0);
		memset(&seen, 'x', sizeof(seen));
		TEST_CHECK(odd_ring_pop(&odds, &seen));
		TEST_CHECK(memcmp(&seen, &odd, sizeof(odd)) == 0);
	}
	/* No word beside the element is touched, and the rest of its last word is zero. */
	memset(frame, 'x', sizeof(frame));
	TEST_CHECK(afield__ring_put(&odds.ring, &odd_ring__detail, &odd_ring__value_type, frame + 1,
				    &odd, false, NULL) == 0);
	memset(bytes_of_three, 0, sizeof(bytes_of_three));
	memcpy(bytes_of_three, &odd, sizeof(odd));
	TEST_CHECK(memcmp(frame + 1, bytes_of_three, sizeof(bytes_of_three)) == 0);
	TEST_CHECK(frame[0] == frame[4] && memcmp(frame, "xxxxxxxx", 8) == 0);
	TEST_CHECK(odd_ring_pop(&odds, &seen));
	TEST_CHECK(odd_ring_push(&odds, odd) == 0);
	TEST_CHECK(afield__ring_pop_words(afield__ring_of(&odds.ring), words, 3) == 0);
	TEST_CHECK(memcmp(words, &odd, sizeof(odd)) == 0 && words[3] == 7);
	byte_ring_fini(&bytes);
	odd_ring_fini(&odds);
}

/* A collector sees what is in the slots, and not what is in memory behind them. */
static int count_visit(void *object, void *count)
{
	(void)object;
	return ++*(int *)count == 2;
}

static void a_walk_ends_at_the_last_slot(void)
{
	static afield_pair slots[5];
	static struct afield__ring ring;
	int count = 0;

	ring.slot_count = 4;
	ring.slots = slots;
	AFIELD_STORE_PAIR(&slots[1], AFIELD__RING_FULL, 1, relaxed);
	AFIELD_STORE_PAIR(&slots[4], AFIELD__RING_FULL, 1, relaxed);
	TEST_CHECK(afield__ring_each(&ring, count_visit, &count) == 0 && count == 1);
	AFIELD_STORE_PAIR(&slots[2], AFIELD__RING_FULL, 1, relaxed);
	AFIELD_STORE_PAIR(&slots[3], AFIELD__RING_FULL, 1, relaxed);
	count = 0;
	TEST_CHECK(afield__ring_each(&ring, count_visit, &count) == 1 && count == 2);
}

static void a_ring_is_opened_once(void)
{
	static long_ring ring;

	long_ring_fini(&ring);
	TEST_CHECK(long_ring_open(&ring, 0) == -EINVAL);
	TEST_CHECK(long_ring_open(&ring, (size_t)AFIELD_RING_CAPACITY_MAX + 1) == -EINVAL);
	TEST_CHECK(long_ring_capacity(&ring) == 1000);
	TEST_CHECK(long_ring_open(&ring, 2) == 0);
	TEST_CHECK(long_ring_open(&ring, 2) == -EEXIST);
	TEST_CHECK(long_ring_capacity(&ring) == 2);
	long_ring_fini(&ring);
	TEST_CHECK(long_ring_push(&ring, 7) == 0);
	TEST_CHECK(long_ring_open(&ring, 2) == -EEXIST);
	TEST_CHECK(long_ring_capacity(&ring) == 1000 && long_ring_count(&ring) == 1);
	long_ring_fini(&ring);
	TEST_CHECK(long_ring_count(&ring) == 0);
}

static void what_is_left_is_given_back(void)
{
	static payload_ring ring;
	char *payload;

	for (int i = 0; i < 4; i++)
		TEST_CHECK(payload_ring_push(&ring, (char *)malloc(8)) == 0);
	TEST_CHECK(payload_ring_pop(&ring, &payload));
	free(payload);
	payload_ring_clear(&ring);
	TEST_CHECK(frees == 3 && payload_ring_count(&ring) == 0);
	TEST_CHECK(payload_ring_push(&ring, (char *)malloc(8)) == 0);
	payload_ring_fini(&ring);
	TEST_CHECK(frees == 4);
	payload_ring_fini(&ring);
	TEST_CHECK(frees == 4);
}

static void waits_run_out(void)
{
	static job_ring jobs;
	struct timespec deadline;
	struct job job;

	TEST_CHECK(job_ring_pop_wait(&jobs, &job, afield_deadline(0.02, &deadline)) == -ETIMEDOUT);
	TEST_CHECK(test_has_passed(&deadline));
	for (int i = 0; i < 3; i++)
		TEST_CHECK(job_ring_push_wait(&jobs, job_of(i), NULL) == 0);
	TEST_CHECK(job_ring_push_wait(&jobs, job_of(3), afield_deadline(0.02, &deadline)) ==
		   -ETIMEDOUT);
	TEST_CHECK(job_ring_pop_wait(&jobs, &job, NULL) == 0 && job.number == 0);
	job_ring_fini(&jobs);
}

static int call(const struct afield_type *type, void *field, const char *name, void *result,
		const void *first, const void *second)
{
	const void *arguments[2] = {first, second};

	return table_verb(type, name)->call(type, field, result, arguments);
}

static void the_table_does_the_same(void)
{
	static job_ring jobs;
	const struct afield_type *type = job_ring_type();
	struct job job = job_of(5), seen;
	double at_once = 0, soon = 0.01, for_ever = -1;
	uint64_t number = 9;
	bool is_so = false;

	TEST_CHECK(type->value_type.type_code == AFIELD_STRUCT &&
		   type->value_type.record == &job_record);
	TEST_CHECK(call(type, &jobs, "get", &seen, &soon, NULL) == -ENODATA);
	TEST_CHECK(call(type, &jobs, "empty", &is_so, NULL, NULL) == 0 && is_so);
	TEST_CHECK(call(type, &jobs, "put", NULL, &job, &for_ever) == 0);
	TEST_CHECK(call(type, &jobs, "push", NULL, &job, NULL) == 0);
	TEST_CHECK(call(type, &jobs, "put_nowait", NULL, &job, NULL) == 0);
	TEST_CHECK(call(type, &jobs, "put", NULL, &job, &soon) == -ENOSPC);
	TEST_CHECK(call(type, &jobs, "put", NULL, &job, &at_once) == -ENOSPC);
	TEST_CHECK(call(type, &jobs, "full", &is_so, NULL, NULL) == 0 && is_so);
	TEST_CHECK(call(type, &jobs, "empty", &is_so, NULL, NULL) == 0 && !is_so);
	TEST_CHECK(call(type, &jobs, "maxsize", &number, NULL, NULL) == 0 && number == 3);
	TEST_CHECK(call(type, &jobs, "get", &seen, &for_ever, NULL) == 0 && seen.number == 5);
	TEST_CHECK(call(type, &jobs, "get_nowait", &seen, NULL, NULL) == 0 && seen.kind == -5);
	TEST_CHECK(call(type, &jobs, "qsize", &number, NULL, NULL) == 0 && number == 1);
	TEST_CHECK(type->binding->view->count(type, &jobs) == 1);
	type->binding->clear(type, &jobs);
	TEST_CHECK(call(type, &jobs, "pop", &seen, NULL, NULL) == -ENODATA);
	type->fini(type, &jobs);
	type->fini(type, &jobs);
}

#define OFFICE(field)             \
	field(job_ring, incoming) \
	field(long_ring, outgoing)
AFIELD_CLASS(office, OFFICE);

static void a_class_has_rings(void)
{
	static office it;

	TEST_CHECK(job_ring_push(&it.incoming, job_of(1)) == 0);
	TEST_CHECK(long_ring_push(&it.outgoing, 1) == 0);
	office_fini(&it);
	TEST_CHECK(job_ring_count(&it.incoming) == 0);
}

/* A fork in the middle of what others do leaves the child a ring that works, and its elements. */
static int is_forked; /* __atomic */
static long_ring shared;
static int drain_and_fill(void *unused)
{
	size_t count = long_ring_count(&shared);
	int64_t value;

	(void)unused;
	TEST_CHECK(count >= 1 && count <= 5);
	for (; count > 0; count--)
		TEST_CHECK(long_ring_pop(&shared, &value));
	TEST_CHECK(!long_ring_pop(&shared, &value));
	for (int64_t i = 0; i < 1000; i++)
		TEST_CHECK(long_ring_push(&shared, i) == 0);
	TEST_CHECK(long_ring_push(&shared, 0) == -ENOSPC);
	return 0;
}

static void push_and_pop(void *unused, int index)
{
	int64_t value;

	(void)unused;
	if (index == 0) {
		for (int i = 0; i < 20; i++)
			TEST_CHECK(child_finds(drain_and_fill, NULL));
		__atomic_store_n(&is_forked, 1, __ATOMIC_RELEASE);
		return;
	}
	while (!__atomic_load_n(&is_forked, __ATOMIC_ACQUIRE)) {
		TEST_CHECK(long_ring_push(&shared, index) == 0);
		TEST_CHECK(long_ring_pop(&shared, &value));
	}
}

static void a_fork_leaves_it_in_order(void)
{
	int64_t value;

	TEST_CHECK(long_ring_push(&shared, 7) == 0);
	test_threads(3, push_and_pop, NULL);
	TEST_CHECK(long_ring_pop(&shared, &value));
	TEST_CHECK(long_ring_count(&shared) == 0);
	long_ring_fini(&shared);
}

int main(void)
{
	TEST_RUN(the_example_of_the_header);
	TEST_RUN(every_slot_can_be_used);
	TEST_RUN(numbers_wrap);
	TEST_RUN(elements_have_any_size);
	TEST_RUN(a_walk_ends_at_the_last_slot);
	TEST_RUN(a_ring_is_opened_once);
	TEST_RUN(what_is_left_is_given_back);
	TEST_RUN(waits_run_out);
	TEST_RUN(the_table_does_the_same);
	TEST_RUN(a_class_has_rings);
	TEST_RUN(a_fork_leaves_it_in_order);
	return test_done();
}
