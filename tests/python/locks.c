/* SPDX-License-Identifier: MIT */
/*
 * locks: a class with a field of each kind that may refuse, and methods that hold one of them:
 * while they call back into Python, so that a test decides what happens meanwhile, or in a thread
 * that Python does not know.
 */
#include <afield/python.h>

#include <afield/cell.h>
#include <afield/locked.h>
#include <afield/once.h>
#include <afield/record.h>
#include <afield/rwlocked.h>

#include <pthread.h>
#include <unistd.h>

#include "module.h"

#define POINT(member) member(int64_t, x) member(int64_t, y)
AFIELD_RECORD(point, POINT);
AFIELD_TYPE(point_locked, locked, struct point);
AFIELD_TYPE(point_rw, rwlocked, struct point);
AFIELD_TYPE(point_once, once, struct point);
AFIELD_TYPE(point_cell, cell, struct point);
AFIELD_TYPE(point_patient, cell_wait, struct point);
AFIELD_TYPE(number_locked, locked, double);

/* A struct that keeps an object: who frees the value gives it back, who visits it shows it. */
struct kept {
	PyObject *object;
	int64_t number;
};
static inline void kept_free(struct kept *kept)
{
	Py_XDECREF(kept->object);
}
static inline int kept_visit(struct kept *kept, int (*visit)(void *object, void *argument),
			     void *argument)
{
	return kept->object ? visit(kept->object, argument) : 0;
}
AFIELD_TYPE(kept_locked, locked, struct kept, kept_free, kept_visit);
AFIELD_TYPE(kept_rw, rwlocked, struct kept, kept_free, kept_visit);
AFIELD_TYPE(kept_cell, cell, struct kept, kept_free, kept_visit);

#define DESK(field)                                                 \
	field(point_locked, locked, AFIELD_VERBS | AFIELD_GUARDS)   \
	field(point_rw, rwlocked, AFIELD_VERBS | AFIELD_GUARDS)     \
	field(point_once, once)                                     \
	field(point_cell, cell, AFIELD_VERBS | AFIELD_GUARDS)       \
	field(point_patient, patient, AFIELD_VERBS | AFIELD_GUARDS) \
	field(number_locked, number, AFIELD_GUARDS)                 \
	field(kept_locked, kept)                                    \
	field(kept_rw, kept_rw)                                     \
	field(kept_cell, kept_cell)
AFIELD_CLASS(desk, DESK);

/* desk.with_<way>(call): the result of call(), called while the field is held. */
#define WITH(way, FORM, type, field)                                                              \
	static PyObject *with_##way(PyObject *self, PyObject *call)                               \
	{                                                                                         \
		PyObject *result = NULL;                                                          \
		MODULE_CALL_IN(FORM, type, &AFIELD_PYTHON_SELF(self, desk)->field, call, result); \
		return result;                                                                    \
	}
WITH(locked, AFIELD_LOCKED, point_locked, locked)
WITH(reading, AFIELD_READING, point_rw, rwlocked)
WITH(writing, AFIELD_WRITING, point_rw, rwlocked)
WITH(borrow, AFIELD_BORROWED, point_cell, cell)
WITH(borrow_mut, AFIELD_BORROWED_MUT, point_cell, cell)
WITH(patient_mut, AFIELD_BORROWED_MUT, point_patient, patient)

static int make(struct point *point, void *call)
{
	PyObject *result = PyObject_CallNoArgs((PyObject *)call);

	if (!result)
		return -ECANCELED; /* the exception is set */
	point->x = PyLong_AsLongLong(result);
	point->y = -point->x;
	Py_DECREF(result);
	return 0;
}

static PyObject *once_get_or_init(PyObject *self, PyObject *call)
{
	const struct point *point = NULL;
	int error =
		point_once_get_or_init(&AFIELD_PYTHON_SELF(self, desk)->once, make, call, &point);

	if (error == 0)
		return Py_BuildValue("(LL)", (long long)point->x, (long long)point->y);
	if (!PyErr_Occurred())
		PyErr_SetString(PyExc_RuntimeError, strerror(-error));
	return NULL;
}

/*
 * desk.native_hold(way): a thread that Python does not know has the field, until native_release()
 * lets all such threads go.
 */
enum { MOST_NATIVES = 8 };
static struct native {
	PyObject *desk; /* who is at work on an object keeps a reference to it */
	char way[16];
	pthread_t thread;
} natives[MOST_NATIVES];
static int native_count, native_holders, natives_may_end;

static void meanwhile(void)
{
	__atomic_fetch_add(&native_holders, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&natives_may_end, __ATOMIC_SEQ_CST))
		usleep(100);
}

static int make_natively(struct point *point, void *unused)
{
	(void)unused;
	meanwhile();
	point->x = 7;
	point->y = -7;
	return 0;
}

/* A native thread that writes on: the GIL keeps it from nothing. */
static void write_on(desk *it)
{
	__atomic_fetch_add(&native_holders, 1, __ATOMIC_SEQ_CST);
	for (int64_t i = 0; !__atomic_load_n(&natives_may_end, __ATOMIC_SEQ_CST); i++) {
		struct point point = {i, -i};

		(void)point_locked_store(&it->locked, point);
		(void)point_rw_store(&it->rwlocked, point);
		(void)point_cell_store(&it->cell, point); /* or not, beside a reader */
		AFIELD_BORROWED_MUT(point_patient, patient, &it->patient)
		*patient = point;
	}
}

