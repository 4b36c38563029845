/* SPDX-License-Identifier: MIT */
/*
 * python/lock/guard: a lock or a borrow of a field as a context manager.
 *
 * A row with AFIELD_GUARDS gets one method for each lock of its kind: stream_lock() of a locked
 * field, table_read_lock() and table_write_lock() of an rwlocked one. The method makes a
 * guard, which is used as a threading.Lock:
 *
 *	with account.stream_lock() as stream:
 *		stream.position += 1
 *		limits = stream.value
 *
 * `with` waits for the lock, detached from the interpreter, and releases it. Between the two, the
 * thread that is inside, and no other, reads and writes the value: `value` is all of it, and each
 * member of a record is an attribute, too (a member may not have a name that the guard has).
 * acquire(blocking=True) and release() are the same two steps by hand. One guard may be used
 * by many threads and again and again; each thread is inside by itself. acquire(timeout=seconds)
 * gives up then, and locked() says whether a thread is inside by this object, so a
 * threading.Condition can be made of one.
 *
 * What goes wrong is a RuntimeError, and never a wait without an end:
 *   - to use the value outside, to leave without being inside, or in another thread's place;
 *   - to enter what this thread is inside of already (of a kind that knows it, a DeadlockError);
 *     acquire(False) says False to that, as to everything that is in the way;
 *   - to drop the last reference while somebody is inside. That is said where exceptions are said
 *     that nobody can catch (sys.unraisablehook), and the lock is released at once, or when another
 *     thread is inside, at that thread's next lock of any field or at its end; a main thread
 *     releases it by itself. A thread that ends inside is taken out first, with its thread state.
 *
 * When to use it: for a change that needs the old value and is no verb. When not: for one read or
 * one store, which the attribute does; around anything slow, for others wait.
 *
 *                             [1] [2] [3] [4]
 *   [1] enter, acquire         w   w   -   -     (- runs concurrently in another thread, w waits
 *   [2] exit, release          w   -   -   -      for its turn, as the kind says)
 *   [3] value, members         -   -   -   -
 *   [4] the last reference     -   -   -   -
 */
#ifndef AFIELD_PYTHON_LOCK_GUARD_H
#define AFIELD_PYTHON_LOCK_GUARD_H

#include <afield/python/lock/held_locks.h>
#include <afield/python/call/method.h>

#include <afield/wait.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct afield__guard {
	PyObject ob_base;
	PyObject *object; /* whose field it is */
	const struct afield__attribute *attribute;
	const struct afield_lock_mode *mode;
	struct afield__guard_token *token;
};

/* This thread's lock by this object, or NULL. */
static inline struct afield__held *afield__guard_find(const struct afield__guard *guard)
{
	struct afield_held_lock *lock = afield_held_locks();

	while (lock && lock->owner != guard->token)
		lock = lock->next;
	return (struct afield__held *)(void *)lock;
}

static inline void afield__guard_error(const struct afield__guard *guard, const char *text)
{
	PyErr_Format(PyExc_RuntimeError, "%s_%s: %s", guard->attribute->name, guard->mode->name,
		     text);
}

static inline struct afield__held *afield__guard_need(const struct afield__guard *guard)
{
	struct afield__held *held = afield__guard_find(guard);

	if (!held)
		afield__guard_error(guard, "this thread is not inside");
	return held;
}

/* 0; -1 with an exception; 1 when it would have to wait and must not, or not so long. */
static inline int afield__guard_begin(struct afield__guard *guard, bool may_wait, double seconds)
{
	const struct afield__attribute *attribute = guard->attribute;
	struct afield__held *held;
	struct timespec deadline;
	int error;

	if (afield__check_thread(guard->object) || afield__watch_thread())
		return -1;
	afield__held_end_each(NULL);
	if (afield__guard_find(guard)) {
		if (!may_wait)
			return 1;
		afield__guard_error(guard, "this thread is inside already");
		return -1;
	}
	held = (struct afield__held *)PyMem_RawCalloc(1, sizeof(*held));
	if (!held) {
		PyErr_NoMemory();
		return -1;
	}
	held->lock.type = attribute->type;
	held->lock.at = afield__field(guard->object, attribute->offset);
	held->lock.mode = guard->mode;
	held->lock.owner = held->token = guard->token;
	held->object = Py_NewRef(guard->object);
	held->interpreter = PyInterpreterState_Get();
	held->state = PyThreadState_GetID(PyThreadState_Get());
	error = afield_held_lock_begin(&held->lock, may_wait, afield_deadline(seconds, &deadline));
	if (error == 0) {
		AFIELD_FETCH_ADD(&guard->token->count, 1, relaxed);
		return 0;
	}
	Py_DECREF(held->object); /* the guard has another */
	PyMem_RawFree(held);
	if (!may_wait || error == -ETIMEDOUT)
		return 1;
	afield__raise(error, attribute, guard->mode->name);
	return -1;
}

