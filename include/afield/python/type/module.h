/* SPDX-License-Identifier: MIT */
/*
 * python/type/module: the boilerplate of an extension module, in one line.
 *
 *	static int bank_exec(PyObject *module) { ... return 0; }
 *	AFIELD_PYTHON_MODULE(bank, bank_exec, bank_methods, "Accounts");
 *
 * The module is initialised in phases, so that every interpreter gets its own; it says that it runs
 * without the GIL, and in interpreters with a GIL of their own. Fields are safe under all of these;
 * the author's own functions must be as well.
 *
 * When to use it: in the one source file that defines PyInit_bank. When not: a module with state of
 * its own or more slots is written out by hand; afield_python_type works in it just the same.
 *
 * Synchronization: exec runs once in each interpreter, in the thread that imports.
 */
#ifndef AFIELD_PYTHON_TYPE_MODULE_H
#define AFIELD_PYTHON_TYPE_MODULE_H

#include <afield/python/lock/host.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#if PY_VERSION_HEX >= 0x030C0000
#define AFIELD__MODULE_INTERPRETERS \
	{Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#else
#define AFIELD__MODULE_INTERPRETERS
#endif
#if PY_VERSION_HEX >= 0x030D0000
#define AFIELD__MODULE_GIL {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#else
#define AFIELD__MODULE_GIL
#endif

/*
 * AFIELD_PYTHON_MODULE(name, exec, methods, doc) at file scope: declares PyInit_name. `exec` fills
 * the module and returns 0 or -1 with an exception. `methods` is a PyMethodDef array or NULL, `doc`
 * a string or NULL. The user writes the semicolon.
 */
#define AFIELD_PYTHON_MODULE(name, exec, methods, doc) \
	AFIELD__PYTHON_MODULE(name, exec, methods, doc)
#define AFIELD__PYTHON_MODULE(name, exec, methods, doc)                                         \
	static int name##_afield__exec(PyObject *module)                                        \
	{                                                                                       \
		return afield_python_init(module) ? -1 : exec(module);                          \
	}                                                                                       \
	PyMODINIT_FUNC PyInit_##name(void)                                                      \
	{                                                                                       \
		static PyModuleDef_Slot slots[] = {                                             \
			{Py_mod_exec, (void *)(uintptr_t)name##_afield__exec},                  \
			AFIELD__MODULE_INTERPRETERS AFIELD__MODULE_GIL{0, NULL},                \
		};                                                                              \
		static PyModuleDef definition = {                                               \
			PyModuleDef_HEAD_INIT, #name, doc, 0, methods, slots, NULL, NULL, NULL, \
		};                                                                              \
		return PyModuleDef_Init(&definition);                                           \
	}                                                                                       \
	AFIELD__SEMICOLON

#endif
