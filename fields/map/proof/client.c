/* SPDX-License-Identifier: MIT */
/*
 * Histories of a map, for the judge: the operations on one key, from a fresh field on, with values
 * that are numbers and values that are objects. An operation that finds a value and writes none is
 * a get of it; one that inserts, a set that found nothing.
 */
#include "../../../tests/support/litmus_client.h"
#include "chain.h"

static bool is_over;
static const struct afield__map_layout *layout = &numbers; /* of the numbers' map */

/* A map of one element asks for no shrink: it is the table's end. */
static void chain_retire(struct afield_retired *retired, void (*reclaim)(struct afield_retired *))
{
	assert(is_over);
	reclaim(retired);
}

static void end_with(const struct afield__map_layout *of)
{
	client_end();
	is_over = true;
	chain_self = MAIN;
	afield__map_fini(&map, of);
	assert_given_once();
}

/* A value that came out. */
static int64_t result_of(const struct twice *value)
{
	return layout == &wide ? one_of(value) : value->one;
}

/* What was done is known afterwards only. */
static void was_get(int self)
{
	clients[self].operations[clients[self].count].verb = "get";
	clients[self].operations[clients[self].count].arguments[1] = 0;
}

static void get(int self)
{
	struct afield__map_key key = key_of(1);
	struct twice value = twice_of(0);
	int error;

	chain_self = self;
	client_call(self, "get", 1, 0);
	error = afield__map_get(&map, layout, &key, &value);
	client_return(self, error ? CLIENT_NIL : result_of(&value));
}

static void set(int self, int64_t value)
{
	struct afield__map_key key = key_of(1);
	struct twice fresh = twice_of(value), old = twice_of(0);
	int done;

	chain_self = self;
	client_call(self, "set", 1, value);
	if (AFIELD_MUTANT("leave_a_gap")) {
		done = afield__map_remove(&map, layout, &key, &old) == 0;
		(void)afield__map_set(&map, layout, &key, &fresh, NULL);
	} else {
		done = afield__map_set(&map, layout, &key, &fresh, &old);
	}
	client_return(self, done ? result_of(&old) : CLIENT_NIL);
}

static void remove_one(int self)
{
	struct afield__map_key key = key_of(1);
	struct twice old = twice_of(0);
	int error;

	chain_self = self;
	client_call(self, "remove", 1, 0);
	error = afield__map_remove(&map, layout, &key, &old);
	client_return(self, error ? CLIENT_NIL : result_of(&old));
}

static void get_or_insert(int self, int64_t value)
{
	struct afield__map_key key = key_of(1);
	struct twice fresh = twice_of(value), found = twice_of(0);
	int done;

	chain_self = self;
	client_call(self, "set", 1, value);
	if (AFIELD_MUTANT("insert_in_two_steps")) {
		done = afield__map_get(&map, layout, &key, &found) != 0;
		if (done)
			(void)afield__map_set(&map, layout, &key, &fresh, NULL);
	} else {
		done = afield__map_get_or_insert(&map, layout, &key, &fresh, &found);
	}
	if (!done)
		was_get(self);
	client_return(self, done ? CLIENT_NIL : result_of(&found));
}

static void compare_exchange(int self, int64_t expected, int64_t desired)
{
	struct afield__map_key key = key_of(1);
	struct twice old = twice_of(expected), fresh = twice_of(desired), seen = old;
	int done;

	chain_self = self;
	client_call(self, "set", 1, desired);
	if (AFIELD_MUTANT("compare_in_two_steps")) {
		done = afield__map_get(&map, layout, &key, &seen);
		if (!done && seen.one == expected)
			done = afield__map_set(&map, layout, &key, &fresh, NULL);
	} else {
		done = afield__map_compare_exchange(&map, layout, &key, &old, &fresh, &seen);
	}
	if (done != 1)
		was_get(self);
	client_return(self, done < 0 ? CLIENT_NIL : result_of(&seen));
}

static void set_and_remove(int self)
{
	set(self, self + 1);
	remove_one(self);
}

static void set_once(int self)
{
	set(self, self + 1);
}

static void remove_and_set(int self)
{
	remove_one(self);
	set(self, self + 1);
}

static void get_once(int self)
{
	get(self);
}

static void get_twice(int self)
{
	get(self);
	get(self);
}

static void set_twice(int self)
{
	set(self, 1);
	set(self, 2);
}

static void set_and_get(int self)
{
	set(self, self + 1);
	get(self);
}

PROGRAM(client_fresh)
{
	CLIENT_RUN(set_twice, get_twice);
	end_with(layout);
}

PROGRAM(client_each_sets)
{
	CLIENT_RUN(set_and_get, set_and_remove);
	get(CLIENT_MAIN);
	end_with(layout);
}

PROGRAM(client_replace)
{
	set(CLIENT_MAIN, 9);
	CLIENT_RUN(set_once, remove_one, get_twice);
	get(CLIENT_MAIN);
	end_with(layout);
}

/* The key goes and comes again in a node of its own. */
PROGRAM(client_reinsert)
{
	set(CLIENT_MAIN, 9);
	CLIENT_RUN(set_once, remove_and_set, get_once);
	get(CLIENT_MAIN);
	end_with(layout);
}

static void remove_and_get(int self)
{
	remove_one(self);
	get(self);
}

