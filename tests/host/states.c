/* SPDX-License-Identifier: MIT */
/*
 * A program with a Python inside whose threads make thread states for each other
 * (PyThreadState_New), as programs with a pool of threads do. A thread that is not attached waits
 * for a field while another runs Python code with a state that it made: nothing of Python's is
 * given up for it. A thread that runs Python code with a state that another one made waits:
 * Python's lock is given up.
 */
#include <afield/python.h>

#include <afield/event.h>

#include "test.h"

#include <unistd.h>

static PyInterpreterState *interpreter;
static PyThreadState *made;
static afield_event is_over, may_go_on;
static int is_made, is_waiting, is_done; /* __atomic */

static int is_set(const int *flag)
{
	return __atomic_load_n(flag, __ATOMIC_SEQ_CST);
}

static void set(int *flag)
{
	__atomic_store_n(flag, 1, __ATOMIC_SEQ_CST);
}

static void begin(pthread_t *thread, void *(*body)(void *))
{
	if (pthread_create(thread, NULL, body, NULL))
		abort();
}

/* Waits again and again, detached: its own state has nothing of Python's, and what the other runs
 * is not its own. */
static void *make_and_wait(void *unused)
{
	struct timespec deadline;
	PyThreadState *own = PyThreadState_New(interpreter);

	made = PyThreadState_New(interpreter);
	set(&is_made);
	while (afield_event_wait(&is_over, afield_deadline(0.0002, &deadline)) == -ETIMEDOUT)
		continue;
	PyEval_RestoreThread(own);
	PyThreadState_Clear(own);
	PyThreadState_DeleteCurrent();
	return unused;
}

/* In frames of Python, and between them, where long texts are compiled. */
static void *run_with_it(void *unused)
{
	char text[40 * 400 + 1] = "";

	for (int i = 0; i < 400; i++)
		strcat(text, "x = [1, 2, {3: 4}, (5, 6)]\n");
	while (!is_set(&is_made))
		usleep(1000);
	PyEval_RestoreThread(made);
	for (int i = 0; i < 200; i++)
		TEST_CHECK(PyRun_SimpleString(text) == 0);
	TEST_CHECK(PyRun_SimpleString("import time\n"
				      "end = time.monotonic() + 0.3\n"
				      "while time.monotonic() < end:\n"
				      "    sum(range(100))\n") == 0);
	PyThreadState_Clear(made);
	PyThreadState_DeleteCurrent();
	afield_event_set(&is_over);
	return unused;
}

static void a_stranger_gives_nothing_up(void)
{
	pthread_t maker, user;

	begin(&maker, make_and_wait);
	begin(&user, run_with_it);
	Py_BEGIN_ALLOW_THREADS pthread_join(maker, NULL);
	pthread_join(user, NULL);
	Py_END_ALLOW_THREADS
}

static PyObject *wait_for_it(PyObject *self, PyObject *unused)
{
	(void)self;
	(void)unused;
	set(&is_waiting);
	TEST_CHECK(afield_event_wait(&may_go_on, NULL) == 0);
	Py_RETURN_NONE;
}

static PyMethodDef waiting = {"wait_for_it", wait_for_it, METH_NOARGS, NULL};

static void *run_and_wait(void *unused)
{
	PyObject *function, *globals;

	PyEval_RestoreThread(made);
	globals = PyModule_GetDict(PyImport_AddModule("__main__"));
	function = PyCFunction_New(&waiting, NULL);
	PyDict_SetItemString(globals, "wait_for_it", function);
	Py_XDECREF(function);
	TEST_CHECK(PyRun_SimpleString("wait_for_it()\n") == 0);
	PyThreadState_Clear(made);
	PyThreadState_DeleteCurrent();
	return unused;
}

/* The main thread has made the state, and wants the lock while the other waits. */
static void who_runs_python_code_gives_it_up(void)
{
	PyThreadState *own;
	pthread_t user;

	made = PyThreadState_New(interpreter);
	own = PyEval_SaveThread();
	begin(&user, run_and_wait);
	while (!is_set(&is_waiting))
		usleep(1000);
	usleep(20000);
	PyEval_RestoreThread(own);
	afield_event_set(&may_go_on);
	Py_BEGIN_ALLOW_THREADS pthread_join(user, NULL);
	Py_END_ALLOW_THREADS
}

/* The main thread's stack has no end where that has no limit: what others' frames are in is not a
 * part of it, wherever the system puts their stacks. */
static void *run_until_done(void *unused)
{
	PyGILState_STATE state = PyGILState_Ensure();

	while (!is_set(&is_done))
		TEST_CHECK(PyRun_SimpleString("for i in range(1000): sum(range(10))\n") == 0);
	PyGILState_Release(state);
	return unused;
}

static void others_stacks_are_not_mine(void)
{
	static afield_event never;
	struct timespec deadline;
	pthread_t threads[3];

	(void)afield_event_wait(&never, afield_deadline(0.001, &deadline)); /* attached */
	Py_BEGIN_ALLOW_THREADS for (int i = 0; i < 3; i++) begin(&threads[i], run_until_done);
	for (int i = 0; i < 300; i++)
		(void)afield_event_wait(&never, afield_deadline(0.001, &deadline));
	set(&is_done);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	Py_END_ALLOW_THREADS
}

int main(void)
{
	alarm(60); /* what is wrong here waits forever */
	Py_Initialize();
	interpreter = PyInterpreterState_Get();
	if (afield_python_init(NULL))
		abort();
	TEST_RUN(a_stranger_gives_nothing_up);
	TEST_RUN(who_runs_python_code_gives_it_up);
	TEST_RUN(others_stacks_are_not_mine);
	return test_done();
}
