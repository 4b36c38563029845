/* SPDX-License-Identifier: MIT */
/*
 * locked in one thread: the lock and what it protects, through the typed functions, the scope and
 * the table; and what the child of a fork finds.
 */
#include <afield/class.h>
#include <afield/locked.h>
#include <afield/record.h>

#include "child.h"

#include <errno.h>

#define STREAM(member) member(int64_t, position) member(int64_t, end)
AFIELD_RECORD(stream, STREAM);
AFIELD_TYPE(stream_locked, locked, struct stream);

struct handle {
	int *target;
	int number;
};
static int frees;
static void handle_free(struct handle *handle)
{
	frees++;
	free(handle->target);
}
AFIELD_TYPE(handle_locked, locked, struct handle, handle_free);
AFIELD_TYPE(number_locked, locked, short);

static struct stream make(int64_t position, int64_t end)
{
	struct stream stream = {position, end};

	return stream;
}

static void zero_is_fresh(void)
{
	static struct afield__locked fresh;
	stream_locked field;
	struct stream value = make(7, 7);

	memset(&field, 0, sizeof(field));
	TEST_CHECK(stream_locked_load(&field, &value) == 0);
	TEST_CHECK(value.position == 0 && value.end == 0);
	memset(&field, 0, sizeof(field));
	stream_locked_type()->fini(stream_locked_type(), &field);
	TEST_CHECK(memcmp(&fresh, &field.lock, sizeof(fresh)) == 0);
}

static void the_example_of_the_header(void)
{
	static stream_locked field;
	int rounds = 0;

	AFIELD_LOCKED(stream_locked, stream, &field)
	{
		stream->position += 1;
		rounds++;
	}
	TEST_CHECK(rounds == 1);
	TEST_CHECK(field.value.position == 1);
}

static int leave_by_return(stream_locked *field)
{
	AFIELD_LOCKED(stream_locked, stream, field)
	{
		stream->end = 3;
		TEST_CHECK(stream_locked_is_mine(field));
		return 1;
	}
	return 0;
}

static void every_way_out_unlocks(void)
{
	stream_locked field;
	int turns = 0;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(leave_by_return(&field) == 1);
	TEST_CHECK(!stream_locked_is_mine(&field));
	for (int i = 0; i < 3; i++)
		AFIELD_LOCKED(stream_locked, stream, &field)
		{
			turns++;
			if (i == 1)
				break;
			stream->end++;
		}
	TEST_CHECK(turns == 3); /* break leaves the block, not the loop around it */
	TEST_CHECK(stream_locked_try_lock(&field) != NULL);
	TEST_CHECK(field.value.end == 5);
	stream_locked_unlock(&field);
}

static bool advance(struct stream *stream, void *argument)
{
	stream->position += *(int64_t *)argument;
	return stream->position < 10;
}

static void values_come_and_go(void)
{
	stream_locked field;
	struct stream value = make(4, 40);
	int64_t step = 3;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(stream_locked_store(&field, make(2, 20)) == 0);
	TEST_CHECK(stream_locked_exchange(&field, &value) == 0);
	TEST_CHECK(value.position == 2 && value.end == 20);
	TEST_CHECK(stream_locked_update(&field, advance, &step) == 1);
	TEST_CHECK(stream_locked_update(&field, advance, &step) == 0);
	TEST_CHECK(stream_locked_load(&field, &value) == 0);
	TEST_CHECK(value.position == 10 && value.end == 40);
}

