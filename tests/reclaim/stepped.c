/* SPDX-License-Identifier: MIT */
/*
 * A signal handler reads between any two instructions of the way into a section and of the way out:
 * in a thread that has a record, in one that comes for the first time, and in one for which there
 * was no memory, and in whose handler there is some again. A parent goes through in steps of one
 * instruction, and has the handler run behind each of the last of them, one a run.
 */
#define _GNU_SOURCE
#include "child.h"
#include "reader.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

enum { RECORDS = 64 };

static int refuses_memory; /* of records */
void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
	if (refuses_memory) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
}

static int wrong_depth;
static void read_in_handler(int unused)
{
	bool before = afield_is_reading();

	(void)unused;
	refuses_memory = 0;
	AFIELD_READ_SECTION
	{
		wrong_depth += !afield_is_reading();
	}
	wrong_depth += afield_is_reading() != before;
}

/* Another thread has them all: by its number, for so many threads would take long. */
static void take_all_records(uint64_t other)
{
	for (int i = 0; i < RECORDS; i++) {
		struct afield__self *self = afield__self_make();

		AFIELD_STORE(&self->owner,
			     (AFIELD_LOAD(&self->owner, relaxed) & ~UINT64_C(0xffffffff)) | other,
			     relaxed);
		afield__self = NULL;
	}
}

static void leave_alone(struct afield_retired *unused)
{
	(void)unused;
}

static uint64_t other;
static void *stay(void *unused)
{
	__atomic_store_n(&other, (uint64_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	pause();
	return unused;
}

enum state { HAS_RECORD, IS_NEW, WITHOUT_MEMORY };
struct way {
	enum state state;
	bool is_out;
};

static void go(bool is_stepped, bool is_out)
{
	if (is_stepped)
		raise(SIGSTOP);
	if (is_out)
		afield_read_unlock();
	else
		afield_read_lock();
	if (is_stepped)
		raise(SIGSTOP);
}

/* Stops twice, around the way. */
static void be_stepped(struct way way)
{
	static struct afield_retired retired;
	bool is_reading;
	pthread_t thread;

	signal(SIGUSR1, read_in_handler);
	if (way.state == HAS_RECORD)
		afield__self_make();
	if (way.state == WITHOUT_MEMORY) {
		if (pthread_create(&thread, NULL, stay, NULL))
			_exit(1);
		while (!__atomic_load_n(&other, __ATOMIC_SEQ_CST))
			pause_ms(1);
		take_all_records(other);
		refuses_memory = 1;
	}
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	go(!way.is_out, false);
	is_reading = afield_is_reading();
	go(way.is_out, true);
	refuses_memory = 0;
	if (!is_reading || afield_is_reading() || wrong_depth != 0)
		_exit(2);
	alarm(2);
	afield_retire(&retired, leave_alone); /* waits forever for a section that nobody leaves */
	_exit(afield_barrier() == 0 ? 0 : 3);
}

static int go_on(pid_t child, int request, int signal)
{
	int status = 0;

	if (ptrace((enum __ptrace_request)request, child, NULL, (void *)(intptr_t)signal) ||
	    waitpid(child, &status, 0) != child)
		return -1;
	return status;
}

static bool is_step(int status)
{
	return WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP;
}

/* So many stops of a kind: at instructions, or at the beginnings and ends of system calls. */
static int pass(pid_t child, int request, int most)
{
	int stops = 0;

	while (stops < most && is_step(go_on(child, request, 0)))
		stops++;
	return stops;
}

/* On the way, behind so many stops of system calls. */
static pid_t start(struct way way, int calls)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		be_stepped(way);
	waitpid(child, &status, 0);
	pass(child, PTRACE_SYSCALL, calls);
	return child;
}

static int count(struct way way, int calls, int request)
{
	pid_t child = start(way, calls);
	int stops = pass(child, request, INT_MAX);

	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return stops;
}

static bool ends_well_when_interrupted(struct way way, int calls, int steps)
{
	pid_t child = start(way, calls);
	int status, signal = SIGUSR1;

	pass(child, PTRACE_SINGLESTEP, steps);
	do {
		status = go_on(child, PTRACE_CONT, signal);
		signal = WIFSTOPPED(status) && WSTOPSIG(status) == SIGALRM ? SIGALRM : 0;
	} while (WIFSTOPPED(status));
	if (status != 0)
		printf("  after %d instructions: ended with %x\n", steps, status);
	return status == 0;
}

/* All of it, or what is behind the search for a record, which makes many calls. */
static void step_through(enum state state, bool is_out)
{
	enum { LAST = 8 };
	struct way way = {state, is_out};
	int calls = count(way, 0, PTRACE_SYSCALL), steps;

	calls = calls > LAST ? calls - LAST : 0;
	steps = count(way, calls, PTRACE_SINGLESTEP);
	printf("  %d instructions\n", steps);
	TEST_CHECK(steps > 10);
	for (int i = 1; i < steps; i++)
		if (!ends_well_when_interrupted(way, calls, i)) {
			TEST_CHECK(false);
			break;
		}
}

static void a_section_may_be_interrupted_anywhere(void)
{
	step_through(HAS_RECORD, false);
	step_through(HAS_RECORD, true);
}

static void the_first_may_be_interrupted_anywhere(void)
{
	step_through(IS_NEW, false);
}

static void one_without_memory_may_be_interrupted_on_the_way_in(void)
{
	step_through(WITHOUT_MEMORY, false);
}

static void one_without_memory_may_be_interrupted_on_the_way_out(void)
{
	step_through(WITHOUT_MEMORY, true);
}

/* A sandbox may deny it. */
static bool may_trace(void)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0);
	return waitpid(child, &status, 0) == child && status == 0;
}

int main(void)
{
	if (!may_trace()) {
		printf("no process may be traced here\n");
		return 0;
	}
	TEST_RUN(a_section_may_be_interrupted_anywhere);
	TEST_RUN(the_first_may_be_interrupted_anywhere);
	TEST_RUN(one_without_memory_may_be_interrupted_on_the_way_in);
	TEST_RUN(one_without_memory_may_be_interrupted_on_the_way_out);
	return test_done();
}
