/* SPDX-License-Identifier: MIT */
/*
 * python: a class of fields as a Python type.
 *
 *	#define ACCOUNT(field)                                                 \
 *		field(afield_i64, hits, AFIELD_VERBS, "How often it was used") \
 *		field(limits_seq, limits)
 *	AFIELD_CLASS(account, ACCOUNT);
 *
 *	static int bank_exec(PyObject *module)
 *	{
 *		struct afield_python_options options = {"bank.Account", "An account.", 0};
 *		PyObject *type = afield_python_type(module, account_class(), &options);
 *		int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);
 *		Py_XDECREF(type);
 *		return failed ? -1 : 0;
 *	}
 *	AFIELD_PYTHON_MODULE(bank, bank_exec, NULL, "Accounts");
 *
 * makes `bank.Account`, an extension type that any number of Python threads use at once, with and
 * without the GIL:
 *
 *	acct = bank.Account(hits=3, limits=(1, 2))
 *	acct.limits = {"low": 1, "high": 5}
 *	acct.hits_fetch_add(1)
 *
 * When to use it: to show fields to Python. When not: a struct that only C code shares needs
 * class.h alone. This header needs Python.h of 3.11 or newer and is compiled into the extension;
 * libafield itself knows nothing of Python. It is included before other headers, as Python.h is. A
 * module of several files compiles it once (python/cpython.h).
 *
 * What Python sees of a row:
 *   holds                         attribute             set from
 *   bool                          bool                  True, False
 *   an integer                    int                   int, __index__; OverflowError out of range
 *   float, double                 float                 float, int, __float__, __index__
 *   an integer with named bits    enum.IntFlag member,  that, an int; ValueError for a bit without
 *                                 module.Name           a name. And each bit: bool, named field_bit
 *   an object (fields/object)     that very object      any object
 *   a struct with AFIELD_RECORD   a struct sequence,    that, a tuple of its length, or a mapping
 *                                 module.Name           that has exactly the members' names
 *   nothing, or opaque bytes      none                  -
 * An empty field (an rcu pointer that was never set) reads as None; None cannot be stored. A field
 * of objects may be deleted, and when it is unset reading it raises AttributeError. A wrong type is
 * a TypeError, deleting any other attribute too; a read-only one raises AttributeError. An error
 * that a kind calls a refusal is an exception of that name, a RuntimeError, in the module. What was
 * stored before then stays. A field that is more than a value (a queue, a map) gives a view, of a
 * type that is an attribute of the class: bank.Account.JobsQueue. Of a field that is read-only or
 * frozen, the view has only methods that leave it as it is.
 *
 * AFIELD_VERBS on a row adds a method for each verb of its kind, named field_verb, which takes its
 * arguments by place or by name; a result out of the field's range is an OverflowError, and the
 * field unchanged. A verb that finds the field empty says so as the container of Python does that
 * it stands for (queue.Empty, IndexError, KeyError), or returns None. AFIELD_GUARDS adds a method
 * for each lock or borrow of the kind, for more than one step: `with acct.stream_lock() as stream:`
 * (guard.h).
 *
 * The constructor takes settable fields by keyword. `__init__` may run again: it stores its
 * keywords again. All values are converted before the first is stored.
 *
 * Synchronization: attributes and verbs are atomic, in CPython's sense of the word, and may run
 * beside each other and beside every operation of the fields from C. `acct.hits += 1` is two of
 * them, and another thread may come between; acct.hits_fetch_add(1) is one. repr and the
 * constructor go from field to field. repr waits for nobody and is refused by nobody: it says
 * <locked> or <borrowed> where a value is just that. Any thread may drop the last reference; that
 * never waits.
 *
 * A type that Cython, pybind11, nanobind or somebody by hand makes has fields in its struct just as
 * well: python/foreign.h says how, and the page fields/foreign.md shows each of them.
 *
 * Limits: the type is immutable. Its objects are not pickled unless the author adds __reduce__.
 * The limited API (abi3, abi3t) is not supported: fields lie in the object.
 */
#ifndef AFIELD_PYTHON_H
#define AFIELD_PYTHON_H

#include <afield/python/lock/host.h>
#include <afield/python/object/foreign.h>
#include <afield/python/object/orphans.h>
#include <afield/python/type/module.h>
#include <afield/python/type/options.h>

#include <afield/class.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Makes the Python type of a class. The caller puts it into the module: PyModule_AddType. Types of
 * records go into `module` by themselves. `module` may be NULL if the name has a dot.
 *   Concurrent with it: anything; the thread is attached.
 *   Progress: that of making a type.
 *   Ordering: none.
 *   Returns a new reference, or NULL with an exception: SystemError says what an author did wrong.
 */
AFIELD_PYTHON_FUNCTION PyObject *afield_python_type(PyObject *module,
						    const struct afield_class *table,
						    const struct afield_python_options *options);

/*
 * The C struct of an object whose type was made from the class `name`, or from a subclass of it:
 *	account *self = AFIELD_PYTHON_SELF(object, account);
 * One addition. The caller knows the type, as a method of it does.
 *   Concurrent with it: anything. Progress: wait-free. Ordering: none. Never fails.
 */
#define AFIELD_PYTHON_SELF(object, name) ((name *)afield_python_self(object))
static inline void *afield_python_self(PyObject *object)
{
	return (char *)object + AFIELD_PYTHON_OFFSET;
}

/*
 * The same for an unsendable type. Two additions and two loads.
 *   Concurrent with it: anything. Progress: wait-free, and that of what has come home to this
 *   thread.
 *   Ordering: none. Returns NULL with the exception in a thread that has not made the object.
 */
#define AFIELD_PYTHON_SELF_CHECKED(object, name) ((name *)afield_python_self_checked(object))
AFIELD_PYTHON_FUNCTION void *afield_python_self_checked(PyObject *object);

/*
 * Raises for a method what the field's attribute raises for the same error, a negative errno of one
 * of the field's operations:
 *	connection = connection_confined_get(&self->connection);
 *	if (!connection)
 *		return afield_python_raise(object, &self->connection, -EPERM);
 * `field` is inside of `object`. What the kind calls a refusal is an exception of the module, also
 * for a field that has no attribute; a hidden row has none, and any error of it is an OSError.
 *   Concurrent with it: anything; the thread is attached. Progress: that of making an exception.
 *   Ordering: none. Returns NULL, and an exception is set: the one that was, if there was one.
 */
AFIELD_PYTHON_FUNCTION PyObject *afield_python_raise(PyObject *object, const void *field,
						     int error);

#ifdef __cplusplus
}
#endif

#if AFIELD__PYTHON_CODE
#include <afield/python/type/functions.h>
#endif

#endif
