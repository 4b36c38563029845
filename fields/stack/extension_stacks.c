/*
 * stacks: a class with stacks of objects, of records and of numbers, for the tests of the room.
 */
#include <afield/python.h>

#include <afield/stack.h>
#include <afield/record.h>

AFIELD_TYPE(things_stack, stack, PyObject *);
AFIELD_TYPE(numbers_stack, stack, int64_t);

#define JOB(member) member(int64_t, id) member(double, cost)
AFIELD_RECORD(job, JOB);
AFIELD_TYPE(jobs_stack, stack, struct job);

#define SERVER(field)                                             \
	field(things_stack, things, AFIELD_VERBS, "Any objects.") \
	field(numbers_stack, numbers)                             \
	field(jobs_stack, jobs)
AFIELD_CLASS(server, SERVER);

/* What the collector does to garbage, at a time when threads still use it. */
static PyObject *clear(PyObject *module, PyObject *object)
{
	(void)module;
	return PyLong_FromLong(Py_TYPE(object)->tp_clear(object));
}

/* A stack in C: the reference that went in comes out. */
static PyObject *pass_through(PyObject *module, PyObject *object)
{
	things_stack stack;
	PyObject *out = NULL;

	(void)module;
	memset(&stack, 0, sizeof(stack));
	if (!things_stack_push(&stack, object) || !things_stack_push(&stack, object))
		return PyErr_NoMemory();
	if (!things_stack_pop(&stack, &out))
		PyErr_SetString(PyExc_AssertionError, "it is empty");
	things_stack_fini(&stack);
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
		"Server", "Stacks.", AFIELD_PYTHON_WEAKREF | AFIELD_PYTHON_SUBCLASS,
		NULL,     NULL,      NULL};
	PyObject *type = afield_python_type(module, server_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(stacks, exec, functions, "A class with stacks");
