/* SPDX-License-Identifier: MIT */
/*
 * The contract of a value that keeps objects (inline_value.h), as a debug build checks it: each use
 * that breaks it, in a child process whose standard error is read, and those that keep to it.
 */
#include <afield/cell.h>
#include <afield/host.h>
#include <afield/locked.h>
#include <afield/rwlocked.h>

#include "asleep.h"
#include "test.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct kept {
	void *object;
	long number;
};
static inline void kept_free(struct kept *kept)
{
	(void)kept;
}
static inline int kept_visit(struct kept *kept, int (*visit)(void *object, void *argument),
			     void *argument)
{
	return kept->object ? visit(kept->object, argument) : 0;
}
AFIELD_TYPE(kept_locked, locked, struct kept, kept_free, kept_visit);
AFIELD_TYPE(kept_rw, rwlocked, struct kept, kept_free, kept_visit);
AFIELD_TYPE(kept_cell, cell, struct kept, kept_free, kept_visit);
AFIELD_TYPE(plain_locked, locked, struct kept, kept_free);

static kept_locked locked;
static kept_rw rw;
static kept_cell cell;
static plain_locked plain;
static int thing, other;

/* A host by which this thread is attached or not as the test says. */
static bool is_attached_now;
static bool is_attached(void)
{
	return is_attached_now;
}
static void *detach(void)
{
	void *token = is_attached_now ? &is_attached_now : NULL;

	is_attached_now = false;
	return token;
}
static void attach(void *token)
{
	(void)token;
	is_attached_now = true;
}
static void count(void *object)
{
	(void)object;
}
static bool try_count(void *object)
{
	return object != NULL;
}
static const struct afield_host host = {detach, attach, NULL, count, try_count, count, is_attached};

static bool put(struct kept *kept, void *object)
{
	kept->object = object;
	kept->number++;
	return true;
}

/* Each in a thread that is not attached. */
static void by_lock(void)
{
	AFIELD_LOCKED(kept_locked, kept, &locked)
	kept->object = &thing;
}
static void by_try_lock(void)
{
	(void)put(kept_locked_try_lock(&locked), &thing);
	kept_locked_unlock(&locked);
}
static void by_update(void)
{
	(void)kept_locked_update(&locked, put, &thing);
}
static void by_exchange(void)
{
	struct kept next = {&thing, 1};

	(void)kept_rw_exchange(&rw, &next);
}
static void by_write_lock(void)
{
	AFIELD_WRITING(kept_rw, kept, &rw)
	kept->object = &thing;
}
static void by_borrow(void)
{
	AFIELD_BORROWED_MUT(kept_cell, kept, &cell)
	kept->object = &thing;
}
static void by_borrow_wait(void)
{
	struct kept *kept = NULL;

	TEST_CHECK(kept_cell_borrow_mut_wait(&cell, &kept) == 0);
	kept->object = &thing;
	kept_cell_release_mut(&cell);
}
static void by_removal(void)
{
	is_attached_now = true;
	AFIELD_LOCKED(kept_locked, kept, &locked)
	kept->object = &other;
	is_attached_now = false;
	AFIELD_LOCKED(kept_locked, kept, &locked)
	kept->object = NULL;
}

/* What a call says on the standard error before it aborts; empty when it does not. */
static const char *what_it_says(void (*call)(void))
{
	static char text[256];
	int status = 0, ends[2];
	ssize_t size;
	pid_t child;

	TEST_CHECK(pipe(ends) == 0);
	child = fork();
	TEST_CHECK(child >= 0);
	if (child == 0) {
		(void)dup2(ends[1], STDERR_FILENO);
		(void)signal(SIGABRT, SIG_DFL);
		call();
		_exit(0);
	}
	(void)close(ends[1]);
	size = read(ends[0], text, sizeof(text) - 1);
	text[size > 0 ? size : 0] = '\0';
	(void)close(ends[0]);
	TEST_CHECK(waitpid(child, &status, 0) == child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		TEST_CHECK(text[0] == '\0');
	else
		TEST_CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	return text;
}

static void changes_are_found(void)
{
	static void (*const calls[])(void) = {by_lock,        by_try_lock,   by_update,
					      by_exchange,    by_write_lock, by_borrow,
					      by_borrow_wait, by_removal};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const char *text = what_it_says(calls[i]);

		TEST_CHECK(strncmp(text, "afield: kept_", 13) == 0);
		TEST_CHECK(strstr(text, "is not attached to the host has changed the objects"));
	}
}

