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
 * the first push, or with open, which may choose another capacity. The field itself is 24 bytes.
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
 * the element that it was pushing or had popped, never another's, and blocks nobody. A push in
 * which that happens keeps the memory of one element until fini. A signal handler may use the ring
 * whatever it interrupted, but for a push that has to allocate: open it before.
 *
 * Limits: threads that wait are not served in order. A fork leaves the child a ring of its own,
 * with the elements in it. 4080 threads that stand inside push at the same time are too many.
 */
#ifndef AFIELD_RING_H
#define AFIELD_RING_H

#include <errno.h>
#include <string.h>
#include <time.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/host.h>
#include <afield/ordering.h>
#include <afield/detail/type_code.h>
#include <afield/thread.h>
#include <afield/wait.h>

#include <afield/detail/ring_capacity.h>
#include <afield/detail/ring_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The largest capacity. */
#define AFIELD_RING_CAPACITY_MAX (UINT64_C(1) << 30)

/* Every ring field is one of these. */
struct afield__ring_field {
	afield__ring_pointer ring;   /* NULL until it is open; written once */
	struct afield_waiters items; /* for the ring to be no longer empty */
	struct afield_waiters room;  /* for it to be no longer full */
};

/* What the table of a ring type points to. put and get wait until the deadline if `waits`. */
struct afield__ring_detail {
	size_t capacity;
	size_t word_count;
	int (*put)(void *field, const void *value, bool waits, const struct timespec *deadline);
	int (*get)(void *field, void *value, bool waits, const struct timespec *deadline);
	bool (*drop)(void *field); /* pops an element and gives it back; false when empty */
};

AFIELD_EXPORT int afield__ring_open(struct afield__ring_field *field,
				    const struct afield__ring_detail *detail, uint64_t capacity);
AFIELD_EXPORT int afield__ring_push_slow(struct afield__ring_field *field,
					 const struct afield__ring_detail *detail,
					 const uintptr_t *words);
AFIELD_EXPORT int afield__ring_push_wait(struct afield__ring_field *field,
					 const struct afield__ring_detail *detail,
					 const uintptr_t *words, const struct timespec *deadline);
AFIELD_EXPORT int afield__ring_pop_wait(struct afield__ring_field *field, uintptr_t *words,
					const struct timespec *deadline);
void afield__ring_free(struct afield__ring *ring); /* the library's own */
AFIELD_EXPORT void afield__ring_table_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT void afield__ring_table_clear(const struct afield_type *type, void *field);
AFIELD_EXPORT extern const struct afield_host_binding afield__ring_host_binding;
AFIELD_EXPORT extern const struct afield_verb afield__ring_verbs[4];

static inline struct afield__ring *afield__ring_of(const struct afield__ring_field *field)
{
	return afield__ring_opened(&field->ring);
}

AFIELD__RING_INLINE int afield__ring_push(struct afield__ring_field *field,
					  const struct afield__ring_detail *detail,
					  const uintptr_t *words, size_t word_count)
{
	struct afield__ring *ring = afield__ring_of(field);
	int error = ring ? afield__ring_push_words(ring, afield_thread_id(), words, word_count)
			 : -EAGAIN;

	if (error == -EAGAIN)
		error = afield__ring_push_slow(field, detail, words);
	if (error == 0)
		afield_wake_one(&field->items);
	return error;
}

AFIELD__RING_INLINE bool afield__ring_pop(struct afield__ring_field *field, uintptr_t *words,
					  size_t word_count)
{
	struct afield__ring *ring = afield__ring_of(field);

	if (!ring || afield__ring_pop_words(ring, words, word_count) != 0)
		return false;
	afield_wake_one(&field->room);
	return true;
}

#ifdef __cplusplus
}
#endif

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
	static const struct afield_value_type __attribute__((unused)) name##__value_type =         \
		AFIELD_VALUE_TYPE(name, T);                                                        \
	AFIELD__RING_ROWS(name, most);                                                             \
	AFIELD__RING_ENDS(name);                                                                   \
	AFIELD__RING_WAITS(name);                                                                  \
	AFIELD__JOIN(AFIELD__RING_DROP_, count)(name, destructor);                                 \
	AFIELD__RING_COUNTS(name, ring);                                                           \
	AFIELD__RING_LIFE(name);                                                                   \
	AFIELD__RING_TABLE(name, T)

