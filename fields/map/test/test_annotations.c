/* SPDX-License-Identifier: MIT */
/*
 * An element that a thread has put in is whole for who finds it. The exchange of
 * its value is one that ThreadSanitizer knows by annotations only; for the others
 * this is a test of one thread beside another.
 */
#include <afield/host.h>
#include <afield/map.h>

#include "test.h"

#include <unistd.h>

AFIELD_TYPE(number_map, map, int64_t, int64_t);
AFIELD_TYPE(text_map, map, afield_map_text, int64_t);
struct pair {
	int64_t low;
	int64_t high;
};
AFIELD_TYPE(pair_map, map, int64_t, struct pair); /* wide: a node for each value */

static number_map numbers;
static pair_map pairs;
static text_map texts;
static struct afield__map objects;
static struct afield__map_layout object_layout;
static int object; /* its address is a key */
static AFIELD_ATOMIC(bool) is_written;

static void *write_and_say_so(void *opaque)
{
	void (**write)(void) = (void (**)(void))opaque;

	(*write)();
	AFIELD_STORE(&is_written, true, relaxed);
	return NULL;
}

/* `read` runs after `write`, without any order between them but that of the map. */
static void read_after(void (*write)(void), void (*read)(void))
{
	pthread_t writer;

	AFIELD_STORE(&is_written, false, relaxed);
	if (pthread_create(&writer, NULL, write_and_say_so, &write))
		abort();
	while (!AFIELD_LOAD(&is_written, relaxed))
		usleep(100);
	read();
	pthread_join(writer, NULL);
	number_map_clear(&numbers);
	pair_map_clear(&pairs);
}

static afield_map_text name(void)
{
	afield_map_text text = {"name", 4};

	return text;
}

static void set_number(void)
{
	TEST_CHECK(number_map_set(&numbers, 1, 10) >= 0);
}
static void set_pair(void)
{
	struct pair value = {10, 10};

	TEST_CHECK(pair_map_set(&pairs, 1, value) >= 0);
}
static void set_text(void)
{
	TEST_CHECK(text_map_set(&texts, name(), 20) == 0);
}
static int set_object_to(int64_t value)
{
	void *candidates[AFIELD__MAP_CANDIDATES];
	struct afield__map_key key;

	memset(&key, 0, sizeof(key));
	key.object = &object;
	key.candidates = candidates;
	return afield__map_set(&objects, &object_layout, &key, &value, NULL);
}
static void set_object(void)
{
	TEST_CHECK(set_object_to(30) == 0);
}

static void get_number(void)
{
	int64_t value = 0;

	TEST_CHECK(number_map_load(&numbers, 1, &value) && value == 10);
}
static void get_pair(void)
{
	struct pair value = {0, 0};

	TEST_CHECK(pair_map_load(&pairs, 1, &value) && value.low == 10 && value.high == 10);
}
static void set_number_again(void)
{
	TEST_CHECK(number_map_set(&numbers, 1, 11) == 1);
}
static void get_text(void)
{
	int64_t value = 0;

	TEST_CHECK(text_map_load(&texts, name(), &value) && value == 20);
}
static void set_object_again(void)
{
	TEST_CHECK(set_object_to(31) == 1);
}
static int is_ten(int64_t key, const int64_t *value, void *unused)
{
	(void)unused;
	return key == 1 && *value == 10 ? 77 : 78;
}
static void walk_numbers(void)
{
	TEST_CHECK(number_map_walk(&numbers, is_ten, NULL) == 77);
}
static int copy_ten(const void *key, const void *value, void *unused)
{
	(void)key;
	(void)unused;
	TEST_CHECK(*(const int64_t *)value == 10);
	return 0;
}
static void take_number(void)
{
	const struct afield_view *view = number_map_type()->binding->view;

	TEST_CHECK(view->take_any(number_map_type(), &numbers, copy_ten, NULL) == 0);
}
static void clear_numbers(void)
{
	number_map_clear(&numbers);
	TEST_CHECK(number_map_count(&numbers) == 0);
}

/* The tables are there, and the thread has its record, before anybody has an element. */
static void begin(void)
{
	struct pair none = {0, 0};
	int64_t value = 0;

	TEST_CHECK(number_map_set(&numbers, 2, 0) == 0 && number_map_remove(&numbers, 2, NULL));
	TEST_CHECK(pair_map_set(&pairs, 2, none) == 0 && pair_map_remove(&pairs, 2, NULL));
	TEST_CHECK(text_map_set(&texts, name(), 0) == 0 && text_map_remove(&texts, name(), &value));
	object_layout = text_map__layout;
	object_layout.key.type_code = AFIELD_OBJECT;
	object_layout.key.size = sizeof(void *);
	TEST_CHECK(set_object_to(0) == 0);
	afield__map_clear(&objects, &object_layout);
}

static void what_is_inserted_is_whole(void)
{
	read_after(set_number, get_number);
	read_after(set_number, set_number_again);
	read_after(set_number, walk_numbers);
	read_after(set_number, take_number);
	read_after(set_number, clear_numbers);
	read_after(set_pair, get_pair);
	read_after(set_text, get_text);
	read_after(set_object, set_object_again);
}

/* Objects want a host, which counts their references. This one has but one object, for good. */
static void *detach(void)
{
	return NULL;
}
static void attach(void *token)
{
	(void)token;
}
static void hold(void *held)
{
	(void)held;
}
static bool try_hold(void *held)
{
	(void)held;
	return true;
}
static const struct afield_host host = {detach, attach, NULL, hold, try_hold, hold, NULL};

static void what_replaces_is_whole(void)
{
	struct pair nine = {9, 9};

	TEST_CHECK(number_map_set(&numbers, 1, 9) == 0);
	read_after(set_number, get_number);
	TEST_CHECK(pair_map_set(&pairs, 1, nine) == 0);
	read_after(set_pair, get_pair);
}

int main(void)
{
	TEST_CHECK(afield_set_host(&host));
	begin();
	TEST_RUN(what_is_inserted_is_whole);
	TEST_RUN(what_replaces_is_whole);
	number_map_fini(&numbers);
	pair_map_fini(&pairs);
	text_map_fini(&texts);
	afield__map_fini(&objects, &object_layout);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
