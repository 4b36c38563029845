/* SPDX-License-Identifier: MIT */
/*
 * rwlocked in one thread: both locks and what they protect, through the typed functions, the scopes
 * and the table; and what the child of a fork finds.
 */
#include <afield/class.h>
#include <afield/record.h>
#include <afield/rwlocked.h>

#include "child.h"

#include <errno.h>

#define TABLE(member) member(int64_t, size) member(int64_t, used)
AFIELD_RECORD(table, TABLE);
AFIELD_TYPE(table_rw, rwlocked, struct table);

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
AFIELD_TYPE(handle_rw, rwlocked, struct handle, handle_free);

static struct table make(int64_t size, int64_t used)
{
	struct table table = {size, used};

	return table;
}

static void zero_is_fresh(void)
{
	static struct afield__rwlocked fresh;
	table_rw field;
	struct table value = make(7, 7);

	memset(&field, 0, sizeof(field));
	TEST_CHECK(memcmp(&fresh, &field.lock, sizeof(fresh)) == 0);
	TEST_CHECK(table_rw_load(&field, &value) == 0);
	TEST_CHECK(value.size == 0 && value.used == 0);
	memset(&field, 0, sizeof(field));
	table_rw_type()->fini(table_rw_type(), &field);
	TEST_CHECK(memcmp(&fresh, &field.lock, sizeof(fresh)) == 0);
}

static void the_example_of_the_header(void)
{
	static table_rw field;
	int64_t seen = 0;

	AFIELD_WRITING(table_rw, table, &field)
	{
		table->size = 1;
	}
	AFIELD_READING(table_rw, table, &field)
	{
		seen = table->size;
	}
	TEST_CHECK(seen == 1);
}

static int leave_by_return(table_rw *field)
{
	AFIELD_READING(table_rw, table, field)
	AFIELD_READING(table_rw, again, field)
	return table == again;
	return 0;
}

static void every_way_out_unlocks(void)
{
	table_rw field;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(leave_by_return(&field) == 1);
	AFIELD_WRITING(table_rw, table, &field)
	{
		TEST_CHECK(table_rw_is_mine(&field));
		if (table->size == 0)
			break;
		table->size = 1;
	}
	TEST_CHECK(!table_rw_is_mine(&field));
	TEST_CHECK(table_rw_try_write_lock(&field) != NULL);
	table_rw_write_unlock(&field);
}

static bool grow(struct table *table, void *argument)
{
	table->size += *(int64_t *)argument;
	return table->size < 10;
}

static void values_come_and_go(void)
{
	table_rw field;
	struct table value = make(4, 40);
	int64_t step = 3;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(table_rw_store(&field, make(2, 20)) == 0);
	TEST_CHECK(table_rw_exchange(&field, &value) == 0);
	TEST_CHECK(value.size == 2 && value.used == 20);
	TEST_CHECK(table_rw_update(&field, grow, &step) == 1);
	TEST_CHECK(table_rw_update(&field, grow, &step) == 0);
	TEST_CHECK(table_rw_load(&field, &value) == 0);
	TEST_CHECK(value.size == 10 && value.used == 40);
}

/* Which requests of a thread that has a lock already are met: rows have, columns want. */
static void a_second_lock_is_met_or_reported(void)
{
	const struct afield_type *type = table_rw_type();
	table_rw field;
	struct table value = make(1, 1);

	memset(&field, 0, sizeof(field));
	TEST_CHECK(table_rw_read_lock(&field) == &field.value);
	TEST_CHECK(table_rw_load(&field, &value) == 0); /* readers share, with themselves, too */
	TEST_CHECK(table_rw_write_lock(&field) == NULL);
	TEST_CHECK(table_rw_try_write_lock(&field) == NULL);
	TEST_CHECK(table_rw_store(&field, value) == -EDEADLK);
	TEST_CHECK(type->store(type, &field, &value) == -EDEADLK);
	table_rw_read_unlock(&field);

	TEST_CHECK(table_rw_write_lock(&field) == &field.value);
	TEST_CHECK(table_rw_write_lock(&field) == NULL);
	TEST_CHECK(table_rw_read_lock(&field) == NULL);
	TEST_CHECK(table_rw_try_read_lock(&field) == NULL);
	TEST_CHECK(table_rw_load(&field, &value) == -EDEADLK);
	TEST_CHECK(type->load(type, &field, &value) == -EDEADLK);
	TEST_CHECK(table_rw_exchange(&field, &value) == -EDEADLK);
	table_rw_write_unlock(&field);
	TEST_CHECK(table_rw_store(&field, value) == 0);
}