static void *native_run(void *opaque)
{
	const struct native *native = (const struct native *)opaque;
	desk *it = AFIELD_PYTHON_SELF(native->desk, desk);
	const struct point *made = NULL;

#define NATIVE(name, FORM, type, field)      \
	if (strcmp(native->way, #name) == 0) \
		FORM(type, held, &it->field) \
		{                            \
			(void)held;          \
			meanwhile();         \
		}
	NATIVE(locked, AFIELD_LOCKED, point_locked, locked)
	NATIVE(reading, AFIELD_READING, point_rw, rwlocked)
	NATIVE(writing, AFIELD_WRITING, point_rw, rwlocked)
	NATIVE(patient, AFIELD_BORROWED, point_patient, patient)
	NATIVE(patient_mut, AFIELD_BORROWED_MUT, point_patient, patient)
	NATIVE(kept, AFIELD_LOCKED, kept_locked, kept)
	NATIVE(kept_reading, AFIELD_READING, kept_rw, kept_rw)
	NATIVE(kept_borrow, AFIELD_BORROWED_MUT, kept_cell, kept_cell)
	if (strcmp(native->way, "writing_on") == 0)
		write_on(it);
	if (strcmp(native->way, "once") == 0)
		(void)point_once_get_or_init(&it->once, make_natively, NULL, &made);
	return NULL;
}

static PyObject *native_hold(PyObject *self, PyObject *way)
{
	struct native *native = &natives[native_count % MOST_NATIVES];
	const char *text = PyUnicode_AsUTF8(way);
	PyThreadState *state;

	if (!text)
		return NULL;
	native->desk = Py_NewRef(self);
	snprintf(native->way, sizeof(native->way), "%s", text);
	if (native_count == MOST_NATIVES ||
	    pthread_create(&native->thread, NULL, native_run, native))
		return PyErr_NoMemory();
	native_count++;
	state = PyEval_SaveThread();
	while (__atomic_load_n(&native_holders, __ATOMIC_SEQ_CST) < native_count)
		usleep(100);
	PyEval_RestoreThread(state);
	Py_RETURN_NONE;
}

static PyObject *native_release(PyObject *module, PyObject *unused)
{
	PyThreadState *state = PyEval_SaveThread();

	(void)module, (void)unused;
	__atomic_store_n(&natives_may_end, 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < native_count; i++)
		pthread_join(natives[i].thread, NULL);
	PyEval_RestoreThread(state);
	native_holders = natives_may_end = 0;
	while (native_count > 0)
		Py_DECREF(natives[--native_count].desk);
	Py_RETURN_NONE;
}

/* desk.keep(object): the same object in each field that can keep one. */
static PyObject *keep(PyObject *self, PyObject *object)
{
	desk *it = AFIELD_PYTHON_SELF(self, desk);
	PyObject *before[3] = {NULL, NULL, NULL};

#define KEEP(i, FORM, type, field)                \
	FORM(type, kept, &it->field)              \
	{                                         \
		before[i] = kept->object;         \
		kept->object = Py_NewRef(object); \
		kept->number = 1;                 \
	}
	KEEP(0, AFIELD_LOCKED, kept_locked, kept)
	KEEP(1, AFIELD_WRITING, kept_rw, kept_rw)
	KEEP(2, AFIELD_BORROWED_MUT, kept_cell, kept_cell)
	for (int i = 0; i < 3; i++)
		Py_XDECREF(before[i]); /* outside the locks: it may run any code */
	Py_RETURN_NONE;
}

/* desk.kept(): how many of the three fields have an object. */
static PyObject *kept(PyObject *self, PyObject *unused)
{
	desk *it = AFIELD_PYTHON_SELF(self, desk);
	long count = 0;

	(void)unused;
	AFIELD_LOCKED(kept_locked, one, &it->kept)
	count += one->object != NULL;
	AFIELD_READING(kept_rw, other, &it->kept_rw)
	count += other->object != NULL;
	AFIELD_BORROWED(kept_cell, third, &it->kept_cell)
	count += third->object != NULL;
	return PyLong_FromLong(count);
}

static PyMethodDef methods[] = {
	MODULE_METHOD(native_hold, METH_O),
	{"reset_orphans", afield_python_reset_orphans, METH_NOARGS,
	 AFIELD_PYTHON_RESET_ORPHANS_DOC},
	MODULE_METHOD(keep, METH_O),
	MODULE_METHOD(kept, METH_NOARGS),
	MODULE_METHOD(with_locked, METH_O),
	MODULE_METHOD(with_reading, METH_O),
	MODULE_METHOD(with_writing, METH_O),
	MODULE_METHOD(with_borrow, METH_O),
	MODULE_METHOD(with_borrow_mut, METH_O),
	MODULE_METHOD(with_patient_mut, METH_O),
	MODULE_METHOD(once_get_or_init, METH_O),
	{NULL, NULL, 0, NULL},
};

static int locks_exec(PyObject *module)
{
	return module_add(module, desk_class(), "Desk", 0, methods);
}

/* in_another_state(function): calls it in this thread, with a thread state that then ends. */
static PyObject *in_another_state(PyObject *module, PyObject *function)
{
	PyThreadState *own = PyThreadState_Get();
	PyThreadState *other = PyThreadState_New(PyInterpreterState_Get());
	PyObject *result;

	(void)module;
	PyThreadState_Swap(other);
	result = PyObject_CallNoArgs(function);
	if (!result)
		PyErr_Print();
	PyThreadState_Clear(other);
	PyThreadState_Swap(own);
	PyThreadState_Delete(other);
	if (!result)
		PyErr_SetString(PyExc_RuntimeError, "the function raised an exception");
	return result;
}

static PyMethodDef functions[] = {
	MODULE_METHOD(in_another_state, METH_O),
	{"clear", module_clear, METH_O, NULL},
	MODULE_METHOD(native_release, METH_NOARGS),
	{NULL, NULL, 0, NULL},
};

AFIELD_PYTHON_MODULE(locks, locks_exec, functions,
		     "A class with a field of each kind that may refuse");
