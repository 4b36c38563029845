/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic of floats is a loop. What must hold in every execution: all additions happen, each
 * once; bare ones stand in one total order with everything bare, and the acq_rel ones publish.
 */
#include "../../../tests/support/litmus.h"
#include "../atomic.h"

static afield_f64 level;
static double before[2]; /* written by the thread with that number */

static void add_one(int self)
{
	before[self] = afield_f64_fetch_add(&level, 1);
}

static void add_two(int self)
{
	before[self] = afield_f64_fetch_add_acq_rel(&level, 2);
}

PROGRAM(float_adds_are_not_lost)
{
	RUN(add_one, add_two);
	assert(afield_f64_load(&level) == 3);
	assert((before[0] == 0 && before[1] == 1) || (before[0] == 2 && before[1] == 0));
}

/* Each adds to a word of its own and reads the other's: one of them reads what was added. */
static afield_f64 grown[2];
static double saw_grown[2];

/* Who finds the other's half has everything the other did before; plain data says so. */
static afield_f64 halves;
static int data[2];

static void grow_and_pass(int self)
{
	afield_f64_fetch_add(&grown[self], 1);
	saw_grown[self] = afield_f64_load(&grown[1 - self]);
	data[self] = 1;
	if (afield_f64_fetch_add_acq_rel(&halves, 0.5) > 0)
		assert(data[1 - self] == 1);
}

PROGRAM(float_adds_have_one_order)
{
	RUN(grow_and_pass, grow_and_pass);
	assert(saw_grown[0] == 1 || saw_grown[1] == 1);
	assert(afield_f64_load(&halves) == 1);
}

PROGRAMS(float_adds_have_one_order, float_adds_are_not_lost)
