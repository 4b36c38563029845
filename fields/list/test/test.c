/* SPDX-License-Identifier: MIT */
/*
 * list: what each operation does when one thread uses it, and what the table says.
 */
#include <afield/list.h>

#include <errno.h>

#include <afield/class.h>
#include <afield/record.h>

#include "test.h"

#define HOOK(member) member(int64_t, priority) member(int32_t, id)
AFIELD_RECORD(hook, HOOK);
AFIELD_TYPE(hook_list, list, struct hook);
AFIELD_TYPE(int_list, list, int);

static bool is(int_list *list, size_t count, const int *wanted)
{
	size_t seen = 0;
	bool is_same = int_list_count(list) == count;

	AFIELD_LIST_EACH(int_list, each, list)
	{
		is_same = is_same && seen < count && *each.item == wanted[seen];
		seen++;
	}
	return is_same && seen == count;
}
#define IS(list, ...)                                                             \
	do {                                                                      \
		const int wanted[] = {__VA_ARGS__};                               \
		TEST_CHECK(is(list, sizeof(wanted) / sizeof(wanted[0]), wanted)); \
	} while (0)

static void a_fresh_list_is_empty(void)
{
	int_list list, fresh;
	int value = 7;

	memset(&list, 0, sizeof(list));
	TEST_CHECK(int_list_count(&list) == 0);
	TEST_CHECK(!int_list_load(&list, 0, &value) && value == 7);
	TEST_CHECK(!int_list_load(&list, -1, &value) && value == 7);
	TEST_CHECK(int_list_erase(&list, -1, &value) == -ERANGE && value == 7);
	TEST_CHECK(int_list_set(&list, 0, 1) == -ERANGE);
	TEST_CHECK(int_list_discard(&list, 1) == -ENOENT);
	int_list_clear(&list);
	TEST_CHECK(int_list_assign(&list, NULL, 0) == 0);
	int_list_fini(&list);
	memset(&fresh, 0, sizeof(fresh));
	TEST_CHECK(memcmp(&list, &fresh, sizeof(list)) == 0);
}

static void elements_come_and_go(void)
{
	const int three[] = {5, 6, 5};
	int_list list;
	int old = 0;

	memset(&list, 0, sizeof(list));
	TEST_CHECK(int_list_append(&list, 2) == 0);
	TEST_CHECK(int_list_append(&list, 3) == 0);
	TEST_CHECK(int_list_insert(&list, 0, 1) == 0);
	IS(&list, 1, 2, 3);
	TEST_CHECK(int_list_insert(&list, 99, 4) == 0);
	TEST_CHECK(int_list_insert(&list, -99, 0) == 0);
	TEST_CHECK(int_list_insert(&list, -1, 9) == 0);
	IS(&list, 0, 1, 2, 3, 9, 4);
	TEST_CHECK(int_list_exchange(&list, 1, 7, &old) == 0 && old == 1);
	TEST_CHECK(int_list_exchange(&list, -1, 8, &old) == 0 && old == 4);
	TEST_CHECK(int_list_exchange(&list, 6, 8, &old) == -ERANGE && old == 4);
	TEST_CHECK(int_list_exchange(&list, -7, 8, &old) == -ERANGE && old == 4);
	TEST_CHECK(int_list_erase(&list, 0, &old) == 0 && old == 0);
	TEST_CHECK(int_list_erase(&list, -2, &old) == 0 && old == 9);
	IS(&list, 7, 2, 3, 8);
	TEST_CHECK(int_list_set(&list, 1, 9) == 0);
	IS(&list, 7, 9, 3, 8);
	TEST_CHECK(int_list_load(&list, -4, &old) && old == 7);
	TEST_CHECK(!int_list_load(&list, -5, &old) && !int_list_load(&list, INT64_MIN, &old));
	TEST_CHECK(!int_list_load(&list, INT64_MAX, &old) && old == 7);
	TEST_CHECK(int_list_assign(&list, three, 3) == 0);
	TEST_CHECK(int_list_discard(&list, 5) == 0);
	IS(&list, 6, 5);
	TEST_CHECK(int_list_discard(&list, 4) == -ENOENT);
	int_list_clear(&list);
	TEST_CHECK(int_list_count(&list) == 0);
	TEST_CHECK(int_list_assign(&list, three, SIZE_MAX / 2) == -ENOMEM);
	TEST_CHECK(int_list_assign(&list, three, SIZE_MAX / sizeof(int)) == -ENOMEM);
	TEST_CHECK(int_list_append(&list, 1) == 0);
	int_list_fini(&list);
	TEST_CHECK(int_list_count(&list) == 0);
}

