/* SPDX-License-Identifier: MIT */
/*
 * lock_alone: what one thread sees of a field with a lock (lock.h): bytes of zero are a fresh one,
 * blocks have its value, values come and go by the functions and by the table, fini frees what the
 * value owns; and what the child of a fork finds while another thread has the field. A kind has
 * what it refuses, the ways out of its blocks, and what else it can. `handle_field` has a value
 * that owns something.
 *
 *	lock_run(0);
 *	lock_run_child(look);       // look as child.h says
 *
 * Synchronization: one thread.
 */
#ifndef AFIELD_TESTS_LOCK_ALONE_H
#define AFIELD_TESTS_LOCK_ALONE_H

#include <afield/class.h>

#include "child.h"
#include "lock.h"

#include <errno.h>

struct handle {
	int *target; /* its own */
	int number;
};
static int frees;
static void handle_free(struct handle *handle)
{
	frees++;
	free(handle->target);
}
LOCK_OF(handle_field, struct handle, handle_free);
LOCK_OF(number_field, short);

static inline void lock_is_fresh_when_zero(void)
{
	static pair_field fresh;
	pair_field field;
	struct pair value = pair_of(7, 7);

	memset(&field, 0, sizeof(field));
	TEST_CHECK(memcmp(&fresh, &field, sizeof(fresh)) == 0);
	TEST_CHECK(pair_field_load(&field, &value) == 0);
	TEST_CHECK(value.low == 0 && value.high == 0);
	memset(&field, 0, sizeof(field));
	pair_field_type()->fini(pair_field_type(), &field);
	TEST_CHECK(memcmp(&fresh, &field, sizeof(fresh)) == 0);
}

/* Words that wait leave numbers behind, and so does the lock in a child. */
static inline void lock_ends_as_fresh(void)
{
	static pair_field fresh;
	pair_field field;

	memset(&field, 0, sizeof(field));
	memset(&field, 0x11, offsetof(pair_field, value));
	pair_field_type()->fini(pair_field_type(), &field);
	TEST_CHECK(memcmp(&fresh, &field, sizeof(fresh)) == 0);
}

static inline void lock_blocks_have_the_value(void)
{
	static pair_field field;
	int64_t seen = 0;
	int rounds = 0;

	LOCK_WRITING(pair_field, pair, &field)
	{
		pair->low += 1;
		rounds++;
	}
	LOCK_READING(pair_field, pair, &field)
	{
		seen = pair->low;
		rounds++;
	}
	TEST_CHECK(rounds == 2);
	TEST_CHECK(seen == 1 && field.value.low == 1);
}

/* For update: adds *by to low, and says whether that is below 10. */
static inline bool pair_advance(struct pair *pair, void *by)
{
	pair->low += *(int64_t *)by;
	return pair->low < 10;
}

static inline void lock_values_come_and_go(void)
{
	pair_field field;
	struct pair value = pair_of(4, 40);
	int64_t by = 3;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(pair_field_store(&field, pair_of(2, 20)) == 0);
	TEST_CHECK(pair_field_exchange(&field, &value) == 0);
	TEST_CHECK(value.low == 2 && value.high == 20);
	TEST_CHECK(pair_field_update(&field, pair_advance, &by) == 1);
	TEST_CHECK(pair_field_update(&field, pair_advance, &by) == 0);
	TEST_CHECK(pair_field_load(&field, &value) == 0);
	TEST_CHECK(value.low == 10 && value.high == 40);
}

static size_t lock_verbs; /* that the table has beside exchange: what lock_run is given */
static inline void lock_table_does_the_same(void)
{
	const struct afield_type *type = pair_field_type();
	pair_field field;
	struct pair value = pair_of(5, 6), before = pair_of(0, 0);
	const void *arguments[1] = {&value};

	memset(&field, 0, sizeof(field));
	TEST_CHECK(strcmp(type->kind, LOCK_NAME) == 0 && type->size == sizeof(field));
	TEST_CHECK(type->value_type.type_code == AFIELD_STRUCT &&
		   type->value_type.size == sizeof(value));
	TEST_CHECK(type->store(type, &field, &value) == 0);
	value.high = 7;
	TEST_CHECK(type->verb_count == 1 + lock_verbs);
	TEST_CHECK(type->verbs[0].call(type, &field, &before, arguments) == 0);
	TEST_CHECK(before.low == 5 && before.high == 6);
	TEST_CHECK(type->load(type, &field, &before) == 0 && before.high == 7);
	TEST_CHECK(handle_field_type()->load == NULL && handle_field_type()->store == NULL);
	TEST_CHECK(handle_field_type()->verb_count == lock_verbs);
	TEST_CHECK(number_field_type()->value_type.type_code == AFIELD_I16);
}

