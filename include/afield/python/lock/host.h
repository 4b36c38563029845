/* SPDX-License-Identifier: MIT */
/*
 * python/lock/host: what afield must know of the interpreter before a thread sleeps, and around a
 * fork.
 *
 * A field that has to wait first detaches its thread from the interpreter, so that it never keeps
 * the GIL or a stop-the-world pause waiting, and attaches it afterwards. Nobody using fields has to
 * think of it: a field may wait in a thread that is attached, or not, or is no Python thread.
 *
 * When to use it: afield_python_init, in a module whose types something else than afield makes.
 * When not: making a type, or a module by AFIELD_PYTHON_MODULE, sets it up.
 *
 * Is this thread attached? Since 3.12 the current thread state is thread-local and the answer is
 * whether there is one. In 3.11 it is one variable of the process: the state that holds the GIL,
 * whoever runs with it. PyGILState_Check compares it with the thread's first state, which is
 * another one inside a subinterpreter, or one that this thread made for another thread to use
 * (PyThreadState_New), and always says yes once there is one. So in 3.11 the current state tells by
 * itself: in use, it points to the frame of the interpreter's loop, on the stack of the thread that
 * uses it. Is it on this stack? A state without a frame tells nothing, and this thread's first one
 * is taken for its own: so a thread without Python frames keeps the GIL in a wait when it runs with
 * any other state, and a thread whose first state was made for another thread to use must not wait
 * while that runs. A thread whose stack is not known goes by its first state.
 *
 * That reads the current state without knowing that it is ours. When it is, it stays; when it is
 * not, it may end meanwhile, and what is read is then compared with this stack and found foreign.
 * Freed memory stays mapped for that moment; a re-check of the current state rejects what
 * changed.
 *
 * Forks are handled inside fork() itself, in C: os.fork holds the GIL, or has stopped the world,
 * just there. Between the hooks of os.register_at_fork other threads run Python code.
 *
 * Synchronization: the hooks are set once for the process and stay; each extension brings the same.
 */
#ifndef AFIELD_PYTHON_LOCK_HOST_H
#define AFIELD_PYTHON_LOCK_HOST_H

#include <afield/python/object/try_incref.h>

#include <afield/ordering.h>
#include <afield/reclaim.h>
#include <afield/thread.h>
#include <afield/wait.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Makes the process a host of afield: sets the hooks, and has forks handled. What afield makes, a
 * type or a module by AFIELD_PYTHON_MODULE, calls it; a module whose types something else makes
 * calls it once when it is initialised (foreign.h). `module` is that module, or NULL; nothing is
 * put into it. Again, in another interpreter too, does nothing.
 *   Concurrent with it: anything; the thread is attached. Progress: blocking, for a moment.
 *   Ordering: release; a wait that begins later sees it. Returns 0, or -1 with an exception.
 */
AFIELD_PYTHON_FUNCTION int afield_python_init(PyObject *module);

#if AFIELD__PYTHON_CODE

#if PY_VERSION_HEX < 0x030C0000
/* See above: `state` may belong to another thread, and end. */
__attribute__((unused, noinline, no_sanitize("address", "thread"))) static bool
afield__is_run_here(PyThreadState *state)
{
	uintptr_t frame = (uintptr_t) * (void *volatile *)&state->cframe;

	/* With no Python frame the state points into itself. Others' states may be in use. */
	if (frame == (uintptr_t)&state->root_cframe)
		return PyGILState_GetThisThreadState() == state;
	return afield_is_on_stack((void *)frame) == 1 && _PyThreadState_UncheckedGet() == state;
}
#endif

static inline bool afield__is_attached(void)
{
#if PY_VERSION_HEX >= 0x030D0000
	return PyThreadState_GetUnchecked() != NULL;
#elif PY_VERSION_HEX >= 0x030C0000
	return _PyThreadState_UncheckedGet() != NULL;
#else
	PyThreadState *current = _PyThreadState_UncheckedGet();

	if (!current)
		return false;
	if (afield_is_on_stack(&current) != 1)
		return PyGILState_GetThisThreadState() == current;
	return afield__is_run_here(current);
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

static inline void afield__python_retain(void *object)
{
	Py_INCREF((PyObject *)object);
	afield_python_enable_try_incref((PyObject *)object);
}

static inline bool afield__python_try_retain(void *object)
{
	return afield_python_try_incref((PyObject *)object);
}

static inline void afield__python_release(void *object)
{
	Py_DECREF((PyObject *)object);
}

AFIELD_PYTHON_FUNCTION int afield_python_init(PyObject *module)
{
	static const struct afield_host host = {
		afield__python_detach, afield__python_attach,     afield__python_interrupted,
		afield__python_retain, afield__python_try_retain, afield__python_release,
		afield__is_attached,
	};

	(void)module;
	(void)afield_set_host(&host);
	if (afield_handle_forks()) {
		PyErr_NoMemory();
		return -1;
	}
	return 0;
}

#endif

#ifdef __cplusplus
}
#endif

#endif
