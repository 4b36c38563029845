/* SPDX-License-Identifier: MIT */
/*
 * widened: an object field whose readers stop between the load of the pointer and the count, which
 * is where another thread can take the object away and put another in its place. Concurrent with it
 * the reader that does not look again, to show that the test would find it.
 */
#define AFIELD_PAUSES
#include <afield/python.h>

#include <afield/object.h>

#include <time.h>

#include "module.h"

/* Reads between two stops, and how long one is. Counted for each thread. */
#define EVERY 16
#define NANOSECONDS 20000

void afield_pause(const char *function, int line, const char *name)
{
	static __thread unsigned passed;
	struct timespec moment = {0, NANOSECONDS};

	(void)function;
	(void)line;
	if (name && ++passed % EVERY == 0)
		nanosleep(&moment, NULL);
}

#define WIDENED(field) field(afield_object, value)
AFIELD_CLASS(widened, WIDENED);

/* What the kind's load would be without its re-check of the pointer. */
static PyObject *look_once(PyObject *self, PyObject *unused)
{
	const afield_object *holder = &AFIELD_PYTHON_SELF(self, widened)->value;

	(void)unused;
	for (;;) {
		PyObject *object = AFIELD_LOAD(&holder->held.object, seq_cst);

		if (!object)
			Py_RETURN_NONE;
		AFIELD_PAUSE("look_once: before the count");
		if (afield_python_try_incref(object))
			return object;
	}
}

static PyMethodDef widened_methods[] = {
	{"look_once", look_once, METH_NOARGS, "Reads the field the wrong way."},
	{NULL, NULL, 0, NULL},
};

static int widened_exec(PyObject *module)
{
	return module_add(module, widened_class(), "Widened", 0, widened_methods);
}

AFIELD_PYTHON_MODULE(widened, widened_exec, NULL, "A reader that can be overtaken");