/* A thread that comes back to its lock is told so, in every way that there is. */
static void a_second_lock_is_reported(void)
{
	const struct afield_type *type = stream_locked_type();
	stream_locked field;
	struct stream value = make(1, 1), other = make(2, 2);
	int64_t step = 1;
	const void *arguments[1] = {&value};
	int turns = 0;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(stream_locked_lock(&field) == &field.value);
	TEST_CHECK(stream_locked_lock(&field) == NULL);
	TEST_CHECK(stream_locked_try_lock(&field) == NULL);
	TEST_CHECK(stream_locked_load(&field, &value) == -EDEADLK);
	TEST_CHECK(stream_locked_store(&field, value) == -EDEADLK);
	TEST_CHECK(stream_locked_exchange(&field, &value) == -EDEADLK);
	TEST_CHECK(stream_locked_update(&field, advance, &step) == -EDEADLK);
	TEST_CHECK(type->load(type, &field, &other) == -EDEADLK);
	TEST_CHECK(type->store(type, &field, &other) == -EDEADLK);
	TEST_CHECK(type->verbs[0].call(type, &field, &other, arguments) == -EDEADLK);
	AFIELD_LOCKED(stream_locked, stream, &field)
	turns++;
	TEST_CHECK(turns == 0);
	TEST_CHECK(value.position == 1 && other.position == 2 && field.value.position == 0);
	stream_locked_unlock(&field);
	TEST_CHECK(stream_locked_load(&field, &value) == 0);
}

static void tables_read_and_write(void)
{
	const struct afield_type *type = stream_locked_type();
	stream_locked field;
	struct stream value = make(5, 6), before = make(0, 0);
	const void *arguments[1] = {&value};

	memset(&field, 0, sizeof(field));
	TEST_CHECK(strcmp(type->kind, "locked") == 0 && type->size == sizeof(field));
	TEST_CHECK(type->value_type.type_code == AFIELD_STRUCT &&
		   type->value_type.size == sizeof(value));
	TEST_CHECK(type->store(type, &field, &value) == 0);
	value.end = 7;
	TEST_CHECK(type->verb_count == 1);
	TEST_CHECK(type->verbs[0].call(type, &field, &before, arguments) == 0);
	TEST_CHECK(before.end == 6);
	TEST_CHECK(type->load(type, &field, &before) == 0 && before.end == 7);
	TEST_CHECK(number_locked_type()->value_type.type_code == AFIELD_I16);
}

#define OWNER(field)                 \
	field(handle_locked, handle) \
	field(stream_locked, stream)
AFIELD_CLASS(owner, OWNER);

static void fini_frees_what_is_owned(void)
{
	owner object;

	memset(&object, 0, sizeof(object));
	frees = 0;
	owner_fini(&object);
	TEST_CHECK(frees == 0); /* a fresh field owns nothing */
	AFIELD_LOCKED(handle_locked, handle, &object.handle)
	{
		handle->target = (int *)malloc(sizeof(int));
		handle->number = 2;
	}
	TEST_CHECK(handle_locked_type()->load == NULL && handle_locked_type()->store == NULL);
	TEST_CHECK(handle_locked_type()->verb_count == 0);
	owner_fini(&object);
	TEST_CHECK(frees == 1);
	owner_fini(&object);
	TEST_CHECK(frees == 1);
}

/* A value with a reference in it: what the collector of a host asks for. */
static int visits;
static int handle_visit(struct handle *handle, int (*visit)(void *object, void *argument),
			void *argument)
{
	return handle->target ? visit(handle->target, argument) : 0;
}
static int count_visit(void *object, void *argument)
{
	TEST_CHECK(object != NULL);
	visits++;
	return *(int *)argument;
}
static void handle_free_outside(struct handle *handle);
AFIELD_TYPE(seen_locked, locked, struct handle, handle_free_outside, handle_visit);

static seen_locked seen;
static void handle_free_outside(struct handle *handle)
{
	TEST_CHECK(seen_locked_try_lock(&seen) == &seen.value); /* it may run any code */
	TEST_CHECK(seen.value.target == NULL && seen.value.number == 0);
	seen_locked_unlock(&seen);
	handle_free(handle);
}

