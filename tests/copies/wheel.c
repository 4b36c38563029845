/* SPDX-License-Identifier: MIT */
/*
 * wheel: an extension as a wheel brings it, with a copy of afield of its own. It is built twice, as
 * wheel_one and wheel_two.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/locked.h>
#include <afield/map.h>
#include <afield/object.h>
#include <afield/queue.h>
#include <afield/rcu.h>
#include <afield/record.h>

#define RATES(member) member(double, buy) member(double, sell)
AFIELD_RECORD(rates, RATES);
AFIELD_TYPE(rates_rcu, rcu, struct rates);
AFIELD_TYPE(rates_locked, locked, struct rates);
AFIELD_TYPE(job_queue, queue, PyObject *);
AFIELD_TYPE(balance_map, map, afield_map_text, int64_t);

#define SHOP(field)                              \
	field(afield_i64, hits, AFIELD_VERBS)    \
	field(rates_rcu, rates)                  \
	field(rates_locked, till, AFIELD_GUARDS) \
	field(job_queue, jobs)                   \
	field(balance_map, balances)             \
	field(afield_object, owner)
AFIELD_CLASS(shop, SHOP);

/* Waits until all that was retired is reclaimed, and says how much is left. */
static PyObject *settle(PyObject *module, PyObject *unused)
{
	(void)module;
	(void)unused;
	if (afield_barrier() != 0)
		return PyErr_Format(PyExc_RuntimeError, "the barrier failed");
	return PyLong_FromSize_t(afield_backlog());
}

static PyMethodDef functions[] = {{"settle", settle, METH_NOARGS, "Reclaims what was retired."},
				  {NULL, NULL, 0, NULL}};

static int execute(PyObject *module)
{
	PyObject *type = afield_python_type(module, shop_class(), NULL);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}
AFIELD_PYTHON_MODULE(WHEEL, execute, functions, "A shop.");
