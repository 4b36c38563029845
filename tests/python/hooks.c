/* SPDX-License-Identifier: MIT */
/*
 * hooks: what the tests of the host's hooks, of native threads and of exhausted memory need from C.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/rcu.h>
#include <afield/record.h>
#include <afield/seqlock.h>

#include <dlfcn.h>
#include <unistd.h>

#include "module.h"

#define PAIR(member) member(int64_t, left) member(int64_t, right)
AFIELD_RECORD(pair, PAIR);
AFIELD_TYPE(pair_seq, seqlock, struct pair);

static AFIELD_ATOMIC(int64_t) destroyed;

static void pair_destroy(struct pair *value)
{
	(void)value;
	AFIELD_FETCH_ADD(&destroyed, 1, seq_cst);
}
AFIELD_TYPE(pair_rcu, rcu, struct pair, pair_destroy);

#define GATE(field)          \
	field(pair_seq, seq) \
	field(pair_rcu, rcu)
AFIELD_CLASS(gate, GATE);

/* A native thread, unknown to Python, that is in the middle of a write until it is released. */
static AFIELD_ATOMIC(int) is_held;
static AFIELD_ATOMIC(int) may_release;

static bool linger(struct pair *value, void *unused)
{
	(void)unused;
	value->left++;
	AFIELD_STORE(&is_held, 1, seq_cst);
	while (!AFIELD_LOAD(&may_release, seq_cst))
		usleep(1000);
	return true;
}

static void *holder(void *object)
{
	pair_seq_update(&((gate *)object)->seq, linger, NULL);
	AFIELD_STORE(&is_held, 0, seq_cst);
	return NULL;
}

static PyObject *hold(PyObject *module, PyObject *object)
{
	pthread_t thread;

	(void)module;
	AFIELD_STORE(&may_release, 0, seq_cst);
	if (pthread_create(&thread, NULL, holder, AFIELD_PYTHON_SELF(object, gate)))
		return PyErr_NoMemory();
	pthread_detach(thread);
	while (!AFIELD_LOAD(&is_held, seq_cst))
		usleep(1000);
	Py_RETURN_NONE;
}

static PyObject *release(PyObject *module, PyObject *unused)
{
	(void)module;
	(void)unused;
	AFIELD_STORE(&may_release, 1, seq_cst);
	Py_RETURN_NONE;
}

static void *ask_native(void *answer)
{
	*(bool *)answer = afield__is_attached();
	return NULL;
}

/* Whether this thread is attached: as it is called, detached, and in a native thread. */
static PyObject *attached(PyObject *module, PyObject *unused)
{
	bool here = afield__is_attached(), detached = true, native = true;
	pthread_t thread;

	(void)module;
	(void)unused;
	if (pthread_create(&thread, NULL, ask_native, &native))
		return PyErr_NoMemory();
	pthread_join(thread, NULL);
	Py_BEGIN_ALLOW_THREADS;
	for (int i = 0; i < 100 && (i == 0 || !detached); i++) {
		detached = afield__is_attached();
		usleep(10);
	}
	Py_END_ALLOW_THREADS;
	return Py_BuildValue("(NNN)", PyBool_FromLong(here), PyBool_FromLong(detached),
			     PyBool_FromLong(native));
}

/* Drops the last reference in a thread that Python meets for this alone. */
static void *dropper(void *object)
{
	PyGILState_STATE state = PyGILState_Ensure();

	Py_DECREF((PyObject *)object);
	PyGILState_Release(state);
	return NULL;
}

static PyObject *drop_elsewhere(PyObject *module, PyObject *list)
{
	PyObject *last = PyObject_CallMethod(list, "pop", NULL);
	pthread_t thread;
	int failed;

	(void)module;
	if (!last)
		return NULL;
	failed = pthread_create(&thread, NULL, dropper, last);
	if (failed)
		return PyErr_NoMemory();
	Py_BEGIN_ALLOW_THREADS;
	pthread_join(thread, NULL);
	Py_END_ALLOW_THREADS;
	Py_RETURN_NONE;
}

/* The number of values destroyed, after all that were retired. */
static PyObject *destroyed_count(PyObject *module, PyObject *unused)
{
	(void)module;
	(void)unused;
	if (afield_barrier())
		return PyErr_Format(PyExc_RuntimeError, "the barrier cannot wait here");
	return PyLong_FromLongLong(AFIELD_LOAD(&destroyed, seq_cst));
}

/*
 * call_without_memory(n, function): calls it, and the allocation after n more fails. Returns the
 * result; an exception passes; True in place of the result when nothing failed.
 */
