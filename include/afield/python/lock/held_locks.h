/* SPDX-License-Identifier: MIT */
/*
 * python/lock/held_locks: the locks that a thread has taken for Python code, and who releases them.
 *
 * A lock is released by the thread that took it. So each thread keeps its own in a list that no
 * other thread touches (struct afield_held_lock), each with a token that it shares with the guard
 * of guard.h. Who drops that object marks the token, and the thread sees the mark when it next
 * takes a lock. A capsule in the dict of the thread state ends what was taken with that state and is
 * left when it ends, while it is attached. A state that several threads use by turns (as those of
 * 3.11's _xxsubinterpreters) ends in one of them, and what another one left stays taken.
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: the list is the thread's. The token is shared by the object and the locks.
 */
#ifndef AFIELD_PYTHON_LOCK_HELD_LOCKS_H
#define AFIELD_PYTHON_LOCK_HELD_LOCKS_H

#include <afield/python/call/errors.h>

#include <afield/ordering.h>
#include <afield/detail/guard.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What a guard and the locks taken with it have in common; the last one frees it. */
struct afield__guard_token {
	AFIELD_ATOMIC(uint32_t) count;
	AFIELD_ATOMIC(uint32_t) is_dropped; /* there is no guard any more */
};

/* A thread is inside. `lock.owner` is the token. */
struct afield__held {
	struct afield_held_lock lock;
	struct afield__guard_token *token;
	PyObject *object;
	PyInterpreterState *interpreter;
	uint64_t state; /* the number of the thread state in it */
};

/* What a thread state's capsule knows. */
struct afield__thread_watch {
	uint64_t thread, state;
};

/* Release and acquire: who frees comes after every use. */
static inline void afield__guard_token_release(struct afield__guard_token *token)
{
	if (AFIELD_FETCH_SUB(&token->count, 1, acq_rel) == 1)
		PyMem_RawFree(token);
}

/* Releases a lock of this thread. The object may end here, so this comes last in what its caller
 * does.
 */
static inline void afield__held_end(struct afield__held *held)
{
	PyObject *object = held->object;

	afield_held_lock_end(&held->lock);
	afield__guard_token_release(held->token);
	PyMem_RawFree(held);
	Py_DECREF(object);
}

/* This thread's locks in this interpreter that nobody can release by hand, and those that were
 * taken with the state that ends, if there is one. */
static inline void afield__held_end_each(const struct afield__thread_watch *ended)
{
	struct afield_held_lock *lock = afield_held_locks();

	while (lock) {
		struct afield__held *held = (struct afield__held *)(void *)lock;

		/* Acquire: what the dropping thread did with the value comes before. */
		if (held->interpreter == PyInterpreterState_Get() &&
		    ((ended && ended->state == held->state) ||
		     AFIELD_LOAD(&held->token->is_dropped, acquire))) {
			afield__held_end(held);
			lock = afield_held_locks(); /* ran any code: from the start */
		} else {
			lock = lock->next;
		}
	}
}

static inline int afield__held_end_dropped(void *unused)
{
	(void)unused;
	afield__held_end_each(NULL);
	return 0;
}

#define AFIELD__THREAD_CAPSULE "afield.held_locks"

/* A thread state ends in its own thread, but for those that a finalization finds asleep. */
static inline void afield__thread_capsule_end(PyObject *capsule)
{
	struct afield__thread_watch *watch = (struct afield__thread_watch *)PyCapsule_GetPointer(
		capsule, AFIELD__THREAD_CAPSULE);

	if (watch->thread == afield_thread_id())
		afield__held_end_each(watch);
	PyMem_RawFree(watch);
}

/* Sees to it that this thread's locks end with its thread state: 0 or -1. */
static inline int afield__watch_thread(void)
{
	PyObject *dict = PyThreadState_GetDict(); /* borrowed */
	PyObject *capsule = dict ? PyDict_GetItemString(dict, AFIELD__THREAD_CAPSULE) : NULL;
	struct afield__thread_watch *watch;
	int failed;

	if (capsule)
		return 0;
	watch = dict ? (struct afield__thread_watch *)PyMem_RawMalloc(sizeof(*watch)) : NULL;
	if (!watch) {
		PyErr_NoMemory();
		return -1;
	}
	watch->thread = afield_thread_id();
	watch->state = PyThreadState_GetID(PyThreadState_Get());
	capsule = PyCapsule_New(watch, AFIELD__THREAD_CAPSULE, afield__thread_capsule_end);
	if (!capsule)
		PyMem_RawFree(watch);
	failed = !capsule || PyDict_SetItemString(dict, AFIELD__THREAD_CAPSULE, capsule);
	Py_XDECREF(capsule);
	return failed ? -1 : 0;
}

/* Whether guards have an attribute of that name; type_builder.h refuses such a member. */
static inline bool afield__guard_has_name(const char *name)
{
	static const char *const own[] = {"value", "acquire", "release", "locked"};

	for (size_t i = 0; i < AFIELD__LENGTH(own); i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	return strncmp(name, "__", 2) == 0;
}

#ifdef __cplusplus
}
#endif

#endif
