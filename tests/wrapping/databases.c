/* SPDX-License-Identifier: MIT */
/*
 * databases: SQLite's connections, opened with SQLITE_OPEN_NOMUTEX, as classes.
 *
 * So opened, a connection may be used by one thread at a time, and SQLite takes no lock of its own.
 * Two ways to keep to that:
 *
 *   ConfinedDatabase   the first thread that uses it opens the connection and owns it; any other is
 *                      refused with UnsendableError. Dropped elsewhere, it is closed by its owner.
 *   LockedDatabase     threads take turns; one execute is one turn.
 *
 * The path is set when the object is made; the connection is opened by the first use.
 *
 * The pattern of execute: Python's values are converted first, then the thread detaches, then it
 * has the connection and works on memory that is not Python's, and last the rows become tuples.
 * The path is an object, and therefore a field of its own that only attached threads use; the
 * connection keeps none, so that detached ones may have it.
 */
#include <afield/python.h>

#include <afield/confined.h>
#include <afield/locked.h>
#include <afield/object.h>

#include <sqlite3.h>

#include "module.h"
#include "request.h"

/* What databases_unguarded.c has in place of this. */
#ifndef DATABASES_NAME
#define DATABASES_NAME databases
#endif

enum { BUSY_MILLISECONDS = 60000 };

static AFIELD_ATOMIC(int64_t) open_now;
static AFIELD_ATOMIC(int64_t) closed_at_home;
static AFIELD_ATOMIC(int64_t) closed_abroad;

/* What the kind protects. Bytes of zero are a connection that is not open yet. */
struct connection {
	sqlite3 *handle;
	uint64_t opener; /* which thread, for the tests */
};

static void connection_end(struct connection *connection)
{
	/* Every statement is finished by the call that made it, so that this closes. */
	if (sqlite3_close(connection->handle) != SQLITE_OK)
		return;
	AFIELD_FETCH_SUB(&open_now, 1, seq_cst);
	if (connection->opener == afield_thread_id())
		AFIELD_FETCH_ADD(&closed_at_home, 1, seq_cst);
	else
		AFIELD_FETCH_ADD(&closed_abroad, 1, seq_cst);
}

AFIELD_TYPE(connection_confined, confined, struct connection, connection_end);
AFIELD_TYPE(connection_locked, locked, struct connection, connection_end);

#define CONFINED_DATABASE(field)                                             \
	field(afield_object, path, AFIELD_FROZEN, "Its file; set when made") \
	field(connection_confined, connection)
AFIELD_CLASS(confined_database, CONFINED_DATABASE);

#define LOCKED_DATABASE(field)                                               \
	field(afield_object, path, AFIELD_FROZEN, "Its file; set when made") \
	field(connection_locked, connection)
AFIELD_CLASS(locked_database, LOCKED_DATABASE);

static bool connection_open(struct connection *connection, struct request *request)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	int code;

	if (connection->handle)
		return true;
	code = sqlite3_open_v2(request->path, &connection->handle, flags, NULL);
	if (code != SQLITE_OK) {
		request_fail(request, connection->handle, code);
		(void)sqlite3_close(connection->handle);
		connection->handle = NULL;
		return false;
	}
	(void)sqlite3_busy_timeout(connection->handle, BUSY_MILLISECONDS);
	connection->opener = afield_thread_id();
	AFIELD_FETCH_ADD(&open_now, 1, seq_cst);
	return true;
}

static void connection_use(struct connection *connection, struct request *request)
{
	if (connection_open(connection, request))
		request_run(request, connection->handle);
}

/* What a refused or failed request raises. */
static PyObject *raise_error(PyObject *object, const void *field, const struct request *request)
{
	PyObject *module = PyType_GetModule(Py_TYPE(object));
	PyObject *exception = module ? PyObject_GetAttrString(module, "DatabaseError") : NULL;

	if (request->refused)
		(void)afield_python_raise(object, field, request->refused);
	else if (request->code == SQLITE_NOMEM)
		PyErr_NoMemory();
	else if (exception)
		PyErr_Format(exception, "%s (SQLite's error %d)", request->message, request->code);
	Py_XDECREF(exception);
	return NULL;
}

