/*
 * python/host: what afield must know of the interpreter before a thread sleeps, and around a fork.
 *
 * A field that has to wait first detaches its thread from the interpreter, so that it never keeps
 * the GIL or a stop-the-world pause waiting, and attaches it afterwards. Nobody using fields has to
 * think of it: a field may wait in a thread that is attached, or not, or is no Python thread.
 *
 * When to use it: never by hand. Making a type, or a module by AFIELD_PYTHON_MODULE, sets it up.
 *
 * Is this thread attached? Since 3.12 the current thread state is thread-local and the answer is
 * whether there is one. In 3.11 it is one variable of the process: the state that holds the GIL,
 * whoever runs with it. PyGILState_Check compares it with the thread's first state, which is
 * another one inside a subinterpreter, and always says yes once there is one. So for 3.11:
 *   - The first state is in thread-local storage. A thread without it has no state at all.
 *   - The current state is this thread's first one: attached.
 *   - Otherwise the thread may run in a subinterpreter, with a state that another thread made. A
 *     state in use points to the frame of the interpreter's loop, on the stack of the thread that
 *     uses it. Is it on this stack?
 * The last step reads the current state without knowing that it is ours. When it is, it stays; when
 * it is not, it may end meanwhile, and what is read is then compared with this stack and found
 * foreign. Freed memory stays mapped for that moment; a second look at the current state rejects
 * what changed.
 *
 * Forks are handled inside fork() itself, in C: os.fork holds the GIL, or has stopped the world,
 * just there. Between the hooks of os.register_at_fork other threads run Python code.
 *
 * Synchronization: the hooks are set once for the process and stay; each extension brings the same.
 */
#ifndef AFIELD_PYTHON_HOST_H
#define AFIELD_PYTHON_HOST_H

#include "reference.h"

#include <pthread.h>

#include "../ordering.h"
#include "../reclaim.h"
#include "../wait.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

#if PY_VERSION_HEX < 0x030C0000
/* Whether an address lies in the stack of this thread. */
static inline bool afield__is_on_stack(uintptr_t address)
{
	pthread_attr_t attributes;
	void *start = NULL;
	size_t size = 0;

	if (pthread_getattr_np(pthread_self(), &attributes))
		return false;
	(void)pthread_attr_getstack(&attributes, &start, &size);
	(void)pthread_attr_destroy(&attributes);
	return address - (uintptr_t)start < size;
}

/* See above: `state` may belong to another thread, and end. */
__attribute__((unused, noinline, no_sanitize("address", "thread"))) static bool
afield__is_run_here(PyThreadState *state)
{
	uintptr_t frame = (uintptr_t) * (void *volatile *)&state->cframe;

	/* With no Python frame the state points into itself, and its maker is its user. */
	if (frame == (uintptr_t)&state->root_cframe)
		return *(volatile unsigned long *)&state->thread_id == PyThread_get_thread_ident();
	return afield__is_on_stack(frame) && _PyThreadState_UncheckedGet() == state;
}
#endif

static inline bool afield__is_attached(void)
{
#if PY_VERSION_HEX >= 0x030D0000
	return PyThreadState_GetUnchecked() != NULL;
#elif PY_VERSION_HEX >= 0x030C0000
	return _PyThreadState_UncheckedGet() != NULL;
#else
	PyThreadState *first = PyGILState_GetThisThreadState();
	PyThreadState *current = _PyThreadState_UncheckedGet();

	if (!first || !current)
		return false;
	return first == current || afield__is_run_here(current);
#endif
}

static inline void *afield__python_detach(void)
{
	return afield__is_attached() ? (void *)PyEval_SaveThread() : NULL;
}

static inline void afield__python_attach(void *token)
{
	PyEval_RestoreThread((PyThreadState *)token);
}

/* A signal handler that raises ends the wait. Its exception stays set. */
static inline bool afield__python_interrupted(void)
{
	return PyErr_CheckSignals() != 0;
}

static inline void afield__python_hold(void *object)
{
	Py_INCREF((PyObject *)object);
	afield_python_enable_try_incref((PyObject *)object);
}

static inline bool afield__python_try_hold(void *object)
{
	return afield_python_try_incref((PyObject *)object);
}

static inline void afield__python_release(void *object)
{
	Py_DECREF((PyObject *)object);
}

/*
 * Makes the process a host of afield. Again does nothing.
 *   Beside it: anything. Progress: blocking, for a moment. Ordering: none.
 *   Returns 0, or -1 with an exception.
 */
static inline int afield__python_host(void)
{
	static const struct afield_host host = {
		afield__python_detach, afield__python_attach,   afield__python_interrupted,
		afield__python_hold,   afield__python_try_hold, afield__python_release,
	};

	(void)afield_set_host(&host);
	if (afield_handle_forks()) {
		PyErr_NoMemory();
		return -1;
	}
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif
