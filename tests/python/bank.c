/* SPDX-License-Identifier: MIT */
/*
 * bank: an extension with one class for each thing that the tests of the Python layer look at.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/padding.h>
#include <afield/rcu.h>
#include <afield/record.h>
#include <afield/seqlock.h>

#define LIMITS(member) member(int64_t, low) member(int64_t, high, "The largest allowed value")
AFIELD_RECORD(limits, LIMITS);
AFIELD_TYPE(limits_seq, seqlock, struct limits);

#define MANY_SHAPES(member)                                                                 \
	member(bool, flag) member(int8_t, tiny) member(uint16_t, port) member(float, ratio) \
		member(double, level) member(uint64_t, total)
AFIELD_RECORD(many_shapes, MANY_SHAPES);
AFIELD_TYPE(shapes_seq, seqlock, struct many_shapes);
AFIELD_TYPE(limits_rcu, rcu, struct limits);

#define PAGE(member)                                                                             \
	member(int64_t, a0) member(int64_t, a1) member(int64_t, a2) member(int64_t, a3) member(  \
		int64_t, b0) member(int64_t, b1) member(int64_t, b2) member(int64_t, b3)         \
		member(int64_t, c0) member(int64_t, c1) member(int64_t, c2) member(              \
			int64_t, c3) member(int64_t, d0) member(int64_t, d1) member(int64_t, d2) \
			member(int64_t, d3) member(int64_t, e0) member(int64_t, e1) member(      \
				int64_t, e2) member(int64_t, e3) member(int64_t, f0)             \
				member(int64_t, f1) member(int64_t, f2) member(int64_t, f3)      \
					member(int64_t, g0) member(int64_t, g1)                  \
						member(int64_t, g2) member(int64_t, g3) member(  \
							int64_t, h0) member(int64_t, h1)         \
							member(int64_t, h2) member(int64_t, h3)  \
								member(int64_t, last)
AFIELD_RECORD(page, PAGE); /* 264 bytes: more than the layer keeps on the stack */
AFIELD_TYPE(page_seq, seqlock, struct page);
AFIELD_TYPE(node_link, atomic, void *);

#define ACCOUNT(field)                                                          \
	field(afield_i64, hits, AFIELD_VERBS, "How often it was used")          \
	field(afield_i64, misses, AFIELD_READONLY)                              \
	field(limits_seq, limits, 0, "What is allowed")                         \
	field(limits_rcu, options)                                              \
	field(afield_bool, is_open, AFIELD_VERBS, "Whether it is open", "open") \
	field(afield_i64, secret, AFIELD_HIDDEN)                                \
	field(node_link, link, AFIELD_VERBS)
AFIELD_CLASS(account, ACCOUNT);

#define SCALARS(field)                       \
	field(afield_bool, flag)             \
	field(afield_i8, i8, AFIELD_VERBS)   \
	field(afield_i16, i16)               \
	field(afield_i32, i32)               \
	field(afield_i64, i64, AFIELD_VERBS) \
	field(afield_u8, u8, AFIELD_VERBS)   \
	field(afield_u16, u16)               \
	field(afield_u32, u32)               \
	field(afield_u64, u64, AFIELD_VERBS) \
	field(afield_f32, f32)               \
	field(afield_f64, f64, AFIELD_VERBS) \
	field(shapes_seq, type_codes)        \
	field(page_seq, page)
AFIELD_CLASS(scalars, SCALARS);

/* Verbs would change them, so the list stands without. */
#define FROZEN_SCALARS(field)    \
	field(afield_bool, flag) \
	field(afield_i8, i8)     \
	field(afield_i16, i16)   \
	field(afield_i32, i32)   \
	field(afield_i64, i64)   \
	field(afield_u8, u8)     \
	field(afield_u16, u16)   \
	field(afield_u32, u32)   \
	field(afield_u64, u64)   \
	field(afield_f32, f32)   \
	field(afield_f64, f64)
AFIELD_CLASS(frozen_scalars, FROZEN_SCALARS);

#define POINT(field)         \
	field(afield_i64, x) \
	field(afield_i64, y) \
	field(limits_seq, limits)
AFIELD_CLASS(point, POINT);

/* Two rows that the constructor sets once, among others. */
#define FIXED(field)                                                \
	field(afield_i64, id, AFIELD_FROZEN)                        \
	field(limits_seq, limits, AFIELD_FROZEN, "What is allowed") \
	field(afield_i64, hits, AFIELD_VERBS)
