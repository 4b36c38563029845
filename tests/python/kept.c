/* SPDX-License-Identifier: MIT */
/*
 * kept: a class whose fields keep objects inside of values, behind a lock, a read-write lock and a
 * borrow, and threads that have these all the time without being attached: they write the members
 * that are no objects, as the contract of inline_value.h allows.
 *
 * One box is C's alone (own), so that the collector sees its references in the box and nowhere
 * else.
 */
#include <afield/python.h>

#include <afield/cell.h>
#include <afield/locked.h>
#include <afield/rwlocked.h>

#include <pthread.h>

#include "module.h"

struct kept {
	PyObject *object;
	int64_t number;
};
static inline void kept_free(struct kept *kept)
{
	Py_XDECREF(kept->object);
}
static int kept_visit(struct kept *kept, int (*visit)(void *object, void *argument), void *argument)
{
	return kept->object ? visit(kept->object, argument) : 0;
}
/* The same, and it looks whether the collector has a borrow meanwhile. */
static int cell_visit(struct kept *kept, int (*visit)(void *object, void *argument),
		      void *argument);
AFIELD_TYPE(kept_locked, locked, struct kept, kept_free, kept_visit);
AFIELD_TYPE(kept_rw, rwlocked, struct kept, kept_free, kept_visit);
AFIELD_TYPE(kept_cell, cell, struct kept, kept_free, cell_visit);

#define BOX(field)                 \
	field(kept_locked, locked) \
	field(kept_rw, rwlocked)   \
	field(kept_cell, cell)
AFIELD_CLASS(box, BOX);

enum { MOST_THREADS = 8 };
static PyObject *owned;
static pthread_t threads[MOST_THREADS];
static int thread_count, is_ending;

static int looks, looks_with_borrow;
static int cell_visit(struct kept *kept, int (*visit)(void *object, void *argument), void *argument)
{
	const kept_cell *cell =
		(const kept_cell *)(void *)((char *)kept - offsetof(kept_cell, value));

	looks++;
	looks_with_borrow += kept_cell_borrow_count(cell) != 0;
	return kept_visit(kept, visit, argument);
}