static inline PyObject *afield__guard_enter(PyObject *self, PyObject *unused)
{
	(void)unused;
	return afield__guard_begin((struct afield__guard *)self, true, -1) ? NULL : Py_NewRef(self);
}

static inline PyObject *afield__guard_release(PyObject *self, PyObject *unused)
{
	struct afield__held *held = afield__guard_need((struct afield__guard *)self);

	(void)unused;
	if (!held)
		return NULL;
	afield__held_end(held);
	return Py_NewRef(Py_None);
}

static inline PyObject *afield__guard_acquire(PyObject *self, PyObject *arguments,
					      PyObject *keywords)
{
	static char blocking_name[] = "blocking";
	static char timeout_name[] = "timeout";
	static char *names[] = {blocking_name, timeout_name, NULL};
	int blocking = 1, result;
	double seconds = -1; /* forever, as in threading.Lock */

	if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|pd:acquire", names, &blocking,
					 &seconds))
		return NULL;
	if (seconds != -1 && !(blocking && seconds >= 0)) {
		PyErr_SetString(PyExc_ValueError,
				blocking ? "timeout: needs a number of seconds that is not negative"
					 : "timeout: a call that does not wait has none");
		return NULL;
	}
	if (seconds * 1e9 >= 9223372036854775808.0) {
		PyErr_SetString(PyExc_OverflowError, "timeout: so many seconds are no time");
		return NULL;
	}
	result = afield__guard_begin((struct afield__guard *)self, blocking, seconds);
	return result < 0 ? NULL : PyBool_FromLong(result == 0);
}

/* Whether a thread is inside by this object; of use to who knows what the threads do. */
static inline PyObject *afield__guard_locked(PyObject *self, PyObject *unused)
{
	const struct afield__guard *guard = (const struct afield__guard *)self;

	(void)unused;
	return PyBool_FromLong(AFIELD_LOAD(&guard->token->count, relaxed) > 1);
}

/* The value. It is copied first: to make an object of it may run a finalizer, which may leave. */
static inline PyObject *afield__guard_get_value(PyObject *self, void *unused)
{
	const struct afield__guard *guard = (struct afield__guard *)self;
	const struct afield__held *held = afield__guard_need(guard);
	const struct afield_type *type = guard->attribute->type;
	struct afield__scratch scratch;
	PyObject *result = NULL;
	void *value;

	(void)unused;
	value = held ? afield__scratch_open(&scratch, type->value_type.size) : NULL;
	if (!value)
		return NULL;
	memcpy(value, afield_inline_value(type, held->lock.at), type->value_type.size);
	result = afield__value_to(guard->attribute, value);
	afield__scratch_close(&scratch);
	return result;
}

/* Writes bytes of the value, which are converted: that may have run code, which may have left. */
static inline int afield__guard_write(const struct afield__guard *guard, size_t offset,
				      const void *bytes, size_t size)
{
	const struct afield__held *held = afield__guard_need(guard);

	if (!held)
		return -1;
	if (!guard->mode->may_write) {
		afield__guard_error(guard, "the value is for reading");
		return -1;
	}
	memcpy((char *)afield_inline_value(guard->attribute->type, held->lock.at) + offset, bytes,
	       size);
	return 0;
}

static inline int afield__guard_set_value(PyObject *self, PyObject *value, void *unused)
{
	const struct afield__guard *guard = (struct afield__guard *)self;
	size_t size = guard->attribute->type->value_type.size;
	struct afield__scratch scratch;
	void *converted;
	int failed;

	(void)unused;
	if (!value)
		return afield__cannot_delete(guard->attribute->name);
	converted = afield__scratch_open(&scratch, size);
	if (!converted)
		return -1;
	failed = afield__value_from(guard->attribute, value, converted) ||
		 afield__guard_write(guard, 0, converted, size);
	afield__scratch_close(&scratch);
	return failed ? -1 : 0;
}

/* The member of that name, or NULL: 0, or -1 with an exception when it is no name. */
static inline int afield__guard_member(const struct afield__guard *guard, PyObject *name,
				       const struct afield_member **member)
{
	size_t count;
	const struct afield_member *rows =
		afield__members(&guard->attribute->type->value_type, &count);

	*member = NULL;
	if (!PyUnicode_Check(name)) {
		PyErr_Format(PyExc_TypeError, "attribute name must be string, not '%.200s'",
			     Py_TYPE(name)->tp_name);
		return -1;
	}
	for (size_t i = 0; i < count && !*member; i++)
		if (PyUnicode_CompareWithASCIIString(name, rows[i].name) == 0)
			*member = &rows[i];
	return 0;
}

static inline PyObject *afield__guard_getattro(PyObject *self, PyObject *name)
{
	const struct afield__guard *guard = (struct afield__guard *)self;
	const struct afield_member *member;
	const struct afield__held *held;
	const char *value;
	uint64_t copy;

	if (afield__guard_member(guard, name, &member))
		return NULL;
	if (!member)
		return PyObject_GenericGetAttr(self, name);
	held = afield__guard_need(guard);
	if (!held)
		return NULL;
	value = (const char *)afield_inline_value(guard->attribute->type, held->lock.at);
	memcpy(&copy, value + member->offset, afield_scalar_size(member->type_code));
	return afield__scalar_to(member->type_code, &copy);
}

