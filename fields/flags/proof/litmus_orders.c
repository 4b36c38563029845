/* SPDX-License-Identifier: MIT */
/*
 * Two words. Each thread changes a word of its own and then looks at the other's. What must hold in
 * every execution: the changes and the looks stand in one order, which both threads see, so that at
 * least one sees what the other did. Each part has two words of its own, so that none helps
 * another.
 */
#include "../../../tests/support/litmus.h"
#include "../flags_core.h"

enum { OPEN = 1, LOCKED = 2 };

/* Once for each operation that changes. No loops: an outside checker goes round three times. */
enum { SET, TOGGLE, CLEAR, ASK_TO_SET, ASK_TO_CLEAR, CHANGES };
static afield__flags_word changed[CHANGES][2];
static bool saw_change[CHANGES][2]; /* written by the thread with that number */

static void change(afield__flags_word *word, int part)
{
	switch (part) {
	case SET:
		afield__flags_set(word, OPEN);
		break;
	case TOGGLE:
		afield__flags_toggle(word, OPEN);
		break;
	case CLEAR:
		afield__flags_clear(word, LOCKED);
		break;
	case ASK_TO_SET:
		(void)!afield__flags_test_and_set(word, OPEN);
		break;
	default:
		(void)afield__flags_test_and_clear(word, LOCKED);
	}
}

static void change_and_look_at(int part, int self)
{
	change(&changed[part][self], part);
	saw_change[part][self] = afield__flags_load(&changed[part][1 - self]) != LOCKED;
}

static void change_and_look(int self)
{
	change_and_look_at(SET, self);
	change_and_look_at(TOGGLE, self);
	change_and_look_at(CLEAR, self);
	change_and_look_at(ASK_TO_SET, self);
	change_and_look_at(ASK_TO_CLEAR, self);
}

static void begin_changes(int part)
{
	afield__flags_store(&changed[part][0], LOCKED);
	afield__flags_store(&changed[part][1], LOCKED);
}

PROGRAM(changes_have_one_order)
{
	begin_changes(SET);
	begin_changes(TOGGLE);
	begin_changes(CLEAR);
	begin_changes(ASK_TO_SET);
	begin_changes(ASK_TO_CLEAR);
	RUN(change_and_look, change_and_look);
	assert(saw_change[SET][0] || saw_change[SET][1]);
	assert(saw_change[TOGGLE][0] || saw_change[TOGGLE][1]);
	assert(saw_change[CLEAR][0] || saw_change[CLEAR][1]);
	assert(saw_change[ASK_TO_SET][0] || saw_change[ASK_TO_SET][1]);
	assert(saw_change[ASK_TO_CLEAR][0] || saw_change[ASK_TO_CLEAR][1]);
}

/*
 * Stores, and looks that change; and who sees a store sees what was written before it. Twice, as
 * there are two operations that ask; and before that once for who has looked too early and looks
 * again.
 */
enum { LOOK_AGAIN, CLEAR_OTHER, SET_OTHER, STORES };
static afield__flags_word stored[STORES][2];
static int messages[STORES][2];       /* plain */
static uint64_t saw_store[STORES][2]; /* written by the thread with that number */

static void look_again(int self)
{
	if (self == 0)
		(void)afield__flags_load(&stored[LOOK_AGAIN][1]);
	afield__flags_set(&stored[LOOK_AGAIN][self], OPEN);
	saw_store[LOOK_AGAIN][self] = afield__flags_load(&stored[LOOK_AGAIN][1 - self]);
}

static uint64_t ask(afield__flags_word *word, int part)
{
	return part == SET_OTHER ? afield__flags_test_and_set(word, OPEN)
				 : afield__flags_test_and_clear(word, OPEN);
}

static void store_and_ask_by(int part, int self)
{
	messages[part][self] = 1;
	afield__flags_store(&stored[part][self], OPEN);
	saw_store[part][self] = ask(&stored[part][1 - self], part);
	if (saw_store[part][self])
		assert(messages[part][1 - self] == 1);
}

static void store_and_ask(int self)
{
	look_again(self);
	store_and_ask_by(CLEAR_OTHER, self);
	store_and_ask_by(SET_OTHER, self);
}

PROGRAM(stores_have_one_order)
{
	for (int part = 0; part < STORES; part++)
		for (int i = 0; i < 2; i++)
			afield__flags_store(&stored[part][i], 0);
	RUN(store_and_ask, store_and_ask);
	for (int part = 0; part < STORES; part++)
		assert(saw_store[part][0] || saw_store[part][1]);
}

PROGRAMS(changes_have_one_order, stores_have_one_order)