/* Detached, or in a thread that Python does not know. A field is known by its number. */
static void count_in(box *it, long which)
{
#define COUNT(i, FORM, type, field)                                      \
	if (which == i)                                                  \
		FORM(type, kept, &it->field)                             \
		{                                                        \
			kept->number++;                                  \
			for (int k = 0; k < 50; k++)                     \
				__atomic_signal_fence(__ATOMIC_SEQ_CST); \
		}
	COUNT(0, AFIELD_LOCKED, kept_locked, locked)
	COUNT(1, AFIELD_WRITING, kept_rw, rwlocked)
	COUNT(2, AFIELD_BORROWED_MUT, kept_cell, cell)
#undef COUNT
	for (int k = 0; k < 50; k++) /* so that others have it, too */
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static struct job {
	box *it;
	long which;
} jobs[MOST_THREADS];

static void *run(void *opaque)
{
	const struct job *job = (const struct job *)opaque;

	while (!__atomic_load_n(&is_ending, __ATOMIC_SEQ_CST))
		count_in(job->it, job->which);
	return NULL;
}

/* own(box): C keeps it, in place of the previous one; own(None) gives it up. */
static PyObject *own(PyObject *module, PyObject *object)
{
	(void)module;
	Py_XSETREF(owned, object == Py_None ? NULL : Py_NewRef(object));
	Py_RETURN_NONE;
}

static box *owned_box(void)
{
	return AFIELD_PYTHON_SELF(owned, box);
}

/* begin(which): one more native thread works on that field of the owned box, until end(). */
static PyObject *begin(PyObject *module, PyObject *which)
{
	struct job *job = &jobs[thread_count];

	(void)module;
	job->it = owned_box();
	job->which = PyLong_AsLong(which);
	if (thread_count == MOST_THREADS || pthread_create(&threads[thread_count], NULL, run, job))
		return PyErr_NoMemory();
	thread_count++;
	Py_RETURN_NONE;
}

static PyObject *end(PyObject *module, PyObject *unused)
{
	PyThreadState *state = PyEval_SaveThread();

	(void)module, (void)unused;
	__atomic_store_n(&is_ending, 1, __ATOMIC_SEQ_CST);
	while (thread_count > 0)
		pthread_join(threads[--thread_count], NULL);
	__atomic_store_n(&is_ending, 0, __ATOMIC_SEQ_CST);
	PyEval_RestoreThread(state);
	Py_RETURN_NONE;
}

/* work(which): the same in this thread, detached, for a while. */
static PyObject *work(PyObject *module, PyObject *which)
{
	long field
	= PyLong_AsLong(which);
	PyThreadState *state = PyEval_SaveThread();

	(void)module;
	for (int i = 0; i < 20000; i++)
		count_in(owned_box(), field);
	PyEval_RestoreThread(state);
	Py_RETURN_NONE;
}

/* keep(which, object): the object in that field of the owned box; a cell may refuse for a while. */
static PyObject *keep(PyObject *module, PyObject *arguments)
{
	PyObject *object, *before = NULL;
	box *it = owned_box();
	bool is_done = false;
	int which;

	(void)module;
	if (!PyArg_ParseTuple(arguments, "iO", &which, &object))
		return NULL;
#define KEEP(i, FORM, type, field)                        \
	if (which == i)                                   \
		FORM(type, kept, &it->field)              \
		{                                         \
			before = kept->object;            \
			kept->object = Py_NewRef(object); \
			is_done = true;                   \
		}
	while (!is_done) {
		KEEP(0, AFIELD_LOCKED, kept_locked, locked)
		KEEP(1, AFIELD_WRITING, kept_rw, rwlocked)
		KEEP(2, AFIELD_BORROWED_MUT, kept_cell, cell)
	}
#undef KEEP
	Py_XDECREF(before); /* outside the lock: it may run any code */
	Py_RETURN_NONE;
}

/* get(which): the object in that field of the owned box, or None. */
static PyObject *get(PyObject *module, PyObject *which)
{
	long field
	= PyLong_AsLong(which);
	PyObject *found = NULL;
	box *it = owned_box();
	bool is_done = false;

	(void)module;
#define GET(i, FORM, type, field_)            \
	if (field == i)                       \
		FORM(type, kept, &it->field_) \
		{                             \
			found = kept->object; \
			Py_XINCREF(found);    \
			is_done = true;       \
		}
	while (!is_done) {
		GET(0, AFIELD_LOCKED, kept_locked, locked)
		GET(1, AFIELD_READING, kept_rw, rwlocked)
		GET(2, AFIELD_BORROWED, kept_cell, cell)
	}
#undef GET
	return found ? found : Py_NewRef(Py_None);
}

/* seen(): how often the collector looked into a cell, and how often it had borrowed it for that. */
static PyObject *seen(PyObject *module, PyObject *unused)
{
	(void)module, (void)unused;
	return Py_BuildValue("ii", looks, looks_with_borrow);
}

static PyMethodDef functions[] = {
	MODULE_METHOD(own, METH_O),        MODULE_METHOD(begin, METH_O),
	MODULE_METHOD(end, METH_NOARGS),   MODULE_METHOD(work, METH_O),
	MODULE_METHOD(keep, METH_VARARGS), MODULE_METHOD(get, METH_O),
	MODULE_METHOD(seen, METH_NOARGS),  {NULL, NULL, 0, NULL},
};

static int kept_exec(PyObject *module)
{
	return module_add(module, box_class(), "Box", AFIELD_PYTHON_DICT | AFIELD_PYTHON_WEAKREF,
			  NULL);
}

AFIELD_PYTHON_MODULE(kept, kept_exec, functions, "A class whose values keep objects");
