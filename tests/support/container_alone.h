/* SPDX-License-Identifier: MIT */
/*
 * container_alone: what one thread sees of a container (container.h) whatever its order: a fresh
 * field is bytes of zero, what is inside ends with it, a burst is given back, and the table does
 * what the functions do. A kind has its order, and what else it can. `jobs` are containers of
 * records, `payloads` of structs that own something.
 *
 *	container_run(CONTAINER_FIRST_FIRST);
 *	TEST_RUN(values_leave_as_they_came);
 *	return container_done();
 *
 * Synchronization: one thread.
 */
#ifndef AFIELD_TESTS_CONTAINER_ALONE_H
#define AFIELD_TESTS_CONTAINER_ALONE_H

#include <afield/reclaim.h>
#include <afield/record.h>

#include "container.h"
#include "table.h"
#include "test.h"

#include <errno.h>

enum { CONTAINER_BURST = 10000 };

/* Which value comes out first: what container_run is given. */
static enum container_order { CONTAINER_FIRST_FIRST, CONTAINER_LAST_FIRST } container_order;

#define JOB(member) member(int64_t, id) member(double, cost)
AFIELD_RECORD(job, JOB);
CONTAINER_OF(jobs, struct job);

struct payload {
	char *text; /* its own */
};
static long payloads_freed;
static void payload_free(struct payload *payload)
{
	free(payload->text);
	payloads_freed++;
}
CONTAINER_OF(payloads, struct payload, payload_free);

static inline struct payload payload_write(const char *text)
{
	struct payload payload = {strdup(text)};

	return payload;
}

static inline bool container_is_zero(const numbers *container)
{
	numbers zero;

	memset(&zero, 0, sizeof(zero));
	return memcmp(container, &zero, sizeof(zero)) == 0;
}

static inline void container_is_fresh_when_zero(void)
{
	numbers container;
	int64_t value = 7;

	memset(&container, 0, sizeof(container));
	TEST_CHECK(numbers_is_empty(&container));
	TEST_CHECK(numbers_count(&container) == 0);
	TEST_CHECK(!numbers_pop(&container, &value) && value == 7);
	numbers_fini(&container);
	TEST_CHECK(container_is_zero(&container));
	TEST_CHECK(AFIELD__ALIGNOF(numbers) <= 16);
}

/* Puts 0 to `count` - 1 into a fresh container. */
static inline void container_fill(numbers *container, int64_t count)
{
	memset(container, 0, sizeof(*container));
	for (int64_t i = 0; i < count; i++) {
		TEST_CHECK(numbers_push(container, i) == 0);
		TEST_CHECK(numbers_count(container) == (size_t)i + 1);
		TEST_CHECK(!numbers_is_empty(container));
	}
}

/* One that has become empty is used again, before its end and after it. */
static inline void container_begins_again(numbers *container)
{
	int64_t value = -1;

	TEST_CHECK(numbers_is_empty(container));
	TEST_CHECK(numbers_push(container, 5) == 0 && numbers_pop(container, &value) && value == 5);
	numbers_fini(container);
	TEST_CHECK(container_is_zero(container));
	TEST_CHECK(numbers_push(container, 6) == 0 && numbers_count(container) == 1);
	numbers_fini(container);
}

static inline void container_carries_structs(void)
{
	bool is_last_first = container_order == CONTAINER_LAST_FIRST;
	struct job job = {1, 2.5}, seen = {0, 0};
	jobs container;

	memset(&container, 0, sizeof(container));
	TEST_CHECK(jobs_push(&container, job) == 0);
	job.id = 2;
	TEST_CHECK(jobs_push(&container, job) == 0);
	TEST_CHECK(jobs_pop(&container, &seen) && seen.id == 1 + is_last_first && seen.cost == 2.5);
	TEST_CHECK(jobs_pop(&container, &seen) && seen.id == 2 - is_last_first);
	for (size_t i = 1; i <= 100; i++)
		TEST_CHECK(jobs_push(&container, job) == 0 && jobs_count(&container) == i);
	for (size_t i = 100; i > 0; i--)
		TEST_CHECK(jobs_count(&container) == i && jobs_pop(&container, &seen));
	jobs_fini(&container);
}

