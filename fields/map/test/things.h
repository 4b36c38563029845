/* SPDX-License-Identifier: MIT */
/*
 * things: objects of a host that does something between a reader's look at an object and its
 * reference, and maps of them.
 */
#ifndef AFIELD_MAP_THINGS_H
#define AFIELD_MAP_THINGS_H

#include <afield/map.h>

#include <afield/host.h>

#include "test.h"

/* An object of the host. It is never freed, so that a dead one can be looked at. */
struct _object {
	AFIELD_ATOMIC(int) count;
};
typedef struct _object *thing;
AFIELD_TYPE(thing_map, map, int64_t, thing);
AFIELD_TYPE(name_map, map, afield_map_text, thing);

enum { KEYS = 8, MOST = 200000 };
static struct _object all[MOST];
static AFIELD_ATOMIC(int) all_count;
static AFIELD_ATOMIC(int) alive; /* objects with a reference */
static void (*between)(thing object);

static thing make(void)
{
	int number = AFIELD_FETCH_ADD(&all_count, 1, seq_cst);

	TEST_CHECK(number < MOST);
	AFIELD_STORE(&all[number].count, 1, seq_cst);
	AFIELD_FETCH_ADD(&alive, 1, seq_cst);
	return &all[number];
}

static void hold(void *object)
{
	TEST_CHECK(AFIELD_FETCH_ADD(&((thing)object)->count, 1, seq_cst) > 0);
}

static void release(void *object)
{
	int before = AFIELD_FETCH_SUB(&((thing)object)->count, 1, seq_cst);

	TEST_CHECK(before > 0);
	if (before == 1)
		AFIELD_FETCH_SUB(&alive, 1, seq_cst);
}

static bool count_up(thing object)
{
	int seen = AFIELD_LOAD(&object->count, seq_cst);

	while (seen > 0)
		if (AFIELD_COMPARE_EXCHANGE_WEAK(&object->count, &seen, seen + 1, seq_cst))
			return true;
	return false;
}

static bool comes_after; /* `between` comes after the reference, and before the re-check */

static bool try_hold(void *object)
{
	bool is_held;

	if (between && !comes_after)
		between((thing)object);
	is_held = count_up((thing)object);
	if (between && comes_after)
		between((thing)object);
	return is_held;
}

static void *detach(void)
{
	return NULL; /* it has no lock */
}

static void attach(void *token)
{
	(void)token;
}

static const struct afield_host host = {detach, attach, NULL, hold, try_hold, release, NULL};

static thing_map things;
static name_map names;
static int replacements; /* that are still to come at each element */

static void put(int64_t key)
{
	thing object = make();
	struct afield_bytes name = {&"abcdefgh"[key], 1};

	TEST_CHECK(thing_map_set(&things, key, object) >= 0);
	TEST_CHECK(name_map_set(&names, name, object) >= 0);
	release(object);
}

static void begin(void)
{
	static bool is_set;

	if (!is_set)
		TEST_CHECK(afield_set_host(&host));
	is_set = true;
	memset(&things, 0, sizeof(things));
	memset(&names, 0, sizeof(names));
	for (int64_t key = 0; key < KEYS; key++)
		put(key);
}

static void finish(void)
{
	between = NULL;
	thing_map_fini(&things);
	name_map_fini(&names);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(AFIELD_LOAD(&alive, seq_cst) == 0);
}

#endif
