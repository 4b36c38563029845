/*
 * python/turn: a lock or a borrow of a field as a context manager.
 *
 * A row with AFIELD_TURNS gets one method for each turn of its kind: stream_lock() of a locked
 * field, table_read_lock() and table_write_lock() of an rwlocked one. The method makes a turn
 * object, which is used as a threading.Lock is:
 *
 *	with account.stream_lock() as stream:
 *		stream.position += 1
 *		limits = stream.value
 *
 * `with` waits for the turn, detached from the interpreter, and ends it. Between the two, the
 * thread that is inside, and no other, reads and writes the value: `value` is all of it, and each
 * member of a record is an attribute, too. acquire(blocking=True) and release() are the same two
 * steps by hand. One turn object may be used by many threads and again and again; each thread is
 * inside by itself. acquire(timeout=seconds) gives up then, and locked() says whether a thread is
 * inside by this object, so a threading.Condition can be made of one.
 *
 * What goes wrong is a RuntimeError, and never a wait without an end:
 *   - to use the value outside, to leave without being inside, or in another thread's place;
 *   - to enter what this thread is inside of already (of a kind that knows it, a DeadlockError);
 *     acquire(False) says False to that, as to everything that is in the way;
 *   - to drop the last reference while somebody is inside. That is said where exceptions are said
 *     that nobody can catch (sys.unraisablehook), and the turn ends at once, or when another thread
 *     is inside, at that thread's next turn of any field or at its end; a main thread ends it by
 *     itself.
 * A thread that ends inside is taken out first.
 *
 * When to use it: for a change that needs the old value and is no verb. When not: for one read or
 * one store, which the attribute does; around anything slow, for others wait.
 *
 *                             [1] [2] [3] [4]
 *   [1] enter, acquire         w   w   -   -     (- runs beside it in another thread, w waits
 *   [2] exit, release          w   -   -   -      for its turn, as the kind says)
 *   [3] value, members         -   -   -   -
 *   [4] the last reference     -   -   -   -
 */
#ifndef AFIELD_PYTHON_TURN_H
#define AFIELD_PYTHON_TURN_H

#include "held.h"
#include "verb.h"

#include "../wait.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct afield__turn {
	PyObject ob_base;
	PyObject *object; /* whose field it is */
	const struct afield__attribute *attribute;
	const struct afield_turn *turn;
	struct afield__claim *claim;
};

/* This thread's turn by this object, or NULL. */
static inline struct afield__held *afield__turn_find(const struct afield__turn *turn)
{
	struct afield_hold *hold = afield_holds();

	while (hold && hold->owner != turn->claim)
		hold = hold->next;
	return (struct afield__held *)(void *)hold;
}

static inline void afield__turn_error(const struct afield__turn *turn, const char *text)
{
	PyErr_Format(PyExc_RuntimeError, "%s_%s: %s", turn->attribute->name, turn->turn->name,
		     text);
}

static inline struct afield__held *afield__turn_need(const struct afield__turn *turn)
{
	struct afield__held *held = afield__turn_find(turn);

	if (!held)
		afield__turn_error(turn, "this thread is not inside");
	return held;
}

/* 0; -1 with an exception; 1 when it would have to wait and must not, or not so long. */
static inline int afield__turn_begin(struct afield__turn *turn, bool may_wait, double seconds)
{
	const struct afield__attribute *attribute = turn->attribute;
	struct afield__held *held;
	struct timespec deadline;
	int error;

	if (afield__check_thread(turn->object) || afield__watch_thread())
		return -1;
	afield__held_end_each(false);
	if (afield__turn_find(turn)) {
		if (!may_wait)
			return 1;
		afield__turn_error(turn, "this thread is inside already");
		return -1;
	}
	held = (struct afield__held *)PyMem_RawCalloc(1, sizeof(*held));
	if (!held) {
		PyErr_NoMemory();
		return -1;
	}
	held->hold.type = attribute->type;
	held->hold.at = afield__field(turn->object, attribute->offset);
	held->hold.turn = turn->turn;
	held->hold.owner = held->claim = turn->claim;
	held->object = Py_NewRef(turn->object);
	held->interpreter = PyInterpreterState_Get();
	error = afield_hold_begin(&held->hold, may_wait, afield_deadline(seconds, &deadline));
	if (error == 0) {
		AFIELD_FETCH_ADD(&turn->claim->count, 1, relaxed);
		return 0;
	}
	Py_DECREF(held->object); /* the turn object has another */
	PyMem_RawFree(held);
	if (!may_wait || error == -ETIMEDOUT)
		return 1;
	afield__raise(error, attribute, turn->turn->name);
	return -1;
}

