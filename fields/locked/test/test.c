/* SPDX-License-Identifier: MIT */
/*
 * locked in one thread: the lock and what it protects, through the typed functions, the scope and
 * the table; and what the child of a fork finds.
 */
#include <afield/locked.h>

#define LOCK_KIND locked
#define LOCK_WRITING AFIELD_LOCKED
#include "lock_alone.h"

static int leave_by_return(pair_field *field)
{
	AFIELD_LOCKED(pair_field, pair, field)
	{
		pair->high = 3;
		TEST_CHECK(pair_field_is_mine(field));
		return 1;
	}
	return 0;
}

static void every_way_out_unlocks(void)
{
	pair_field field;
	int turns = 0;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(leave_by_return(&field) == 1);
	TEST_CHECK(!pair_field_is_mine(&field));
	for (int i = 0; i < 3; i++)
		AFIELD_LOCKED(pair_field, pair, &field)
		{
			turns++;
			if (i == 1)
				break;
			pair->high++;
		}
	TEST_CHECK(turns == 3); /* break leaves the block, not the loop around it */
	TEST_CHECK(pair_field_try_lock(&field) != NULL);
	TEST_CHECK(field.value.high == 5);
	pair_field_unlock(&field);
}

/* A thread that comes back to its lock is told so, in every way that there is. */
static void a_second_lock_is_reported(void)
{
	const struct afield_type *type = pair_field_type();
	pair_field field;
	struct pair value = pair_of(1, 1), other = pair_of(2, 2);
	int64_t step = 1;
	const void *arguments[1] = {&value};
	int turns = 0;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(pair_field_lock(&field) == &field.value);
	TEST_CHECK(pair_field_lock(&field) == NULL);
	TEST_CHECK(pair_field_try_lock(&field) == NULL);
	TEST_CHECK(pair_field_load(&field, &value) == -EDEADLK);
	TEST_CHECK(pair_field_store(&field, value) == -EDEADLK);
	TEST_CHECK(pair_field_exchange(&field, &value) == -EDEADLK);
	TEST_CHECK(pair_field_update(&field, pair_advance, &step) == -EDEADLK);
	TEST_CHECK(type->load(type, &field, &other) == -EDEADLK);
	TEST_CHECK(type->store(type, &field, &other) == -EDEADLK);
	TEST_CHECK(type->verbs[0].call(type, &field, &other, arguments) == -EDEADLK);
	AFIELD_LOCKED(pair_field, pair, &field)
	turns++;
	TEST_CHECK(turns == 0);
	TEST_CHECK(value.low == 1 && other.low == 2 && field.value.low == 0);
	pair_field_unlock(&field);
	TEST_CHECK(pair_field_load(&field, &value) == 0);
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
LOCK_OF(seen_field, struct handle, handle_free_outside, handle_visit);

static seen_field seen;
static void handle_free_outside(struct handle *handle)
{
	TEST_CHECK(seen_field_try_lock(&seen) == &seen.value); /* it may run any code */
	TEST_CHECK(seen.value.target == NULL && seen.value.number == 0);
	seen_field_unlock(&seen);
	handle_free(handle);
}

static void collectors_look_in_and_never_wait(void)
{
	const struct afield_type *type = seen_field_type();
	const struct afield_host_binding *binding = type->binding;
	int result = 0;

	visits = frees = 0;
	TEST_CHECK(binding->traverse(type, &seen, count_visit, &result) == 0 && visits == 0);
	AFIELD_LOCKED(seen_field, handle, &seen)
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
	TEST_CHECK(seen_field_try_lock(&seen) != NULL);
	seen_field_unlock(&seen);
	/* A value without such references is none of the collector's business. */
	{
		pair_field plain;

		memset(&plain, 0, sizeof(plain));
		TEST_CHECK(pair_field_store(&plain, pair_of(1, 1)) == 0);
		type = pair_field_type();
		TEST_CHECK(type->binding->traverse(type, &plain, count_visit, &result) == 0);
		type->binding->clear(type, &plain);
		TEST_CHECK(plain.value.high == 1);
	}
}

struct both {
	pair_field theirs, mine;
};

static int look_in_child(void *theirs)
{
	struct both *both = (struct both *)theirs;
	struct pair value = pair_of(0, 0);

	if (pair_field_load(&both->theirs, &value) != -EOWNERDEAD)
		return 1;
	if (pair_field_lock(&both->theirs) || pair_field_try_lock(&both->theirs))
		return 2;
	if (pair_field_load(&both->mine, &value) != -EDEADLK) /* this thread came along */
		return 3;
	pair_field_unlock(&both->mine);
	if (pair_field_load(&both->mine, &value) != 0 || value.low != 9)
		return 4;
	return 0;
}

static void a_child_waits_for_itself_alone(void)
{
	struct both both;

	memset(&both, 0, sizeof(both));
	pair_field_store(&both.mine, pair_of(9, 9));
	pair_field_lock(&both.mine);
	lock_child_finds(look_in_child, &both.theirs);
	pair_field_unlock(&both.mine);
}

#ifdef __cplusplus
static void guards_unlock(void)
{
	static pair_field field;

	{
		pair_field_guard pair(field);
		pair_field_guard again(field);
		TEST_CHECK(pair && !again);
		pair->low = 8;
		(*pair).high = 9;
	}
	TEST_CHECK(!pair_field_is_mine(&field));
	TEST_CHECK(field.value.low == 8 && field.value.high == 9);
	try {
		pair_field_guard pair(field);
		throw 1;
	} catch (int) {
		TEST_CHECK(!pair_field_is_mine(&field));
	}
	try {
		AFIELD_LOCKED(pair_field, pair, &field)
		throw 1;
	} catch (int) {
		TEST_CHECK(!pair_field_is_mine(&field));
	}
}
#endif

int main(void)
{
	lock_run(0);
	TEST_RUN(every_way_out_unlocks);
	TEST_RUN(a_second_lock_is_reported);
	TEST_RUN(collectors_look_in_and_never_wait);
	TEST_RUN(a_child_waits_for_itself_alone);
#ifdef __cplusplus
	TEST_RUN(guards_unlock);
#endif
	return test_done();
}