static PyObject *call_without_memory(PyObject *module, PyObject *arguments)
{
	union {
		void *object;
		long (*function)(long allocations);
		int (*question)(void);
	} arm, has_failed;
	PyObject *function;
	PyObject *result;
	long allocations;

	(void)module;
	if (!PyArg_ParseTuple(arguments, "lO", &allocations, &function))
		return NULL;
	arm.object = dlsym(RTLD_DEFAULT, "nomemory_after");
	has_failed.object = dlsym(RTLD_DEFAULT, "nomemory_failed");
	if (!arm.object || !has_failed.object)
		return PyErr_Format(PyExc_RuntimeError, "nomemory is not loaded");
	arm.function(allocations);
	result = PyObject_CallNoArgs(function);
	arm.function(-1);
	if (!result)
		return NULL;
	Py_DECREF(result);
	return PyBool_FromLong(!has_failed.question());
}

/* Makes a type that is wrong in the way that is named. */
static PyObject *wrong_type(PyObject *module, PyObject *what)
{
	static const PyType_Slot slots[] = {{Py_tp_new, NULL}, {0, NULL}};
	static PyMethodDef methods[] = {{"seq", hold, METH_O, NULL}, {NULL, NULL, 0, NULL}};
	static const struct afield_row rows[] = {
		{"count", afield_i64_type, 0, AFIELD_VERBS, NULL, NULL}};
	static const struct afield_row twins[] = {{"one", afield_i64_type, 0, 0, NULL, "same"},
						  {"two", afield_i64_type, 8, 0, NULL, "same"}};
	static const struct afield_row turns[] = {
		{"count", afield_i64_type, 0, AFIELD_GUARDS, NULL, NULL}};
	static const struct afield_row readonly_guards[] = {
		{"count", afield_i64_type, 0, AFIELD_GUARDS | AFIELD_READONLY, NULL, NULL}};
	static const struct afield_class tables[] = {
		{"counted", 8, 8, rows, 1},
		{"twins", 16, 8, twins, 2},
		{"strict", 8, 64, rows, 1},
		{"counted", 8, 8, turns, 1},
		{"counted", 8, 8, readonly_guards, 1},
	};
	struct afield_python_options options = {NULL, NULL, 0, NULL, NULL, NULL};
	const char *name = PyUnicode_AsUTF8(what);
	const struct afield_class *table = &tables[0];

	if (!name)
		return NULL;
	if (!strcmp(name, "flags"))
		options.flags = 1u << 30;
	else if (!strcmp(name, "slots"))
		options.slots = slots;
	else if (!strcmp(name, "module"))
		module = NULL;
	else if (!strcmp(name, "twins"))
		table = &tables[1];
	else if (!strcmp(name, "alignment"))
		table = &tables[2];
	else if (!strcmp(name, "guards"))
		table = &tables[3];
	else if (!strcmp(name, "read-only guards"))
		table = &tables[4];
	else if (!strcmp(name, "methods")) {
		table = gate_class();
		options.methods = methods;
	}
	return afield_python_type(module, table, &options);
}

/* A type of its own for each call, to watch types come and go. */
static PyObject *new_type(PyObject *module, PyObject *unused)
{
	struct afield_python_options options = {"Passing",
						"A type that goes.",
						AFIELD_PYTHON_DICT | AFIELD_PYTHON_WEAKREF |
							AFIELD_PYTHON_SUBCLASS,
						NULL,
						NULL,
						NULL};

	(void)unused;
	return afield_python_type(module, gate_class(), &options);
}

/* with_slot(number): what becomes of a type whose author brings that slot. */
static PyObject *with_slot(PyObject *module, PyObject *number)
{
	PyType_Slot slots[] = {{(int)PyLong_AsLong(number), NULL}, {0, NULL}};
	struct afield_python_options options = {NULL, NULL, 0, NULL, NULL, slots};

	return afield_python_type(module, gate_class(), &options);
}

static PyObject *itself(PyObject *object)
{
	return PyUnicode_FromFormat("<%s>", Py_TYPE(object)->tp_name);
}

static Py_ssize_t seven(PyObject *object)
{
	(void)object;
	return 7;
}

/* with_own_slots(): the same of slots that an author may bring, the repr among them. */
static PyObject *with_own_slots(PyObject *module, PyObject *unused)
{
	static const PyType_Slot slots[] = {
		{Py_tp_repr, (void *)(uintptr_t)itself},
		{Py_tp_iter, (void *)(uintptr_t)PyObject_SelfIter},
		{Py_sq_length, (void *)(uintptr_t)seven},
		{0, NULL},
	};
	struct afield_python_options options = {NULL, NULL, 0, NULL, NULL, slots};

	(void)unused;
	return afield_python_type(module, gate_class(), &options);
}

/* with_flags(flags): the same of flags. */
static PyObject *with_flags(PyObject *module, PyObject *flags)
{
	struct afield_python_options options = {NULL, NULL, (unsigned)PyLong_AsUnsignedLong(flags),
						NULL, NULL, NULL};

	return afield_python_type(module, gate_class(), &options);
}

