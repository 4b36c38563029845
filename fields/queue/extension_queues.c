/*
 * queues: a class with queues of objects, of records and of numbers, for the tests of the room.
 */
#include <afield/python.h>

#include <afield/queue.h>
#include <afield/record.h>

AFIELD_TYPE(things_queue, queue, PyObject *);
AFIELD_TYPE(numbers_queue, queue, int64_t);

#define JOB(member) member(int64_t, id) member(double, cost)
AFIELD_RECORD(job, JOB);
AFIELD_TYPE(jobs_queue, queue, struct job);

#define SERVER(field)                                             \
	field(things_queue, things, AFIELD_VERBS, "Any objects.") \
	field(numbers_queue, numbers)                             \
	field(jobs_queue, jobs)
AFIELD_CLASS(server, SERVER);

/* What the collector does to garbage, at a time when threads still use it. */
static PyObject *clear(PyObject *module, PyObject *object)
{
	(void)module;
	return PyLong_FromLong(Py_TYPE(object)->tp_clear(object));
}

/* A queue in C: the reference that went in comes out. */
static PyObject *pass_through(PyObject *module, PyObject *object)
{
	things_queue queue;
	PyObject *out = NULL;

	(void)module;
	memset(&queue, 0, sizeof(queue));
	if (!things_queue_push(&queue, object) || !things_queue_push(&queue, object))
		return PyErr_NoMemory();
	if (!things_queue_pop(&queue, &out))
		PyErr_SetString(PyExc_AssertionError, "it is empty");
	things_queue_fini(&queue);
	return out;
}

static PyMethodDef functions[] = {
	{"clear", clear, METH_O, NULL},
	{"pass_through", pass_through, METH_O, NULL},
	{NULL, NULL, 0, NULL},
};

static int exec(PyObject *module)
{
	struct afield_python_options options = {
		"Server", "Queues.", AFIELD_PYTHON_WEAKREF | AFIELD_PYTHON_SUBCLASS,
		NULL,     NULL,      NULL};
	PyObject *type = afield_python_type(module, server_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(queues, exec, functions, "A class with queues");
