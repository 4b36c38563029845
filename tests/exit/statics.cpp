/* SPDX-License-Identifier: MIT */
/*
 * Static objects of C++ and exit(): an object that destructors of values use, and that was there
 * before the fields, is destroyed when none of them runs any more; one that uses fields in its own
 * destructor may, whenever that is.
 */
#include <afield/map.h>
#include <afield/queue.h>
#include <afield/rcu.h>
#include <afield/reclaim.h>

#include "ends.h"

#include <map>
#include <string>

enum { GOOD = 3 };

struct item {
	char *name;
};

struct registry {
	std::map<int, std::string> *names = new std::map<int, std::string>;
	~registry();
};
static registry the_registry;
static int began, is_gone; /* __atomic */

/* A destructor of a value that begins from now on, or goes on, finds no registry. */
registry::~registry()
{
	delete names;
	names = nullptr;
	__atomic_store_n(&is_gone, 1, __ATOMIC_SEQ_CST);
	usleep(50000);
}

static void item_end(struct item *item)
{
	__atomic_fetch_add(&began, 1, __ATOMIC_SEQ_CST);
	usleep(200);
	if (__atomic_load_n(&is_gone, __ATOMIC_SEQ_CST))
		_exit(1);
	(*the_registry.names)[1] = item->name;
	free(item->name);
}

AFIELD_TYPE(item_rcu, rcu, struct item, item_end);
AFIELD_TYPE(long_queue, queue, long);
AFIELD_TYPE(long_map, map, int64_t, long);

static item_rcu items;
static long_queue queue;
static long_map map;

static void use_fields()
{
	for (int i = 0; i < 1000; i++) {
		struct item item = {strdup("item")};
		long value;

		item_rcu_store(&items, item_rcu_new(&item));
		(void)!long_queue_push(&queue, i);
		long_queue_pop(&queue, &value);
		(void)!long_map_set(&map, i % 10, i);
	}
}

struct user {
	bool is_on = false;
	~user()
	{
		if (!is_on)
			return;
		use_fields();
		long_map_clear(&map);
		long_queue_fini(&queue);
		item_rcu_fini(&items);
		long_map_fini(&map);
	}
};
static user the_user;

/* In the middle of the destructors. */
static void leave()
{
	use_fields();
	while (!__atomic_load_n(&began, __ATOMIC_SEQ_CST))
		usleep(100);
	exit(GOOD);
}

static void leave_and_use_on()
{
	the_user.is_on = true;
	use_fields();
	exit(GOOD);
}

static void leave_quickly()
{
	use_fields();
	quick_exit(GOOD);
}

static void what_destructors_use_outlives_them()
{
	for (long i = test_scaled(20); i > 0; i--)
		TEST_CHECK(ends_with(leave, GOOD));
}
static void a_static_object_may_use_fields()
{
	for (long i = test_scaled(5); i > 0; i--)
		TEST_CHECK(ends_with(leave_and_use_on, GOOD));
}
static void quick_exit_is_quick()
{
	for (long i = test_scaled(5); i > 0; i--)
		TEST_CHECK(ends_with(leave_quickly, GOOD));
}

int main()
{
	TEST_RUN(what_destructors_use_outlives_them);
	TEST_RUN(a_static_object_may_use_fields);
	TEST_RUN(quick_exit_is_quick);
	return test_done();
}
