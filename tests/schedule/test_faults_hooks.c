/* SPDX-License-Identifier: MIT */
/*
 * Hooks for children: a fork while a thread stands at an access of adding one, and another thread
 * that adds one then. Each hook that has been added is called, once.
 */
#include <afield/thread.h>

#include "asleep.h"
#include "faults.h"

#include <sys/syscall.h>

enum { HOOKS = 64 };
static struct afield_fork_hook hooks[HOOKS];
static AFIELD_ATOMIC(int) next_hook, added;
static int called; /* in this process, by its fork */
static void count_call(void)
{
	called++;
}

static void add_hook(void *unused)
{
	struct afield_fork_hook *hook = &hooks[AFIELD_FETCH_ADD(&next_hook, 1, relaxed)];

	(void)unused;
	hook->in_child = count_call;
	afield_fork_hook_add(hook);
	AFIELD_FETCH_ADD(&added, 1, relaxed);
}

static int has_called_all(void *before)
{
	return called == *(int *)before + AFIELD_LOAD(&added, relaxed) ? 0 : 1;
}

/* One may be in or not. The child can add its own, which its child calls. */
static int calls_hooks(void *unused)
{
	int seen = called, in_all = AFIELD_LOAD(&added, relaxed);

	(void)unused;
	if (called != in_all && called != in_all + 1)
		return 1;
	AFIELD_STORE(&added, called, relaxed);
	AFIELD_STORE(&next_hook, HOOKS - 1, relaxed);
	add_hook(NULL);
	return child_finds(has_called_all, &seen) ? 0 : 2;
}

/* Another adds one while this thread does: it waits, or has done it before. */
static pthread_t second;
static AFIELD_ATOMIC(pid_t) adder;
static AFIELD_ATOMIC(bool) has_added;
static void *add_other_hook(void *unused)
{
	AFIELD_STORE(&adder, (pid_t)syscall(SYS_gettid), seq_cst);
	add_hook(NULL);
	AFIELD_STORE(&has_added, true, seq_cst);
	return unused;
}

static void add_beside(void *unused)
{
	(void)unused;
	AFIELD_STORE(&adder, 0, relaxed);
	AFIELD_STORE(&has_added, false, relaxed);
	if (pthread_create(&second, NULL, add_other_hook, NULL))
		abort();
	while (!AFIELD_LOAD(&has_added, seq_cst) && !is_asleep(AFIELD_LOAD(&adder, seq_cst)))
		usleep(100);
}

static void hooks_are_added_one_after_the_other(void)
{
	int none = 0;
	long at = 1;

	while (schedule_fault(at, add_hook, add_beside, NULL)) {
		pthread_join(second, NULL);
		TEST_CHECK(child_finds(has_called_all, &none));
		at++;
	}
	TEST_CHECK(at > 1);
}

OPERATION(add_one, add_hook(NULL));

static const struct fault_operation operations[] = {
	{"add a hook", add_one, SLEEPS, calls_hooks},
};
static void begin(void)
{
}
static void end(long unused)
{
	(void)unused;
}
static const struct faults faults = {operations, 1, begin, end};

static void a_child_calls_hooks_wherever_one_is_added(void)
{
	faults_by_forks(&faults);
}

int main(void)
{
	alarm(120);
	TEST_RUN(hooks_are_added_one_after_the_other);
	TEST_RUN(a_child_calls_hooks_wherever_one_is_added);
	return test_done();
}
