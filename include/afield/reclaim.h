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
 *   [1] read section          -   -   -   X   (X: the same thread must not; others may)
 *   [2] afield_retire         -   -   -   X   the fork trio needs a process where only the
 *   [3] afield_barrier        X   -   -   X   forking thread calls afield
 *   [4] afield_fork_*         X   X   X   X
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
#include <urcu/static/urcu-bp.h>

#include "export.h"
#include "ordering.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Part of an object that will be retired. Nothing needs to be set before. */
struct afield_retired {
	void *reserved[2]; /* liburcu's */
	void (*reclaim)(struct afield_retired *retired);
};

/*
 * Opens and closes a read section; they nest. AFIELD_READ_SECTION { ... } closes by itself on every
 * way out of the block, break and return included.
 *   Beside it: everything but the fork trio.
 *   Progress: wait-free (the first of a thread registers it and may allocate).
 *   Ordering: a load with acquire inside sees an object as it was published.
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
 * not wait inside a read section or in a callback.
 *   Beside it: everything but the fork trio.
 *   Progress: lock-free below the limit, blocking above it.
 *   Ordering: what happened before it in this thread, and in the read sections it waits for,
 *   happens before the callback.
 *   Always can: it allocates nothing.
 */
AFIELD_EXPORT void afield_retire(struct afield_retired *retired,
				 void (*reclaim)(struct afield_retired *retired));

/*
 * Waits, detached from the host, until every object retired before the call has been reclaimed.
 *   Beside it: everything but the fork trio.
 *   Progress: blocking.
 *   Ordering: the callbacks happen before its return.
 *   Returns 0; -EDEADLK inside a read section or a callback, where it would wait for itself.
 */
AFIELD_EXPORT int afield_barrier(void);

/* The number of objects retired and not yet reclaimed, and its limit (objects; 0: the default). */
AFIELD_EXPORT size_t afield_backlog(void);
AFIELD_EXPORT void afield_set_backlog_limit(size_t objects);

/*
 * Around fork() in a process that goes on using afield in the child: prepare before it, parent or
 * child after it, in the thread that forks, outside every read section. The Python layer calls them
 * itself. A child that only execs needs none of them.
 */
AFIELD_EXPORT void afield_fork_prepare(void);
AFIELD_EXPORT void afield_fork_parent(void);
AFIELD_EXPORT void afield_fork_child(void);

/* "membarrier", where a read section costs no fence, or "full fences", on kernels without it. */
AFIELD_EXPORT const char *afield_rcu_backend(void);

/* ThreadSanitizer cannot see liburcu's grace periods. This object stands for them. */
AFIELD_EXPORT extern char afield__grace_period;

static inline void afield_read_lock(void)
{
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
