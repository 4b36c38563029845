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
 * The queue has no end: push fails only when out of memory. What it holds is linked in nodes, each
 * with its value. A node that was popped is freed after a grace period, by the library's own
 * thread; poppers that are ahead of it by more than afield_set_backlog_limit wait (reclaim.h). So
 * a queue that was long gives its memory back when it is short again.
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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <afield/detail/element_ops.h>
#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/wait.h>

#include <afield/detail/queue_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Zero is fresh: empty, and nobody waits. */
struct afield__queue {
	struct afield__queue_words words;
	struct afield_waiters waiters; /* in pop_wait */
};

/* The typed wrappers' work. `value` points to a T. */
AFIELD_EXPORT int afield__queue_push(struct afield__queue *queue,
				     const struct afield_element *element, const void *value);
AFIELD_EXPORT bool afield__queue_pop(struct afield__queue *queue,
				     const struct afield_element *element, void *value);
AFIELD_EXPORT bool afield__queue_pop_nowait(struct afield__queue *queue,
					    const struct afield_element *element, void *value);
AFIELD_EXPORT int afield__queue_pop_wait(struct afield__queue *queue,
					 const struct afield_element *element, void *value,
					 const struct timespec *deadline);
AFIELD_EXPORT bool afield__queue_load(const struct afield__queue *queue);
AFIELD_EXPORT size_t afield__queue_size(const struct afield__queue *queue);
AFIELD_EXPORT void afield__queue_fini(struct afield__queue *queue,
				      const struct afield_element *element);
/* Calls visit for each object inside, until it returns something else than 0; returns that. */
AFIELD_EXPORT int afield__queue_each(const struct afield__queue *queue,
				     int (*visit)(void *object, void *argument), void *argument);

/* The table's functions. `detail` of the table is the struct afield_element. */
AFIELD_EXPORT void afield__queue_table_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT extern const struct afield_verb afield__queue_verbs[];
AFIELD_EXPORT extern const struct afield_host_binding afield__queue_of_values;
AFIELD_EXPORT extern const struct afield_host_binding afield__queue_of_objects;
enum { AFIELD__QUEUE_VERBS = 4 };

#ifdef __cplusplus
}
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
 * name_push: appends a copy of the value. Allocates its node.
 *   Concurrent with it: everything but fini. Progress: lock-free, and that of malloc. Ordering:
 *   seq_cst; a pop of this value sees what happened before.
 *   Returns 0; -ENOMEM when there is no memory; -ENOTSUP for objects when there is no host
 *   (host.h); -EINVAL for NULL in place of an object. The value is still the caller's then.
 *
 * name_pop: takes the value that came first.
 *   Concurrent with it: everything but fini. Progress: lock-free, or waits above the backlog limit
 *   outside read sections. Ordering: seq_cst.
 *   Returns false, and *value is as it was, when the queue is empty.
 *
 * name_pop_wait: the same, and while the queue is empty it waits, detached from its host, until
 * CLOCK_MONOTONIC is past *deadline (NULL: forever). Not inside a read section.
 *   Concurrent with it: everything but fini. Progress: blocking. Ordering: seq_cst.
 *   Returns 0, -ETIMEDOUT, or -EINTR when the host asked this thread to stop waiting; -ENOTSUP for
 *   objects when there is no host.
 *
 * name_is_empty, name_count: whether there is nothing, and how many values there are, now.
 *   Concurrent with it: everything but fini. Progress: wait-free; count is lock-free. Ordering:
 *   seq_cst. Never fails.
 *
 * name_clear: pops until the queue is empty, and destroys each value.
 *   Concurrent with it: everything but fini. Progress: lock-free, and that of the destructor; as
 *   long as others push it goes on. Ordering: that of pop. Never fails.
 *
 * name_fini: destroys and frees what is inside. The field is then a fresh one.
 *   Concurrent with it: nobody. Progress: that of the destructor and free; never waits. Ordering:
 *   none. Never fails; a fresh field is left as it is.
 */
#define AFIELD__QUEUE_OPERATIONS(name)                                                           \
	static inline AFIELD__MUST_CHECK int name##_push(name *field, name##_value value)        \
	{                                                                                        \
		return afield__queue_push(&field->queue, &name##__element, &value);              \
	}                                                                                        \
	static inline bool name##_pop(name *field, name##_value *value)                          \
	{                                                                                        \
		return afield__queue_pop(&field->queue, &name##__element, value);                \
	}                                                                                        \
	static inline AFIELD__MUST_CHECK int name##_pop_wait(name *field, name##_value *value,   \
							     const struct timespec *deadline)    \
	{                                                                                        \
		return afield__queue_pop_wait(&field->queue, &name##__element, value, deadline); \
	}                                                                                        \
	static inline bool name##_is_empty(const name *field)                                    \
	{                                                                                        \
		return afield__queue_load(&field->queue);                                        \
	}                                                                                        \
	static inline size_t name##_count(const name *field)                                     \
	{                                                                                        \
		return afield__queue_size(&field->queue);                                        \
	}                                                                                        \
	static inline void name##_clear(name *field)                                             \
	{                                                                                        \
		name##_value value;                                                              \
		while (name##_pop(field, &value))                                                \
			afield_drop(&name##__element, &value);                                   \
	}                                                                                        \
	static inline void name##_fini(name *field)                                              \
	{                                                                                        \
		afield__queue_fini(&field->queue, &name##__element);                             \
	}                                                                                        \
	AFIELD__SEMICOLON

/*
 * name_type: the table. No load and no store: a queue is no value. Verbs: push(value), -ENOMEM;
 * pop(), -ENODATA when empty; count(); is_empty(). A host sees a queue with put, get, put_nowait,
 * get_nowait, qsize, empty and full; where T is PyObject *, its collector sees what is inside.
 */
#define AFIELD__QUEUE_TABLE(name, T)                                                            \
	AFIELD_TYPE_TABLE(name, "queue", AFIELD_VALUE_TYPE(name, T), AFIELD_IS_HOT, NULL, NULL, \
			  afield__queue_table_fini, afield__queue_verbs, AFIELD__QUEUE_VERBS,   \
			  &name##__element,                                                     \
			  AFIELD_IS_OBJECT(name##_value) ? &afield__queue_of_objects            \
							 : &afield__queue_of_values)

#endif
