/* SPDX-License-Identifier: MIT */
/*
 * fields: one field of each kind that calls a function of its user, for test_exceptions.cpp.
 */
#ifndef AFIELD_TESTS_EXCEPTIONS_FIELDS_H
#define AFIELD_TESTS_EXCEPTIONS_FIELDS_H

#include <afield/atomic.h>
#include <afield/list.h>
#include <afield/map.h>
#include <afield/rcu.h>
#include <afield/reclaim.h>
#include <afield/stack.h>

#include <cstdlib>

#include "pairs.h"

static int owned_now;
struct owner {
	char *text;
};
static void owner_free(struct owner *value)
{
	free(value->text);
	value->text = nullptr;
	owned_now--;
}

AFIELD_TYPE(pair_cell_wait, cell_wait, struct pair);
AFIELD_TYPE(pair_rcu, rcu, struct pair);
AFIELD_TYPE(number_list, list, long);
AFIELD_TYPE(number_map, map, int64_t, long);
AFIELD_TYPE(text_map, map, afield_map_text, struct pair);
AFIELD_TYPE(owner_stack, stack, struct owner, owner_free);

static pair_seq seq;
static pair_seq_one seq_one;
static pair_locked locked;
static pair_rwlocked rwlocked;
static pair_cell cell;
static pair_cell_wait cell_wait;
static pair_rcu rcu;
static pair_once once;
static number_list list;
static number_map numbers;
static text_map texts;
static owner_stack owners;
static afield_i64 integer;
static afield_f64 real;

#endif
