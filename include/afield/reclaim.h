/* SPDX-License-Identifier: MIT */
/*
 * reclaim: read sections, and memory that is given back when no reader can still see it.
 *
 * Any thread may read, without registration. A reader enters a read section, loads a pointer, uses
 * what it points to, and leaves. A writer unlinks an object and retires it; its callback runs, on a
 * thread of the library, after every read section that was open at that moment has ended.
 *
 *	AFIELD_READ_SECTION
 *	{
 *		const struct node *node = AFIELD_LOAD(&head, acquire);
 *		...
 *	}
 *
 *	old = AFIELD_EXCHANGE(&head, fresh, seq_cst);
 *	afield_retire(&old->retired, node_free);
 *
 * When to use it: in a kind whose readers follow pointers that writers replace. When not: users of
 * rcu, queue, map or list fields never retire by hand; and a value of a few words is better off in
 * a seqlock.
 *
 * Rules inside a read section: no blocking, no host (Python) call, no wait, no afield_barrier. A
 * reader that stays inside holds up every reclamation of this copy of afield.
 *
 *                            [1] [2] [3] [4]
 *   [1] read section          -   -   x   -   (- concurrent with it and inside it, x runs concurrently
 *   [2] afield_retire         -   -   -   -   it in other threads and never inside it in the same
 *   [3] afield_barrier        x   -   -   -   thread)
 *   [4] fork()                -   -   -   -
 *
 * A signal handler may open a read section, also the first of its thread: that takes no lock and no
 * malloc. It must not retire, wait for the barrier or fork.
 *
 * Forks need no care: a child goes on with what its parent had, from whatever point. An object that
 * another thread of the parent was retiring, or destroying, at that moment is lost to the child.
 *
 * Ends. What waits to be reclaimed when exit() begins is dropped: the library stops where it was
 * first used in the order of atexit, so handlers and static objects that were there before the
 * first retire find that no callback begins any more, and exit waits up to a second for the one
 * that runs. A child that another thread forks off meanwhile is not in exit(), and reclaims.
 * afield_barrier before exit has all of them run. A program whose main thread leaves by
 * pthread_exit ends with its last thread; the library's own ends a moment after it has nothing to
 * do. A module that is unloaded calls afield_barrier first, when nobody can retire its objects any
 * more; a module that contains afield itself stays loaded.
 *
 * Why not liburcu's flavour bp, whose design this is: it shares one registry among all who use it
 * in the process, and a program with fork handlers for it, or a second library, makes fork() wait
 * for a lock that its own thread holds; it ends the process when it finds no thread, no memory for
 * a reader, or a membarrier that is denied later; and its first read section in a thread allocates.
 *
 * Source: Desnoyers et al., User-Level Implementations of Read-Copy Update, IEEE TPDS 23(2) 2012.
 */
#ifndef AFIELD_RECLAIM_H
#define AFIELD_RECLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/ordering.h>
#include <afield/detail/self.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Part of an object that will be retired. Nothing needs to be set before. The retirer writes it,
 * then who reclaims alone reads it; the stack between them orders the two. Until it is retired,
 * `next` is free for the object's owner.
 */
struct afield_retired {
	struct afield_retired *next;
	size_t units; /* the library's */
	void (*reclaim)(struct afield_retired *retired);
};

/*
 * Opens and closes a read section; they nest, 65535 deep at most. AFIELD_READ_SECTION { ... } closes
 * by itself on every way out of the block, break and return included.
 *   Concurrent with: everything.
 *   Progress: wait-free (the first of a thread takes a record: lock-free).
 *   Ordering: a load with acquire inside sees an object as it was published. What happens inside
 *   happens before the callback of every object that was retired while it was open.
 *   Never fails: a thread for which there is no memory reads more slowly.
 */
static inline void afield_read_lock(void);
static inline void afield_read_unlock(void);
#define AFIELD_READ_SECTION                                                                        \
	for (int afield__open __attribute__((cleanup(afield__read_leave))) = afield__read_enter(); \
	     afield__open; afield__open = afield__read_done())

/* Whether this thread is in a section. Concurrent with everything, wait-free, no ordering. */
static inline bool afield_is_reading(void);

/*
 * Has reclaim(retired) called after a grace period, in a thread that is attached to no host: it
 * must not call Python. Callbacks may retire more, and run in no particular order. Above the limit
 * of the backlog the caller waits, detached from its host, until the backlog is at half of it; not
 * inside a read section or in a callback. The _nowait forms never wait: they are for finalizers,
 * which must not block. The _bytes forms say how large the object is, for the limit in bytes; the
 * others count it as little.
 *
 * The library reclaims in a thread of its own, which the first retire makes. Where none can be
 * made, the thread that retires (_nowait excepted) or waits for the barrier does it from time to
 * time: it waits for a grace period.
 *   Concurrent with: everything; not in a signal handler.
 *   Progress: lock-free below the limit, blocking above it.
 *   Ordering: what happened before it in this thread, and in the read sections it waits for,
 *   happens before the callback.
 *   Never fails: it allocates nothing.
 */
AFIELD_EXPORT void afield_retire(struct afield_retired *retired,
				 void (*reclaim)(struct afield_retired *retired));
AFIELD_EXPORT void afield_retire_nowait(struct afield_retired *retired,
					void (*reclaim)(struct afield_retired *retired));
