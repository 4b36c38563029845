/* SPDX-License-Identifier: MIT */
/*
 * box: the class of fields that each of the examples beside it puts into a type of its own making,
 * and what such a box does, whoever made its type.
 */
#ifndef AFIELD_TESTS_BOX_H
#define AFIELD_TESTS_BOX_H

#include <afield/python.h>

#include <afield/locked.h>
#include <afield/object.h>
#include <afield/queue.h>

AFIELD_TYPE(item_queue, queue, PyObject *);
AFIELD_TYPE(total_locked, locked, int64_t);

#define BOX(field)                 \
	field(item_queue, items)   \
	field(total_locked, total) \
	field(afield_object, label)
AFIELD_CLASS(box, BOX);

/* Puts an item in: 0, or -1 with an exception. */
static inline int box_put(box *fields, PyObject *item)
{
	int error = item_queue_push(&fields->items, item);

	if (error == 0)
		return 0;
	if (error == -ENOTSUP)
		PyErr_SetString(PyExc_RuntimeError, "nobody has called afield_python_init");
	else
		PyErr_NoMemory();
	return -1;
}

/* Takes the first item out, and waits for one; NULL with an exception, TimeoutError in the end. */
static inline PyObject *box_take(box *fields, double seconds)
{
	struct timespec end;
	PyObject *item = NULL;
	int error = item_queue_pop_wait(&fields->items, &item, afield_deadline(seconds, &end));

	if (error == 0)
		return item;
	if (!PyErr_Occurred()) /* -EINTR: a signal handler has raised */
		PyErr_SetNone(PyExc_TimeoutError);
	return NULL;
}

/*
 * Adds under the lock, and stays there for so many seconds, detached as in a long computation. It
 * attaches again with the lock: whoever waits for that must not keep the interpreter.
 */
static inline void box_add(box *fields, int64_t number, double seconds)
{
	struct timespec time = {(time_t)seconds, 0};

	time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
	AFIELD_LOCKED(total_locked, total, &fields->total)
	{
		Py_BEGIN_ALLOW_THREADS nanosleep(&time, NULL);
		Py_END_ALLOW_THREADS *total += number;
	}
}

static inline int64_t box_total(box *fields)
{
	int64_t total = -1;

	(void)total_locked_load(&fields->total, &total);
	return total;
}

/* The label, or None when there is none. */
static inline PyObject *box_label(box *fields)
{
	PyObject *label = afield_object_load(&fields->label);

	return label ? label : Py_NewRef(Py_None);
}

#endif