static inline PyObject *afield__turn_enter(PyObject *self, PyObject *unused)
{
	(void)unused;
	return afield__turn_begin((struct afield__turn *)self, true, -1) ? NULL : Py_NewRef(self);
}

static inline PyObject *afield__turn_release(PyObject *self, PyObject *unused)
{
	struct afield__held *held = afield__turn_need((struct afield__turn *)self);

	(void)unused;
	if (!held)
		return NULL;
	afield__held_end(held);
	return Py_NewRef(Py_None);
}

static inline PyObject *afield__turn_acquire(PyObject *self, PyObject *arguments,
					     PyObject *keywords)
{
	static char blocking_name[] = "blocking";
	static char timeout_name[] = "timeout";
	static char *names[] = {blocking_name, timeout_name, NULL};
	int blocking = 1, result;
	double seconds = -1; /* for ever, as in threading.Lock */

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
	result = afield__turn_begin((struct afield__turn *)self, blocking, seconds);
	return result < 0 ? NULL : PyBool_FromLong(result == 0);
}

/* Whether a thread is inside by this object; of use to who knows what the threads do. */
static inline PyObject *afield__turn_locked(PyObject *self, PyObject *unused)
{
	const struct afield__turn *turn = (const struct afield__turn *)self;

	(void)unused;
	return PyBool_FromLong(AFIELD_LOAD(&turn->claim->count, relaxed) > 1);
}

/* The value. It is copied first: to make an object of it may run a finalizer, which may leave. */
static inline PyObject *afield__turn_get_value(PyObject *self, void *unused)
{
	const struct afield__turn *turn = (struct afield__turn *)self;
	const struct afield__held *held = afield__turn_need(turn);
	const struct afield_type *type = turn->attribute->type;
	struct afield__room room;
	PyObject *result = NULL;
	void *value;

	(void)unused;
	value = held ? afield__room_open(&room, type->holds.size) : NULL;
	if (!value)
		return NULL;
	memcpy(value, afield_inside(type, held->hold.at), type->holds.size);
	result = afield__value_to(turn->attribute, value);
	afield__room_close(&room);
	return result;
}

/* Writes bytes of the value, which are converted: that may have run code, which may have left. */
static inline int afield__turn_write(const struct afield__turn *turn, size_t offset,
				     const void *bytes, size_t size)
{
	const struct afield__held *held = afield__turn_need(turn);

	if (!held)
		return -1;
	if (!turn->turn->may_write) {
		afield__turn_error(turn, "the value is for reading");
		return -1;
	}
	memcpy((char *)afield_inside(turn->attribute->type, held->hold.at) + offset, bytes, size);
	return 0;
}

static inline int afield__turn_set_value(PyObject *self, PyObject *value, void *unused)
{
	const struct afield__turn *turn = (struct afield__turn *)self;
	size_t size = turn->attribute->type->holds.size;
	struct afield__room room;
	void *converted;
	int failed;

	(void)unused;
	if (!value)
		return afield__cannot_delete(turn->attribute->name);
	converted = afield__room_open(&room, size);
	if (!converted)
		return -1;
	failed = afield__value_from(turn->attribute, value, converted) ||
		 afield__turn_write(turn, 0, converted, size);
	afield__room_close(&room);
	return failed ? -1 : 0;
}

/* The member of that name, or NULL. What turn objects have themselves goes before. */
static inline const struct afield_member *afield__turn_member(const struct afield__turn *turn,
							      PyObject *name)
{
	static const char *const own[] = {"value", "acquire", "release", "locked"};
	size_t count = 0;
	const struct afield_member *rows = afield__members(&turn->attribute->type->holds, &count);

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (PyUnicode_CompareWithASCIIString(name, own[i]) == 0)
			return NULL;
	for (size_t i = 0; i < count; i++)
		if (PyUnicode_CompareWithASCIIString(name, rows[i].name) == 0)
			return &rows[i];
	return NULL;
}

static inline PyObject *afield__turn_getattro(PyObject *self, PyObject *name)
{
	const struct afield__turn *turn = (struct afield__turn *)self;
	const struct afield_member *member = afield__turn_member(turn, name);
	const struct afield__held *held;
	const char *value;
	uint64_t copy;

	if (!member)
		return PyObject_GenericGetAttr(self, name);
	held = afield__turn_need(turn);
	if (!held)
		return NULL;
	value = (const char *)afield_inside(turn->attribute->type, held->hold.at);
	memcpy(&copy, value + member->offset, afield_scalar_size(member->shape));
	return afield__scalar_to(member->shape, &copy);
}

