/* SPDX-License-Identifier: MIT */
/*
 * map: each access to a node that another thread may retire is inside a read section.
 */
#define _GNU_SOURCE
#include <afield/map.h>

#define SECTIONS_PLACES 50 /* each operation has a thousand instructions */
#include "../map_table.h"
#include "counted.h"
#include "sections.h"

typedef struct _object PyObject;
AFIELD_TYPE(numbers, map, int64_t, int64_t);
/* Wide values, which are replaced with their nodes. */
struct wide {
	int64_t first, second;
};
AFIELD_TYPE(words, map, afield_map_text, struct wide);
AFIELD_TYPE(objects, map, int64_t, PyObject *);

enum { INSIDE = 3, OUTSIDE = 100 };

static void fill(void *field)
{
	for (int64_t i = 1; i <= INSIDE; i++)
		TEST_CHECK(numbers_set((numbers *)field, i, i) >= 0);
}
/* Other nodes for the same keys, and no node that stays: a removed one leaves the chain as well. */
static void renew(void *field)
{
	fill(field);
	for (int64_t i = 1; i <= INSIDE; i++)
		(void)numbers_remove((numbers *)field, i, NULL);
	(void)numbers_remove((numbers *)field, OUTSIDE, NULL);
	fill(field);
}
static void finish(void *field)
{
	numbers_fini((numbers *)field);
}

static void load(void *field)
{
	int64_t value = 2;

	if (numbers_load((numbers *)field, 2, &value))
		TEST_CHECK(value == 2);
}
static void contains(void *field)
{
	TEST_CHECK(!numbers_contains((numbers *)field, OUTSIDE));
}
static void set(void *field)
{
	TEST_CHECK(numbers_set((numbers *)field, 2, 2) >= 0);
}
static void insert(void *field)
{
	TEST_CHECK(numbers_set((numbers *)field, OUTSIDE, 2) >= 0);
}
static void exchange(void *field)
{
	int64_t old = 2;

	TEST_CHECK(numbers_exchange((numbers *)field, 2, 2, &old) >= 0 && old == 2);
}
static void get_or_insert(void *field)
{
	int64_t found = 0;

	TEST_CHECK(numbers_get_or_insert((numbers *)field, 2, 2, &found) >= 0 && found == 2);
}
static void compare_exchange(void *field)
{
	int64_t expected = 2;
	int done = numbers_compare_exchange((numbers *)field, 2, &expected, 2);

	TEST_CHECK((done >= 0 || done == -ENODATA) && expected == 2);
}
static void remove_one(void *field)
{
	int64_t old = 2;

	(void)numbers_remove((numbers *)field, 2, &old);
	TEST_CHECK(old == 2);
}
static int add(int64_t key, const int64_t *value, void *sum)
{
	TEST_CHECK(key == *value);
	*(int64_t *)sum += key;
	return 0;
}
static void walk(void *field)
{
	int64_t sum = 0;

	TEST_CHECK(numbers_walk((numbers *)field, add, &sum) == 0);
}
static int take(const void *key, const void *value, void *unused)
{
	(void)unused;
	TEST_CHECK(memcmp(key, value, sizeof(int64_t)) == 0);
	return 0;
}
static void take_any(void *field)
{
	(void)afield__map_table_take_any(numbers_type(), field, take, NULL);
}
static void clear(void *field)
{
	numbers_clear((numbers *)field);
}
static void reserve(void *field)
{
	TEST_CHECK(numbers_reserve((numbers *)field, 20) == 0);
}

static const struct section_operation operations[] = {
	{"load", load},
	{"contains", contains},
	{"set", set},
	{"insert", insert},
	{"exchange", exchange},
	{"get_or_insert", get_or_insert},
	{"compare_exchange", compare_exchange},
	{"remove", remove_one},
	{"walk", walk},
	{"take_any", take_any},
	{"clear", clear},
	{"reserve", reserve},
};
static const struct section_field map = {sizeof(numbers), fill, renew, finish, operations, 12};

