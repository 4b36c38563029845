/* SPDX-License-Identifier: MIT */
/*
 * nomemory: malloc that fails when it is told to, to be loaded before all other libraries.
 *
 * nomemory_after(n) lets n allocations of this thread succeed and then fails one, or with n < 0
 * none. It returns how many there were since the call before. nomemory_failed says whether the last
 * arming has failed an allocation. Deallocation is never touched.
 *
 * With NOMEMORY_FORKS in the environment there is none for a handler of forks.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
		      void *object);
long nomemory_after(long allocations);
int nomemory_failed(void);
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static __thread long left = -1;
static __thread long count;
static __thread int failed;

long nomemory_after(long allocations)
{
	long before = count;

	left = allocations;
	count = 0;
	if (allocations >= 0)
		failed = 0;
	return before;
}

int nomemory_failed(void)
{
	return failed;
}

static int must_fail(void)
{
	count++;
	if (left < 0)
		return 0;
	if (left-- > 0)
		return 0;
	failed = 1;
	errno = ENOMEM;
	return 1;
}

/* What pthread_atfork is. */
int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
		      void *object)
{
	union {
		void *object;
		int (*function)(void (*)(void), void (*)(void), void (*)(void), void *);
	} next;

	if (getenv("NOMEMORY_FORKS"))
		return ENOMEM;
	next.object = dlsym(RTLD_NEXT, "__register_atfork");
	return next.function(prepare, parent, child, object);
}

void *malloc(size_t size)
{
	return must_fail() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count_of, size_t size)
{
	return must_fail() ? NULL : __libc_calloc(count_of, size);
}

void *realloc(void *old, size_t size)
{
	return must_fail() ? NULL : __libc_realloc(old, size);
}
