/* SPDX-License-Identifier: MIT */
/*
 * What a fork leaves behind, in every kind whose operations may be in the middle of something: the
 * child has one thread, and nothing that it does waits for another. fields/forks.md is the rule.
 */
#include <afield/class.h>

#include <errno.h>

#include "child.h"
#include "pairs.h"
#include "test.h"

/* What is in the middle of something at the fork, by which thread the names say. */
#define BOX(field)                    \
	field(pair_seq, two)          \
	field(pair_seq_one, one)      \
	field(pair_locked, lock)      \
	field(pair_rwlocked, written) \
	field(pair_rwlocked, read)    \
	field(pair_cell, exclusive)   \
	field(pair_cell, shared)      \
	field(pair_once, once)        \
	field(pair_confined, confined)
AFIELD_CLASS(box, BOX);
enum { LEFT_BEHIND = 7 }; /* all but `read` and `once`, which need no call */

static bool is_pair(struct pair pair, long number)
{
	return pair.low == number && pair.high == number;
}

static bool stay_in_one(struct pair *pair, void *unused)
{
	(void)unused;
	child_hold();
	*pair = pair_of(9);
	return true;
}

static bool stay_in_two(struct pair *pair, void *argument)
{
	pair_seq_one_update(&((box *)argument)->one, stay_in_one, NULL);
	*pair = pair_of(9);
	return true;
}

static int stay_in_once(struct pair *pair, void *argument)
{
	pair->low = 9; /* half of it */
	pair_seq_update(&((box *)argument)->two, stay_in_two, argument);
	pair->high = 9;
	return 0;
}

/* A thread in the middle of everything. */
static void *hold_all(void *argument)
{
	box *it = (box *)argument;
	const struct pair *made;

	TEST_CHECK(pair_confined_store(&it->confined, pair_of(5)) == 0);
	AFIELD_LOCKED(pair_locked, lock, &it->lock)
	AFIELD_WRITING(pair_rwlocked, written, &it->written)
	AFIELD_READING(pair_rwlocked, read, &it->read)
	AFIELD_BORROWED_MUT(pair_cell, exclusive, &it->exclusive)
	AFIELD_BORROWED(pair_cell, shared, &it->shared)
	{
		TEST_CHECK(is_pair(*read, 5) && is_pair(*shared, 5));
		lock->low = written->low = exclusive->low = 9;
		TEST_CHECK(pair_once_get_or_init(&it->once, stay_in_once, it, &made) == 0);
		lock->high = written->high = exclusive->high = 9;
	}
	return NULL;
}

static void fill(box *it)
{
	memset(it, 0, sizeof(*it));
	pair_seq_store(&it->two, pair_of(5));
	pair_seq_one_store(&it->one, pair_of(5));
	TEST_CHECK(pair_locked_store(&it->lock, pair_of(5)) == 0);
	TEST_CHECK(pair_rwlocked_store(&it->written, pair_of(5)) == 0);
	TEST_CHECK(pair_rwlocked_store(&it->read, pair_of(5)) == 0);
	TEST_CHECK(pair_cell_store(&it->exclusive, pair_of(5)) == 0);
	TEST_CHECK(pair_cell_store(&it->shared, pair_of(5)) == 0);
}

