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

#include "schedule.h"
#include "test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* A child of a process with threads has one thread, and ThreadSanitizer lets it go on if asked. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "die_after_fork=0:atexit_sleep_ms=0";
}

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

static void once_get(void *unused)
{
	const long *value = number_once_get(&fields->once);

	(void)unused;
	TEST_CHECK(!value || *value == 7);
}
static void once_get_or_init(void *unused)
{
	const long *value;

	(void)unused;
	(void)number_once_get_or_init(&fields->once, make, NULL, &value);
}
static void cell_try(void *unused)
{
	(void)unused;
	if (!number_cell_try_borrow(&fields->cell))
		return;
	AFIELD_PAUSE("inside a shared borrow");
	number_cell_release(&fields->cell);
}
static void cell_load(void *unused)
{
	long value;

	(void)unused;
	(void)number_cell_load(&fields->cell, &value);
}
static void cell_update(void *unused)
{
	(void)unused;
	(void)number_cell_update(&fields->cell, grow, NULL);
}
static void locked_try(void *unused)
{
	(void)unused;
	if (!number_locked_try_lock(&fields->locked))
		return;
	AFIELD_PAUSE("inside a turn");
	number_locked_unlock(&fields->locked);
}
static void locked_ask(void *unused)
{
	(void)unused;
	(void)number_locked_is_mine(&fields->locked);
}
static void locked_update(void *unused)
{
	(void)unused;
	(void)number_locked_update(&fields->locked, grow, NULL);
}
static void rw_try_read(void *unused)
{
	(void)unused;
	if (!number_rw_try_read_lock(&fields->rw))
		return;
	AFIELD_PAUSE("inside a reader's turn");
	number_rw_read_unlock(&fields->rw);
}
static void rw_try_write(void *unused)
{
	(void)unused;
	if (!number_rw_try_write_lock(&fields->rw))
		return;
	AFIELD_PAUSE("inside a writer's turn");
	number_rw_write_unlock(&fields->rw);
}
static void rw_update(void *unused)
{
	(void)unused;
	(void)number_rw_update(&fields->rw, grow, NULL);
}
static void confined_ask(void *unused)
{
	(void)unused;
	(void)number_confined_is_mine(&fields->confined);
	(void)number_confined_owner(&fields->confined);
}
static void confined_load(void *unused)
{
	long value;

	(void)unused;
	(void)number_confined_load(&fields->confined, &value);
}

/* What the child of a fork does to each field in turn; none may wait for a thread it has not. */
static bool is_told(int error)
{
	return error >= 0 || error == -EOWNERDEAD;
}
static bool once_in_child(void)
{
	const long *value = NULL;

	return number_once_get_or_init(&fields->once, make, NULL, &value) == 0 && *value == 7;
}
static bool cell_in_child(void)
{
	const long *shared;
	int error = number_cell_borrow_wait(&fields->cell, &shared);

	if (error == 0)
		number_cell_release(&fields->cell);
	return is_told(error);
}
static bool locked_in_child(void)
{
	return is_told(number_locked_update(&fields->locked, grow, NULL));
}
static bool rw_in_child(void)
{
	long value;

	return is_told(number_rw_load(&fields->rw, &value));
}
static bool confined_in_child(void)
{
	long value;
	int error = number_confined_load(&fields->confined, &value);

	return error == 0 || error == -EPERM;
}

static const struct operation {
	const char *name;
	void (*run)(void *unused);
	bool in_handler; /* a signal handler may do it, whatever it interrupted */
	bool is_try;     /* it goes on whoever ended where */
	bool (*in_child)(void);
} operations[] = {
	{"once get", once_get, true, true, once_in_child},
	{"once get_or_init", once_get_or_init, false, false, once_in_child},
	{"cell try_borrow", cell_try, true, true, cell_in_child},
	{"cell load", cell_load, true, true, cell_in_child},
	{"cell update", cell_update, true, true, cell_in_child},
	{"locked is_mine", locked_ask, true, true, locked_in_child},
	{"locked try_lock", locked_try, false, true, locked_in_child},
	{"locked update", locked_update, false, false, locked_in_child},
	{"rwlocked try_read", rw_try_read, false, true, rw_in_child},
	{"rwlocked try_write", rw_try_write, false, true, rw_in_child},
	{"rwlocked update", rw_update, false, false, rw_in_child},
	{"confined is_mine", confined_ask, true, true, confined_in_child},
	{"confined load", confined_load, false, true, confined_in_child},
};
enum { OPERATIONS = sizeof(operations) / sizeof(operations[0]) };

