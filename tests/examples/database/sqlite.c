/* SPDX-License-Identifier: MIT */
/*
 * sqlite: an SQLite connection, opened for one thread alone, in a confined field. The thread that
 * uses it first owns it and closes it; every other is refused, with UnsendableError.
 * tests/wrapping/databases.c is the long form: files, parameters, every error, detached work.
 *
 *	cc -shared -fPIC sqlite.c -o sqlite.so $(pkg-config --cflags --libs afield python3 sqlite3)
 *	python3 use.py
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/confined.h>
#include <sqlite3.h>

struct connection { /* bytes of zero are one that is not open yet */
	sqlite3 *handle;
	uint64_t opener;
};

static afield_i64 closed_by_opener; /* connections */

/* Called where the connection is owned, which may be later than the object's end. Not in Python. */
static void connection_close(struct connection *connection)
{
	if (sqlite3_close(connection->handle) == SQLITE_OK)
		afield_i64_fetch_add(&closed_by_opener, connection->opener == afield_thread_id());
}
AFIELD_TYPE(connection_confined, confined, struct connection, connection_close);

#define DATABASE(field) field(connection_confined, connection)
AFIELD_CLASS(database, DATABASE);

/* Adds the first value of a row, as text, to a list. */
static int add_row(void *rows, int count, char **values, char **Py_UNUSED(names))
{
	PyObject *text = PyUnicode_FromString(count && values[0] ? values[0] : "");
	int failed = !text || PyList_Append((PyObject *)rows, text);

	Py_XDECREF(text);
	return failed;
}

static PyObject *database_execute(PyObject *object, PyObject *sql)
{
	connection_confined *place = &AFIELD_PYTHON_SELF(object, database)->connection;
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	int error = connection_confined_claim(place);
	struct connection *own = connection_confined_get(place);
	const char *text = PyUnicode_AsUTF8(sql);
	PyObject *rows = text && !error ? PyList_New(0) : NULL;

	if (!rows)
		return error ? afield_python_raise(object, place, error) : NULL;
	own->opener = afield_thread_id();
	if ((own->handle || !sqlite3_open_v2(":memory:", &own->handle, flags, NULL)) &&
	    !sqlite3_exec(own->handle, text, add_row, rows, NULL))
		return rows;
	Py_DECREF(rows);
	return PyErr_Occurred() ? NULL
				: PyErr_Format(PyExc_ValueError, "%s", sqlite3_errmsg(own->handle));
}

static PyMethodDef database_methods[] = {
	{"execute", database_execute, METH_O, "execute(sql): the first value of each row."},
	{NULL, NULL, 0, NULL},
};

static PyObject *closed(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
	return PyLong_FromLongLong(afield_i64_load(&closed_by_opener));
}

static PyMethodDef functions[] = {
	{"closed_by_opener", closed, METH_NOARGS, "How many were closed by their own thread."},
	{NULL, NULL, 0, NULL},
};

static int sqlite_exec(PyObject *module)
{
	struct afield_python_options options = {.methods = database_methods};
	PyObject *type = afield_python_type(module, database_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(sqlite, sqlite_exec, functions, "SQLite, a thread for each connection");
