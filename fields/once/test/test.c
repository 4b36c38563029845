/* SPDX-License-Identifier: MIT */
/*
 * once in one thread: what each operation returns before and after there is a value, from inside
 * the making of it, and in the child of a fork.
 */
#include <afield/class.h>
#include <afield/once.h>
#include <afield/record.h>

#include "child.h"

#include <errno.h>

#define PATTERN(member) member(uint64_t, length) member(int64_t, tag)
AFIELD_RECORD(pattern, PATTERN);
AFIELD_TYPE(pattern_once, once, struct pattern);

struct handle {
	int number; /* 0 is one, too */
};
static int frees;
static void handle_free(struct handle *handle)
{
	(void)handle;
	frees++;
}
AFIELD_TYPE(handle_once, once, struct handle, handle_free);

static int compile(struct pattern *pattern, void *text)
{
	pattern->length = strlen((const char *)text);
	return pattern->length > 0 ? 0 : -EINVAL;
}

static char text[] = "a pattern", empty[] = "";

static void the_example_of_the_header(void)
{
	static pattern_once field;
	const struct pattern *pattern = NULL, *again = NULL;

	TEST_CHECK(pattern_once_get(&field) == NULL);
	TEST_CHECK(pattern_once_get_or_init(&field, compile, text, &pattern) == 0);
	TEST_CHECK(pattern->length == 9 && pattern_once_get(&field) == pattern);
	TEST_CHECK(pattern_once_get_or_init(&field, compile, empty, &again) == 0);
	TEST_CHECK(again == pattern && pattern->length == 9);
}

static int spoil(struct pattern *pattern, void *argument)
{
	TEST_CHECK(pattern->length == 0 && pattern->tag == 0);
	pattern->tag = 5;
	return *(int *)argument;
}

static void a_making_that_fails_leaves_it_empty(void)
{
	pattern_once field;
	const struct pattern *pattern = NULL;
	int error = -ENOMEM;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(pattern_once_get_or_init(&field, spoil, &error, &pattern) == -ENOMEM);
	TEST_CHECK(pattern == NULL && pattern_once_get(&field) == NULL);
	error = -EIO;
	TEST_CHECK(pattern_once_get_or_init(&field, spoil, &error, &pattern) == -EIO);
	TEST_CHECK(pattern_once_get_or_init(&field, compile, empty, &pattern) == -EINVAL);
	TEST_CHECK(pattern_once_get_or_init(&field, compile, text, &pattern) == 0);
	TEST_CHECK(pattern->length == 9 && pattern->tag == 0);
}

static void set_does_it_once(void)
{
	pattern_once field;
	struct pattern first = {1, 10}, second = {2, 20};
	const struct pattern *pattern = NULL;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(pattern_once_set(&field, first) == 0);
	TEST_CHECK(pattern_once_set(&field, second) == -EEXIST);
	TEST_CHECK(afield__once_begin(&field.once, &field.value, sizeof(field.value)) == 1);
	TEST_CHECK(pattern_once_get(&field)->tag == 10);
	TEST_CHECK(pattern_once_get_or_init(&field, compile, empty, &pattern) == 0);
	TEST_CHECK(pattern->tag == 10);
}

/* A thread that comes back from inside its own making is told so, in every way that there is. */
static int come_back(struct pattern *pattern, void *argument)
{
	pattern_once *once = (pattern_once *)argument;
	const struct afield_type *type = pattern_once_type();
	const struct pattern *inner = NULL;
	struct pattern value = {3, 3};

	alarm(20); /* instead of waiting for itself */
	TEST_CHECK(pattern_once_get(once) == NULL);
	TEST_CHECK(pattern_once_get_or_init(once, compile, text, &inner) == -EDEADLK);
	TEST_CHECK(pattern_once_set(once, value) == -EDEADLK);
	TEST_CHECK(type->store(type, once, &value) == -EDEADLK);
	TEST_CHECK(type->load(type, once, &value) == -ENODATA);
	TEST_CHECK(inner == NULL && value.tag == 3);
	alarm(0);
	pattern->tag = 8;
	return 0;
}

static void a_making_inside_itself_is_reported(void)
{
	pattern_once field;
	const struct pattern *pattern = NULL;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(pattern_once_get_or_init(&field, come_back, &field, &pattern) == 0);
	TEST_CHECK(pattern->tag == 8);
}

#define SAMPLE(field)                \
	field(pattern_once, pattern) \
	field(handle_once, handle)
AFIELD_CLASS(sample, SAMPLE);

