/* SPDX-License-Identifier: MIT */
/*
 * request: one SQL statement on its way from Python to SQLite and back.
 *
 * request_init copies what is Python's; request_run needs no interpreter, and may run detached and
 * under a lock; request_rows makes Python's values of what it found.
 *
 * Why copies: an interpreter that ends frees its interned strings, a statement for example, also
 * while a daemon thread that is detached still reads them.
 *
 * When to use it: in databases.c.
 *
 * Synchronization: a request belongs to one call.
 */
#ifndef AFIELD_TESTS_REQUEST_H
#define AFIELD_TESTS_REQUEST_H

#include <afield/python.h>

#include <afield/object.h>

#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>

/* A value on its way in. */
struct parameter {
	int type;
	sqlite3_int64 integer;
	double real;
	char *start; /* of text or bytes, a copy */
	Py_ssize_t size;
};

struct request {
	char *path;
	char *sql;
	struct parameter *parameters;
	Py_ssize_t parameter_count;
	sqlite3_value **values; /* of all rows, one behind the other; copies that are ours */
	size_t value_count;
	size_t value_room;
	size_t columns;
	int refused; /* a negative errno of the field, or 0 */
	int code;    /* SQLite's: SQLITE_DONE is success */
	char message[200];
};

static void request_fini(struct request *request)
{
	for (size_t i = 0; i < request->value_count; i++)
		sqlite3_value_free(request->values[i]);
	for (Py_ssize_t i = 0; i < request->parameter_count; i++)
		free(request->parameters[i].start);
	free(request->values);
	free(request->parameters);
	free(request->sql);
	free(request->path);
}

/* With a zero behind it. NULL with an exception, also when there is one already. */
static char *copy_of(const char *start, Py_ssize_t size)
{
	char *copy = start ? (char *)malloc((size_t)size + 1) : NULL;

	if (copy) {
		memcpy(copy, start, (size_t)size);
		copy[size] = 0;
	} else if (!PyErr_Occurred()) {
		PyErr_NoMemory();
	}
	return copy;
}

static char *copy_of_text(PyObject *text, Py_ssize_t *size)
{
	const char *start = PyUnicode_AsUTF8AndSize(text, size);

	return copy_of(start, *size);
}

static int parameter_from(struct parameter *parameter, PyObject *value)
{
	if (value == Py_None) {
		parameter->type = SQLITE_NULL;
	} else if (PyLong_Check(value)) {
		parameter->type = SQLITE_INTEGER;
		parameter->integer = PyLong_AsLongLong(value);
	} else if (PyFloat_Check(value)) {
		parameter->type = SQLITE_FLOAT;
		parameter->real = PyFloat_AsDouble(value);
	} else if (PyUnicode_Check(value)) {
		parameter->type = SQLITE_TEXT;
		parameter->start = copy_of_text(value, &parameter->size);
	} else if (PyBytes_Check(value)) {
		parameter->type = SQLITE_BLOB;
		parameter->size = PyBytes_GET_SIZE(value);
		parameter->start = copy_of(PyBytes_AS_STRING(value), parameter->size);
	} else {
		PyErr_Format(PyExc_TypeError,
			     "a parameter is None, int, float, str or bytes, not %s",
			     Py_TYPE(value)->tp_name);
	}
	return PyErr_Occurred() ? -1 : 0;
}

static int request_take_path(struct request *request, afield_object *path)
{
	PyObject *name = afield_object_load(path);
	PyObject *converted = NULL;

	if (!name)
		name = PyUnicode_FromString(":memory:");
	if (name && PyUnicode_FSConverter(name, &converted))
		request->path = copy_of(PyBytes_AS_STRING(converted), PyBytes_GET_SIZE(converted));
	Py_XDECREF(converted);
	Py_XDECREF(name);
	return request->path ? 0 : -1;
}

static int request_take_parameters(struct request *request, PyObject *given)
{
	Py_ssize_t count = PyTuple_GET_SIZE(given);

	request->parameters =
		(struct parameter *)calloc((size_t)count + 1, sizeof(*request->parameters));
	if (!request->parameters) {
		PyErr_NoMemory();
		return -1;
	}
	request->parameter_count = count;
	for (Py_ssize_t i = 0; i < count; i++)
		if (parameter_from(&request->parameters[i], PyTuple_GET_ITEM(given, i)))
			return -1;
	return 0;
}

static int request_take(struct request *request, afield_object *path, PyObject *arguments)
{
	PyObject *given = NULL;
	PyObject *text;
	Py_ssize_t size;
	int failed;

	if (!PyArg_ParseTuple(arguments, "U|O:execute", &text, &given))
		return -1;
	given = given ? PySequence_Tuple(given) : PyTuple_New(0);
	request->sql = given ? copy_of_text(text, &size) : NULL;
	failed = !request->sql || request_take_path(request, path) ||
		 request_take_parameters(request, given);
	Py_XDECREF(given);
	return failed ? -1 : 0;
}

