/*
 * reclaim: read sections, and memory that is given back when no reader can still see it.
 *
 * This is liburcu's flavour bp: any thread may read, without registration. A reader enters a read
 * section, loads a pointer, uses what it points to, and leaves. A writer unlinks an object and
 * retires it; its callback runs, on a thread of the library, after every read section that was open
 * at that moment has ended.
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
 * reader that stays inside holds up every reclamation in the process.
 *
 *                            [1] [2] [3] [4]
 *   [1] read section          -   -   x   x   (- runs beside it and inside it, x runs beside it
 *   [2] afield_retire         -   -   -   -   in other threads and never inside it in the same
 *   [3] afield_barrier        x   -   -   -   thread, X needs the caller's own exclusion)
 *   [4] afield_fork_*         x   -   -   X
 *
 * A signal handler may open a read section. It must not retire, wait for the barrier or fork.
 *
 * A thread must not end inside afield_retire, which it could by pthread_exit in a signal handler or
 * by asynchronous cancellation, neither of which POSIX allows there. The process goes on; but a
 * later fork waits for that thread for ever, because nobody can tell how far its object had come.
 *
 * A callback is code: a module that is unloaded calls afield_barrier first, when nobody can retire
 * its objects any more. The library itself stays loaded until the process ends, and what waits to
 * be reclaimed at that moment is dropped.
 *
 * Source: Desnoyers et al., User-Level Implementations of Read-Copy Update, IEEE TPDS 23(2) 2012;
 * liburcu. The inline halves of the read section are liburcu's own, which may be inlined under any
 * licence.
 */
#ifndef AFIELD_RECLAIM_H
#define AFIELD_RECLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef URCU_NO_COMPAT_IDENTIFIERS
#define URCU_NO_COMPAT_IDENTIFIERS
#endif
#ifdef __cplusplus
extern "C" {
#endif
/* liburcu before 0.13.4 places its reader records with less alignment than their type asks for.
 * Nothing depends on it; these declarations keep UndefinedBehaviorSanitizer from reporting it. */
#define AFIELD__MISALIGNED __attribute__((no_sanitize("alignment")))
static inline AFIELD__MISALIGNED void _urcu_bp_read_lock_update(unsigned long);
static inline AFIELD__MISALIGNED void _urcu_bp_read_lock(void);
static inline AFIELD__MISALIGNED void _urcu_bp_read_unlock(void);
static inline AFIELD__MISALIGNED int _urcu_bp_read_ongoing(void);
#undef AFIELD__MISALIGNED
#ifdef __cplusplus
}
#endif
#include <urcu/static/urcu-bp.h>

#include "export.h"
#include "ordering.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Part of an object that will be retired. Nothing needs to be set before. The retirer writes it,
 * then the worker alone reads it; the queue between them orders the two.
 */
struct afield_retired {
	void *reserved[2]; /* liburcu's */
	void (*reclaim)(struct afield_retired *retired);
};

/*
 * Opens and closes a read section; they nest. AFIELD_READ_SECTION { ... } closes by itself on every
 * way out of the block, break and return included.
 *   Beside it: everything.
 *   Progress: wait-free (the first of a thread registers it: that takes a lock and may allocate).
 *   Ordering: a load with acquire inside sees an object as it was published. What happens inside
 *   happens before the callback of every object that was retired while it was open.
 *   Always can; liburcu ends the process when it cannot register a thread.
 */
static inline void afield_read_lock(void);
static inline void afield_read_unlock(void);
#define AFIELD_READ_SECTION                                                                        \
	for (int afield__open __attribute__((cleanup(afield__read_leave))) = afield__read_enter(); \
	     afield__open; afield__open = afield__read_done())