/* A table whose locks, when they end, note how far the copy that they are for has come. */
static struct {
	const pair_field *shared;
	const struct pair *copy;
	struct pair inside, outside;
	int ends;
} lock_watch;

static inline void lock_watched_end(const struct afield_type *type, void *field)
{
	const struct afield_host_binding *real = pair_field_type()->binding;

	lock_watch.inside = lock_watch.shared->value;
	lock_watch.outside = *lock_watch.copy;
	lock_watch.ends++;
	real->lock_modes[real->lock_mode_count - 1].end(type, field);
}

static inline void lock_table_copies_inside(void)
{
	const struct afield_host_binding *real = pair_field_type()->binding;
	struct afield_lock_mode for_writing = real->lock_modes[real->lock_mode_count - 1];
	struct afield_host_binding binding = *real;
	struct afield_type type = *pair_field_type();
	static pair_field field;
	struct pair value = pair_of(5, 6), before = pair_of(0, 0);
	const void *arguments[1] = {&value};

	for_writing.end = lock_watched_end;
	binding.lock_modes = &for_writing; /* for reading, too */
	binding.lock_mode_count = 1;
	type.binding = &binding;
	lock_watch.shared = &field;
	lock_watch.copy = &before;
	TEST_CHECK(type.store(&type, &field, &value) == 0 && lock_watch.inside.high == 6);
	TEST_CHECK(type.load(&type, &field, &before) == 0 && lock_watch.outside.high == 6);
	value.high = 7;
	TEST_CHECK(type.verbs[0].call(&type, &field, &before, arguments) == 0);
	TEST_CHECK(lock_watch.inside.high == 7 && lock_watch.outside.high == 6);
	TEST_CHECK(lock_watch.ends == 3);
}

#define OWNER(field)                \
	field(handle_field, handle) \
	field(pair_field, pair)
AFIELD_CLASS(owner, OWNER);

static inline void lock_frees_what_is_owned(void)
{
	owner object;

	memset(&object, 0, sizeof(object));
	frees = 0;
	owner_fini(&object);
	TEST_CHECK(frees == 0); /* a fresh field owns nothing */
	LOCK_WRITING(handle_field, handle, &object.handle)
	{
		handle->target = (int *)malloc(sizeof(int));
		handle->number = 2;
	}
	owner_fini(&object);
	TEST_CHECK(frees == 1);
	owner_fini(&object);
	TEST_CHECK(frees == 1);
}

static inline void lock_run(size_t verbs)
{
	lock_verbs = verbs;
	TEST_RUN(lock_is_fresh_when_zero);
	TEST_RUN(lock_ends_as_fresh);
	TEST_RUN(lock_blocks_have_the_value);
	TEST_RUN(lock_values_come_and_go);
	TEST_RUN(lock_table_does_the_same);
	TEST_RUN(lock_table_copies_inside);
	TEST_RUN(lock_frees_what_is_owned);
}

static inline void *lock_hold_for_child(void *field)
{
	LOCK_WRITING(pair_field, pair, (pair_field *)field)
	{
		pair->low = 1;
		child_hold();
	}
	return NULL;
}

/* look(theirs) in a child, which does not have the thread that holds *theirs. */
static inline void lock_child_finds(int (*look)(void *theirs), pair_field *theirs)
{
	TEST_CHECK(child_finds_beside(lock_hold_for_child, look, theirs));
	TEST_CHECK(pair_field_store(theirs, pair_of(2, 2)) == 0); /* here it was given back */
}

static int (*lock_look)(void *theirs); /* what lock_run_child is given */
static inline void a_child_does_not_wait_for_the_dead(void)
{
	static pair_field theirs;

	lock_child_finds(lock_look, &theirs);
}

static inline void lock_run_child(int (*look)(void *theirs))
{
	lock_look = look;
	TEST_RUN(a_child_does_not_wait_for_the_dead);
}

#ifdef __cplusplus
/* A kind with two locks: each guard unlocks, and is empty where the lock is refused. */
template <typename Write, typename Read> void lock_guards_unlock(void)
{
	static pair_field field;

	{
		Write pair(field);
		pair->low = 8;
		Read again(field);
		TEST_CHECK(pair && !again);
	}
	{
		Read pair(field), again(field);
		TEST_CHECK(pair && again && again->low == 8);
		Write alone(field);
		TEST_CHECK(!alone);
	}
	TEST_CHECK(pair_field_store(&field, pair_of(1, 1)) == 0);
}
#endif

#endif
