/* SPDX-License-Identifier: MIT */
/*
 * python/type/type_state: what a Python type made from a class knows of it.
 *
 * One block of memory for each type: the class's table, one entry for each field that Python sees,
 * and the descriptors' definitions. Nothing here is static, so each interpreter has its own types
 * and its own type state.
 *
 * How an object finds its type state: CPython reads tp_getset once, when it makes a type, and does
 * not inherit it. Ours points behind the type state, and our type is the one in the chain of bases
 * whose own base is object.
 *
 * Who lives how long: an object keeps its type, a type its bases, and our type keeps in tp_cache,
 * which CPython gives to nobody and gives up when the type itself ends, a tuple of all that the
 * state points to and of a capsule that is the type state. A type is always part of a cycle, so the
 * collector clears it while objects of the type may still be used: it empties the type's __dict__,
 * and leaves tp_cache, tp_base and the tuple, which cannot be cleared. So who has an object, a
 * view, a method or a guard has the type state, whatever was cleared. In the type's namespace is
 * nothing of it.
 *
 * Synchronization: a type state is constant once its type is made.
 */
#ifndef AFIELD_PYTHON_TYPE_TYPE_STATE_H
#define AFIELD_PYTHON_TYPE_TYPE_STATE_H

#include <afield/python/convert/record.h>
#include <afield/python/type/options.h>

#include <afield/class.h>
#include <afield/detail/owner_queue.h>
#include <afield/thread.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Behind the C struct, in objects of an unsendable class or of one with frozen rows. */
struct afield__trailer {
	struct afield_owner_queue
		*owner; /* of the thread that made it; constant, NULL if not needed */
	AFIELD_ATOMIC(uint32_t) is_filled; /* a constructor has run, and frozen fields stay */
};

/* A field that Python sees. */
struct afield__attribute {
	const struct afield_row *row;
	const struct afield_type *type;
	const char *name;          /* in Python */
	PyObject *key;             /* the same, an interned str; the type state's list holds it */
	PyTypeObject *record_type; /* of a record, held by the list; otherwise NULL */
	PyTypeObject *view_type;   /* of a view, held by the list; otherwise NULL */
	PyObject *flag_type;       /* of named bits, held by the list; otherwise NULL */
	PyObject *error_mappings; /* a tuple: the exception for each refusal of the kind, or NULL */
	size_t offset;            /* from the start of the Python object */
	size_t place;             /* of its value among those of a construction */
	setter set;               /* what its descriptor calls, or NULL */
	void *closure;
	bool is_shown;    /* as an attribute; its verbs may be shown without it */
	bool is_settable; /* by the constructor, and unless frozen by assignment */
	bool is_constant; /* nothing that Python reaches through it changes the field */
};

struct afield__type_state {
	const struct afield_class *table;
	PyTypeObject *type; /* borrowed: the type owns the type state */
	PyObject *kept; /* while the type is made, a list: the type state, and all it points to */
	struct afield__attribute *attributes;
	size_t attribute_count;
	size_t values_size; /* bytes for one value of each attribute */
	unsigned flags;     /* of the options */
	bool has_trailer;
	PyObject *unsendable; /* the exception of an unsendable class; the list holds it */
	/* Attributes by the address of their key, for assignment without a search. */
	struct afield__attribute **by_key;
	unsigned by_key_shift;
	size_t by_key_mask;
};

/* The type made from a class in the chain of bases of an object's type. */
static inline PyTypeObject *afield__own_type(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);

	while (type->tp_base != &PyBaseObject_Type)
		type = type->tp_base;
	return type;
}

static inline const struct afield__type_state *afield__type_state_of_type(PyTypeObject *type)
{
	return (const struct afield__type_state *)(void *)type->tp_getset - 1;
}

static inline const struct afield__type_state *afield__type_state_of(PyObject *self)
{
	return afield__type_state_of_type(afield__own_type(self));
}

static inline const struct afield_class *afield__table_of(PyTypeObject *type)
{
	return afield__type_state_of_type(type)->table;
}

static inline bool afield__is_unsendable(PyTypeObject *type)
{
	return (afield__type_state_of_type(type)->flags & AFIELD_PYTHON_UNSENDABLE) != 0;
}

static inline size_t afield__trailer_offset(const struct afield_class *table)
{
	return AFIELD_PYTHON_OFFSET + (table->size + 7) / 8 * 8;
}

static inline struct afield__trailer *afield__trailer_of(PyObject *self,
							 const struct afield_class *table)
{
	return (struct afield__trailer *)(void *)((char *)self + afield__trailer_offset(table));
}