/* What needs no call: it is right, or it is told. */
static int goes_on_or_is_told(void *argument)
{
	box *it = (box *)argument;
	const struct pair *made = NULL, *borrowed;
	struct pair value, *changed;
	const void *arguments[] = {&value};

	if (!is_pair(pair_seq_load(&it->two), 5) || !pair_seq_try_load(&it->two, &value))
		return 1;
	pair_seq_store(&it->two, pair_of(6));
	if (!is_pair(pair_seq_exchange(&it->two, pair_of(7)), 6) ||
	    !is_pair(pair_seq_load(&it->two), 7))
		return 2;
	if (pair_seq_one_try_load(&it->one, &value) ||
	    pair_seq_one_type()->load(pair_seq_one_type(), &it->one, &value) != -EOWNERDEAD ||
	    pair_seq_one_type()->verbs[0].call(pair_seq_one_type(), &it->one, &value, arguments) !=
		    -EOWNERDEAD)
		return 3;
	if (!is_pair(pair_seq_one_load(&it->one), 0) || !pair_seq_one_try_load(&it->one, &value))
		return 4; /* no half of two values */
	pair_seq_one_store(&it->one, pair_of(6));
	if (!is_pair(pair_seq_one_load(&it->one), 6))
		return 5;
	if (pair_locked_load(&it->lock, &value) != -EOWNERDEAD || pair_locked_try_lock(&it->lock))
		return 6;
	if (pair_rwlocked_load(&it->written, &value) != -EOWNERDEAD ||
	    pair_rwlocked_store(&it->written, pair_of(6)) != -EOWNERDEAD)
		return 7;
	if (pair_rwlocked_store(&it->read, pair_of(6)) || pair_rwlocked_load(&it->read, &value) ||
	    !is_pair(value, 6))
		return 8;
	if (pair_cell_load(&it->exclusive, &value) != -EBUSY ||
	    pair_cell_borrow_wait(&it->exclusive, &borrowed) != -EOWNERDEAD)
		return 9;
	if (pair_cell_load(&it->shared, &value) || !is_pair(value, 5) ||
	    pair_cell_store(&it->shared, pair_of(6)) != -EBUSY ||
	    pair_cell_borrow_mut_wait(&it->shared, &changed) != -EOWNERDEAD)
		return 10;
	if (pair_once_get(&it->once) || pair_once_set(&it->once, pair_of(6)) ||
	    !(made = pair_once_get(&it->once)) || !is_pair(*made, 6))
		return 11;
	if (pair_confined_get(&it->confined) ||
	    pair_confined_store(&it->confined, pair_of(6)) != -EPERM)
		return 12;
	box_fini(it);
	return 0;
}

/* Every lock and every value can be had after the call, once. */
static int is_put_right(void *argument)
{
	box *it = (box *)argument;
	struct pair value = pair_of(0), *owned;

	if (afield_class_reset_orphans(box_class(), it) != LEFT_BEHIND)
		return 1;
	if (afield_class_reset_orphans(box_class(), it) != 0)
		return 2;
	if (!is_pair(pair_seq_load(&it->two), 5) || !is_pair(pair_seq_one_load(&it->one), 0))
		return 3;
	if (pair_locked_load(&it->lock, &value) || value.low != 9 || value.high != 5)
		return 4; /* half of a change, as it was said */
	if (pair_locked_store(&it->lock, pair_of(6)) ||
	    pair_rwlocked_store(&it->written, pair_of(6)) ||
	    pair_rwlocked_store(&it->read, pair_of(6)) ||
	    pair_cell_store(&it->exclusive, pair_of(6)) || pair_cell_store(&it->shared, pair_of(6)))
		return 5;
	if (pair_cell_borrow_count(&it->shared) != 0 || pair_cell_holder(&it->exclusive) != 0)
		return 6;
	owned = pair_confined_get(&it->confined);
	if (!owned || !is_pair(*owned, 5) || pair_confined_store(&it->confined, pair_of(6)))
		return 7;
	box_fini(it);
	return 0;
}

/* Half a value is one that a store by the table replaces; and each field has a call of its own. */
static int is_stored_or_reset(void *argument)
{
	box *it = (box *)argument;
	struct pair value = pair_of(6);

	if (pair_seq_one_type()->store(pair_seq_one_type(), &it->one, &value) ||
	    !is_pair(pair_seq_one_load(&it->one), 6) || pair_seq_one_reset_orphans(&it->one) != 0)
		return 1;
	return pair_seq_reset_orphans(&it->two) == 1 && pair_seq_reset_orphans(&it->two) == 0 ? 0
											      : 2;
}

