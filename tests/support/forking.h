/*
 * forking: a child of a test, and whether it may have company.
 *
 * A sanitizer's allocator does not give up its locks for a fork, so that a child of a process with
 * threads may be unable to allocate; there the thread that forks is alone (FORKING_COMPANY is 0).
 * ThreadSanitizer refuses threads in the child of a process with threads, unless it is asked, and
 * lets every child sleep for a second at its end; this header asks.
 *
 * When to use it: in one source file of a test that forks.
 *
 * Synchronization: forking_child is called by one thread at a time.
 */
#ifndef AFIELD_TESTS_FORKING_H
#define AFIELD_TESTS_FORKING_H

#include <afield/reclaim.h>

#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FORKING_COMPANY 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FORKING_COMPANY 0
#endif
#endif
#ifndef FORKING_COMPANY
#define FORKING_COMPANY 2
#endif

#ifdef __cplusplus
extern "C"
#endif
	const char *
	__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "die_after_fork=0:atexit_sleep_ms=0";
}

/* The status of a child that runs `live`, 0 when all is well; it has half a minute. */
static inline int forking_child(int (*live)(void))
{
	pid_t child;
	int status = -1;

	afield_fork_prepare();
	child = fork();
	if (child == 0) {
		afield_fork_child();
		alarm(30);
		_exit(live());
	}
	afield_fork_parent();
	return child > 0 && waitpid(child, &status, 0) == child ? status : -1;
}

#endif