AFIELD_EXPORT void afield_retire_bytes(struct afield_retired *retired, size_t bytes,
				       void (*reclaim)(struct afield_retired *retired));
AFIELD_EXPORT void afield_retire_bytes_nowait(struct afield_retired *retired, size_t bytes,
					      void (*reclaim)(struct afield_retired *retired));

/*
 * Makes the library's thread now, for a program that wants to know early whether it can be made (a
 * limit on threads or memory, a filter for system calls). Nothing depends on it.
 *   Concurrent with: everything; not in a signal handler. Progress: blocking, for a moment.
 *   Ordering: none. Returns 0, or -EAGAIN.
 */
AFIELD_EXPORT int afield_start(void);

/*
 * Waits, detached from the host, until every object retired before the call has been reclaimed, and
 * sees to values on their way to the thread that must destroy them (owner_queue.h): this thread's
 * are destroyed here; the modules of others' destructors stay loaded until the process ends. What a
 * callback retires meanwhile is not waited for.
 *   Concurrent with: everything; not in a signal handler.
 *   Progress: blocking.
 *   Ordering: the callbacks happen before its return.
 *   Returns 0; -EDEADLK inside a read section, a callback or such a destructor, where it would wait
 *   for itself; -ECANCELED when exit() has begun and objects were dropped.
 */
AFIELD_EXPORT int afield_barrier(void);

/*
 * The number of objects retired and not yet reclaimed, and their bytes, as far as they were said
 * and rounded up to 64 each. The limits (0: the default, 262144 objects and 64 MiB) are soft: a
 * thread looks at them after each 64 objects, and after each 1/64 of the limit in objects or 1/256 of
 * that in bytes if that is less; by so much each thread that retires may be above them, and at least
 * by one object. Whoever may not wait goes on.
 *   Concurrent with: everything. Progress: wait-free; to ask for them is a walk over all threads.
 *   Ordering: none; counts for people and tests.
 */
AFIELD_EXPORT size_t afield_backlog(void);
AFIELD_EXPORT size_t afield_backlog_bytes(void);
AFIELD_EXPORT void afield_set_backlog_limit(size_t objects);
AFIELD_EXPORT void afield_set_backlog_bytes(size_t bytes);

/*
 * How many bytes of blocks of one size each thread may have at hand for its next versions (rcu,
 * list), beside some 16 KiB; 0: none at all, each version is from malloc and goes to free, as tools
 * want it that look for what is used too late. The default is 8 MiB. They are freed by a barrier,
 * and when nothing has been retired for a tenth of a second.
 *   Concurrent with: everything. Progress: wait-free. Ordering: none.
 */
AFIELD_EXPORT void afield_set_cache_bytes(size_t bytes);

/*
 * Forks. The library installs a handler for children when it is loaded (pthread_atfork), so that
 * programs have nothing to do. It is the only one: nothing is locked before a fork, and the order
 * of handlers does not matter, but that a handler for children which uses afield is installed after
 * the library is loaded.
 *   afield_handle_forks   0 when the handler is installed, -ENOMEM when there was no memory for it.
 *   afield_fork_child     in the child, first of all, for those who make children in a way that
 *                         calls no handlers (_Fork, clone), and of the child's own memory
 *                         (not vfork): what the handler does. Elsewhere nothing.
 *   Concurrent with: everything; the child has one thread. Progress: wait-free.
 */
AFIELD_EXPORT int afield_handle_forks(void);
AFIELD_EXPORT void afield_fork_child(void);
/* For programs that bracket their forks: there is nothing to do. */
static inline void afield_fork_prepare(void)
{
}
static inline void afield_fork_parent(void)
{
}

/*
 * "membarrier", where a read section costs no fence, or "full fences", where the kernel has none or
 * denies it, from the start or all of a sudden.
 *   Concurrent with: everything. Progress: wait-free. Ordering: none.
 */
AFIELD_EXPORT const char *afield_rcu_backend(void);

AFIELD_EXPORT extern struct afield__grace afield__grace;
AFIELD_EXPORT void afield__read_lock_slow(void);
AFIELD_EXPORT void afield__read_unlock_slow(void);

static inline void afield_read_lock(void)
{
	struct afield__self *self = afield__self;

	if (__builtin_expect(afield__is_record(self), 1))
		afield__section_enter(&self->section, &afield__grace);
	else
		afield__read_lock_slow();
}

static inline void afield_read_unlock(void)
{
	struct afield__self *self = afield__self;

	if (__builtin_expect(afield__is_record(self), 1))
		afield__section_leave(&self->section);
	else
		afield__read_unlock_slow();
}

static inline bool afield_is_reading(void)
{
	const struct afield__self *self = afield__self;

	return afield__is_record(self) ? afield__section_is_open(&self->section) : self != NULL;
}

/* The three steps of AFIELD_READ_SECTION: 1 while the block runs, 0 when the section is closed. */
static inline int afield__read_enter(void)
{
	afield_read_lock();
	return 1;
}
static inline int afield__read_done(void)
{
	afield_read_unlock();
	return 0;
}
static inline void afield__read_leave(int *open)
{
	if (*open)
		afield_read_unlock();
}

#ifdef __cplusplus
}
#endif

#endif