/*
 * Has reclaim(retired) called after a grace period, by a thread of the library that belongs to no
 * host: it must not call Python. Callbacks may retire more. When more than the limit of objects
 * wait to be reclaimed, the caller waits, detached from its host, until there are fewer; it does
 * not wait inside a read section or in a callback. afield_retire_nowait never waits for the limit:
 * it is for finalizers, which must not block.
 *   Beside it: everything; not in a signal handler.
 *   Progress: lock-free below the limit, blocking above it and while another thread forks. The
 *   first of a process starts the library's thread.
 *   Ordering: what happened before it in this thread, and in the read sections it waits for,
 *   happens before the callback.
 *   Always can: it allocates nothing.
 */
AFIELD_EXPORT void afield_retire(struct afield_retired *retired,
				 void (*reclaim)(struct afield_retired *retired));
AFIELD_EXPORT void afield_retire_nowait(struct afield_retired *retired,
					void (*reclaim)(struct afield_retired *retired));

/*
 * Waits, detached from the host, until every object retired before the call has been reclaimed.
 * What a callback retires meanwhile is not waited for.
 *   Beside it: everything; not in a signal handler.
 *   Progress: blocking.
 *   Ordering: the callbacks happen before its return.
 *   Returns 0; -EDEADLK inside a read section or a callback, where it would wait for itself.
 */
AFIELD_EXPORT int afield_barrier(void);

/*
 * The number of objects retired and not yet reclaimed, and its limit (objects; 0: the default,
 * 262144). The limit is soft: each thread that retires may be one object above it, and whoever may
 * not wait goes on.
 *   Beside it: everything. Progress: wait-free. Ordering: none; a count for people and tests.
 */
AFIELD_EXPORT size_t afield_backlog(void);
AFIELD_EXPORT void afield_set_backlog_limit(size_t objects);

/*
 * Around fork() in a process that goes on using afield in the child: prepare before it, parent or
 * child after it, in the thread that forks, outside every read section and callback. Between them
 * the thread calls nothing else of afield and waits for nobody: a thread that reads for the first
 * time waits for the fork's end, with what it holds. A child that only execs needs none of them.
 * What waited to be reclaimed is reclaimed in both processes.
 *   Beside it: everything in other threads, a second fork waits for the first. Who retires while
 *   the fork goes on waits for its end, detached from the host.
 *   Progress: blocking; prepare waits for a grace period when one is under way.
 *   Ordering: the child sees what happened before prepare.
 *   Always can; liburcu ends the process when the child cannot start its thread.
 */
AFIELD_EXPORT void afield_fork_prepare(void);
AFIELD_EXPORT void afield_fork_parent(void);
AFIELD_EXPORT void afield_fork_child(void);

/*
 * Has the three called around every fork() of the process from now on (pthread_atfork). Again does
 * nothing. The Python layer does it; a host that calls the three by hand does not. An interpreter's
 * own hooks for forks are no place for them: it runs other threads between its hooks and the fork,
 * and one of those may be attached to it while it waits for the fork's end.
 *   Beside it: everything. Progress: blocking, for a moment. Ordering: none.
 *   Returns 0, or -ENOMEM.
 */
AFIELD_EXPORT int afield_handle_forks(void);

/*
 * "membarrier", where a read section costs no fence, or "full fences", on kernels without it.
 *   Beside it: everything. Progress: wait-free after liburcu's start. Ordering: none.
 */
AFIELD_EXPORT const char *afield_rcu_backend(void);

/* ThreadSanitizer cannot see liburcu's grace periods. This object stands for them. */
AFIELD_EXPORT extern char afield__grace_period;

/* Registers a thread that liburcu has not met, so that a fork knows of it. */
AFIELD_EXPORT void afield__reader_begin(void);

static inline void afield_read_lock(void)
{
	if (__builtin_expect(!URCU_TLS(urcu_bp_reader), 0))
		afield__reader_begin();
	_urcu_bp_read_lock();
}

static inline void afield_read_unlock(void)
{
	AFIELD_TSAN_RELEASE(&afield__grace_period);
	_urcu_bp_read_unlock();
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
