/*
 * host: what afield must be told of a host with a lock and objects of its own, an interpreter.
 *
 * A thread that is going to sleep first gives up the host's lock, if it has it, and takes it back
 * afterwards; and a container that keeps the host's objects counts their references. Both are done
 * by hooks, so that afield itself is linked to no interpreter. Without a host they do nothing.
 *
 * When to use it: in a kind that blocks elsewhere than in wait.h, or that holds values of any
 * shape. When not: in a program; python.h sets the hooks when it makes a type.
 *
 * Synchronization: afield_set_host runs beside everything, once. The others run beside everything;
 * afield_hold and afield_release only in a thread that is attached to the host.
 */
#ifndef AFIELD_HOST_H
#define AFIELD_HOST_H

#include <string.h>

#include "export.h"
#include "field.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The hooks. All of them stay valid for ever; those that say so may be NULL.
 *
 *   detach       gives up the host's lock if this thread has it, and returns a token, or NULL if
 *                there is nothing to give up
 *   attach       takes the lock back. It is called only with a token that is not NULL, and need not
 *                return: the thread holds nothing of afield's then.
 *   interrupted  is called after a sleep in a thread that is attached again, and says whether the
 *                wait should end with -EINTR. A signal handler that has run in the sleeping thread
 *                ends the sleep, so that it is asked at once. May be NULL.
 *   hold         takes a reference to an object that the caller knows to be alive, and prepares the
 *                object for try_hold in other threads. May be NULL if there are no objects.
 *   try_hold     takes a reference to an object that was in a field a moment ago and may be dying:
 *                true, or false when it is. The caller then looks at the field again, also after
 *                true: the memory may hold another object by now. Needs no attached thread's code
 *                to run, and never waits, so it may be called inside a read section.
 *   release      gives a reference up, which may run any code of the host's: never call it inside a
 *                read section, with a lock, or in a thread that is not attached.
 */
struct afield_host {
	void *(*detach)(void);
	void (*attach)(void *token);
	bool (*interrupted)(void);
	void (*hold)(void *object);
	bool (*try_hold)(void *object);
	void (*release)(void *object);
};

/*
 * Sets the host's hooks for the whole process, once: the struct stays valid for ever.
 *   Beside it: anything. Progress: lock-free. Ordering: release; a wait that begins later sees it.
 *   Returns true when these are now the hooks, or were before, false when others stay.
 */
AFIELD_EXPORT bool afield_set_host(const struct afield_host *host);

/*
 * The hooks around a call that may block. afield_detach returns a token for afield_attach; nothing
 * of afield's is held across it.
 */
AFIELD_EXPORT void *afield_detach(void);
AFIELD_EXPORT void afield_attach(void *token);

/* Whether the host wants the wait that has just ended with `token` to be given up. */
AFIELD_EXPORT bool afield_is_interrupted(void *token);

/*
 * The references of a value that a container keeps: afield_hold when it goes in, afield_release
 * when it is dropped inside. A value of any shape but AFIELD_OBJECT, and NULL, has none, and these
 * do nothing. A value that is handed out takes its reference with it.
 *   Beside it: anything. Progress: wait-free, but what a last reference sets off.
 *   Ordering: none of its own. The hooks of the same names say more.
 */
AFIELD_EXPORT void afield__hold_object(void *object);
AFIELD_EXPORT bool afield__try_hold_object(void *object);
AFIELD_EXPORT void afield__release_object(void *object);

static inline void *afield__object_of(const struct afield_holds *holds, const void *value)
{
	void *object = NULL;

	if (holds->shape == AFIELD_OBJECT)
		memcpy(&object, value, sizeof(object));
	return object;
}

static inline void afield_hold(const struct afield_holds *holds, const void *value)
{
	void *object = afield__object_of(holds, value);

	if (object)
		afield__hold_object(object);
}

static inline void afield_release(const struct afield_holds *holds, const void *value)
{
	void *object = afield__object_of(holds, value);

	if (object)
		afield__release_object(object);
}

#ifdef __cplusplus
}
#endif

#endif