AFIELD_CLASS(fixed, FIXED);

/* The guide's class: two numbers, and methods in C beside the attributes. */
#define MY_CLASS(field)                    \
	field(afield_i32, x, AFIELD_VERBS) \
	field(afield_i32, y, AFIELD_VERBS)
AFIELD_CLASS(my_class, MY_CLASS);

static PyObject *my_class_get_x(PyObject *self, PyObject *unused)
{
	(void)unused;
	return PyLong_FromLong(afield_i32_load(&AFIELD_PYTHON_SELF(self, my_class)->x));
}

static PyObject *my_class_set_y(PyObject *self, PyObject *value)
{
	long number = PyLong_AsLong(value);

	if (number == -1 && PyErr_Occurred())
		return NULL;
	afield_i32_store(&AFIELD_PYTHON_SELF(self, my_class)->y, (int32_t)number);
	Py_RETURN_NONE;
}

static PyMethodDef my_class_methods[] = {
	{"get_x", my_class_get_x, METH_NOARGS, "The value of x."},
	{"set_y", my_class_set_y, METH_O, "Sets y."},
	{NULL, NULL, 0, NULL},
};

/* The guide's iterator: each number once, whichever thread asks. */
#define THREAD_ITER(field) field(afield_i64, position, AFIELD_READONLY)
AFIELD_CLASS(thread_iter, THREAD_ITER);

static PyObject *thread_iter_next(PyObject *self)
{
	thread_iter *iterator = AFIELD_PYTHON_SELF(self, thread_iter);

	return PyLong_FromLongLong(afield_i64_fetch_add(&iterator->position, 1));
}

static const PyType_Slot thread_iter_slots[] = {
	{Py_tp_iter, (void *)(uintptr_t)PyObject_SelfIter},
	{Py_tp_iternext, (void *)(uintptr_t)thread_iter_next},
	{0, NULL},
};

static PyObject *account_total(PyObject *self, void *closure)
{
	account *acct = AFIELD_PYTHON_SELF(self, account);

	(void)closure;
	return PyLong_FromLongLong(afield_i64_load(&acct->hits) + afield_i64_load(&acct->misses));
}

static PyGetSetDef account_attributes[] = {
	{"total", account_total, NULL, "hits and misses", NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

static int add(PyObject *module, const struct afield_class *table,
	       const struct afield_python_options *options)
{
	PyObject *type = afield_python_type(module, table, options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

static int bank_exec(PyObject *module)
{
	struct afield_python_options account_options = {"bank.Account", "An account.",      0,
							NULL,           account_attributes, NULL};
	struct afield_python_options open_options = {
		"bank.OpenAccount",
		NULL,
		AFIELD_PYTHON_SUBCLASS | AFIELD_PYTHON_WEAKREF | AFIELD_PYTHON_DICT,
		NULL,
		NULL,
		NULL};
	struct afield_python_options base_options = {"Base", NULL, AFIELD_PYTHON_SUBCLASS,
						     NULL,   NULL, NULL};
	struct afield_python_options frozen_options = {
		"FrozenPoint", NULL, AFIELD_PYTHON_FROZEN | AFIELD_PYTHON_SUBCLASS,
		NULL,          NULL, NULL};
	struct afield_python_options frozen_scalars_options = {
		"FrozenScalars", NULL, AFIELD_PYTHON_FROZEN, NULL, NULL, NULL};
	struct afield_python_options fixed_options = {"Fixed", NULL, AFIELD_PYTHON_SUBCLASS,
						      NULL,    NULL, NULL};
	struct afield_python_options my_class_options = {"MyClass",        NULL, 0,
							 my_class_methods, NULL, NULL};
	struct afield_python_options iter_options = {NULL, NULL, 0, NULL, NULL, thread_iter_slots};

	return add(module, account_class(), &account_options) ||
			       add(module, account_class(), &open_options) ||
			       add(module, account_class(), &base_options) ||
			       add(module, scalars_class(), NULL) ||
			       add(module, point_class(), &frozen_options) ||
			       add(module, frozen_scalars_class(), &frozen_scalars_options) ||
			       add(module, fixed_class(), &fixed_options) ||
			       add(module, my_class_class(), &my_class_options) ||
			       add(module, thread_iter_class(), &iter_options)
		       ? -1
		       : 0;
}

#ifndef BANK_NAME
#define BANK_NAME bank
#endif
AFIELD_PYTHON_MODULE(BANK_NAME, bank_exec, NULL, "Classes for the tests of the Python layer");
