/* SPDX-License-Identifier: MIT */
/*
 * An array of objects that readers hold beyond their read section, and the last holder gives up.
 * Two readers have loaded the list's pointer; a writer has replaced it and lets go of the list's
 * share. What must hold in every execution: who holds the array finds its element alive; it is
 * given up once, by the last holder; and nobody who holds it reads it later. The grace period that
 * keeps the array's own memory is rcu's, and proved there: here the array is a variable that stays.
 */
#include "../../../tests/support/litmus.h"
#include "../list_core.h"

static struct afield__list_holders old_holders;
static long element = 7; /* plain: 7 while it is alive */
static int given_up;     /* plain: how often; by the last alone */

static void let_go(void)
{
	if (!afield__list_let_go(&old_holders) && !AFIELD_MUTANT("give_up_before_the_last"))
		return;
	element = -1;
	given_up++;
}

static void read_once(int self)
{
	if (!afield__list_hold(&old_holders))
		return;
	if (AFIELD_MUTANT("read_after_letting_go")) {
		let_go();
		assert(element == 7);
		return;
	}
	assert(element == 7);
	let_go();
}

static void replace(int self)
{
	let_go();
}

PROGRAM(last_holder_gives_up)
{
	AFIELD_STORE(&old_holders.count, 1, relaxed);
	RUN(read_once, read_once, replace);
	assert(given_up == 1);
	assert(element == -1);
}

PROGRAMS(last_holder_gives_up)