static inline void container_ends_what_is_inside(void)
{
	payloads container;
	struct payload payload = {NULL};

	memset(&container, 0, sizeof(container));
	payloads_freed = 0;
	for (int i = 0; i < 5; i++)
		TEST_CHECK(payloads_push(&container, payload_write("a payload")) == 0);
	TEST_CHECK(payloads_pop(&container, &payload) && strcmp(payload.text, "a payload") == 0);
	payload_free(&payload);
	TEST_CHECK(payloads_freed == 1);
	payloads_fini(&container);
	TEST_CHECK(payloads_freed == 5);
	payloads_fini(&container);
	TEST_CHECK(payloads_freed == 5);
	for (int i = 0; i < 3; i++)
		TEST_CHECK(payloads_push(&container, payload_write("a payload")) == 0);
	payloads_clear(&container);
	TEST_CHECK(payloads_freed == 8 && payloads_is_empty(&container));
	payloads_fini(&container);
	TEST_CHECK(payloads_freed == 8);
}

/* What is popped is retired, and gone after the barrier; payloads.h counts the bytes. */
static inline void container_gives_a_burst_back(void)
{
	bool is_last_first = container_order == CONTAINER_LAST_FIRST;
	numbers container;
	int64_t value;

	memset(&container, 0, sizeof(container));
	for (int64_t i = 0; i < CONTAINER_BURST; i++)
		TEST_CHECK(numbers_push(&container, i) == 0);
	afield_read_lock(); /* meanwhile nothing is reclaimed */
	for (int64_t i = 0; i < CONTAINER_BURST; i++)
		TEST_CHECK(numbers_pop(&container, &value) &&
			   value == (is_last_first ? CONTAINER_BURST - 1 - i : i));
	TEST_CHECK(afield_backlog() > 0);
	afield_read_unlock();
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
	numbers_fini(&container);
}

static inline void container_table_does_the_same(void)
{
	const struct afield_type *type = numbers_type();
	numbers container;
	int64_t value = 11, seen = 0;
	uint64_t count = 9;
	bool is_empty = false;
	const void *arguments[2] = {&value, NULL};

	memset(&container, 0, sizeof(container));
	TEST_CHECK(strcmp(type->name, "numbers") == 0 && strcmp(type->kind, CONTAINER_NAME) == 0);
	TEST_CHECK(type->size == sizeof(numbers) && type->value_type.type_code == AFIELD_I64);
	TEST_CHECK(!type->load && !type->store);
	TEST_CHECK(jobs_type()->value_type.type_code == AFIELD_STRUCT &&
		   jobs_type()->value_type.record == &job_record);
	TEST_CHECK(payloads_type()->value_type.size == sizeof(struct payload));
	TEST_CHECK(table_verb(type, "pop")->call(type, &container, &seen, NULL) == -ENODATA);
	TEST_CHECK(table_verb(type, "is_empty")->call(type, &container, &is_empty, NULL) == 0);
	TEST_CHECK(is_empty);
	TEST_CHECK(table_verb(type, "push")->call(type, &container, NULL, arguments) == 0);
	TEST_CHECK(table_verb(type, "count")->call(type, &container, &count, NULL) == 0 &&
		   count == 1);
	TEST_CHECK(table_verb(type, "is_empty")->call(type, &container, &is_empty, NULL) == 0);
	TEST_CHECK(!is_empty);
	TEST_CHECK(table_verb(type, "pop")->call(type, &container, &seen, NULL) == 0 && seen == 11);
	TEST_CHECK(table_verb(type, "push")->call(type, &container, NULL, arguments) == 0);
	type->fini(type, &container);
	TEST_CHECK(container_is_zero(&container));
}

static inline void container_run(enum container_order order)
{
	container_order = order;
	TEST_RUN(container_is_fresh_when_zero);
	TEST_RUN(container_carries_structs);
	TEST_RUN(container_ends_what_is_inside);
	TEST_RUN(container_table_does_the_same);
	TEST_RUN(container_gives_a_burst_back);
}

#endif