static int sum_until(const struct hook *hook, void *argument)
{
	*(int64_t *)argument += hook->priority;
	return hook->id == 2 ? 22 : 0;
}

static void records_are_walked(void)
{
	hook_list list;
	struct hook hook = {10, 1};
	int64_t sum = 0;

	memset(&list, 0, sizeof(list));
	TEST_CHECK(hook_list_append(&list, hook) == 0);
	hook.priority = 20;
	TEST_CHECK(hook_list_append(&list, hook) == 0);
	TEST_CHECK(hook_list_walk(&list, sum_until, &sum) == 0 && sum == 30);
	hook.id = 2;
	TEST_CHECK(hook_list_insert(&list, 1, hook) == 0);
	TEST_CHECK(hook_list_walk(&list, sum_until, &sum) == 22 && sum == 60);
	hook_list_fini(&list);
}

/* A reader goes on with what it found, also when that is no longer current. */
static void a_reader_keeps_its_array(void)
{
	int_list list;
	int seen = 0;

	memset(&list, 0, sizeof(list));
	for (int i = 0; i < 4; i++)
		TEST_CHECK(int_list_append(&list, i) == 0);
	AFIELD_LIST_EACH(int_list, each, &list)
	{
		TEST_CHECK(*each.item == seen);
		seen++;
		TEST_CHECK(int_list_assign(&list, &seen, 1) == 0);
	}
	TEST_CHECK(seen == 4);
	IS(&list, 4);
	AFIELD_LIST_EACH(int_list, each, &list)
	break;
	TEST_CHECK(afield_barrier() == 0); /* no section is left open */
	int_list_fini(&list);
}

static int count_each(const void *key, const void *value, void *argument)
{
	TEST_CHECK(key == NULL && *(const int *)value >= 0);
	++*(int *)argument;
	return 0;
}

static void the_table_is_a_collection(void)
{
	const struct afield_type *type = int_list_type();
	const struct afield_view *view = type->binding->view;
	const int values[] = {1, 2, 3};
	int_list list;
	int count = 0;

	memset(&list, 0, sizeof(list));
	TEST_CHECK(!type->load && !type->store && type->value_type.type_code == AFIELD_I32);
	TEST_CHECK(strcmp(type->kind, "list") == 0 && type->size == sizeof(void *));
	TEST_CHECK(view->replace(type, &list, values, 3) == 0);
	TEST_CHECK(view->count(type, &list) == 3);
	TEST_CHECK(view->walk(type, &list, count_each, &count) == 0 && count == 3);
	TEST_CHECK(view->splice(type, &list, -2, INT64_MAX, values, 1) == 0);
	TEST_CHECK(view->splice(type, &list, 1, -9, values + 1, 2) == 0);
	TEST_CHECK(view->splice(type, &list, 9, 9, values, 1) == 0);
	IS(&list, 1, 2, 3, 1, 1);
	TEST_CHECK(view->take(type, &list, values) == 0);
	IS(&list, 2, 3, 1, 1);
	count = 7;
	TEST_CHECK(view->take(type, &list, &count) == -ENOENT);
	TEST_CHECK(view->splice(type, &list, INT64_MIN, INT64_MAX, NULL, 0) == 0);
	TEST_CHECK(view->count(type, &list) == 0 && view->replace(type, &list, values, 3) == 0);
	TEST_CHECK(type->binding->traverse(type, &list, NULL, NULL) == 0);
	type->fini(type, &list);
	TEST_CHECK(view->count(type, &list) == 0);
}

/* What is written and replaced goes back: after a burst there is nothing left to reclaim. */
static void memory_comes_back(void)
{
	int_list list;

	memset(&list, 0, sizeof(list));
	for (int i = 0; i < 2000; i++) {
		TEST_CHECK(int_list_append(&list, i) == 0);
		if (i % 16 == 15)
			int_list_clear(&list);
	}
	int_list_fini(&list);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
}

int main(void)
{
	TEST_RUN(a_fresh_list_is_empty);
	TEST_RUN(elements_come_and_go);
	TEST_RUN(records_are_walked);
	TEST_RUN(a_reader_keeps_its_array);
	TEST_RUN(the_table_is_a_collection);
	TEST_RUN(memory_comes_back);
	return test_done();
}