static void who_keeps_to_it_is_left_alone(void)
{
	struct kept next = {&other, 1};

	for (int i = 0; i < 200; i++) {
		is_attached_now = true;
		AFIELD_LOCKED(kept_locked, kept, &locked)
		(void)put(kept, i % 2 ? &thing : &other);
		AFIELD_WRITING(kept_rw, kept, &rw)
		(void)put(kept, &thing);
		AFIELD_BORROWED_MUT(kept_cell, kept, &cell)
		(void)put(kept, NULL);
		TEST_CHECK(kept_locked_exchange(&locked, &next) == 0);
		is_attached_now = false; /* all other members are anybody's */
		AFIELD_LOCKED(kept_locked, kept, &locked)
		kept->number++;
		AFIELD_WRITING(kept_rw, kept, &rw)
		kept->number++;
		AFIELD_READING(kept_rw, reading, &rw)
		TEST_CHECK(reading->object == &thing);
		AFIELD_BORROWED_MUT(kept_cell, kept, &cell)
		kept->number++;
		/* Without a visit function nothing is the collector's. */
		AFIELD_LOCKED(plain_locked, kept, &plain)
		kept->object = &thing;
	}
	/* Attached for the change alone. */
	AFIELD_LOCKED(kept_locked, kept, &locked)
	{
		is_attached_now = true;
		kept->object = &thing;
	}
	is_attached_now = false;
	AFIELD_LOCKED(kept_locked, kept, &locked)
	kept->number++;
}

static void nothing_without_a_host(void)
{
	by_lock(); /* there are no objects */
	locked.value.object = NULL;
	TEST_CHECK(!afield_is_detached());
	TEST_CHECK(afield_set_host(&host));
	TEST_CHECK(afield_is_detached());
}

/* Two threads use two fields. The second waits while the first has its value looked at, at the begin
 * of a use and at its end. */
static pthread_barrier_t is_visited, may_go_on;
static AFIELD_ATOMIC(bool) is_slow;
static int visit_slowly(void *value, int (*visit)(void *object, void *argument), void *argument)
{
	(void)value, (void)visit, (void)argument;
	if (AFIELD_LOAD(&is_slow, seq_cst)) {
		AFIELD_STORE(&is_slow, false, seq_cst);
		pthread_barrier_wait(&is_visited);
		pthread_barrier_wait(&may_go_on);
	}
	return 0;
}
static const struct afield_inline_value visited = {0, NULL, visit_slowly};

static void *begin_use(void *field)
{
	afield__inline_value_begin(&visited, field);
	return NULL;
}
static void *end_use(void *field)
{
	afield__inline_value_end(&visited, field, "test");
	return NULL;
}

static AFIELD_ATOMIC(pid_t) second;
static AFIELD_ATOMIC(bool) has_used;
static void *use_another(void *field)
{
	AFIELD_STORE(&second, (pid_t)syscall(SYS_gettid), seq_cst);
	(void)begin_use(field);
	(void)end_use(field);
	AFIELD_STORE(&has_used, true, seq_cst);
	return NULL;
}

static void use_two(void *(*first)(void *field))
{
	static long fields[2];
	pthread_t threads[2];

	AFIELD_STORE(&is_slow, true, seq_cst);
	AFIELD_STORE(&second, 0, seq_cst);
	AFIELD_STORE(&has_used, false, seq_cst);
	if (pthread_create(&threads[0], NULL, first, &fields[0]))
		abort();
	pthread_barrier_wait(&is_visited);
	if (pthread_create(&threads[1], NULL, use_another, &fields[1]))
		abort();
	while (!AFIELD_LOAD(&has_used, seq_cst) && !is_asleep(AFIELD_LOAD(&second, seq_cst)))
		usleep(100);
	TEST_CHECK(!AFIELD_LOAD(&has_used, seq_cst));
	pthread_barrier_wait(&may_go_on);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
}

static void the_table_is_one_threads_at_a_time(void)
{
	is_attached_now = false;
	pthread_barrier_init(&is_visited, NULL, 2);
	pthread_barrier_init(&may_go_on, NULL, 2);
	use_two(begin_use);
	use_two(end_use);
}

int main(void)
{
	TEST_RUN(nothing_without_a_host);
	TEST_RUN(changes_are_found);
	TEST_RUN(who_keeps_to_it_is_left_alone);
	TEST_RUN(the_table_is_one_threads_at_a_time);
	return test_done();
}