/* Each round has fields of its own: a borrow or a turn may have been left behind in the last ones,
 * so that nobody could end them in order. */
static void begin(void)
{
	if (++fields == pool + MOST_ROUNDS)
		abort();
}

static volatile sig_atomic_t handled;
static void handle(int unused)
{
	(void)unused;
	for (int i = 0; i < OPERATIONS; i++)
		if (operations[i].in_handler)
			operations[i].run(NULL);
	handled++;
}
static void interrupt(void *unused)
{
	(void)unused;
	raise(SIGUSR1);
}

static void a_handler_uses_the_fields(void)
{
	signal(SIGUSR1, handle);
	for (int i = 0; i < OPERATIONS; i++) {
		long at = 1;

		begin();
		for (; schedule_fault(at, operations[i].run, interrupt, NULL); at++)
			;
		printf("  %-18s interrupted at each of %2ld accesses\n", operations[i].name,
		       at - 1);
		TEST_CHECK(at > 1);
		TEST_CHECK(handled == at - 1);
		handled = 0;
	}
	TEST_CHECK(number_cell_try_borrow_mut(&fields->cell) != NULL); /* nothing was left behind */
}

static void end_thread(void *unused)
{
	(void)unused;
	pthread_exit(NULL);
}
static void *try_all(void *unused)
{
	for (int i = 0; i < OPERATIONS; i++)
		if (operations[i].is_try)
			operations[i].run(unused);
	return NULL;
}

/* What a thread has when it ends stays taken; whoever tries is told so, and nobody hangs. */
static void a_thread_ends_inside(void)
{
	for (int i = 0; i < OPERATIONS; i++) {
		long at = 1;
		bool has_ended;

		do {
			pthread_t others;

			begin();
			has_ended = schedule_fault(at, operations[i].run, end_thread, NULL);
			if (pthread_create(&others, NULL, try_all, NULL))
				abort();
			pthread_join(others, NULL);
		} while (has_ended && at++);
		printf("  %-18s ended at each of %2ld accesses\n", operations[i].name, at - 1);
		TEST_CHECK(at > 1);
	}
}

/*
 * Another thread forks while this one stands at an access. In the child nobody is there to wake who
 * sleeps; a host hears of it before.
 */
enum { FINE, WRONG, ASLEEP };
static void *exit_asleep(void)
{
	_exit(ASLEEP);
	return NULL;
}
static const struct afield_host sleepless = {exit_asleep, NULL, NULL, NULL, NULL, NULL, NULL};

static int child_status;
static void *fork_here(void *victim)
{
	const struct operation *operation = (const struct operation *)victim;
	pid_t child = fork();

	if (child == 0) {
		alarm(60);
		if (!afield_set_host(&sleepless))
			_exit(WRONG);
		_exit(operation->in_child() ? FINE : WRONG);
	}
	if (child < 0 || waitpid(child, &child_status, 0) != child)
		abort();
	return NULL;
}

static const struct operation *standing;
static void be_forked(void *unused)
{
	pthread_t forker;

	(void)unused;
	if (pthread_create(&forker, NULL, fork_here, (void *)(uintptr_t)standing))
		abort();
	pthread_join(forker, NULL);
}

static void a_fork_leaves_threads_behind(void)
{
	for (int i = 0; i < OPERATIONS; i++) {
		int untold = 0;
		long at = 1;

		standing = &operations[i];
		for (begin(); schedule_fault(at, standing->run, be_forked, NULL); begin(), at++) {
			bool is_asleep =
				WIFEXITED(child_status) && WEXITSTATUS(child_status) == ASLEEP;

			TEST_CHECK(is_asleep || child_status == FINE);
			untold += is_asleep; /* it waits for a thread that it has not */
		}
		printf("  %-18s forked at each of %2ld accesses, the child untold at %d\n",
		       standing->name, at - 1, untold);
		TEST_CHECK(at > 1);
		TEST_CHECK(untold == 0);
	}
}

int main(void)
{
	alarm(120);
	TEST_RUN(a_handler_uses_the_fields);
	TEST_RUN(a_thread_ends_inside);
	TEST_RUN(a_fork_leaves_threads_behind);
	return test_done();
}