static void a_child_waits_for_nobody(void)
{
	box it;

	fill(&it);
	TEST_CHECK(child_finds_beside(hold_all, goes_on_or_is_told, &it));
	TEST_CHECK(is_pair(pair_seq_load(&it.two), 9) && is_pair(pair_seq_one_load(&it.one), 9));
	box_fini(&it);
	fill(&it);
	TEST_CHECK(child_finds_beside(hold_all, is_put_right, &it));
	box_fini(&it);
	fill(&it);
	TEST_CHECK(child_finds_beside(hold_all, is_stored_or_reset, &it));
	box_fini(&it);
}

/* The child of a child: what its grandparent's threads left, and what its parent put right. */
static int has_a_child_of_its_own(void *argument)
{
	return child_finds(goes_on_or_is_told, argument) ? 0 : 1;
}
static int puts_right_and_forks(void *argument)
{
	box *it = (box *)argument;
	struct pair value;

	if (afield_class_reset_orphans(box_class(), it) < 0)
		return 1;
	AFIELD_READING(pair_rwlocked, read, &it->read) /* a word of this generation */
	value = *read;
	if (pair_rwlocked_store(&it->read, pair_of(5)) || pair_cell_load(&it->shared, &value) ||
	    pair_locked_store(&it->lock, pair_of(5)))
		return 2;
	return child_finds_beside(hold_all, goes_on_or_is_told, it) ? 0 : 3;
}

static void a_child_of_a_child_waits_for_nobody(void)
{
	box it;

	fill(&it);
	TEST_CHECK(child_finds_beside(hold_all, has_a_child_of_its_own, &it));
	box_fini(&it);
	fill(&it);
	TEST_CHECK(child_finds(puts_right_and_forks, &it));
	box_fini(&it);
}

/* A field that is free, or whose holder lives, has nothing to take back, here or in a child. */
static int takes_nothing_from_the_living(void *argument)
{
	box *it = (box *)argument;
	bool is_right;

	if (afield_class_reset_orphans(box_class(), it) != 0)
		return 1;
	if (!pair_locked_lock(&it->lock) || !pair_rwlocked_write_lock(&it->written) ||
	    !pair_rwlocked_read_lock(&it->read) || !pair_cell_try_borrow(&it->shared) ||
	    !pair_cell_try_borrow_mut(&it->exclusive))
		return 2;
	is_right = afield_class_reset_orphans(box_class(), it) == 0 &&
		   pair_locked_is_mine(&it->lock) && pair_rwlocked_is_mine(&it->written) &&
		   !pair_rwlocked_try_write_lock(&it->read) &&
		   pair_cell_borrow_count(&it->shared) == 1 &&
		   pair_cell_holder(&it->exclusive) == afield_thread_id();
	pair_locked_unlock(&it->lock);
	pair_rwlocked_write_unlock(&it->written);
	pair_rwlocked_read_unlock(&it->read);
	pair_cell_release(&it->shared);
	pair_cell_release_mut(&it->exclusive);
	return is_right ? 0 : 3;
}

static void the_living_keep_what_they_have(void)
{
	box it;

	fill(&it);
	TEST_CHECK(takes_nothing_from_the_living(&it) == 0);
	TEST_CHECK(child_finds(takes_nothing_from_the_living, &it));
	box_fini(&it);
}

static int is_one_more(void *before)
{
	return afield_fork_generation() == *(uint64_t *)before + 1 ? 0 : 1;
}

int main(void)
{
	uint64_t generation = afield_fork_generation();

	TEST_RUN(a_child_waits_for_nobody);
	TEST_RUN(a_child_of_a_child_waits_for_nobody);
	TEST_RUN(the_living_keep_what_they_have);
	TEST_CHECK(child_finds(is_one_more, &generation));
	TEST_CHECK(afield_fork_generation() == generation);
	return test_done();
}