/* with_size(size, alignment): the same of a class of that size and alignment. */
static PyObject *with_size(PyObject *module, PyObject *arguments)
{
	static const struct afield_row row = {"count", afield_i64_type, 0, 0, NULL, NULL};
	static struct afield_class tables[16];
	static size_t made;
	Py_ssize_t size, alignment;

	if (!PyArg_ParseTuple(arguments, "nn", &size, &alignment))
		return NULL;
	if (made == sizeof(tables) / sizeof(tables[0]))
		return PyErr_Format(PyExc_IndexError, "so many are not needed");
	tables[made].name = "large";
	tables[made].size = (size_t)size;
	tables[made].alignment = (size_t)alignment;
	tables[made].rows = &row;
	tables[made].row_count = 1;
	return afield_python_type(module, &tables[made++], NULL);
}

/* mask_of(type): how many places there are for its attributes' keys, less one. */
static PyObject *mask_of(PyObject *module, PyObject *type)
{
	(void)module;
	return PyLong_FromSize_t(afield__type_state_of_type((PyTypeObject *)type)->by_key_mask);
}

/* found_at_once(type): how many of its attributes are where their keys' addresses say. */
static PyObject *found_at_once(PyObject *module, PyObject *type)
{
	const struct afield__type_state *state = afield__type_state_of_type((PyTypeObject *)type);
	long found = 0;

	(void)module;
	for (size_t i = 0; i < state->attribute_count; i++)
		found +=
			state->by_key[((uintptr_t)state->attributes[i].key >> state->by_key_shift) &
				      state->by_key_mask] == &state->attributes[i];
	return PyLong_FromLong(found);
}

/*
 * places(keys, mask): the shift, and what each place has, when attributes' keys are at these
 * addresses; a negative one is of an attribute that cannot be set. Nothing is behind the last place.
 */
static PyObject *places(PyObject *module, PyObject *arguments)
{
	enum { MOST = 8, PLACES = 16 };
	struct afield__attribute attributes[MOST], *by_key[PLACES + 1];
	struct afield__type_state state;
	PyObject *keys, *found;
	Py_ssize_t mask;

	(void)module;
	if (!PyArg_ParseTuple(arguments, "O!n", &PyList_Type, &keys, &mask))
		return NULL;
	memset(attributes, 0, sizeof(attributes));
	memset(by_key, 0, sizeof(by_key));
	memset(&state, 0, sizeof(state));
	by_key[0] = by_key[mask] = by_key[mask + 1] = attributes; /* from before */
	state.attributes = attributes;
	state.attribute_count = (size_t)PyList_GET_SIZE(keys);
	state.by_key = by_key;
	state.by_key_mask = (size_t)mask;
	for (size_t i = 0; i < state.attribute_count; i++) {
		long key = PyLong_AsLong(PyList_GET_ITEM(keys, (Py_ssize_t)i));

		attributes[i].key = (PyObject *)(uintptr_t)(key < 0 ? -key : key);
		attributes[i].set = key < 0 ? NULL : afield__set;
	}
	afield__by_key_make(&state);
	if (by_key[mask + 1] != attributes)
		return PyErr_Format(PyExc_AssertionError, "it writes behind the last");
	found = PyList_New(0);
	for (Py_ssize_t i = 0; found && i <= mask; i++) {
		PyObject *number =
			by_key[i] ? PyLong_FromSsize_t(by_key[i] - attributes) : Py_NewRef(Py_None);

		if (!number || PyList_Append(found, number))
			Py_CLEAR(found);
		Py_XDECREF(number);
	}
	return found ? Py_BuildValue("(IN)", state.by_key_shift, found) : NULL;
}

static PyMethodDef hooks_methods[] = {
	MODULE_METHOD(hold, METH_O),
	MODULE_METHOD(release, METH_NOARGS),
	MODULE_METHOD(attached, METH_NOARGS),
	MODULE_METHOD(drop_elsewhere, METH_O),
	MODULE_METHOD(destroyed_count, METH_NOARGS),
	MODULE_METHOD(call_without_memory, METH_VARARGS),
	MODULE_METHOD(wrong_type, METH_O),
	MODULE_METHOD(new_type, METH_NOARGS),
	MODULE_METHOD(with_slot, METH_O),
	MODULE_METHOD(with_own_slots, METH_NOARGS),
	MODULE_METHOD(with_flags, METH_O),
	MODULE_METHOD(with_size, METH_VARARGS),
	MODULE_METHOD(mask_of, METH_O),
	MODULE_METHOD(found_at_once, METH_O),
	MODULE_METHOD(places, METH_VARARGS),
	{NULL, NULL, 0, NULL},
};

static int hooks_exec(PyObject *module)
{
	return module_add(module, gate_class(), NULL, 0, NULL);
}

AFIELD_PYTHON_MODULE(hooks, hooks_exec, hooks_methods, NULL);
