/* SPDX-License-Identifier: MIT */
/*
 * litmus_retired_list: retired objects for the litmus programs beside this file. An object is
 * plain: who retires writes it, who takes it reads it, and a data race is an object that is not
 * whole.
 */
#include "../support/litmus.h"
#include "reclaim_core.h"

struct afield_retired {
	struct afield_retired *next;
	int value;
};

static struct afield__retired_list retired_list;
static afield__load load;
static struct afield_retired objects[2];

static inline bool push(int which)
{
	objects[which].value = 1;
	return afield__retired_list_push(&retired_list, &objects[which], &objects[which].next);
}

/* How many there are from `retired` on; each is whole. */
static inline int count(const struct afield_retired *retired)
{
	int number = 0;

	for (; retired; retired = retired->next) {
		assert(retired->value == 1);
		number++;
	}
	return number;
}

static inline int count_left(void)
{
	return count(AFIELD_LOAD(&retired_list.newest, relaxed));
}

static inline void begin(void)
{
	AFIELD_STORE(&retired_list.newest, NULL, relaxed);
	AFIELD_STORE(&retired_list.in_hand, NULL, relaxed);
	AFIELD_STORE(&load, 0, relaxed);
}
