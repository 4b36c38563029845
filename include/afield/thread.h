/* SPDX-License-Identifier: MIT */
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
 *                                [1] [2] [3] [4] [5]
 *   [1] afield_thread_id          -   -   -   -   -
 *   [2] afield_thread_is_gone     -   -   -   -   -     (- concurrent with it)
 *   [3] afield_thread_identity    -   -   -   -   -
 *   [4] afield_fork_generation    -   -   -   -   -
 *   [5] fork()                    -   -   -   -   -
 *
 *	AFIELD_STORE(&lock->owner, afield_thread_id(), relaxed);
 *
 * How gone threads are known: numbers are given in ascending order, and of the threads that were
 * there when the process forked, the child has exactly one. So in the child a number is gone when
 * it is smaller than the next one was at the fork, unless it is that of the thread that forked. A
 * handler of pthread_atfork notes the two numbers; _Fork() and vfork() run no such handlers.
 *
 * Several copies of afield in one process (two extensions that link it statically) give a thread
 * one number: the first copy that was loaded gives it, and the others ask that one.
 */
#ifndef AFIELD_THREAD_H
#define AFIELD_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/ordering.h>
#include <afield/detail/self.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Gives this thread its number. */
AFIELD_EXPORT uint64_t afield__thread_id_slow(void);

/*
 * This thread's number, which is never 0 and never another thread's, even after this one has ended.
 * Only where there was no memory for the thread (self.h) may a later thread have its number.
 *   Concurrent with: everything. Progress: lock-free, wait-free after the first. Ordering: none.
 *   Never fails.
 */
static inline uint64_t afield_thread_id(void)
{
	const struct afield__self *self = afield__self;

	if (__builtin_expect(!afield__is_record(self), 0))
		return afield__thread_id_slow();
	return AFIELD_LOAD(&self->id, relaxed);
}

/*
 * Whether the thread of that number was orphaned when this process was forked off. A thread that
 * ended in the ordinary way is not gone in this sense, nor is 0.
 *   Concurrent with: everything. Progress: wait-free. Ordering: none. Never fails.
 */
AFIELD_EXPORT bool afield_thread_is_gone(uint64_t id);

/*
 * What pthread_self is in the thread of that number, as a number: Python's threading.get_ident.
 * Another thread may have it when this one has ended.
 *   Concurrent with: everything. Progress: lock-free; it looks at all threads. Ordering: none.
 *   Returns 0 when the thread has ended, or was orphaned by a fork. The end is the system's, which
 *   may come a moment after a join.
 */
AFIELD_EXPORT uint64_t afield_thread_identity(uint64_t id);

/*
 * Whether an address lies in a frame of this thread's stack that is in use, the caller's or one of
 * its callers': 1, 0, or -1 when the system does not say. It is asked once in a thread that has a
 * record.
 *   Concurrent with: everything. Progress: blocking, the first time. Ordering: none.
 */
AFIELD_EXPORT int afield_is_on_stack(const void *address);

/* Written by the only thread of a new process, before fork() returns there. */
typedef AFIELD_ATOMIC(uint64_t) afield__generation;
AFIELD_EXPORT extern afield__generation afield__fork_generation;

/*
 * How many forks there are between this process and the one that loaded the library: 0 there, one
 * more in each child of a child; the same for all copies of the library in a process. A kind that
 * counts threads without their numbers (shared locks, borrows, a resize) keeps the generation with
 * the count: a count of another generation is one of threads that this process does not have. It
 * does not change while the process lives.
 *   Concurrent with: everything. Progress: wait-free. Ordering: none. Never fails.
 */
static inline uint64_t afield_fork_generation(void)
{
	return AFIELD_LOAD(&afield__fork_generation, relaxed);
}

/*
 * Has hook->in_child called in the child of every fork, by its one thread, when the generation is
 * the child's. For a kind that keeps a list of what a thread has: there, and nowhere else, it is
 * known that the list is all there is. The hook lives as long as the library; it is added by a
 * constructor of the file that needs it. in_child takes no lock and allocates nothing.
 *   Concurrent with: everything. Progress: blocking, for a moment. Never fails.
 */
struct afield_fork_hook {
	void (*in_child)(void);
	struct afield_fork_hook *next; /* the library's */
};
AFIELD_EXPORT void afield_fork_hook_add(struct afield_fork_hook *hook);

#ifdef __cplusplus
}
#endif

#endif
