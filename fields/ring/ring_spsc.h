/* SPDX-License-Identifier: MIT */
/*
 * ring_spsc: a queue of bounded length between two threads. One thread pushes, one pops, and each
 * operation takes a bounded number of steps, whatever the other thread does.
 *
 * When to use it: from an interrupt-like producer to its worker, between the stages of a pipeline.
 * When not: as soon as two threads may push, or two may pop (ring); for Python objects, and for an
 * attribute that Python code reaches, where nobody can promise which thread calls (ring).
 *
 *   AFIELD_TYPE(sample_spsc, ring_spsc, struct sample, 1024);
 *   AFIELD_TYPE(letter_spsc, ring_spsc, struct letter *, 64, letter_free);   what is left is freed
 *
 * The number is the capacity; every bit of it can be used. Memory for the elements comes with the
 * first push, or with open, which may choose another capacity. The field itself is 24 bytes.
 *
 * Synchronization: "one" is one thread at a time; when the end passes to another thread, the caller
 * orders the two (a lock, a join).
 *                                             [1] [2] [3] [4]
 *   [1] push, push_release, push_wait, open    X   -   -   X   - runs concurrently
 *   [2] pop, pop_release, pop_wait, clear      -   X   -   X   X needs the caller's exclusion
 *   [3] count, capacity                        -   -   -   X
 *   [4] fini                                   X   X   X   X
 *
 * Orders: the bare verbs are linearizable, "full" and "empty" included, and seq_cst,
 * which on most processors costs a locked instruction. The _release forms promise that what
 * happened before a push happens before what follows its pop (and the other way round for the place
 * that becomes free), and no more: the other end may see them a little later, and they wake nobody
 * who sleeps in a _wait form.
 *
 *	static sample_spsc samples;
 *	sample_spsc_push_release(&samples, sample);            // in one thread
 *	...
 *	while (sample_spsc_pop_release(&samples, &sample))         // in the other, which polls
 *		total += sample.weight;
 *
 * A thread that ends in the middle of an operation has done it or has not, and blocks nobody but
 * who waits for its end of the ring to be served. The child of a fork has a ring of its own.
 *
 * Why not ConcurrencyKit's ring: it leaves one place unused, looks at the other end's number in
 * each operation, and is not to be inlined from a header that C++ reads. ring.md has the numbers.
 */
#ifndef AFIELD_RING_SPSC_H
#define AFIELD_RING_SPSC_H

#include <afield/detail/ring_spsc_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

/* The largest capacity. */
#define AFIELD_RING_SPSC_CAPACITY_MAX (UINT64_C(1) << 30)

#define AFIELD_KIND_ring_spsc (AFIELD__SPSC)

/*
 * AFIELD_TYPE(name, ring_spsc, T, capacity) and AFIELD_TYPE(name, ring_spsc, T, capacity,
 * destructor), with `void destructor(T *element)` for each element that is left over declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   int    name_open(name *, size_t capacity)
 *   int    name_push(name *, T value)             int name_push_release(name *, T value)
 *   bool   name_pop(name *, T *value)             bool name_pop_release(name *, T *value)
 *   int    name_push_wait(name *, T value, const struct timespec *deadline)
 *   int    name_pop_wait(name *, T *value, const struct timespec *deadline)
 *   bool   name_is_empty(const name *)
 *   size_t name_count(const name *)               size_t name_capacity(const name *)
 *   void   name_clear(name *)                     void   name_fini(name *)
 *   const struct afield_type *name_type(void)
 */
#define AFIELD__SPSC(name, T, ...) \
	AFIELD__SPSC_(AFIELD__COUNT(__VA_ARGS__), name, T, __VA_ARGS__, ~, ~)
#define AFIELD__SPSC_(count, name, T, most, destructor, ...)                                       \
	typedef T name##_value;                                                                    \
	AFIELD__RING_CAPACITY(name, ring_spsc, T, most, AFIELD_RING_SPSC_CAPACITY_MAX);            \
	AFIELD_VALUE_TYPE_DECLARE(name, T);                                                        \
	typedef struct name {                                                                      \
		struct afield__spsc_field ring;                                                    \
	} name;                                                                                    \
	static inline bool name##__drop(void *field);                                              \
	AFIELD__CONSTANT(struct afield__spsc_detail name##__detail) = {most, sizeof(name##_value), \
								       name##__drop};              \
	AFIELD__SPSC_ENDS(name);                                                                   \
	AFIELD__RING_COUNTS(name, spsc);                                                           \
	AFIELD__DESTROY(count, name, destructor);                                                  \
	AFIELD__RING_DROP(name, AFIELD_UNLESS_OWNED(count, (void)0, name##__destroy(&value)));     \
	AFIELD__SPSC_TABLE(name, T)

/*
 * name_push: puts a copy of the value in as the newest element.
 *   Concurrent with it: the other end. Progress: wait-free; the first push allocates. When somebody
 *   waits: one system call. Ordering: seq_cst.
 *   Returns 0; -ENOSPC when the ring is full; -ENOMEM when there is no memory. Nothing has changed
 *   then.
 * name_push_release: the same for an other end that polls.
 *   Concurrent with it: the other end. Progress: wait-free; the first push allocates. Ordering:
 *   release; not in the order of the bare verbs. Returns what push returns.
 */

/*
 * name_pop: takes the oldest element out.
 *   Concurrent with it: the other end. Progress: wait-free. When somebody waits: one system call.
 *   Ordering: seq_cst.
 *   Returns false, and *value is as it was, when the ring is empty.
 * name_pop_release: the same for an other end that polls.
 *   Concurrent with it: the other end. Progress: wait-free. Ordering: acquire of the element,
 *   release of its place; not in the order of the bare verbs. Returns what pop returns.
 */

/*
 * name_push_wait, name_pop_wait: push and pop that wait for room, or for an element, until
 * `deadline` (CLOCK_MONOTONIC; NULL: forever).
 *   Concurrent with them: the other end. Progress: blocking; detached from the host while they
 *   sleep.
 *   Ordering: seq_cst.
 *   Return 0; -ETIMEDOUT when the deadline passed; -EINTR when the host ended the wait; push_wait
 *   also -ENOMEM. Nothing has changed then.
 */

/*
 * name_clear: pops until the ring is empty, and gives each element to the destructor.
 *   Concurrent with it: the end that pushes. Progress: as long as that goes on, so does this.
 *   Ordering: that of pop. Never fails.
 * name_fini: the same, and gives the memory back. The field is then fresh.
 *   Concurrent with it: nobody uses the field. Progress: that of the destructor. Ordering: none;
 *   the caller has the field alone. Never fails.
 */

#endif
