/* SPDX-License-Identifier: MIT */
/*
 * misuse: a mistake of the program that calls, told at once where that can be borne.
 *
 * An operation that is called wrongly refuses, by what its comment says it returns when it cannot,
 * and nothing is changed. In a debug build of the library (AFIELD_DEBUG is defined, which CMake
 * does for CMAKE_BUILD_TYPE=Debug) it writes one sentence to the standard error and aborts first,
 * so that the mistake is found where it is made. Any other build prints nothing and goes on.
 *
 * When to use it: in a kind, on a path that is cold, before the error is returned. When not: for
 * what a correct program may meet, an empty queue or memory that is out.
 *
 * Synchronization: none is needed.
 */
#ifndef AFIELD_DETAIL_MISUSE_H
#define AFIELD_DETAIL_MISUSE_H

#include <afield/detail/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * "afield: <subject>: <sentence>", and abort, in a debug build. `subject` is the name of a kind, a
 * field type or a class.
 *   Concurrent with it: everything. Progress: wait-free. Ordering: none.
 *   Returns in other builds.
 */
AFIELD_EXPORT void afield_misuse(const char *subject, const char *sentence);

#ifdef __cplusplus
}
#endif

#endif
