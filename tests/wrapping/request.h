/*
 * request: one SQL statement on its way from Python to SQLite and back.
 *
 * request_init takes all that is Python's; request_run needs no interpreter, and may run detached
 * and under a lock; request_rows makes Python's values of what it found.
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

/* A value on its way in. Text and bytes are those of the Python object, which `given` keeps. */
struct parameter {
	int type;
	sqlite3_int64 integer;
	double real;
	const char *start;
	Py_ssize_t size;
};

struct request {
	PyObject *path_object; /* bytes */
	PyObject *text;        /* of the statement */
	PyObject *given;       /* a tuple: the parameters */
	const char *path;
	const char *sql;
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
	free(request->values);
	free(request->parameters);
	Py_XDECREF(request->path_object);
	Py_XDECREF(request->text);
	Py_XDECREF(request->given);
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
		parameter->start = PyUnicode_AsUTF8AndSize(value, &parameter->size);
	} else if (PyBytes_Check(value)) {
		parameter->type = SQLITE_BLOB;
		parameter->start = PyBytes_AS_STRING(value);
		parameter->size = PyBytes_GET_SIZE(value);
	} else {
		PyErr_Format(PyExc_TypeError,
			     "a parameter is None, int, float, str or bytes, not %s",
			     Py_TYPE(value)->tp_name);
	}
	return PyErr_Occurred() ? -1 : 0;
}

static int request_take(struct request *request, afield_object *path, PyObject *arguments)
{
	PyObject *given = NULL;
	PyObject *name;
	int converted;

	if (!PyArg_ParseTuple(arguments, "U|O:execute", &request->text, &given))
		return -1;
	Py_INCREF(request->text);
	request->sql = PyUnicode_AsUTF8(request->text);
	request->given = given ? PySequence_Tuple(given) : PyTuple_New(0);
	name = afield_object_load(path);
	if (!name)
		name = PyUnicode_FromString(":memory:");
	converted = name && PyUnicode_FSConverter(name, &request->path_object);
	Py_XDECREF(name);
	if (!converted || !request->sql || !request->given)
		return -1;
	request->path = PyBytes_AS_STRING(request->path_object);
	request->parameter_count = PyTuple_GET_SIZE(request->given);
	request->parameters = (struct parameter *)calloc((size_t)request->parameter_count + 1,
							 sizeof(*request->parameters));
	if (!request->parameters) {
		PyErr_NoMemory();
		return -1;
	}
	for (Py_ssize_t i = 0; i < request->parameter_count; i++)
		if (parameter_from(&request->parameters[i], PyTuple_GET_ITEM(request->given, i)))
			return -1;
	return 0;
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
