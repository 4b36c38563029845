/* SPDX-License-Identifier: MIT */
/*
 * failing: an allocator that fails when a test says so. The program that includes this defines
 * malloc, which the libraries then use too.
 *
 *	failing = 1;
 *	TEST_CHECK(numbers_push(&queue, 1) == -ENOMEM);
 *	failing = 0;
 *
 * With FAILING_CALLOC defined before it, calloc fails too, after `granted` more of its calls; and
 * `meanwhile`, where it is set, runs once during the next one that does not: what another thread does
 * that is faster.
 *
 * When to use it: in one source file of a test of exhausted memory. When not: for realloc, which
 * does not come by here.
 *
 * Synchronization: each thread decides for itself.
 */
#ifndef AFIELD_TESTS_FAILING_H
#define AFIELD_TESTS_FAILING_H

#ifndef _GNU_SOURCE
#error "failing.h looks for the next malloc: define _GNU_SOURCE before the first include"
#endif

#include <string.h>

#include <dlfcn.h>
#include <errno.h>

#include "replaced.h"

static __thread int failing;  /* this thread's calls fail */
static __thread long refused; /* how many did */
#ifdef FAILING_CALLOC
static __thread long granted; /* calls of calloc that do not fail yet */
static __thread void (*meanwhile)(void);
#endif

REPLACED_BEGIN
/* A sanitizer's own, where there is one. */
void *__interceptor_malloc(size_t size) __attribute__((weak));

REPLACED_UNSEEN void *malloc(size_t size) NOTHROW
{
	static void *symbol; /* __atomic; the next malloc after this one */
	void *found = __atomic_load_n(&symbol, __ATOMIC_RELAXED);
	void *(*next)(size_t size);

	if (failing) {
		refused++;
		errno = ENOMEM;
		return NULL;
	}
	if (__interceptor_malloc)
		return __interceptor_malloc(size);
	if (!found) {
		found = dlsym(RTLD_NEXT, "malloc");
		__atomic_store_n(&symbol, found, __ATOMIC_RELAXED);
	}
	memcpy(&next, &found, sizeof(next)); /* ISO C has no such cast */
	return next(size);
}

#ifdef FAILING_CALLOC
/* The system's: dlsym itself may need it. */
void *__interceptor_calloc(size_t count, size_t size) __attribute__((weak));
void *__libc_calloc(size_t count, size_t size) __attribute__((weak));

REPLACED_UNSEEN void *calloc(size_t count, size_t size) NOTHROW
{
	if (failing && granted-- <= 0) {
		granted = 0;
		refused++;
		errno = ENOMEM;
		return NULL;
	}
	if (meanwhile) {
		void (*run)(void) = meanwhile;

		meanwhile = NULL;
		run();
	}
	return __interceptor_calloc ? __interceptor_calloc(count, size)
				    : __libc_calloc(count, size);
}
#endif
REPLACED_END

#endif
