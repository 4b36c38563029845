/* SPDX-License-Identifier: MIT */
/*
 * Faults in the kinds that wait, at every access of every operation: a signal handler that runs
 * there, a thread that ends there, and a fork while a thread stands there. Who tests the other
 * faults is said in test_faults.c.
 */
#include <afield/cell.h>
#include <afield/confined.h>
#include <afield/locked.h>
#include <afield/once.h>
#include <afield/rwlocked.h>

#include "faults.h"

AFIELD_TYPE(number_once, once, long);
AFIELD_TYPE(number_cell, cell, long);
AFIELD_TYPE(number_locked, locked, long);
AFIELD_TYPE(number_rw, rwlocked, long);
AFIELD_TYPE(number_confined, confined, long);

enum { MOST_ROUNDS = 2048 };
static struct fields {
	number_once once;
	number_cell cell;
	number_locked locked;
	number_rw rw;
	number_confined confined;
} pool[MOST_ROUNDS], *fields = pool;

static int make(long *value, void *unused)
{
	(void)unused;
	AFIELD_PAUSE("inside a making");
	*value = 7;
	return 0;
}
static bool grow(long *value, void *unused)
{
	(void)unused;
	AFIELD_PAUSE("inside a change");
	++*value;
	return true;
}

OPERATION(once_get, const long *value = number_once_get(&fields->once);
	  TEST_CHECK(!value || *value == 7));
OPERATION(once_get_or_init, const long *value;
	  (void)number_once_get_or_init(&fields->once, make, NULL, &value));
OPERATION(
	cell_try, if (number_cell_try_borrow(&fields->cell)) {
		AFIELD_PAUSE("inside a shared borrow");
		number_cell_release(&fields->cell);
	});
OPERATION(cell_load, long value; (void)number_cell_load(&fields->cell, &value));
OPERATION(cell_update, (void)number_cell_update(&fields->cell, grow, NULL));
OPERATION(
	locked_try, if (number_locked_try_lock(&fields->locked)) {
		AFIELD_PAUSE("inside a lock");
		number_locked_unlock(&fields->locked);
	});
OPERATION(locked_ask, (void)number_locked_is_mine(&fields->locked));
OPERATION(locked_update, (void)number_locked_update(&fields->locked, grow, NULL));
OPERATION(
	rw_try_read, if (number_rw_try_read_lock(&fields->rw)) {
		AFIELD_PAUSE("inside a reader's lock");
		number_rw_read_unlock(&fields->rw);
	});
OPERATION(
	rw_try_write, if (number_rw_try_write_lock(&fields->rw)) {
		AFIELD_PAUSE("inside a writer's lock");
		number_rw_write_unlock(&fields->rw);
	});
OPERATION(rw_update, (void)number_rw_update(&fields->rw, grow, NULL));
OPERATION(confined_ask, (void)number_confined_is_mine(&fields->confined);
	  (void)number_confined_owner(&fields->confined));
OPERATION(confined_load, long value; (void)number_confined_load(&fields->confined, &value));

/* What the child of a fork does to each field; none may wait for a thread that it has not. */
static int is_told(int error)
{
	return error >= 0 || error == -EOWNERDEAD ? 0 : 1;
}
static int once_in_child(void *unused)
{
	const long *value = NULL;

	(void)unused;
	return number_once_get_or_init(&fields->once, make, NULL, &value) == 0 && *value == 7 ? 0
											      : 1;
}
static int cell_in_child(void *unused)
{
	const long *shared;
	int error = number_cell_borrow_wait(&fields->cell, &shared);

	(void)unused;
	if (error == 0)
		number_cell_release(&fields->cell);
	return is_told(error);
}
static int locked_in_child(void *unused)
{
	(void)unused;
	return is_told(number_locked_update(&fields->locked, grow, NULL));
}
static int rw_in_child(void *unused)
{
	long value;

	(void)unused;
	return is_told(number_rw_load(&fields->rw, &value));
}
static int confined_in_child(void *unused)
{
	long value;
	int error = number_confined_load(&fields->confined, &value);

	(void)unused;
	return error == 0 || error == -EPERM ? 0 : 1;
}

static const struct fault_operation operations[] = {
	{"once get", once_get, IN_HANDLER, once_in_child},
	{"once get_or_init", once_get_or_init, KEEPS | WAITS, once_in_child},
	{"cell try_borrow", cell_try, IN_HANDLER | KEEPS, cell_in_child},
	{"cell load", cell_load, IN_HANDLER | KEEPS, cell_in_child},
	{"cell update", cell_update, IN_HANDLER | KEEPS, cell_in_child},
	{"locked is_mine", locked_ask, IN_HANDLER, locked_in_child},
	{"locked try_lock", locked_try, KEEPS, locked_in_child},
	{"locked update", locked_update, KEEPS | WAITS, locked_in_child},
	{"rwlocked try_read", rw_try_read, KEEPS, rw_in_child},
	{"rwlocked try_write", rw_try_write, KEEPS, rw_in_child},
	{"rwlocked update", rw_update, KEEPS | WAITS, rw_in_child},
	{"confined is_mine", confined_ask, IN_HANDLER, confined_in_child},
	{"confined load", confined_load, 0, confined_in_child},
};

/* Each round has fields of its own: a borrow or a lock may have been left behind in the last ones,
 * so that nobody could end them in order. */
static void begin(void)
{
	if (++fields == pool + MOST_ROUNDS)
		abort();
}
static void end(long unused)
{
	(void)unused;
}

static const struct faults faults = {operations, sizeof(operations) / sizeof(operations[0]), begin,
				     end};

static void a_handler_uses_the_fields(void)
{
	faults_by_handlers(&faults);
	TEST_CHECK(number_cell_try_borrow_mut(&fields->cell) != NULL); /* nothing was left behind */
}

/* What a thread has when it ends stays taken; whoever tries is told so, and nobody hangs. */
static void a_thread_ends_inside(void)
{
	faults_by_ends(&faults);
}

static void a_fork_leaves_threads_behind(void)
{
	faults_by_forks(&faults);
}

int main(void)
{
	alarm(120);
	TEST_RUN(a_handler_uses_the_fields);
	TEST_RUN(a_thread_ends_inside);
	TEST_RUN(a_fork_leaves_threads_behind);
	return test_done();
}