static void collectors_look_in_and_never_wait(void)
{
	const struct afield_type *type = seen_locked_type();
	const struct afield_host_binding *binding = type->binding;
	int result = 0;

	visits = frees = 0;
	TEST_CHECK(binding->traverse(type, &seen, count_visit, &result) == 0 && visits == 0);
	AFIELD_LOCKED(seen_locked, handle, &seen)
	{
		handle->target = (int *)malloc(sizeof(int));
		/* Looking takes no lock: the same is seen whoever has it. */
		TEST_CHECK(binding->traverse(type, &seen, count_visit, &result) == 0);
		binding->clear(type, &seen);
		TEST_CHECK(visits == 1 && frees == 0 && handle->target != NULL);
	}
	result = 5;
	TEST_CHECK(binding->traverse(type, &seen, count_visit, &result) == 5 && visits == 2);
	binding->clear(type, &seen);
	TEST_CHECK(frees == 1 && seen.value.target == NULL);
	binding->clear(type, &seen);
	TEST_CHECK(frees == 1);
	TEST_CHECK(seen_locked_try_lock(&seen) != NULL);
	seen_locked_unlock(&seen);
	/* A value without such references is none of the collector's business. */
	{
		stream_locked plain;

		memset(&plain, 0, sizeof(plain));
		TEST_CHECK(stream_locked_store(&plain, make(1, 1)) == 0);
		type = stream_locked_type();
		TEST_CHECK(type->binding->traverse(type, &plain, count_visit, &result) == 0);
		type->binding->clear(type, &plain);
		TEST_CHECK(plain.value.end == 1);
	}
}

struct pair {
	stream_locked theirs, mine;
};

static int look_in_child(void *argument)
{
	struct pair *pair = (struct pair *)argument;
	struct stream value = make(0, 0);

	if (stream_locked_load(&pair->theirs, &value) != -EOWNERDEAD)
		return 1;
	if (stream_locked_lock(&pair->theirs) || stream_locked_try_lock(&pair->theirs))
		return 2;
	if (stream_locked_load(&pair->mine, &value) != -EDEADLK) /* this thread came along */
		return 3;
	stream_locked_unlock(&pair->mine);
	if (stream_locked_load(&pair->mine, &value) != 0 || value.position != 9)
		return 4;
	return 0;
}

static void *hold(void *argument)
{
	AFIELD_LOCKED(stream_locked, stream, &((struct pair *)argument)->theirs)
	{
		stream->position = 1;
		child_hold();
	}
	return NULL;
}

static void a_child_does_not_wait_for_the_dead(void)
{
	struct pair pair;

	memset(&pair, 0, sizeof(pair));
	stream_locked_store(&pair.mine, make(9, 9));
	stream_locked_lock(&pair.mine);
	TEST_CHECK(child_finds_beside(hold, look_in_child, &pair));
	stream_locked_unlock(&pair.mine);
	TEST_CHECK(stream_locked_lock(&pair.theirs) != NULL); /* here it was given back */
	stream_locked_unlock(&pair.theirs);
}

#ifdef __cplusplus
static void guards_unlock(void)
{
	static stream_locked field;

	{
		stream_locked_guard stream(field);
		stream_locked_guard again(field);
		TEST_CHECK(stream && !again);
		stream->position = 8;
		(*stream).end = 9;
	}
	TEST_CHECK(!stream_locked_is_mine(&field));
	TEST_CHECK(field.value.position == 8 && field.value.end == 9);
	try {
		stream_locked_guard stream(field);
		throw 1;
	} catch (int) {
		TEST_CHECK(!stream_locked_is_mine(&field));
	}
	try {
		AFIELD_LOCKED(stream_locked, stream, &field)
		throw 1;
	} catch (int) {
		TEST_CHECK(!stream_locked_is_mine(&field));
	}
}
#endif

int main(void)
{
	TEST_RUN(zero_is_fresh);
	TEST_RUN(the_example_of_the_header);
	TEST_RUN(every_way_out_unlocks);
	TEST_RUN(values_come_and_go);
	TEST_RUN(a_second_lock_is_reported);
	TEST_RUN(tables_read_and_write);
	TEST_RUN(fini_frees_what_is_owned);
	TEST_RUN(collectors_look_in_and_never_wait);
	TEST_RUN(a_child_does_not_wait_for_the_dead);
#ifdef __cplusplus
	TEST_RUN(guards_unlock);
#endif
	return test_done();
}
