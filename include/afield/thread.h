/*
 * thread: a number for each thread that no other thread ever has, and who is gone after a fork.
 *
 * A kind that has an owner (a lock, a value that is being initialised) keeps the owner's number
 * beside its state: so a thread that comes back to its own lock is told so and does not wait for
 * itself, and a child process does not wait for a thread that it does not have. The system's own
 * numbers will not do, because they are given again when a thread ends.
 *
 * When to use it: in a kind. When not: to tell threads apart for people; debuggers and Python know
 * another number, which afield_thread_identity gives.
 *
 *                                [1] [2] [3] [4]
 *   [1] afield_thread_id          -   -   -   -
 *   [2] afield_thread_is_gone     -   -   -   -     (- runs beside it)
 *   [3] afield_thread_identity    -   -   -   -
 *   [4] fork()                    -   -   -   -
 *
 *	AFIELD_STORE(&lock->owner, afield_thread_id(), relaxed);
 *
 * How gone threads are known: numbers are given in ascending order, and of the threads that were
 * there when the process forked, the child has exactly one. So in the child a number is gone when
 * it is smaller than the next one was at the fork, unless it is that of the thread that forked. A
 * handler of pthread_atfork notes the two numbers; _Fork() and vfork() run no such handlers.
 */
#ifndef AFIELD_THREAD_H
#define AFIELD_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* This thread's number, or 0 when it has none yet. One instruction to read, in any module. */
AFIELD_EXPORT extern __thread uint64_t afield__thread __attribute__((tls_model("initial-exec")));

/* Gives this thread its number. */
AFIELD_EXPORT uint64_t afield__thread_begin(void);

/*
 * This thread's number, which is never 0 and never another thread's, even after this one has ended.
 *   Beside it: everything. Progress: wait-free. Ordering: none. Always can.
 */
static inline uint64_t afield_thread_id(void)
{
	uint64_t id = afield__thread;

	return id != 0 ? id : afield__thread_begin();
}

/*
 * Whether the thread of that number was left behind when this process was forked off. A thread that
 * ended in the ordinary way is not gone in this sense, nor is 0.
 *   Beside it: everything. Progress: wait-free. Ordering: none. Always can.
 */
AFIELD_EXPORT bool afield_thread_is_gone(uint64_t id);

/*
 * What pthread_self is in the thread of that number, as a number: Python's threading.get_ident.
 * Another thread may have it when this one has ended.
 *   Beside it: everything. Progress: blocking, for a moment. Ordering: none.
 *   Returns 0 when the thread has ended, or was left behind by a fork.
 */
AFIELD_EXPORT uint64_t afield_thread_identity(uint64_t id);

#ifdef __cplusplus
}
#endif

#endif