/* Attached. 0, or -1 with an exception and nothing to finish. */
static int request_init(struct request *request, afield_object *path, PyObject *arguments)
{
	memset(request, 0, sizeof(*request));
	if (!request_take(request, path, arguments))
		return 0;
	request_fini(request);
	return -1;
}

static void request_fail(struct request *request, sqlite3 *handle, int code)
{
	request->code = code;
	(void)snprintf(request->message, sizeof(request->message), "%s",
		       handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
}

static int parameter_bind(sqlite3_stmt *statement, int place, const struct parameter *parameter)
{
	sqlite3_uint64 size = (sqlite3_uint64)parameter->size;

	switch (parameter->type) {
	case SQLITE_INTEGER:
		return sqlite3_bind_int64(statement, place, parameter->integer);
	case SQLITE_FLOAT:
		return sqlite3_bind_double(statement, place, parameter->real);
	case SQLITE_TEXT:
		return sqlite3_bind_text64(statement, place, parameter->start, size, SQLITE_STATIC,
					   SQLITE_UTF8);
	case SQLITE_BLOB:
		return sqlite3_bind_blob64(statement, place, parameter->start, size, SQLITE_STATIC);
	default:
		return sqlite3_bind_null(statement, place);
	}
}

/* Copies of a row's values, which are no part of the connection any more. */
static bool request_keep(struct request *request, sqlite3_stmt *statement)
{
	if (request->value_room - request->value_count < request->columns) {
		size_t room = 2 * request->value_room + request->columns;
		sqlite3_value **values =
			(sqlite3_value **)realloc(request->values, room * sizeof(*values));

		if (!values)
			return false;
		request->values = values;
		request->value_room = room;
	}
	for (size_t i = 0; i < request->columns; i++) {
		sqlite3_value *copy = sqlite3_value_dup(sqlite3_column_value(statement, (int)i));

		if (!copy)
			return false;
		request->values[request->value_count++] = copy;
	}
	return true;
}

static int request_step(struct request *request, sqlite3_stmt *statement)
{
	int code = SQLITE_OK;

	if (sqlite3_bind_parameter_count(statement) != request->parameter_count)
		return SQLITE_RANGE;
	for (int i = 0; i < request->parameter_count && code == SQLITE_OK; i++)
		code = parameter_bind(statement, i + 1, &request->parameters[i]);
	if (code != SQLITE_OK)
		return code;
	request->columns = (size_t)sqlite3_column_count(statement);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		if (!request_keep(request, statement))
			return SQLITE_NOMEM;
	return code;
}

/* Detached, by the one thread that has the connection. */
static void request_run(struct request *request, sqlite3 *handle)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(handle, request->sql, -1, &statement, NULL);

	request->code = SQLITE_DONE;
	if (code == SQLITE_OK && statement)
		code = request_step(request, statement);
	if (code == SQLITE_RANGE) {
		request->code = code;
		(void)snprintf(request->message, sizeof(request->message),
			       "the statement takes %d parameters, %d are given",
			       sqlite3_bind_parameter_count(statement),
			       (int)request->parameter_count);
	} else if (code != SQLITE_OK && code != SQLITE_DONE) {
		request_fail(request, handle, code);
	}
	(void)sqlite3_finalize(statement);
}

static PyObject *value_to(sqlite3_value *value)
{
	switch (sqlite3_value_type(value)) {
	case SQLITE_INTEGER:
		return PyLong_FromLongLong(sqlite3_value_int64(value));
	case SQLITE_FLOAT:
		return PyFloat_FromDouble(sqlite3_value_double(value));
	case SQLITE_TEXT:
		return PyUnicode_FromStringAndSize((const char *)sqlite3_value_text(value),
						   sqlite3_value_bytes(value));
	case SQLITE_BLOB:
		return PyBytes_FromStringAndSize((const char *)sqlite3_value_blob(value),
						 sqlite3_value_bytes(value));
	default:
		return Py_NewRef(Py_None);
	}
}

/* Attached: a list of tuples, or NULL with an exception. */
static PyObject *request_rows(const struct request *request)
{
	size_t count = request->columns ? request->value_count / request->columns : 0;
	PyObject *rows = PyList_New((Py_ssize_t)count);

	for (size_t i = 0; rows && i < count; i++) {
		PyObject *row = PyTuple_New((Py_ssize_t)request->columns);

		for (size_t k = 0; row && k < request->columns; k++) {
			PyObject *value = value_to(request->values[i * request->columns + k]);

			if (value)
				PyTuple_SET_ITEM(row, (Py_ssize_t)k, value);
			else
				Py_CLEAR(row);
		}
		if (row)
			PyList_SET_ITEM(rows, (Py_ssize_t)i, row);
		else
			Py_CLEAR(rows);
	}
	return rows;
}

#endif