/* A thread's list of read locks: any order of leaving, and an end that is reported. */
static void read_locks_are_known_by_field(void)
{
	static table_rw fields[33];
	struct table value = make(0, 0);

	for (int i = 0; i < 32; i++)
		TEST_CHECK(table_rw_read_lock(&fields[i]) != NULL);
	TEST_CHECK(table_rw_load(&fields[32], &value) == -EAGAIN);
	TEST_CHECK(table_rw_try_read_lock(&fields[32]) == NULL);
	TEST_CHECK(table_rw_store(&fields[32], value) == 0);
	for (int i = 0; i < 32; i++) {
		TEST_CHECK(table_rw_store(&fields[i * 5 % 32], value) == -EDEADLK);
		table_rw_read_unlock(&fields[i * 5 % 32]);
		TEST_CHECK(table_rw_store(&fields[i * 5 % 32], value) == 0);
	}
}

static void tables_read_and_write(void)
{
	const struct afield_type *type = table_rw_type();
	table_rw field;
	struct table value = make(5, 6), before = make(0, 0);
	const void *arguments[1] = {&value};

	memset(&field, 0, sizeof(field));
	TEST_CHECK(strcmp(type->kind, "rwlocked") == 0 && type->size == sizeof(field));
	TEST_CHECK(type->value_type.type_code == AFIELD_STRUCT &&
		   type->value_type.size == sizeof(value));
	TEST_CHECK(type->store(type, &field, &value) == 0);
	value.used = 7;
	TEST_CHECK(type->verbs[0].call(type, &field, &before, arguments) == 0 && before.used == 6);
	TEST_CHECK(type->load(type, &field, &before) == 0 && before.used == 7);
}

#define OWNER(field)             \
	field(handle_rw, handle) \
	field(table_rw, table)
AFIELD_CLASS(owner, OWNER);

static void fini_frees_what_is_owned(void)
{
	owner object;

	memset(&object, 0, sizeof(object));
	frees = 0;
	owner_fini(&object);
	TEST_CHECK(frees == 0); /* a fresh field owns nothing */
	AFIELD_WRITING(handle_rw, handle, &object.handle)
	{
		handle->target = (int *)malloc(sizeof(int));
		handle->number = 2;
	}
	TEST_CHECK(handle_rw_type()->load == NULL && handle_rw_type()->store == NULL);
	owner_fini(&object);
	TEST_CHECK(frees == 1);
}

static int look_in_child(void *theirs)
{
	table_rw *shared = (table_rw *)theirs;
	struct table value = make(0, 0);

	if (table_rw_load(shared, &value) != -EOWNERDEAD)
		return 1;
	if (table_rw_store(shared, value) != -EOWNERDEAD)
		return 2;
	return table_rw_read_lock(shared) || table_rw_try_write_lock(shared) ? 3 : 0;
}

static void *hold(void *theirs)
{
	AFIELD_WRITING(table_rw, table, (table_rw *)theirs)
	{
		table->size = 1;
		child_hold();
	}
	return NULL;
}

static void a_child_does_not_wait_for_the_dead(void)
{
	table_rw theirs;

	memset(&theirs, 0, sizeof(theirs));
	TEST_CHECK(child_finds_beside(hold, look_in_child, &theirs));
}

#ifdef __cplusplus
static void guards_unlock(void)
{
	static table_rw field;

	{
		table_rw_write_guard table(field);
		table->size = 8;
		table_rw_read_guard again(field);
		TEST_CHECK(table && !again);
	}
	{
		table_rw_read_guard table(field);
		TEST_CHECK(table && table->size == 8);
		table_rw_write_guard again(field);
		TEST_CHECK(!again);
	}
	TEST_CHECK(table_rw_try_write_lock(&field) != NULL);
	table_rw_write_unlock(&field);
}
#endif

int main(void)
{
	TEST_RUN(zero_is_fresh);
	TEST_RUN(the_example_of_the_header);
	TEST_RUN(every_way_out_unlocks);
	TEST_RUN(values_come_and_go);
	TEST_RUN(a_second_lock_is_met_or_reported);
	TEST_RUN(read_locks_are_known_by_field);
	TEST_RUN(tables_read_and_write);
	TEST_RUN(fini_frees_what_is_owned);
	TEST_RUN(a_child_does_not_wait_for_the_dead);
#ifdef __cplusplus
	TEST_RUN(guards_unlock);
#endif
	return test_done();
}