static void tables_read_and_set(void)
{
	const struct afield_type *type = pattern_once_type();
	pattern_once field;
	struct pattern value = {4, 40}, seen = {0, 0};

	memset(&field, 0, sizeof(field));
	TEST_CHECK(strcmp(type->kind, "once") == 0 && type->size == sizeof(field));
	TEST_CHECK(type->value_type.type_code == AFIELD_STRUCT);
	TEST_CHECK(type->load(type, &field, &seen) == -ENODATA && seen.tag == 0);
	TEST_CHECK(type->store(type, &field, &value) == 0);
	value.tag = 41;
	TEST_CHECK(type->store(type, &field, &value) == -EEXIST);
	TEST_CHECK(type->load(type, &field, &seen) == 0 && seen.tag == 40);
	type->fini(type, &field);
	memset(&seen, 0, sizeof(seen));
	TEST_CHECK(memcmp(&field.value, &seen, sizeof(seen)) == 0);
	TEST_CHECK(type->load(type, &field, &seen) == -ENODATA);
}

/* The smallest value there is. */
AFIELD_TYPE(byte_once, once, uint8_t);
static int fail_with_a_byte(uint8_t *byte, void *unused)
{
	(void)unused;
	*byte = 3;
	return -EIO;
}
static void a_failure_leaves_no_byte(void)
{
	const uint8_t *byte = NULL;
	byte_once field;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(byte_once_get_or_init(&field, fail_with_a_byte, NULL, &byte) == -EIO);
	TEST_CHECK(field.value == 0 && !byte_once_get(&field));
}

static void fini_frees_what_is_set(void)
{
	struct handle handle = {0};
	sample object;

	memset(&object, 0, sizeof(object));
	frees = 0;
	sample_fini(&object);
	TEST_CHECK(frees == 0); /* a fresh field owns nothing */
	TEST_CHECK(handle_once_type()->load == NULL && handle_once_type()->store == NULL);
	TEST_CHECK(handle_once_set(&object.handle, handle) == 0);
	TEST_CHECK(handle_once_set(&object.handle, handle) == -EEXIST);
	sample_fini(&object);
	TEST_CHECK(frees == 1);
	TEST_CHECK(handle_once_get(&object.handle) == NULL);
	sample_fini(&object);
	TEST_CHECK(frees == 1);
}

/* Two fields that are being made when the process forks: one here, one by a thread that is lost. */
struct half_done {
	pattern_once mine, theirs;
};

static int make_slowly(struct pattern *pattern, void *unused)
{
	(void)unused;
	pattern->tag = 99;
	child_hold();
	return 0;
}

static void *make_theirs(void *argument)
{
	struct half_done *half = (struct half_done *)argument;
	const struct pattern *pattern = NULL;

	TEST_CHECK(pattern_once_get_or_init(&half->theirs, make_slowly, NULL, &pattern) == 0);
	TEST_CHECK(pattern->tag == 99);
	return NULL;
}

static int look_in_child(void *argument)
{
	struct half_done *half = (struct half_done *)argument;
	const struct pattern *pattern = NULL;
	int error = -EIO;

	/* This thread came along, and is inside its own making still. */
	if (pattern_once_get_or_init(&half->mine, compile, text, &pattern) != -EDEADLK)
		return 1;
	/* spoil checks that what the lost thread wrote is gone. */
	if (pattern_once_get_or_init(&half->theirs, spoil, &error, &pattern) != -EIO)
		return 2;
	if (pattern_once_get_or_init(&half->theirs, compile, text, &pattern) != 0)
		return 3;
	return pattern->length == 9 && pattern->tag == 0 ? 0 : 4;
}

static int fork_inside(struct pattern *pattern, void *half)
{
	TEST_CHECK(child_finds_beside(make_theirs, look_in_child, half));
	pattern->tag = 7;
	return 0;
}

static void a_child_does_not_wait_for_the_dead(void)
{
	struct half_done half;
	const struct pattern *pattern = NULL;

	memset(&half, 0, sizeof(half));
	TEST_CHECK(pattern_once_get_or_init(&half.mine, fork_inside, &half, &pattern) == 0);
	TEST_CHECK(pattern->tag == 7);
}

int main(void)
{
	TEST_RUN(the_example_of_the_header);
	TEST_RUN(a_making_that_fails_leaves_it_empty);
	TEST_RUN(set_does_it_once);
	TEST_RUN(a_making_inside_itself_is_reported);
	TEST_RUN(tables_read_and_set);
	TEST_RUN(a_failure_leaves_no_byte);
	TEST_RUN(fini_frees_what_is_set);
	TEST_RUN(a_child_does_not_wait_for_the_dead);
	return test_done();
}