static inline int afield__guard_setattro(PyObject *self, PyObject *name, PyObject *value)
{
	const struct afield__guard *guard = (struct afield__guard *)self;
	const struct afield_member *member;
	struct afield__place place;
	uint64_t converted;

	if (afield__guard_member(guard, name, &member))
		return -1;
	if (!member)
		return PyObject_GenericSetAttr(self, name, value);
	if (!value)
		return afield__cannot_delete(guard->attribute->name);
	place.name = guard->attribute->name;
	place.member = member->name;
	if (afield__scalar_from(member->type_code, value, &converted, &place))
		return -1;
	return afield__guard_write(guard, member->offset, &converted,
				   afield_scalar_size(member->type_code));
}

static inline PyObject *afield__guard_repr(PyObject *self)
{
	const struct afield__guard *guard = (struct afield__guard *)self;

	return PyUnicode_FromFormat("<guard %s_%s of %s object at %p>", guard->attribute->name,
				    guard->mode->name, Py_TYPE(guard->object)->tp_name,
				    (void *)guard->object);
}

static inline int afield__guard_traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(((struct afield__guard *)self)->object);
	Py_VISIT(Py_TYPE(self));
	return 0;
}

/* Says that the last reference was dropped inside; what is being raised already stays. */
static inline void afield__guard_complain(const struct afield__guard *guard)
{
	PyObject *before = afield__error_take();

	afield__guard_error(guard, "the last reference was dropped while a thread is inside");
	PyErr_WriteUnraisable(guard->attribute->key);
	afield__error_put(before);
}

static inline void afield__guard_dealloc(PyObject *self)
{
	struct afield__guard *guard = (struct afield__guard *)self;
	PyTypeObject *type = Py_TYPE(self);

	PyObject_GC_UnTrack(self);
	/* Nobody enters any more; others than this thread end theirs when they see the mark. */
	if (guard->token && AFIELD_LOAD(&guard->token->count, acquire) > 1) {
		AFIELD_STORE(&guard->token->is_dropped, 1, release);
		if (afield__guard_find(guard))
			afield__held_end(afield__guard_find(guard));
		else
			(void)Py_AddPendingCall(afield__held_end_dropped, NULL);
		afield__guard_complain(guard);
	}
	if (guard->token)
		afield__guard_token_release(guard->token);
	Py_XDECREF(guard->object);
	type->tp_free(self);
	Py_DECREF(type);
}

/* The type of guards: one for each type that has them. */
static inline PyObject *afield__guard_type(PyObject *module)
{
	static PyMethodDef methods[] = {
		{"__enter__", afield__guard_enter, METH_NOARGS,
		 "Waits for the lock and returns the guard."},
		{"__exit__", afield__guard_release, METH_VARARGS, "Releases the lock."},
		{"acquire", (PyCFunction)(void (*)(void))afield__guard_acquire,
		 METH_VARARGS | METH_KEYWORDS,
		 "acquire($self, /, blocking=True, timeout=-1)\n--\n\n"
		 "Waits for the lock; returns False when it is not to be had at once, if it is not "
		 "blocking, or in that many seconds."},
		{"release", afield__guard_release, METH_NOARGS,
		 "release($self, /)\n--\n\nEnds it."},
		{"locked", afield__guard_locked, METH_NOARGS,
		 "locked($self, /)\n--\n\nWhether a thread is inside by this object."},
		{NULL, NULL, 0, NULL},
	};
	static PyGetSetDef attributes[] = {
		{"value", afield__guard_get_value, afield__guard_set_value,
		 "The field's value, for the thread that is inside.", NULL},
		{NULL, NULL, NULL, NULL, NULL},
	};
	PyType_Slot slots[] = {
		{Py_tp_repr, AFIELD__SLOT(afield__guard_repr)},
		{Py_tp_getattro, AFIELD__SLOT(afield__guard_getattro)},
		{Py_tp_setattro, AFIELD__SLOT(afield__guard_setattro)},
		{Py_tp_traverse, AFIELD__SLOT(afield__guard_traverse)},
		{Py_tp_dealloc, AFIELD__SLOT(afield__guard_dealloc)},
		{Py_tp_methods, methods},
		{Py_tp_getset, attributes},
		{0, NULL},
	};
	PyType_Spec spec = {"afield.guard", (int)sizeof(struct afield__guard), 0,
			    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
				    Py_TPFLAGS_DISALLOW_INSTANTIATION,
			    slots};

	return afield__or_no_memory(PyType_FromModuleAndSpec(module, &spec, NULL));
}

#ifdef __cplusplus
}
#endif

#endif