/*
 * name_push: puts a copy of the value in as the newest element.
 *   Concurrent with it: everything but fini. Progress: lock-free; the first push, and one that
 *   finds 16 or more others in the middle of theirs, allocate. When somebody waits: one system
 *   call.
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
#define AFIELD__RING_ENDS(name)                                                                 \
	static inline void name##__pack(uintptr_t *words, const name##_value *value)            \
	{                                                                                       \
		words[name##__words - 1] = 0;                                                   \
		memcpy(words, value, sizeof(*value));                                           \
	}                                                                                       \
	static inline AFIELD__MUST_CHECK int name##_push(name *field, name##_value value)       \
	{                                                                                       \
		uintptr_t words[name##__words];                                                 \
		int error = afield_may_keep(&name##__value_type, &value, "ring");               \
		if (error)                                                                      \
			return error;                                                           \
		name##__pack(words, &value);                                                    \
		afield_retain(&name##__value_type, &value);                                     \
		error = afield__ring_push(&field->ring, &name##__detail, words, name##__words); \
		if (error)                                                                      \
			afield_release(&name##__value_type, &value);                            \
		return error;                                                                   \
	}                                                                                       \
	static inline bool name##_pop(name *field, name##_value *value)                         \
	{                                                                                       \
		uintptr_t words[name##__words];                                                 \
		if (!afield__ring_pop(&field->ring, words, name##__words))                      \
			return false;                                                           \
		memcpy(value, words, sizeof(*value));                                           \
		return true;                                                                    \
	}                                                                                       \
	AFIELD__SEMICOLON

/*
 * name_push_wait, name_pop_wait: the same, but wait for room, or for an element, until `deadline`
 * (CLOCK_MONOTONIC; NULL: forever).
 *   Concurrent with them: everything but fini. Progress: blocking; detached from the host while
 *   they sleep.
 *   Ordering: seq_cst.
 *   Return 0; -ETIMEDOUT when the deadline passed; -EINTR when the host ended the wait; push_wait
 *   also -ENOMEM and -EINVAL; both -ENOTSUP, as push. Nothing has changed then.
 */
#define AFIELD__RING_WAITS(name)                                                                \
	static inline AFIELD__MUST_CHECK int name##_push_wait(name *field, name##_value value,  \
							      const struct timespec *deadline)  \
	{                                                                                       \
		uintptr_t words[name##__words];                                                 \
		int error = afield_may_keep(&name##__value_type, &value, "ring");               \
		if (error)                                                                      \
			return error;                                                           \
		name##__pack(words, &value);                                                    \
		afield_retain(&name##__value_type, &value);                                     \
		error = afield__ring_push_wait(&field->ring, &name##__detail, words, deadline); \
		if (error)                                                                      \
			afield_release(&name##__value_type, &value);                            \
		return error;                                                                   \
	}                                                                                       \
	static inline AFIELD__MUST_CHECK int name##_pop_wait(name *field, name##_value *value,  \
							     const struct timespec *deadline)   \
	{                                                                                       \
		uintptr_t words[name##__words];                                                 \
		int error = afield_require_host(&name##__value_type, "ring");                   \
		if (error == 0)                                                                 \
			error = afield__ring_pop_wait(&field->ring, words, deadline);           \
		if (error == 0)                                                                 \
			memcpy(value, words, sizeof(*value));                                   \
		return error;                                                                   \
	}                                                                                       \
	AFIELD__SEMICOLON

/* What becomes of an element that nobody pops. */
#define AFIELD__RING_DROP_1(name, none)                      \
	static inline bool name##__drop(void *field)         \
	{                                                    \
		name##_value value;                          \
		if (!name##_pop((name *)field, &value))      \
			return false;                        \
		afield_release(&name##__value_type, &value); \
		return true;                                 \
	}                                                    \
	AFIELD__SEMICOLON
/* The same operations for the table, by pointers. */
#define AFIELD__RING_ROWS(name, most)                                             \
	static inline int name##__put(void *field, const void *value, bool waits, \
				      const struct timespec *deadline);           \
	static inline int name##__get(void *field, void *value, bool waits,       \
				      const struct timespec *deadline);           \
	static inline bool name##__drop(void *field);                             \
	static const struct afield__ring_detail __attribute__((unused))           \
	name##__detail = {most, name##__words, name##__put, name##__get, name##__drop}

/*
 * name_clear: pops until the ring is empty, and gives each element to the destructor.
 *   Concurrent with it: everything but fini. Progress: lock-free, and that of the destructor; as
 *   long as others push it goes on. Ordering: that of pop. Never fails.
 * name_fini: the same, and gives the memory back. The field is then fresh.
 *   Concurrent with it: nobody uses the field. Progress: that of the destructor. Ordering: none;
 *   the caller has the field alone. Never fails.
 */
#define AFIELD__RING_LIFE(name)                                                                 \
	static inline int name##__put(void *field, const void *value, bool waits,               \
				      const struct timespec *deadline)                          \
	{                                                                                       \
		name##_value copy;                                                              \
		memcpy(&copy, value, sizeof(copy));                                             \
		return waits ? name##_push_wait((name *)field, copy, deadline)                  \
			     : name##_push((name *)field, copy);                                \
	}                                                                                       \
	static inline int name##__get(void *field, void *value, bool waits,                     \
				      const struct timespec *deadline)                          \
	{                                                                                       \
		if (waits)                                                                      \
			return name##_pop_wait((name *)field, (name##_value *)value, deadline); \
		return name##_pop((name *)field, (name##_value *)value) ? 0 : -ENODATA;         \
	}                                                                                       \
	AFIELD__SEMICOLON

#define AFIELD__RING_TABLE(name, T)                                                            \
	AFIELD_TYPE_TABLE(name, "ring", AFIELD_VALUE_TYPE(name, T), AFIELD_IS_HOT, NULL, NULL, \
			  afield__ring_table_fini, afield__ring_verbs, 4, &name##__detail,     \
			  &afield__ring_host_binding);                                         \
	static inline void name##_clear(name *field)                                           \
	{                                                                                      \
		afield__ring_table_clear(name##_type(), field);                                \
	}                                                                                      \
	AFIELD__FINI(name)

#endif
