/* SPDX-License-Identifier: MIT */
/*
 * queue: values that leave in the order in which they came, between any number of threads.
 *
 *	AFIELD_TYPE(jobs, queue, struct job);
 *
 *	if (jobs_push(&server->waiting, job) != 0)           // in any thread
 *		return out_of_memory();
 *	while (jobs_pop(&server->waiting, &job))             // in any other
 *		work_on(&job);
 *
 * When to use it: to hand work from threads to threads when nobody knows how much there will be.
 * When not: where the number of values has a bound (ring allocates nothing, and tells who is too
 * fast); where the order is no matter (stack); where each value is kept under a name (map).
 *
 * The queue has no end: push fails only when out of memory. It is built on the ring: what it holds
 * stands in a chain of rings (ring_core.h), most of the time one that goes round, and then nothing is
 * allocated. A push that finds the last ring full links a further one of twice as many places, from
 * 32 up to 2048. A ring that is popped to its end is freed after a grace period, by the library's own
 * thread. So a queue that was long gives its memory back when it is short again, but for one ring.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini:
 *                                    [1] [2] [3] [4] [5]
 *   [1] push                          -   -   w   -   X    - runs concurrently
 *   [2] pop                           -   -   -   -   X    w ends the wait of
 *   [3] pop_wait                      w   -   -   -   X    X needs the caller's own exclusion
 *   [4] is_empty, count               -   -   -   -   X
 *   [5] fini                          X   X   X   X   X
 *
 * All operations are linearizable, those that find nothing included: a pop that
 * returns false was called before, or ran beside, an instant at which the queue was empty. They are
 * seq_cst: of two queues, two threads that each push into one and then find the other empty do not
 * exist. count is the number of values at an instant, not an estimate.
 *
 * Limits: the order among threads is that of the instants at which push linearizes; two pushes
 * that overlap may linearize in either order. pop_wait serves waiting threads in no order. In the
 * child of a fork a push or pop of another thread has happened or has not; nothing is locked.
 *
 * Why it is not liburcu's cds_lfq: that one frees a node while a new section can still find it, and
 * its dequeue allocates and ends the process when it cannot. queue.md has the proof.
 *
 * Source: queue_core.h.
 */
#ifndef AFIELD_QUEUE_H
#define AFIELD_QUEUE_H

#include <afield/detail/queue_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_queue (AFIELD__QUEUE)

/*
 * AFIELD_TYPE(name, queue, T) or AFIELD_TYPE(name, queue, T, destroy) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   int    name_push(name *, T value)
 *   bool   name_pop(name *, T *value)
 *   int    name_pop_wait(name *, T *value, const struct timespec *deadline)
 *   bool   name_is_empty(const name *)
 *   size_t name_count(const name *)
 *   void   name_clear(name *)
 *   void   name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * T is copied byte for byte and is aligned to at most 16 bytes. `void destroy(T *)` gives back what
 * a value owns; fini calls it for each that is still inside. A T of PyObject * holds references.
 * All but is_empty and count are then called by attached threads: the collector relies on it
 * (field.h), and a pop beside it would have it take what was popped for garbage.
 */
#define AFIELD__QUEUE(name, ...) AFIELD__QUEUE_(AFIELD__COUNT(__VA_ARGS__), name, __VA_ARGS__, ~, ~)
#define AFIELD__QUEUE_(count, name, T, destroy, ...) \
	typedef T name##_value;                      \
	typedef struct name {                        \
		struct afield__queue queue;          \
	} name;                                      \
	AFIELD_ELEMENT(count, name, T, destroy);     \
	AFIELD__QUEUE_OPERATIONS(name);              \
	AFIELD__QUEUE_TABLE(name, T)

/*
 * name_push: appends a copy of the value.
 *   Concurrent with it: everything but fini. Progress: lock-free; the first push, one that finds the
 *   last ring full, and one of more than 8 bytes that finds 16 or more others in the middle of
 *   theirs, allocate. Ordering: seq_cst; a pop of this value sees what happened before.
 *   Returns 0; -ENOMEM when there is no memory; -ENOTSUP for objects when there is no host
 *   (host.h); -EINVAL for NULL in place of an object. The value is still the caller's then.
 *
 * name_pop: takes the value that came first.
 *   Concurrent with it: everything but fini. Progress: lock-free; one that leaves a ring behind
 *   waits above the backlog limit, outside read sections. Ordering: seq_cst.
 *   Returns false, and *value is as it was, when the queue is empty.
 *
 * name_pop_wait: the same, and while the queue is empty it waits, detached from its host, until
 * CLOCK_MONOTONIC is past *deadline (NULL: forever). Not inside a read section.
 *   Concurrent with it: everything but fini. Progress: blocking. Ordering: seq_cst.
 *   Returns 0, -ETIMEDOUT, or -EINTR when the host asked this thread to stop waiting; -ENOTSUP for
 *   objects when there is no host.
 *
 * name_is_empty, name_count: whether there is nothing, and how many values there are, now.
 *   Concurrent with it: everything but fini. Progress: lock-free. Ordering: seq_cst.
 *   Never fails.
 *
 * name_clear: pops until the queue is empty, and destroys each value.
 *   Concurrent with it: everything but fini. Progress: lock-free, and that of the destructor; as
 *   long as others push it goes on. Ordering: that of pop. Never fails.
 *
 * name_fini: destroys and frees what is inside. The field is then a fresh one.
 *   Concurrent with it: nobody. Progress: that of the destructor and free; never waits. Ordering:
 *   none. Never fails; a fresh field is left as it is.
 */

/*
 * name_type: the table. No load and no store: a queue is no value. Verbs: push(value), -ENOMEM;
 * pop(), -ENODATA when empty; count(); is_empty(). A host sees a queue with put, get, put_nowait,
 * get_nowait, qsize, empty and full; where T is PyObject *, its collector sees what is inside.
 */

#ifdef AFIELD_WATCH
#include <afield/detail/queue_watch.h>
#endif

#endif
