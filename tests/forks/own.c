/* SPDX-License-Identifier: MIT */
/*
 * What the thread that forks has of its own: it keeps it in the child, beside what is left there of
 * others, in the kinds that count their holders and in those that name them.
 */
#include <afield/cell.h>
#include <afield/locked.h>
#include <afield/rwlocked.h>

#include <errno.h>

#include "child.h"
#include "test.h"

struct pair {
	long low, high;
};
AFIELD_TYPE(pair_locked, locked, struct pair);
AFIELD_TYPE(pair_rw, rwlocked, struct pair);
AFIELD_TYPE(pair_cell, cell, struct pair);

static struct pair pair_of(long number)
{
	struct pair pair = {number, number};

	return pair;
}

/* What the thread that forks has, it has in the child, beside what is left there of another. */
struct both {
	pair_locked lock;
	pair_rw read, written;
	pair_cell shared;
};

static void *hold_reads(void *argument)
{
	struct both *it = (struct both *)argument;

	AFIELD_READING(pair_rw, read, &it->read)
	AFIELD_BORROWED(pair_cell, shared, &it->shared)
	{
		TEST_CHECK(read->low == shared->low);
		child_hold();
	}
	return NULL;
}

static int resetting; /* what the call returned; written by the thread, read when it is joined */
static void *reset_from_elsewhere(void *argument)
{
	resetting = pair_cell_reset_orphans(&((struct both *)argument)->shared);
	return NULL;
}

/* ThreadSanitizer takes a thread on the stack of one that the fork left behind for a mistake. */
static bool is_refused_elsewhere(struct both *it)
{
	pthread_t thread;

	if (SANITIZERS_THREAD)
		return true;
	if (pthread_create(&thread, NULL, reset_from_elsewhere, it))
		abort();
	pthread_join(thread, NULL);
	return resetting == -EPERM;
}

static int has_its_own(void *argument)
{
	struct both *it = (struct both *)argument;
	struct pair *changed;

	if (!pair_locked_is_mine(&it->lock) || pair_locked_reset_orphans(&it->lock))
		return 1;
	pair_locked_unlock(&it->lock);
	if (pair_locked_store(&it->lock, pair_of(6)))
		return 2;
	if (!pair_rw_is_mine(&it->written) || pair_rw_reset_orphans(&it->written))
		return 3;
	pair_rw_write_unlock(&it->written);
	if (pair_rw_try_write_lock(&it->read))
		return 4; /* twice its own */
	pair_rw_read_unlock(&it->read);
	if (pair_rw_try_write_lock(&it->read))
		return 5;
	pair_rw_read_unlock(&it->read);
	if (!pair_rw_try_write_lock(&it->read))
		return 6; /* the other's counts for nothing */
	pair_rw_write_unlock(&it->read);
	if (pair_cell_try_borrow_mut(&it->shared) || pair_cell_borrow_count(&it->shared) != 2)
		return 7;
	pair_cell_release(&it->shared); /* before anybody borrows */
	if (pair_cell_borrow_mut_wait(&it->shared, &changed) != -EOWNERDEAD)
		return 8;
	if (!is_refused_elsewhere(it))
		return 9;
	if (!pair_cell_try_borrow(&it->shared) || pair_cell_reset_orphans(&it->shared) != 1 ||
	    pair_cell_try_borrow_mut(&it->shared))
		return 10; /* what was borrowed since stays */
	pair_cell_release(&it->shared);
	return pair_cell_try_borrow_mut(&it->shared) ? 0 : 11;
}

/* A borrow that the table began is known by thread. */
static int has_its_hold(void *argument)
{
	struct afield_held_lock *hold = (struct afield_held_lock *)argument;
	pair_cell *shared = (pair_cell *)hold->at;

	if (!pair_cell_try_borrow(shared) || pair_cell_borrow_count(shared) != 3)
		return 1;
	if (pair_cell_reset_orphans(shared) != 1 || pair_cell_borrow_count(shared) != 2)
		return 2;
	afield_held_lock_end(hold);
	if (pair_cell_try_borrow_mut(shared))
		return 3;
	pair_cell_release(shared);
	return pair_cell_try_borrow_mut(shared) ? 0 : 4;
}

static void *hold_shared(void *argument)
{
	AFIELD_BORROWED(pair_cell, shared, (pair_cell *)((struct afield_held_lock *)argument)->at)
	{
		TEST_CHECK(shared->low == 0);
		child_hold();
	}
	return NULL;
}

static void a_hold_goes_on_in_the_child(void)
{
	const struct afield_type *type = pair_cell_type();
	pair_cell shared;
	struct afield_held_lock hold;

	memset(&shared, 0, sizeof(shared));
	memset(&hold, 0, sizeof(hold));
	hold.type = type;
	hold.at = &shared;
	hold.mode = &type->binding->lock_modes[0];
	TEST_CHECK(afield_held_lock_begin(&hold, false, NULL) == 0);
	TEST_CHECK(child_finds_beside(hold_shared, has_its_hold, &hold));
	afield_held_lock_end(&hold);
	TEST_CHECK(pair_cell_try_borrow_mut(&shared) != NULL);
}

static void a_thread_keeps_what_it_has_over_its_fork(void)
{
	struct both it;

	memset(&it, 0, sizeof(it));
	TEST_CHECK(pair_locked_lock(&it.lock) && pair_rw_write_lock(&it.written));
	TEST_CHECK(pair_rw_read_lock(&it.read) && pair_rw_read_lock(&it.read));
	TEST_CHECK(pair_cell_try_borrow(&it.shared) != NULL);
	TEST_CHECK(child_finds_beside(hold_reads, has_its_own, &it));
	pair_locked_unlock(&it.lock);
	pair_rw_write_unlock(&it.written);
	pair_rw_read_unlock(&it.read);
	TEST_CHECK(!pair_rw_try_write_lock(&it.read)); /* here nothing is another's */
	pair_rw_read_unlock(&it.read);
	TEST_CHECK(pair_rw_try_write_lock(&it.read) != NULL);
	pair_cell_release(&it.shared);
	TEST_CHECK(pair_cell_try_borrow_mut(&it.shared) != NULL);
}

int main(void)
{
	TEST_RUN(a_thread_keeps_what_it_has_over_its_fork);
	TEST_RUN(a_hold_goes_on_in_the_child);
	return test_done();
}
