/* SPDX-License-Identifier: MIT */
/*
 * The code of the Python layer, for a module whose files are compiled with AFIELD_PYTHON_SEPARATE:
 * afield/python/cpython.h says how.
 */
#ifndef AFIELD_PYTHON_SEPARATE
#define AFIELD_PYTHON_SEPARATE
#endif
#define AFIELD__PYTHON_CODE 1
#include <afield/python.h>