static inline int afield__turn_setattro(PyObject *self, PyObject *name, PyObject *value)
{
	const struct afield__turn *turn = (struct afield__turn *)self;
	const struct afield_member *member = afield__turn_member(turn, name);
	struct afield__place place;
	uint64_t converted;

	if (!member)
		return PyObject_GenericSetAttr(self, name, value);
	if (!value)
		return afield__cannot_delete(turn->attribute->name);
	place.name = turn->attribute->name;
	place.member = member->name;
	if (afield__scalar_from(member->shape, value, &converted, &place))
		return -1;
	return afield__turn_write(turn, member->offset, &converted,
				  afield_scalar_size(member->shape));
}

static inline PyObject *afield__turn_repr(PyObject *self)
{
	const struct afield__turn *turn = (struct afield__turn *)self;

	return PyUnicode_FromFormat("<turn %s_%s of %s object at %p>", turn->attribute->name,
				    turn->turn->name, Py_TYPE(turn->object)->tp_name,
				    (void *)turn->object);
}

static inline int afield__turn_traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(((struct afield__turn *)self)->object);
	Py_VISIT(Py_TYPE(self));
	return 0;
}

/* Says that the last reference was dropped inside; what is being raised already stays. */
static inline void afield__turn_complain(const struct afield__turn *turn)
{
	PyObject *before = afield__error_take();

	afield__turn_error(turn, "the last reference was dropped while a thread is inside");
	PyErr_WriteUnraisable(turn->attribute->key);
	afield__error_put(before);
}

static inline void afield__turn_dealloc(PyObject *self)
{
	struct afield__turn *turn = (struct afield__turn *)self;
	PyTypeObject *type = Py_TYPE(self);

	PyObject_GC_UnTrack(self);
	/* Nobody enters any more; others than this thread end theirs when they see the mark. */
	if (turn->claim && AFIELD_LOAD(&turn->claim->count, acquire) > 1) {
		AFIELD_STORE(&turn->claim->is_dropped, 1, release);
		if (afield__turn_find(turn))
			afield__held_end(afield__turn_find(turn));
		else
			(void)Py_AddPendingCall(afield__held_end_dropped, NULL);
		afield__turn_complain(turn);
	}
	if (turn->claim)
		afield__claim_release(turn->claim);
	Py_XDECREF(turn->object);
	type->tp_free(self);
	Py_DECREF(type);
}

/* The type of turn objects: one for each type that has them. */
static inline PyObject *afield__turn_type(PyObject *module)
{
	static PyMethodDef methods[] = {
		{"__enter__", afield__turn_enter, METH_NOARGS,
		 "Waits for the turn and returns the turn object."},
		{"__exit__", afield__turn_release, METH_VARARGS, "Ends the turn."},
		{"acquire", (PyCFunction)(void (*)(void))afield__turn_acquire,
		 METH_VARARGS | METH_KEYWORDS,
		 "acquire($self, /, blocking=True, timeout=-1)\n--\n\n"
		 "Waits for the turn; returns False when there is none at once, if it is not "
		 "blocking, or in that many seconds."},
		{"release", afield__turn_release, METH_NOARGS, "release($self, /)\n--\n\nEnds it."},
		{"locked", afield__turn_locked, METH_NOARGS,
		 "locked($self, /)\n--\n\nWhether a thread is inside by this object."},
		{NULL, NULL, 0, NULL},
	};
	static PyGetSetDef attributes[] = {
		{"value", afield__turn_get_value, afield__turn_set_value,
		 "The field's value, for the thread that is inside.", NULL},
		{NULL, NULL, NULL, NULL, NULL},
	};
	PyType_Slot slots[] = {
		{Py_tp_repr, AFIELD__SLOT(afield__turn_repr)},
		{Py_tp_getattro, AFIELD__SLOT(afield__turn_getattro)},
		{Py_tp_setattro, AFIELD__SLOT(afield__turn_setattro)},
		{Py_tp_traverse, AFIELD__SLOT(afield__turn_traverse)},
		{Py_tp_dealloc, AFIELD__SLOT(afield__turn_dealloc)},
		{Py_tp_methods, methods},
		{Py_tp_getset, attributes},
		{0, NULL},
	};
	PyType_Spec spec = {"afield.turn", (int)sizeof(struct afield__turn), 0,
			    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
				    Py_TPFLAGS_DISALLOW_INSTANTIATION,
			    slots};

	return afield__or_no_memory(PyType_FromModuleAndSpec(module, &spec, NULL));
}

#ifdef __cplusplus
}
#endif

#endif