/* Keys that the map keeps in its nodes. */
static void fill_words(void *field)
{
	static const char *const keys[] = {"one", "two", "three"};

	for (int64_t i = 0; i < INSIDE; i++) {
		afield_map_text key = {keys[i], strlen(keys[i])};
		struct wide value = {i, i};

		TEST_CHECK(words_set((words *)field, key, value) >= 0);
	}
}
static void renew_words(void *field)
{
	fill_words(field);
	words_clear((words *)field);
	fill_words(field);
}
static void finish_words(void *field)
{
	words_fini((words *)field);
}
static const afield_map_text two = {"two", 3}, four = {"four", 4};
static const struct wide one = {1, 1};
static void load_word(void *field)
{
	struct wide value = one;

	(void)words_load((words *)field, two, &value);
	TEST_CHECK(value.second == 1);
}
static void set_word(void *field)
{
	TEST_CHECK(words_set((words *)field, two, one) >= 0);
}
static void insert_word(void *field)
{
	TEST_CHECK(words_set((words *)field, four, one) >= 0);
}
static void remove_word(void *field)
{
	(void)words_remove((words *)field, two, NULL);
}
static int see_word(afield_map_text key, const struct wide *value, void *sum)
{
	*(size_t *)sum += key.size + (size_t)value->first;
	return 0;
}
static void walk_words(void *field)
{
	size_t sum = 0;

	TEST_CHECK(words_walk((words *)field, see_word, &sum) == 0);
}
static const struct section_operation word_operations[] = {
	{"load by text", load_word},     {"set by text", set_word},
	{"insert by text", insert_word}, {"remove by text", remove_word},
	{"walk texts", walk_words},
};
static const struct section_field map_of_words = {sizeof(words), fill_words,      renew_words,
						  finish_words,  word_operations, 5};

/* Values that are objects. */
static void fill_objects(void *field)
{
	for (int64_t i = 1; i <= INSIDE; i++) {
		PyObject *value = (PyObject *)counted_new();

		TEST_CHECK(objects_set((objects *)field, i, value) >= 0);
		counted_release(value);
	}
}
static void renew_objects(void *field)
{
	fill_objects(field);
	objects_clear((objects *)field);
	fill_objects(field);
}
static void finish_objects(void *field)
{
	objects_fini((objects *)field);
	TEST_CHECK(counted_alive() == 0);
}
static void load_object(void *field)
{
	PyObject *value = NULL;

	if (objects_load((objects *)field, 2, &value))
		counted_release(value);
}
static void set_object(void *field)
{
	PyObject *value = (PyObject *)counted_new();

	TEST_CHECK(objects_set((objects *)field, 2, value) >= 0);
	counted_release(value);
}
static void remove_object(void *field)
{
	PyObject *old = NULL;

	if (objects_remove((objects *)field, 2, &old))
		counted_release(old);
}
/* Each is a reference to give up, behind the section. */
struct references {
	PyObject *objects[INSIDE + 1];
	int count;
};
static int see_object(int64_t key, PyObject *const *value, void *opaque)
{
	struct references *references = (struct references *)opaque;

	(void)key;
	TEST_CHECK(references->count <= INSIDE);
	references->objects[references->count++] = *value;
	return 0;
}
static void walk_objects(void *field)
{
	struct references references = {{NULL}, 0};

	TEST_CHECK(objects_walk((objects *)field, see_object, &references) == 0);
	while (references.count > 0)
		counted_release(references.objects[--references.count]);
}
static int visit(void *object, void *count)
{
	(void)object;
	++*(int *)count;
	return 0;
}
static void traverse(void *field)
{
	const struct afield_type *type = objects_type();
	int count = 0;

	TEST_CHECK(type->binding->traverse(type, field, visit, &count) == 0);
}
static void clear_objects(void *field)
{
	objects_clear((objects *)field);
}
static const struct section_operation object_operations[] = {
	{"load an object", load_object},
	{"set an object", set_object},
	{"remove an object", remove_object},
	{"walk over objects", walk_objects},
	{"traverse", traverse},
	{"clear objects", clear_objects},
};
static const struct section_field map_of_objects = {
	sizeof(objects), fill_objects, renew_objects, finish_objects, object_operations, 6};

/* A value that is looked at behind the section in which it was found. */
static struct afield__map_node *seen;
static int note(struct afield__map_node *node, uint64_t hash, void *unused)
{
	(void)hash, (void)unused;
	seen = node;
	return 1;
}
static void look_late(void *field)
{
	TEST_CHECK(afield__map_visit(&((numbers *)field)->map, note, NULL) == 1);
	TEST_CHECK(AFIELD_LOAD_WORD(&seen->value, relaxed) > 0);
}
static const struct section_operation late = {"a section left early", look_late};

static void a_short_section_is_caught(void)
{
	TEST_CHECK(sections_catch(&map, &late));
}
static void accesses_are_in_sections(void)
{
	sections_hold(&map);
}
static void keys_are_in_sections(void)
{
	sections_hold(&map_of_words);
}
static void objects_are_in_sections(void)
{
	sections_hold(&map_of_objects);
}

int main(void)
{
	sections_begin("afield__map_get");
	counted_begin();
	TEST_RUN(a_short_section_is_caught);
	TEST_RUN(accesses_are_in_sections);
	TEST_RUN(keys_are_in_sections);
	TEST_RUN(objects_are_in_sections);
	return test_done();
}
