/* SPDX-License-Identifier: MIT */
/*
 * A debug build of the library says what is wrong in one sentence and aborts: here each misuse of a
 * missing host, in a child process whose standard error is read.
 */
#include <afield/class.h>
#include <afield/list.h>
#include <afield/locked.h>
#include <afield/map.h>
#include <afield/queue.h>
#include <afield/ring.h>
#include <afield/stack.h>

#include "test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

struct _object {
	long references;
};
typedef struct _object PyObject; /* as Python.h has it */

AFIELD_TYPE(objects_queue, queue, PyObject *);
AFIELD_TYPE(objects_stack, stack, PyObject *);
AFIELD_TYPE(objects_ring, ring, PyObject *, 4);
AFIELD_TYPE(objects_list, list, PyObject *);
AFIELD_TYPE(objects_map, map, int64_t, PyObject *);
AFIELD_TYPE(number_locked, locked, long);

#define BOX(field) field(objects_queue, items)
AFIELD_CLASS(box, BOX);

static struct _object thing = {1};
static objects_queue queue;
static objects_stack stack;
static objects_ring ring;
static objects_list list;
static objects_map map;
static number_locked number;
static box fields;

/* The functions of an interpreter, and whether this thread has its lock. */
static __thread int is_attached;
static int state; /* of whoever has the lock */
AFIELD_EXPORT void *PyGILState_GetThisThreadState(void);
AFIELD_EXPORT void *PyThreadState_GetUnchecked(void);
AFIELD_EXPORT void *PyEval_SaveThread(void);
AFIELD_EXPORT void PyEval_RestoreThread(void *token);
void *PyGILState_GetThisThreadState(void)
{
	return &state;
}
void *PyThreadState_GetUnchecked(void)
{
	return is_attached ? &state : NULL;
}
void *PyEval_SaveThread(void)
{
	is_attached = 0;
	return &state;
}
void PyEval_RestoreThread(void *token)
{
	is_attached = token == &state;
}

static void push_to_queue(void)
{
	(void)!objects_queue_push(&queue, &thing);
}
static void wait_for_queue(void)
{
	PyObject *got;

	(void)!objects_queue_pop_wait(&queue, &got, NULL);
}
static void push_to_stack(void)
{
	(void)!objects_stack_push(&stack, &thing);
}
static void push_to_ring(void)
{
	(void)!objects_ring_push(&ring, &thing);
}
static void append_to_list(void)
{
	(void)!objects_list_append(&list, &thing);
}
static void set_in_map(void)
{
	(void)!objects_map_set(&map, 1, &thing);
}

static int visit(void *object, void *argument)
{
	(void)object;
	(void)argument;
	return 0;
}
static void collect(void)
{
	(void)afield_class_traverse(box_class(), &fields, visit, NULL);
}

static void *lock_for_ever(void *unused)
{
	(void)number_locked_lock(&number);
	kill(getpid(), SIGUSR1);
	for (;;)
		pause();
	return unused;
}
static void wait_with_the_gil(void)
{
	pthread_t thread;
	sigset_t set;
	int caught;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (pthread_create(&thread, NULL, lock_for_ever, NULL) || sigwait(&set, &caught))
		abort();
	is_attached = 1;
	(void)number_locked_lock(&number);
}

static const struct {
	void (*call)(void);
	const char *sentence; /* its beginning */
} misuses[] = {
	{push_to_queue, "afield: queue: it is to keep an object, and no host is set"},
	{wait_for_queue, "afield: queue: it is to keep an object, and no host is set"},
	{push_to_stack, "afield: stack: it is to keep an object, and no host is set"},
	{push_to_ring, "afield: ring: it is to keep an object, and no host is set"},
	{append_to_list, "afield: list: it is to keep an object, and no host is set"},
	{set_in_map, "afield: map: it is to keep an object, and no host is set"},
	{collect, "afield: box: a collector goes through it, and no host is set"},
	{wait_with_the_gil, "afield: wait: a thread that is attached to Python may wait here"},
};

static void each_aborts(void)
{
	for (size_t i = 0; i < sizeof(misuses) / sizeof(misuses[0]); i++) {
		char said[256] = "";
		int ends[2], status = 0;
		pid_t child;

		if (pipe(ends))
			abort();
		fflush(stdout);
		child = fork();
		if (child == 0) {
			alarm(20);
			dup2(ends[1], STDERR_FILENO);
			misuses[i].call();
			_exit(0);
		}
		close(ends[1]);
		TEST_CHECK(child > 0 && waitpid(child, &status, 0) == child);
		TEST_CHECK(read(ends[0], said, sizeof(said) - 1) > 0);
		close(ends[0]);
		TEST_CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
		TEST_CHECK(strncmp(said, misuses[i].sentence, strlen(misuses[i].sentence)) == 0);
		printf("  %s", said);
	}
}

int main(void)
{
	TEST_RUN(each_aborts);
	return test_done();
}
