/* SPDX-License-Identifier: MIT */
/*
 * rwlocked in one thread: both locks and what they protect, through the typed functions, the scopes
 * and the table; and what the child of a fork finds.
 */
#include <afield/rwlocked.h>

#define LOCK_KIND rwlocked
#define LOCK_WRITING AFIELD_WRITING
#define LOCK_READING AFIELD_READING
#include "lock_alone.h"

static int leave_by_return(pair_field *field)
{
	AFIELD_READING(pair_field, pair, field)
	AFIELD_READING(pair_field, again, field)
	return pair == again;
	return 0;
}

static void every_way_out_unlocks(void)
{
	pair_field field;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(leave_by_return(&field) == 1);
	AFIELD_WRITING(pair_field, pair, &field)
	{
		TEST_CHECK(pair_field_is_mine(&field));
		if (pair->low == 0)
			break;
		pair->low = 1;
	}
	TEST_CHECK(!pair_field_is_mine(&field));
	TEST_CHECK(pair_field_try_write_lock(&field) != NULL);
	pair_field_write_unlock(&field);
}

/* Which requests of a thread that has a lock already are met: rows have, columns want. */
static void a_second_lock_is_met_or_reported(void)
{
	const struct afield_type *type = pair_field_type();
	pair_field field;
	struct pair value = pair_of(1, 1);

	memset(&field, 0, sizeof(field));
	TEST_CHECK(pair_field_read_lock(&field) == &field.value);
	TEST_CHECK(pair_field_load(&field, &value) == 0); /* readers share, with themselves, too */
	TEST_CHECK(pair_field_write_lock(&field) == NULL);
	TEST_CHECK(pair_field_try_write_lock(&field) == NULL);
	TEST_CHECK(pair_field_store(&field, value) == -EDEADLK);
	TEST_CHECK(type->store(type, &field, &value) == -EDEADLK);
	pair_field_read_unlock(&field);

	TEST_CHECK(pair_field_write_lock(&field) == &field.value);
	TEST_CHECK(pair_field_write_lock(&field) == NULL);
	TEST_CHECK(pair_field_read_lock(&field) == NULL);
	TEST_CHECK(pair_field_try_read_lock(&field) == NULL);
	TEST_CHECK(pair_field_load(&field, &value) == -EDEADLK);
	TEST_CHECK(type->load(type, &field, &value) == -EDEADLK);
	TEST_CHECK(pair_field_exchange(&field, &value) == -EDEADLK);
	pair_field_write_unlock(&field);
	TEST_CHECK(pair_field_store(&field, value) == 0);
}

/* A thread's list of read locks: any order of leaving, and an end that is reported. */
static void read_locks_are_known_by_field(void)
{
	static pair_field fields[33];
	struct pair value = pair_of(0, 0);

	for (int i = 0; i < 32; i++)
		TEST_CHECK(pair_field_read_lock(&fields[i]) != NULL);
	TEST_CHECK(pair_field_load(&fields[32], &value) == -EAGAIN);
	TEST_CHECK(pair_field_try_read_lock(&fields[32]) == NULL);
	TEST_CHECK(pair_field_store(&fields[32], value) == 0);
	for (int i = 0; i < 32; i++) {
		TEST_CHECK(pair_field_store(&fields[i * 5 % 32], value) == -EDEADLK);
		pair_field_read_unlock(&fields[i * 5 % 32]);
		TEST_CHECK(pair_field_store(&fields[i * 5 % 32], value) == 0);
	}
}

static void the_table_does_the_same(void)
{
	lock_table_does_the_same("rwlocked", 0);
}

static int look_in_child(void *theirs)
{
	pair_field *shared = (pair_field *)theirs;
	struct pair value = pair_of(0, 0);

	if (pair_field_load(shared, &value) != -EOWNERDEAD)
		return 1;
	if (pair_field_store(shared, value) != -EOWNERDEAD)
		return 2;
	return pair_field_read_lock(shared) || pair_field_try_write_lock(shared) ? 3 : 0;
}

static void a_child_does_not_wait_for_the_dead(void)
{
	static pair_field theirs;

	lock_child_finds(look_in_child, &theirs);
}

#ifdef __cplusplus
static void guards_unlock(void)
{
	lock_guards_unlock<pair_field_write_guard, pair_field_read_guard>();
}
#endif

int main(void)
{
	TEST_RUN(lock_is_fresh_when_zero);
	TEST_RUN(lock_blocks_have_the_value);
	TEST_RUN(every_way_out_unlocks);
	TEST_RUN(lock_values_come_and_go);
	TEST_RUN(a_second_lock_is_met_or_reported);
	TEST_RUN(read_locks_are_known_by_field);
	TEST_RUN(the_table_does_the_same);
	TEST_RUN(lock_frees_what_is_owned);
	TEST_RUN(a_child_does_not_wait_for_the_dead);
#ifdef __cplusplus
	TEST_RUN(guards_unlock);
#endif
	return test_done();
}
