/* SPDX-License-Identifier: MIT */
/*
 * ring: a queue of bounded length. Any number of threads push and pop at once, and nobody waits for
 * a thread that has stopped.
 *
 * When to use it: to hand work, messages or buffers from threads to threads, where a queue
 * that is full should push back. When not: for a queue without a bound; between exactly one thread
 * that pushes and one that pops, for which ring_spsc is several times as fast; for elements of many
 * kilobytes, which are copied in and out (push pointers to them).
 *
 *   AFIELD_TYPE(job_ring, ring, struct job, 64);              copied in, copied out
 *   AFIELD_TYPE(job_ring, ring, struct job *, 64, job_free);  what is left over is freed
 *   AFIELD_TYPE(ready_ring, ring, PyObject *, 64);            keeps references
 *
 * The number is the capacity; every bit of it can be used. Memory for that many elements comes with
 * the first push, or with open, which may choose another capacity: 16 bytes for each element of at
 * most 8, and its size more for each that is larger; of as many as the next power of two. The field
 * itself is 24 bytes.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini:
 *                                   [1] [2] [3] [4] [5]
 *   [1] push, push_wait              -   -   -   -   X
 *   [2] pop, pop_wait                -   -   -   -   X    - runs concurrently
 *   [3] open                         -   -   -   -   X    X needs exclusion: nobody uses the
 *   [4] count, capacity, clear       -   -   -   -   X      field then or later
 *   [5] fini                         X   X   X   X   X
 *
 * Orders: all operations are linearizable, "full" and "empty" included, and seq_cst.
 * So when push says that the ring is full, it was at a moment of the call, whatever other threads
 * were in the middle of. What happened before a push happens before what follows its pop.
 *
 *	static job_ring jobs;
 *	struct job next = {1, 2};
 *	if (job_ring_push(&jobs, next) == -ENOSPC)
 *		run_here(next);
 *	...
 *	while (job_ring_pop(&jobs, &next))
 *		run_here(next);
 *
 * A thread that ends in the middle of a push or a pop, or is orphaned by a fork, loses at most
 * the element that it was pushing or had popped, never another's, and blocks nobody. A push of more
 * than 8 bytes in which that happens keeps the memory of one element until fini. A signal handler
 * may use the ring whatever it interrupted, but for a push that has to allocate: open it before.
 *
 * Limits: threads that wait are not served in order. A fork leaves the child a ring of its own,
 * with the elements in it. Of elements of more than 8 bytes, 4080 threads that stand inside push at
 * the same time are too many.
 */
#ifndef AFIELD_RING_H
#define AFIELD_RING_H

#include <afield/detail/ring_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

/* The largest capacity. */
#define AFIELD_RING_CAPACITY_MAX (UINT64_C(1) << 30)

#define AFIELD_KIND_ring (AFIELD__RING)

/*
 * AFIELD_TYPE(name, ring, T, capacity) and AFIELD_TYPE(name, ring, T, capacity, destructor), with
 * `void destructor(T *element)` for each element that is left over declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   int    name_open(name *, size_t capacity)
 *   int    name_push(name *, T value)
 *   bool   name_pop(name *, T *value)
 *   int    name_push_wait(name *, T value, const struct timespec *deadline)
 *   int    name_pop_wait(name *, T *value, const struct timespec *deadline)
 *   bool   name_is_empty(const name *)
 *   size_t name_count(const name *)         size_t name_capacity(const name *)
 *   void   name_clear(name *)               void   name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * A PyObject * is a reference: the ring takes one of its own, and pop hands it on to the caller.
 * All but count and capacity are then called by attached threads: the collector relies on it
 * (field.h), and a pop beside it would have it take what was popped for garbage.
 */
#define AFIELD__RING(name, T, ...) \
	AFIELD__RING_(AFIELD__COUNT(__VA_ARGS__), name, T, __VA_ARGS__, ~, ~)
#define AFIELD__RING_(count, name, T, most, destructor, ...)                                       \
	typedef T name##_value;                                                                    \
	AFIELD__RING_CAPACITY(name, ring, T, most, AFIELD_RING_CAPACITY_MAX);                      \
	AFIELD_VALUE_TYPE_DECLARE_KEPT(name, T);                                                   \
	typedef struct name {                                                                      \
		struct afield__ring_field ring;                                                    \
	} name;                                                                                    \
	enum {                                                                                     \
		name##__words = (sizeof(name##_value) + sizeof(uintptr_t) - 1) / sizeof(uintptr_t) \
	};                                                                                         \
	AFIELD__CONSTANT(struct afield_value_type name##__value_type) =                            \
		AFIELD_VALUE_TYPE(name, T);                                                        \
	AFIELD__RING_DETAIL(name, most);                                                           \
	AFIELD__RING_ENDS(name);                                                                   \
	AFIELD__DESTROY(count, name, destructor);                                                  \
	AFIELD__RING_DROP(name,                                                                    \
			  AFIELD_UNLESS_OWNED(count, afield_release(&name##__value_type, &value),  \
					      name##__destroy(&value)));                           \
	AFIELD__RING_COUNTS(name, ring);                                                           \
	AFIELD__RING_TABLE(name, T)

/*
 * name_push: puts a copy of the value in as the newest element.
 *   Concurrent with it: everything but fini. Progress: lock-free; the first push, and one of more
 *   than 8 bytes that finds 16 or more others in the middle of theirs, allocate. When somebody
 *   waits: one system call.
 *   Ordering: seq_cst, also when the ring is full.
 *   Returns 0; -ENOSPC when the ring is full; -ENOMEM when there is no memory; -ENOTSUP for objects
 *   when there is no host (host.h); -EINVAL for NULL in place of an object. Nothing has changed
 *   then.
 * name_pop: takes the oldest element out.
 *   Concurrent with it: everything but fini. Progress: lock-free. When somebody waits: one system
 *   call.
 *   Ordering: seq_cst, also when the ring is empty.
 *   Returns false, and *value is as it was, when the ring is empty.
 */

/*
 * name_push_wait, name_pop_wait: the same, but wait for room, or for an element, until `deadline`
 * (CLOCK_MONOTONIC; NULL: forever).
 *   Concurrent with them: everything but fini. Progress: blocking; detached from the host while
 *   they sleep.
 *   Ordering: seq_cst.
 *   Return 0; -ETIMEDOUT when the deadline passed; -EINTR when the host ended the wait; push_wait
 *   also -ENOMEM and -EINVAL; both -ENOTSUP, as push. Nothing has changed then.
 */

/*
 * name_clear: pops until the ring is empty, and gives each element to the destructor.
 *   Concurrent with it: everything but fini. Progress: lock-free, and that of the destructor; as
 *   long as others push it goes on. Ordering: that of pop. Never fails.
 * name_fini: the same, and gives the memory back. The field is then fresh.
 *   Concurrent with it: nobody uses the field. Progress: that of the destructor. Ordering: none;
 *   the caller has the field alone. Never fails.
 */

#ifdef AFIELD_WATCH
#include <afield/detail/ring_watch.h>
#endif

#endif