/* Whether this thread may use the object, whose class is unsendable. */
static inline bool afield__is_mine(PyObject *self, const struct afield_class *table)
{
	const struct afield_owner_queue *owner = afield__trailer_of(self, table)->owner;

	afield_open_messages();
	return owner && AFIELD_LOAD(&owner->thread, relaxed) == afield_thread_id();
}

/* Whether this thread may use the object. */
static inline bool afield__may_use(PyObject *self)
{
	const struct afield__type_state *state = afield__type_state_of(self);

	return !(state->flags & AFIELD_PYTHON_UNSENDABLE) || afield__is_mine(self, state->table);
}

/* The same, or an exception: 0 or -1. */
static inline int afield__check_thread(PyObject *self)
{
	const struct afield__type_state *state = afield__type_state_of(self);

	if (afield__may_use(self))
		return 0;
	PyErr_Format(state->unsendable, "%s belongs to another thread", Py_TYPE(self)->tp_name);
	return -1;
}

static inline void *afield__field(PyObject *self, size_t offset)
{
	return (char *)self + offset;
}

#define AFIELD__TYPE_STATE_CAPSULE "afield.block"

static inline void afield__type_state_free(struct afield__type_state *state)
{
	PyMem_Free(state->by_key);
	PyMem_Free(state->attributes);
	PyMem_Free(state);
}

static inline void afield__type_state_capsule_end(PyObject *capsule)
{
	afield__type_state_free((struct afield__type_state *)PyCapsule_GetPointer(
		capsule, AFIELD__TYPE_STATE_CAPSULE));
}

/* A list of one capsule, which owns the type state; or NULL with an exception. */
static inline PyObject *afield__type_state_list(struct afield__type_state *state)
{
	PyObject *capsule =
		PyCapsule_New(state, AFIELD__TYPE_STATE_CAPSULE, afield__type_state_capsule_end);
	PyObject *list;

	if (!capsule) {
		afield__type_state_free(state);
		return NULL;
	}
	list = PyList_New(0);
	if (list && PyList_Append(list, capsule))
		Py_CLEAR(list);
	Py_DECREF(capsule);
	return list;
}

/*
 * A type state that its list keeps, until afield__type_state_release. Definitions follow it in the
 * same memory: `count` and one of zero.
 */
static inline struct afield__type_state *afield__type_state_new(const struct afield_class *table,
								unsigned flags, size_t definitions)
{
	struct afield__type_state *state = (struct afield__type_state *)PyMem_Calloc(
		1, sizeof(*state) + (definitions + 1) * sizeof(PyGetSetDef));
	PyObject *list;

	if (!state) {
		PyErr_NoMemory();
		return NULL;
	}
	state->table = table;
	state->flags = flags;
	state->by_key_mask = 7;
	while (state->by_key_mask < 4 * table->row_count)
		state->by_key_mask = 2 * state->by_key_mask + 1;
	state->by_key = (struct afield__attribute **)PyMem_Calloc(state->by_key_mask + 1,
								  sizeof(*state->by_key));
	state->attributes = (struct afield__attribute *)PyMem_Calloc(table->row_count,
								     sizeof(*state->attributes));
	if (!state->attributes || !state->by_key) {
		afield__type_state_free(state);
		PyErr_NoMemory();
		return NULL;
	}
	list = afield__type_state_list(state);
	if (!list)
		return NULL;
	state->kept = list;
	return state;
}

/* The type keeps the type state and what it points to, for good: 0 or -1. */
static inline int afield__type_state_give(struct afield__type_state *state, PyTypeObject *type)
{
	PyObject *all = PyList_AsTuple(state->kept);

	type->tp_cache = all ? all : Py_NewRef(state->kept);
	return all ? 0 : -1;
}

/* Nothing more is kept. Unless it was given to a type, the type state ends. */
static inline void afield__type_state_release(struct afield__type_state *state)
{
	Py_DECREF(state->kept);
}

static inline PyGetSetDef *afield__type_state_definitions(struct afield__type_state *state)
{
	return (PyGetSetDef *)(void *)(state + 1);
}

/* Hands an object to the type state, which lives as long: steals it, returns it, NULL with an
 * error. */
static inline PyObject *afield__keep(struct afield__type_state *state, PyObject *object)
{
	int failed = !object || PyList_Append(state->kept, object);

	Py_XDECREF(object);
	return failed ? NULL : object;
}

/* Text that lives as long as the type state. */
static inline const char *afield__keep_text(struct afield__type_state *state, PyObject *text)
{
	return afield__keep(state, text) ? PyUnicode_AsUTF8(text) : NULL;
}

#ifdef __cplusplus
}
#endif

#endif
