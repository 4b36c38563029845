/* SPDX-License-Identifier: MIT */
/*
 * interpreter: a Python in the process that nobody told afield of.
 *
 * A wait in a thread that has its lock (the GIL, or what an attached thread of a free-threaded
 * build keeps from stopping the world) would never end when who is waited for wants it too. So
 * afield looks for Python's own functions when it is loaded, and a wait without a host gives the
 * lock up by them. It is not linked to Python for that.
 *
 * What is not seen: a Python that comes later than afield or is loaded RTLD_LOCAL; a thread that
 * has a second thread state, as in a subinterpreter; and up to 3.11, whether a state that this
 * thread made for another one (PyThreadState_New) is used by that one: then its lock would be given
 * up here. For these, and for objects and signals, there is afield_python_init.
 *
 * Synchronization: all functions may run concurrently.
 */
#ifndef AFIELD_LIB_INTERPRETER_H
#define AFIELD_LIB_INTERPRETER_H

#include <stdbool.h>

/* Whether this thread is attached to such a Python. */
bool afield__interpreter_is_attached(void);

/* Detaches this thread, and returns what attaches it again; NULL when it is not attached. */
void *afield__interpreter_detach(void);
void afield__interpreter_attach(void *state);

#endif