/* Who finds the key gone does not find it again, although its node may still be there. */
PROGRAM(client_remove)
{
	set(CLIENT_MAIN, 9);
	CLIENT_RUN(set_and_remove, remove_and_get);
	end_with(layout);
}

PROGRAM(client_wide)
{
	layout = &wide;
	set(CLIENT_MAIN, 9);
	CLIENT_RUN(set_once, remove_and_set);
	get(CLIENT_MAIN);
	end_with(layout);
}

static void insert_and_get(int self)
{
	get_or_insert(self, self + 1);
	get(self);
}

static void insert_and_remove(int self)
{
	get_or_insert(self, self + 1);
	remove_one(self);
}

PROGRAM(client_insert)
{
	CLIENT_RUN(insert_and_get, insert_and_remove);
	get(CLIENT_MAIN);
	end_with(layout);
}

static void exchange_nine(int self)
{
	compare_exchange(self, 9, self + 1);
	get(self);
}

static void exchange_and_set(int self)
{
	compare_exchange(self, 9, self + 1);
	set(self, 9);
}

PROGRAM(client_compare_exchange)
{
	set(CLIENT_MAIN, 9);
	CLIENT_RUN(exchange_nine, exchange_and_set);
	get(CLIENT_MAIN);
	end_with(layout);
}

PROGRAM(client_wide_compare_exchange)
{
	layout = &wide;
	set(CLIENT_MAIN, 9);
	CLIENT_RUN(exchange_nine, exchange_and_set);
	end_with(layout);
}

static void exchange_fresh(int self)
{
	compare_exchange(self, 1, 7);
	get(self);
}

PROGRAM(client_fresh_compare_exchange)
{
	CLIENT_RUN(set_once, exchange_fresh);
	end_with(layout);
}

/* The value of object i is i. Who holds a reference finds it alive. */
static struct object pool[4];

static void put_object(int self, int number)
{
	struct afield__map_key key = key_of(1);
	struct object *object = &pool[number], *old = NULL;
	int done;

	object->value = number;
	atomic_store(&object->count, 1);
	chain_self = self;
	client_call(self, "set", 1, number);
	if (AFIELD_MUTANT("leave_a_gap")) {
		done = afield__map_remove(&map, &objects, &key, &old) == 0;
		(void)afield__map_set(&map, &objects, &key, &object, NULL);
	} else {
		done = afield__map_set(&map, &objects, &key, &object, &old);
	}
	client_return(self, done ? old->value : CLIENT_NIL);
	if (done)
		afield__release_object(old);
	afield__release_object(object);
}

static void get_object(int self)
{
	struct afield__map_key key = key_of(1);
	struct object *object = NULL;
	int error;

	chain_self = self;
	client_call(self, "get", 1, 0);
	error = afield__map_get(&map, &objects, &key, &object);
	client_return(self, error ? CLIENT_NIL : object->value);
	if (!error)
		afield__release_object(object);
}

static void remove_object(int self)
{
	struct afield__map_key key = key_of(1);
	struct object *old = NULL;
	int error;

	chain_self = self;
	client_call(self, "remove", 1, 0);
	error = afield__map_remove(&map, &objects, &key, &old);
	client_return(self, error ? CLIENT_NIL : old->value);
	if (!error)
		afield__release_object(old);
}

static void put_one_object(int self)
{
	put_object(self, self + 1);
}

static void remove_and_get_object(int self)
{
	remove_object(self);
	get_object(self);
}

static void insert_object(int self)
{
	struct afield__map_key key = key_of(1);
	struct object *object = &pool[self + 1], *found = NULL;
	int done;

	object->value = self + 1;
	atomic_store(&object->count, 1);
	chain_self = self;
	client_call(self, "set", 1, self + 1);
	if (AFIELD_MUTANT("insert_in_two_steps")) {
		done = afield__map_get(&map, &objects, &key, &found) != 0;
		if (done)
			(void)afield__map_set(&map, &objects, &key, &object, NULL);
	} else {
		done = afield__map_get_or_insert(&map, &objects, &key, &object, &found);
	}
	if (!done)
		was_get(self);
	client_return(self, done ? CLIENT_NIL : found->value);
	if (found)
		afield__release_object(found);
	afield__release_object(object);
}

PROGRAM(client_objects_insert)
{
	CLIENT_RUN(insert_object, insert_object);
	get_object(CLIENT_MAIN);
	remove_object(CLIENT_MAIN);
	end_with(&objects);
	assert(pool[1].value == -1 && pool[2].value == -1);
}

PROGRAM(client_objects)
{
	put_object(CLIENT_MAIN, 3);
	CLIENT_RUN(put_one_object, get_object);
	get_object(CLIENT_MAIN);
	remove_object(CLIENT_MAIN);
	end_with(&objects);
	for (int i = 1; i < 4; i++)
		assert(pool[i].value == (i == 2 ? 0 : -1)); /* the second was never used */
}

PROGRAM(client_objects_leave)
{
	put_object(CLIENT_MAIN, 3);
	CLIENT_RUN(put_one_object, remove_and_get_object);
	get_object(CLIENT_MAIN);
	end_with(&objects);
}

CLIENT_MODEL(map)
PROGRAMS(client_fresh, client_each_sets, client_replace, client_reinsert, client_remove,
	 client_wide, client_insert, client_compare_exchange, client_wide_compare_exchange,
	 client_fresh_compare_exchange, client_objects_insert, client_objects, client_objects_leave)
