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

#include <errno.h>
#include <string.h>
#include <time.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/detail/type_code.h>
#include <afield/wait.h>

#include <afield/detail/ring_capacity.h>
#include <afield/detail/ring_spsc_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The largest capacity. */
#define AFIELD_RING_SPSC_CAPACITY_MAX (UINT64_C(1) << 30)

/* Every field of this kind is one of these. */
struct afield__spsc_field {
	afield__spsc_pointer ring;   /* NULL until it is open; written once */
	struct afield_waiters items; /* for the ring to be no longer empty */
	struct afield_waiters room;  /* for it to be no longer full */
};

/* What the table of such a type points to. */
struct afield__spsc_detail {
	size_t capacity;
	size_t size;               /* of an element */
	bool (*drop)(void *field); /* pops an element and gives it back; false when empty */
};

AFIELD_EXPORT int afield__spsc_open(struct afield__spsc_field *field,
				    const struct afield__spsc_detail *detail, uint64_t capacity);
/* The ring, opened with the capacity of its type when it was not; NULL when out of memory. */
AFIELD_EXPORT struct afield__spsc *afield__spsc_open_slow(struct afield__spsc_field *field,
							  const struct afield__spsc_detail *detail);
AFIELD_EXPORT int afield__spsc_push_wait(struct afield__spsc_field *field,
					 const struct afield__spsc_detail *detail,
					 const void *value, const struct timespec *deadline);
AFIELD_EXPORT int afield__spsc_pop_wait(struct afield__spsc_field *field,
					const struct afield__spsc_detail *detail, void *value,
					const struct timespec *deadline);
AFIELD_EXPORT void afield__spsc_table_fini(const struct afield_type *type, void *field);

static inline struct afield__spsc *afield__spsc_of(const struct afield__spsc_field *field)
{
	return afield__spsc_opened(&field->ring);
}

#ifdef __cplusplus
}
#endif

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
#define AFIELD__SPSC_(count, name, T, most, destructor, ...)                            \
	typedef T name##_value;                                                         \
	AFIELD__RING_CAPACITY(name, ring_spsc, T, most, AFIELD_RING_SPSC_CAPACITY_MAX); \
	AFIELD_VALUE_TYPE_DECLARE(name, T);                                             \
	typedef struct name {                                                           \
		struct afield__spsc_field ring;                                         \
	} name;                                                                         \
	static inline bool name##__drop(void *field);                                   \
	static const struct afield__spsc_detail __attribute__((unused))                 \
	name##__detail = {most, sizeof(name##_value), name##__drop};                    \
	AFIELD__SPSC_PUSH(name, push, end_push, afield_wake_one(&field->ring.items));   \
	AFIELD__SPSC_PUSH(name, push_release, end_push_release, (void)0);               \
	AFIELD__SPSC_POP(name, pop, end_pop, afield_wake_one(&field->ring.room));       \
	AFIELD__SPSC_POP(name, pop_release, end_pop_release, (void)0);                  \
	AFIELD__SPSC_WAITS(name);                                                       \
	AFIELD__RING_COUNTS(name, spsc);                                                \
	AFIELD__JOIN(AFIELD__SPSC_DROP_, count)(name, destructor);                      \
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
#define AFIELD__SPSC_PUSH(name, verb, end, wake)                                            \
	static inline AFIELD__MUST_CHECK int name##_##verb(name *field, name##_value value) \
	{                                                                                   \
		struct afield__spsc *ring = afield__spsc_of(&field->ring);                  \
		uint64_t number;                                                            \
		if (!ring)                                                                  \
			ring = afield__spsc_open_slow(&field->ring, &name##__detail);       \
		if (!ring)                                                                  \
			return -ENOMEM;                                                     \
		if (!afield__spsc_begin_push(ring, &number))                                \
			return -ENOSPC;                                                     \
		((name##_value *)ring->places)[number & ring->mask] = value;                \
		afield__spsc_##end(ring, number);                                           \
		wake;                                                                       \
		return 0;                                                                   \
	}                                                                                   \
	AFIELD__SEMICOLON

/*
 * name_pop: takes the oldest element out.
 *   Concurrent with it: the other end. Progress: wait-free. When somebody waits: one system call.
 *   Ordering: seq_cst.
 *   Returns false, and *value is as it was, when the ring is empty.
 * name_pop_release: the same for an other end that polls.
 *   Concurrent with it: the other end. Progress: wait-free. Ordering: acquire of the element,
 *   release of its place; not in the order of the bare verbs. Returns what pop returns.
 */
#define AFIELD__SPSC_POP(name, verb, end, wake)                               \
	static inline bool name##_##verb(name *field, name##_value *value)    \
	{                                                                     \
		struct afield__spsc *ring = afield__spsc_of(&field->ring);    \
		uint64_t number;                                              \
		if (!ring || !afield__spsc_begin_pop(ring, &number))          \
			return false;                                         \
		*value = ((name##_value *)ring->places)[number & ring->mask]; \
		afield__spsc_##end(ring, number);                             \
		wake;                                                         \
		return true;                                                  \
	}                                                                     \
	AFIELD__SEMICOLON

/*
 * name_push_wait, name_pop_wait: push and pop that wait for room, or for an element, until
 * `deadline` (CLOCK_MONOTONIC; NULL: forever).
 *   Concurrent with them: the other end. Progress: blocking; detached from the host while they
 *   sleep.
 *   Ordering: seq_cst.
 *   Return 0; -ETIMEDOUT when the deadline passed; -EINTR when the host ended the wait; push_wait
 *   also -ENOMEM. Nothing has changed then.
 */
#define AFIELD__SPSC_WAITS(name)                                                                \
	static inline AFIELD__MUST_CHECK int name##_push_wait(name *field, name##_value value,  \
							      const struct timespec *deadline)  \
	{                                                                                       \
		return afield__spsc_push_wait(&field->ring, &name##__detail, &value, deadline); \
	}                                                                                       \
	static inline AFIELD__MUST_CHECK int name##_pop_wait(name *field, name##_value *value,  \
							     const struct timespec *deadline)   \
	{                                                                                       \
		return afield__spsc_pop_wait(&field->ring, &name##__detail, value, deadline);   \
	}                                                                                       \
	AFIELD__SEMICOLON

/* What becomes of an element that nobody pops. */
#define AFIELD__SPSC_DROP_2 AFIELD__RING_DROP_2
#define AFIELD__SPSC_DROP_1(name, none)                   \
	static inline bool name##__drop(void *field)      \
	{                                                 \
		name##_value value;                       \
		return name##_pop((name *)field, &value); \
	}                                                 \
	AFIELD__SEMICOLON
/*
 * name_clear: pops until the ring is empty, and gives each element to the destructor.
 *   Concurrent with it: the end that pushes. Progress: as long as that goes on, so does this.
 *   Ordering: that of pop. Never fails.
 * name_fini: the same, and gives the memory back. The field is then fresh.
 *   Concurrent with it: nobody uses the field. Progress: that of the destructor. Ordering: none;
 *   the caller has the field alone. Never fails.
 */
#define AFIELD__SPSC_TABLE(name, T)                                                           \
	AFIELD_TYPE_TABLE(name, "ring_spsc", AFIELD_VALUE_TYPE(name, T), AFIELD_IS_HOT, NULL, \
			  NULL, afield__spsc_table_fini, NULL, 0, &name##__detail, NULL);     \
	static inline void name##_clear(name *field)                                          \
	{                                                                                     \
		while (name##__drop(field))                                                   \
			;                                                                     \
	}                                                                                     \
	AFIELD__FINI(name)

#endif
