/*
 * python/held: the turns that a thread has begun for Python code, and who ends them.
 *
 * A turn must end in the thread that began it. So each thread keeps its own in a list that no other
 * thread touches (afield_hold), each with a claim that it shares with the turn object of turn.h.
 * Who drops that object marks the claim, and the thread sees the mark when it next begins a turn. A
 * capsule in the dict of the thread state ends what is left with the thread, while it is attached.
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: the list is the thread's. The claim is shared by the object and the turns.
 */
#ifndef AFIELD_PYTHON_HELD_H
#define AFIELD_PYTHON_HELD_H

#include "raise.h"

#include "../ordering.h"
#include "../turn.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What a turn object and the turns begun with it have in common; the last one frees it. */
struct afield__claim {
	AFIELD_ATOMIC(uint32_t) count;
	AFIELD_ATOMIC(uint32_t) is_dropped; /* there is no turn object any more */
};

/* A thread is inside. `hold.owner` is the claim. */
struct afield__held {
	struct afield_hold hold;
	struct afield__claim *claim;
	PyObject *object;
	PyInterpreterState *interpreter;
};

/* Release and acquire: who frees comes after every use. */
static inline void afield__claim_release(struct afield__claim *claim)
{
	if (AFIELD_FETCH_SUB(&claim->count, 1, acq_rel) == 1)
		PyMem_RawFree(claim);
}

/* Ends a turn of this thread. The object may end here, so this comes last in what its caller does.
 */
static inline void afield__held_end(struct afield__held *held)
{
	PyObject *object = held->object;

	afield_hold_end(&held->hold);
	afield__claim_release(held->claim);
	PyMem_RawFree(held);
	Py_DECREF(object);
}

/* This thread's turns in this interpreter: those that nobody can end by hand, or all. */
static inline void afield__held_end_each(bool all)
{
	struct afield_hold *hold = afield_holds();

	while (hold) {
		struct afield__held *held = (struct afield__held *)(void *)hold;

		/* Acquire: what the dropping thread did with the value comes before. */
		if (held->interpreter == PyInterpreterState_Get() &&
		    (all || AFIELD_LOAD(&held->claim->is_dropped, acquire))) {
			afield__held_end(held);
			hold = afield_holds(); /* ran any code: from the start */
		} else {
			hold = hold->next;
		}
	}
}

static inline int afield__held_end_dropped(void *unused)
{
	(void)unused;
	afield__held_end_each(false);
	return 0;
}

#define AFIELD__THREAD_CAPSULE "afield.turns"

/* A thread state ends in its own thread, but for those that a finalization finds asleep. */
static inline void afield__thread_capsule_end(PyObject *capsule)
{
	uint64_t *thread = (uint64_t *)PyCapsule_GetPointer(capsule, AFIELD__THREAD_CAPSULE);

	if (*thread == afield_thread_id())
		afield__held_end_each(true);
	PyMem_RawFree(thread);
}

/* Sees to it that this thread's turns end with its thread state: 0 or -1. */
static inline int afield__watch_thread(void)
{
	PyObject *dict = PyThreadState_GetDict(); /* borrowed */
	PyObject *capsule = dict ? PyDict_GetItemString(dict, AFIELD__THREAD_CAPSULE) : NULL;
	uint64_t *thread;
	int failed;

	if (capsule)
		return 0;
	thread = dict ? (uint64_t *)PyMem_RawMalloc(sizeof(*thread)) : NULL;
	if (!thread) {
		PyErr_NoMemory();
		return -1;
	}
	*thread = afield_thread_id();
	capsule = PyCapsule_New(thread, AFIELD__THREAD_CAPSULE, afield__thread_capsule_end);
	if (!capsule)
		PyMem_RawFree(thread);
	failed = !capsule || PyDict_SetItemString(dict, AFIELD__THREAD_CAPSULE, capsule);
	Py_XDECREF(capsule);
	return failed ? -1 : 0;
}

#ifdef __cplusplus
}
#endif

#endif