static PyObject *request_end(PyObject *object, const void *field, struct request *request)
{
	PyObject *rows = request->refused || request->code != SQLITE_DONE
				 ? raise_error(object, field, request)
				 : request_rows(request);

	request_fini(request);
	return rows;
}

static PyObject *confined_execute(PyObject *object, PyObject *arguments)
{
	confined_database *self = AFIELD_PYTHON_SELF(object, confined_database);
	struct request request;

	if (request_init(&request, &self->path, arguments))
		return NULL;
	Py_BEGIN_ALLOW_THREADS;
	request.refused = connection_confined_claim(&self->connection);
	if (!request.refused)
		connection_use(connection_confined_get(&self->connection), &request);
	Py_END_ALLOW_THREADS;
	return request_end(object, &self->connection, &request);
}

static PyObject *locked_execute(PyObject *object, PyObject *arguments)
{
	locked_database *self = AFIELD_PYTHON_SELF(object, locked_database);
	struct request request;

	if (request_init(&request, &self->path, arguments))
		return NULL;
	request.refused = connection_locked_is_mine(&self->connection) ? -EDEADLK : -EOWNERDEAD;
	Py_BEGIN_ALLOW_THREADS;
	AFIELD_LOCKED(connection_locked, connection, &self->connection)
	{
		request.refused = 0;
		connection_use(connection, &request);
	}
	Py_END_ALLOW_THREADS;
	return request_end(object, &self->connection, &request);
}

#define EXECUTE_DOC "execute(sql, parameters=()): runs one statement and returns its rows.\n\n"

static PyMethodDef confined_methods[] = {
	{"execute", confined_execute, METH_VARARGS,
	 EXECUTE_DOC "Thread safety: atomic. Other threads than its owner get UnsendableError."},
	{NULL, NULL, 0, NULL},
};

static PyMethodDef locked_methods[] = {
	{"execute", locked_execute, METH_VARARGS, EXECUTE_DOC "Thread safety: atomic."},
	{NULL, NULL, 0, NULL},
};

static PyObject *databases_open(PyObject *module, PyObject *unused)
{
	(void)module;
	(void)unused;
	return PyLong_FromLongLong(AFIELD_LOAD(&open_now, seq_cst));
}

static PyObject *databases_closed(PyObject *module, PyObject *unused)
{
	(void)module;
	(void)unused;
	return Py_BuildValue("(LL)", (long long)AFIELD_EXCHANGE(&closed_at_home, 0, seq_cst),
			     (long long)AFIELD_EXCHANGE(&closed_abroad, 0, seq_cst));
}

static PyObject *databases_memory(PyObject *module, PyObject *unused)
{
	(void)module;
	(void)unused;
	return PyLong_FromLongLong(sqlite3_memory_used());
}

static PyMethodDef databases_functions[] = {
	{"open_now", databases_open, METH_NOARGS, "How many connections are open."},
	{"closed", databases_closed, METH_NOARGS,
	 "How many were closed by who opened them, and how many by another, since the last call."},
	{"memory", databases_memory, METH_NOARGS, "How many bytes SQLite has."},
	{NULL, NULL, 0, NULL},
};

static int databases_exec(PyObject *module)
{
	PyObject *exception;
	int failed;

	if (!sqlite3_threadsafe()) {
		PyErr_SetString(PyExc_ImportError, "this SQLite is for one thread alone");
		return -1;
	}
	exception = PyErr_NewExceptionWithDoc("databases.DatabaseError", "What SQLite says.", NULL,
					      NULL);
	failed = !exception || PyModule_AddObjectRef(module, "DatabaseError", exception);
	Py_XDECREF(exception);
	return failed || module_add(module, confined_database_class(), NULL, 0, confined_methods) ||
			       module_add(module, locked_database_class(), NULL, 0, locked_methods)
		       ? -1
		       : 0;
}

AFIELD_PYTHON_MODULE(DATABASES_NAME, databases_exec, databases_functions,
		     "SQLite's connections, which are not thread-safe, for threads");
