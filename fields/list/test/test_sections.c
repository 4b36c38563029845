/* SPDX-License-Identifier: MIT */
/*
 * list: each access to an array that another thread may retire is inside a read section, or the
 * array is held.
 */
#define _GNU_SOURCE
#include <afield/list.h>

#include "counted.h"
#include "sections.h"

typedef struct _object PyObject;
AFIELD_TYPE(numbers, list, int64_t);
AFIELD_TYPE(objects, list, PyObject *);

enum { INSIDE = 3 };

static void fill(void *field)
{
	static const int64_t values[INSIDE] = {1, 2, 3};

	TEST_CHECK(numbers_assign((numbers *)field, values, INSIDE) == 0);
}
static void finish(void *field)
{
	numbers_fini((numbers *)field);
}

static void load(void *field)
{
	int64_t value = 0;

	TEST_CHECK(numbers_load((numbers *)field, -1, &value) && value == INSIDE);
}
static void count(void *field)
{
	TEST_CHECK(numbers_count((numbers *)field) == INSIDE);
}
static int add(const int64_t *value, void *sum)
{
	*(int64_t *)sum += *value;
	return 0;
}
static void walk(void *field)
{
	int64_t sum = 0;

	TEST_CHECK(numbers_walk((numbers *)field, add, &sum) == 0 && sum == 1 + 2 + 3);
}
static void each(void *field)
{
	int64_t sum = 0;

	AFIELD_LIST_EACH(numbers, each, (numbers *)field)
	sum += *each.item;
	TEST_CHECK(sum == 1 + 2 + 3);
}
static void append(void *field)
{
	TEST_CHECK(numbers_append((numbers *)field, 4) == 0);
}
static void exchange(void *field)
{
	int64_t old = 0;

	TEST_CHECK(numbers_exchange((numbers *)field, 1, 4, &old) == 0 && old == 2);
}
static void erase(void *field)
{
	int64_t old = 0;

	TEST_CHECK(numbers_erase((numbers *)field, 0, &old) == 0 && old == 1);
}
static void discard(void *field)
{
	TEST_CHECK(numbers_discard((numbers *)field, 3) == 0);
}
static void clear(void *field)
{
	numbers_clear((numbers *)field);
}
static void count_by_table(void *field)
{
	const struct afield_type *type = numbers_type();
	const struct afield_view *view = type->binding->view;

	TEST_CHECK(view->count(type, field) == INSIDE);
}

static const struct section_operation operations[] = {
	{"load", load},     {"count", count},
	{"walk", walk},     {"each", each},
	{"append", append}, {"exchange", exchange},
	{"erase", erase},   {"discard", discard},
	{"clear", clear},   {"count_by_table", count_by_table},
};
static const struct section_field list = {sizeof(numbers), fill, fill, finish, operations, 10};

/* The same of objects, whose arrays are held while they are looked at. */
static void fill_objects(void *field)
{
	PyObject *values[INSIDE];

	for (int i = 0; i < INSIDE; i++)
		values[i] = (PyObject *)counted_new();
	TEST_CHECK(objects_assign((objects *)field, values, INSIDE) == 0);
	for (int i = 0; i < INSIDE; i++)
		counted_release(values[i]);
}
static void finish_objects(void *field)
{
	objects_fini((objects *)field);
	TEST_CHECK(counted_alive() == 0);
}

static void load_object(void *field)
{
	PyObject *value = NULL;

	TEST_CHECK(objects_load((objects *)field, 0, &value) && value);
	counted_release(value);
}
static int see(PyObject *const *value, void *unused)
{
	(void)unused;
	TEST_CHECK(__atomic_load_n((long *)(void *)*value, __ATOMIC_SEQ_CST) > 0);
	return 0;
}
static void walk_objects(void *field)
{
	TEST_CHECK(objects_walk((objects *)field, see, NULL) == 0);
}
static void append_object(void *field)
{
	PyObject *value = (PyObject *)counted_new();

	TEST_CHECK(objects_append((objects *)field, value) == 0);
	counted_release(value);
}
static void exchange_object(void *field)
{
	PyObject *value = (PyObject *)counted_new(), *old = NULL;

	TEST_CHECK(objects_exchange((objects *)field, 1, value, &old) == 0 && old);
	counted_release(value);
	counted_release(old);
}
static void clear_objects(void *field)
{
	objects_clear((objects *)field);
}

static const struct section_operation object_operations[] = {
	{"load an object", load_object},     {"walk over objects", walk_objects},
	{"append an object", append_object}, {"exchange an object", exchange_object},
	{"clear objects", clear_objects},
};
static const struct section_field list_of_objects = {
	sizeof(objects), fill_objects, fill_objects, finish_objects, object_operations, 5};

/* A span that outlives its section. */
static void look_late(void *field)
{
	numbers_span span = {NULL, NULL};
	int64_t sum = 0;

	AFIELD_READ_SECTION
	span = numbers_look((numbers *)field);
	for (; span.item != span.end; span.item++)
		sum += *span.item;
	TEST_CHECK(sum == 1 + 2 + 3);
}
static const struct section_operation late = {"a section left early", look_late};

static void a_short_section_is_caught(void)
{
	TEST_CHECK(sections_catch(&list, &late));
}
static void accesses_are_in_sections(void)
{
	sections_hold(&list);
}
static void objects_are_held(void)
{
	sections_hold(&list_of_objects);
}

int main(void)
{
	sections_begin("afield__list_get");
	counted_begin();
	TEST_RUN(a_short_section_is_caught);
	TEST_RUN(accesses_are_in_sections);
	TEST_RUN(objects_are_held);
	return test_done();
}
