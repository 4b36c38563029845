/* SPDX-License-Identifier: MIT */
/*
 * host: what afield must be told of a host with a lock and objects of its own, an interpreter.
 *
 * A thread that is going to sleep first gives up the host's lock, if it has it, and takes it back
 * afterwards; and a container that keeps the host's objects counts their references. Both are done
 * by hooks, so that afield itself is linked to no interpreter.
 *
 * Without a host there are no objects: an operation that would keep or wait for one is refused with
 * -ENOTSUP, or as its comment says, and is a misuse (misuse.h). Waits for anything else go on as
 * they are: whether the thread has the lock of a host that afield was never told of, nobody knows.
 * Of Python it is known where its functions are in sight when afield is loaded: then a wait
 * detaches its thread all the same, but no signal ends it. A debug build calls such a wait a
 * misuse.
 *
 * When to use it: in a kind that blocks elsewhere than in wait.h, or that holds values of any
 * type code. When not: in a program; python.h sets the hooks when it makes a type, and a type that
 * something else makes calls afield_python_init.
 *
 * Synchronization: afield_set_host runs beside everything, once. The others run beside everything;
 * afield_retain and afield_release only in a thread that is attached to the host.
 */
#ifndef AFIELD_HOST_H
#define AFIELD_HOST_H

#include <errno.h>
#include <string.h>

#include <afield/detail/export.h>
#include <afield/field.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The hooks. All of them stay valid forever; those that say so may be NULL.
 *
 *   detach       gives up the host's lock if this thread has it, and returns a token, or NULL if
 *                there is nothing to give up
 *   attach       takes the lock back. It is called only with a token that is not NULL, and need not
 *                return: the thread holds nothing of afield's then.
 *   interrupted  is called after a sleep in a thread that is attached again, and says whether the
 *                wait should end with -EINTR. A signal handler that has run in the sleeping thread
 *                ends the sleep, so that it is asked at once; also one that was installed with
 *                SA_RESTART. May be NULL.
 *   retain       takes a reference to an object that the caller knows to be alive, and prepares the
 *                object for try_retain in other threads. NULL, as the next two, if there are no
 *                objects.
 *   try_retain   takes a reference to an object that was in a field a moment ago and may be dying:
 *                true, or false when it is. The caller then looks at the field again, also after
 *                true: the memory may hold another object by now. Needs no attached thread's code
 *                to run, and never waits, so it may be called inside a read section.
 *   release      gives a reference up, which may run any code of the host's: never call it inside a
 *                read section, with a lock, or in a thread that is not attached.
 *   is_attached  whether this thread is attached. Only debug builds ask. May be NULL.
 */
struct afield_host {
	void *(*detach)(void);
	void (*attach)(void *token);
	bool (*interrupted)(void);
	void (*retain)(void *object);
	bool (*try_retain)(void *object);
	void (*release)(void *object);
	bool (*is_attached)(void);
};

/*
 * Sets the host's hooks for the whole process, once: the struct stays valid forever.
 *   Concurrent with it: anything. Progress: lock-free. Ordering: release; a wait that begins later
 *   sees it.
 *   Returns true when these are now the hooks, or were before, false when others stay.
 */
AFIELD_EXPORT bool afield_set_host(const struct afield_host *host);

/*
 * afield_has_host: whether a host with objects is set: retain, try_retain and release are there. Once
 * it is, it stays.
 *   Concurrent with it: anything. Progress: wait-free. Ordering: acquire. Never fails.
 *
 * afield_require_host: the first step of an operation that puts a value in, or waits for one, in a
 * kind that may hold objects. `kind` is for the sentence of a misuse.
 *   Concurrent with it: anything. Progress: wait-free; for values of other type codes one
 *   comparison, with a constant where the field type is known. Ordering: acquire.
 *   Returns 0, or -ENOTSUP when the values are objects and no host would count their references.
 */
AFIELD_EXPORT bool afield_has_host(void);
AFIELD_EXPORT int afield__host_missing(const char *kind);
static inline int afield_require_host(const struct afield_value_type *value_type, const char *kind)
{
	if (value_type->type_code != AFIELD_OBJECT || afield_has_host())
		return 0;
	return afield__host_missing(kind);
}

/*
 * Whether a container may keep this value: 0; -EINVAL for NULL in place of an object, which no host
 * could show or count; -ENOTSUP as afield_require_host, whose place it takes in what puts a value
 * in.
 *   Concurrent with it: anything. Progress, ordering: as afield_require_host.
 */
static inline int afield_may_keep(const struct afield_value_type *value_type, const void *value,
				  const char *kind)
{
	void *object = NULL;

	if (value_type->type_code != AFIELD_OBJECT)
		return 0;
	memcpy(&object, value, sizeof(object));
	return object ? afield_require_host(value_type, kind) : -EINVAL;
}

/*
 * Whether this thread is known not to be attached to the host, which may touch no references then.
 *   Concurrent with it: anything. Progress: wait-free. Ordering: acquire. Returns false also when
 *   there is no host with objects, or one that cannot say.
 */
AFIELD_EXPORT bool afield_is_detached(void);

/*
 * The hooks around a call that may block. afield_detach returns a token for afield_attach; nothing
 * of afield's is held across it.
 */
AFIELD_EXPORT void *afield_detach(void);
AFIELD_EXPORT void afield_attach(void *token);

/* Whether the host wants the wait that has just ended with `token` to be given up. */
AFIELD_EXPORT bool afield_is_interrupted(void *token);

/*
 * The references of a value that a container keeps: afield_retain when it goes in, afield_release
 * when it is dropped inside. A value of any type code but AFIELD_OBJECT, and NULL, has none, and
 * these do nothing. A value that is handed out takes its reference with it.
 *   Concurrent with it: anything. Progress: wait-free, but what a last reference sets off.
 *   Ordering: none of its own. The hooks of the same names say more.
 *   afield_retain returns false when the value has a reference and no host takes it, which is a
 *   misuse; not behind afield_require_host. The others never fail.
 */
AFIELD_EXPORT bool afield__retain_object(void *object);
AFIELD_EXPORT bool afield__try_retain_object(void *object);
AFIELD_EXPORT void afield__release_object(void *object);

static inline void *afield__object_of(const struct afield_value_type *value_type, const void *value)
{
	void *object = NULL;

	if (value_type->type_code == AFIELD_OBJECT)
		memcpy(&object, value, sizeof(object));
	return object;
}

static inline bool afield_retain(const struct afield_value_type *value_type, const void *value)
{
	void *object = afield__object_of(value_type, value);

	return !object || afield__retain_object(object);
}

static inline void afield_release(const struct afield_value_type *value_type, const void *value)
{
	void *object = afield__object_of(value_type, value);

	if (object)
		afield__release_object(object);
}

#ifdef __cplusplus
}
#endif

#endif
