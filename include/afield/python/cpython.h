/* SPDX-License-Identifier: MIT */
/*
 * python/cpython: Python.h, the builds of Python that afield can serve, and where the code of the
 * Python layer is.
 *
 * It is in every file that includes python.h, which a module of one file wants: one command
 * compiles it. In a module of several files it is wanted once. There every file is compiled with
 * AFIELD_PYTHON_SEPARATE, and with them afield_python.c, which is installed in share/afield:
 *
 *	target_link_libraries(bank PRIVATE afield::afield afield::python)    # CMake: all of that
 *	cc -DAFIELD_PYTHON_SEPARATE bank.c vault.c $(pkg-config --variable=python_source afield) ...
 *
 * Such a file compiles several times sooner, and the module is smaller by a copy of the layer for
 * each. The functions are hidden: each module has its own.
 *
 * When to use it: inside the Python layer; an author includes python.h.
 */
#ifndef AFIELD_PYTHON_CPYTHON_H
#define AFIELD_PYTHON_CPYTHON_H

/* The first thing said of a build for which nothing below would be right. */
#if defined(Py_LIMITED_API) || defined(Py_TARGET_ABI3T)
#error "afield keeps fields inside the object and needs the full Python API, not abi3 or abi3t"
#endif

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#if defined(PYPY_VERSION) || defined(GRAALVM_PYTHON)
#error "afield needs CPython: other interpreters move objects, or have only copies of them in C"
#elif PY_VERSION_HEX < 0x030B0000
#error "afield needs Python 3.11 or newer"
#elif defined(_Py_OPAQUE_PYOBJECT)
#error "afield keeps fields inside the object and needs the full Python API, not an opaque PyObject"
#endif

#ifndef AFIELD_PYTHON_SEPARATE
#define AFIELD_PYTHON_FUNCTION static inline
#define AFIELD__PYTHON_CODE 1
#else
#define AFIELD_PYTHON_FUNCTION extern __attribute__((visibility("hidden")))
#ifndef AFIELD__PYTHON_CODE /* afield_python.c says 1 */
#define AFIELD__PYTHON_CODE 0
#endif
#endif

/* The C struct's place in the Python object: as the object begins, aligned to 16 bytes. */
#define AFIELD_PYTHON_OFFSET ((sizeof(PyObject) + 15) / 16 * 16)

#endif
