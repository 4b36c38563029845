/* SPDX-License-Identifier: MIT */
/*
 * lock_alone: what one thread sees of a field with a lock (lock.h): bytes of zero are a fresh one,
 * blocks have its value, values come and go by the functions and by the table, fini frees what the
 * value owns; and what the child of a fork finds while another thread has the field. A kind has
 * what it refuses, the ways out of its blocks, and what else it can. `handle_field` has a value
 * that owns something.
 *
 *	TEST_RUN(lock_is_fresh_when_zero);
 *	TEST_RUN(lock_blocks_have_the_value);
 *	TEST_RUN(lock_values_come_and_go);
 *	TEST_RUN(lock_frees_what_is_owned);
 *	lock_table_does_the_same("rwlocked", 0);
 *	lock_child_finds(look, &field);          // look as child.h says
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

/* Beside exchange, the table has `others` verbs. */
static inline void lock_table_does_the_same(const char *kind, size_t others)
{
	const struct afield_type *type = pair_field_type();
	pair_field field;
	struct pair value = pair_of(5, 6), before = pair_of(0, 0);
	const void *arguments[1] = {&value};

	memset(&field, 0, sizeof(field));
	TEST_CHECK(strcmp(type->kind, kind) == 0 && type->size == sizeof(field));
	TEST_CHECK(type->value_type.type_code == AFIELD_STRUCT &&
		   type->value_type.size == sizeof(value));
	TEST_CHECK(type->store(type, &field, &value) == 0);
	value.high = 7;
	TEST_CHECK(type->verb_count == 1 + others);
	TEST_CHECK(type->verbs[0].call(type, &field, &before, arguments) == 0);
	TEST_CHECK(before.low == 5 && before.high == 6);
	TEST_CHECK(type->load(type, &field, &before) == 0 && before.high == 7);
	TEST_CHECK(handle_field_type()->load == NULL && handle_field_type()->store == NULL);
	TEST_CHECK(handle_field_type()->verb_count == others);
	TEST_CHECK(number_field_type()->value_type.type_code == AFIELD_I16);
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
