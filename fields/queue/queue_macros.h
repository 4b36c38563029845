/* SPDX-License-Identifier: MIT */
/*
 * queue_macros: what AFIELD_TYPE(name, queue, ...) writes, and the functions behind it.
 *
 * When to use it: through queue.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of queue.h.
 */
#ifndef AFIELD_QUEUE_MACROS_H
#define AFIELD_QUEUE_MACROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <afield/detail/element_ops.h>
#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/reclaim.h>
#include <afield/thread.h>
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

AFIELD_CONTAINER_FUNCTIONS(queue, struct afield__queue);
AFIELD_EXPORT bool afield__queue_pop_nowait(struct afield__queue *queue,
					    const struct afield_element *element, void *value);
AFIELD_EXPORT int afield__queue_pop_wait(struct afield__queue *queue,
					 const struct afield_element *element, void *value,
					 const struct timespec *deadline);
AFIELD_EXPORT bool afield__queue_load(const struct afield__queue *queue);
AFIELD_EXPORT size_t afield__queue_size(const struct afield__queue *queue);
/* What the fast paths below leave: a ring that is full, made half or out of free nodes; and a ring
 * that is popped and closed. */
AFIELD_EXPORT int afield__queue_push_slow(struct afield__queue *queue, const uintptr_t *words,
					  size_t word_count);
AFIELD_EXPORT bool afield__queue_pop_slow(struct afield__queue *queue, uintptr_t *words,
					  size_t word_count);
enum { AFIELD__QUEUE_VERBS = 4 };

static inline size_t afield__queue_words_of(size_t size)
{
	return (size + sizeof(uintptr_t) - 1) / sizeof(uintptr_t);
}

/*
 * The value's words, of which `words` has room for one value. Reference counts are with the caller.
 * A pop that finds a ring closed, and a push that finds it full, are for the slow functions.
 */
AFIELD__ALWAYS_INLINE int afield__queue_put(struct afield__queue *queue,
					    const struct afield_value_type *value_type,
					    const void *value, uintptr_t *words, size_t size)
{
	size_t word_count = afield__queue_words_of(size);
	/* Where to look for a free node, which a value of one word does not need. */
	uint64_t start = word_count > 1 ? afield_thread_id() : 0;
	struct afield__queue_segment *tail;
	int error = afield_may_keep(value_type, value, "queue");

	if (error)
		return error;
	words[word_count - 1] = 0;
	memcpy(words, value, size);
	afield_retain(value_type, value);
	error = -ENOSPC;
	afield_read_lock();
	/* acquire, as (4) of the core. */
	tail = AFIELD_LOAD(&queue->words.tail, acquire);
	if (__builtin_expect(tail != NULL, 1))
		error = afield__ring_push_words(&tail->ring, start, words, word_count);
	afield_read_unlock();
	if (__builtin_expect(error != 0, 0)) {
		error = afield__queue_push_slow(queue, words, word_count);
		if (error) {
			afield_release(value_type, value);
			return error;
		}
	}
	/* The exchange of a push is seq_cst: see wait.h. One value, one waiter. */
	afield_wake_one(&queue->waiters);
	return 0;
}

AFIELD__ALWAYS_INLINE bool afield__queue_get(struct afield__queue *queue, void *value,
					     uintptr_t *words, size_t size)
{
	size_t word_count = afield__queue_words_of(size);
	struct afield__queue_segment *head;
	int error = -ENODATA;

	afield_read_lock();
	/* seq_cst, as (8) of the core. */
	head = AFIELD_LOAD(&queue->words.head, seq_cst);
	if (__builtin_expect(head != NULL, 1))
		error = afield__ring_pop_words(&head->ring, words, word_count);
	afield_read_unlock();
	if (__builtin_expect(error == -ESHUTDOWN, 0) &&
	    afield__queue_pop_slow(queue, words, word_count))
		error = 0;
	if (error)
		return false;
	memcpy(value, words, size);
	return true;
}

#ifdef __cplusplus
}
#endif

#define AFIELD__QUEUE_OPERATIONS(name)                                                             \
	enum {                                                                                     \
		name##__words = (sizeof(name##_value) + sizeof(uintptr_t) - 1) / sizeof(uintptr_t) \
	};                                                                                         \
	static inline AFIELD__MUST_CHECK int name##_push(name *field, name##_value value)          \
	{                                                                                          \
		uintptr_t words[name##__words];                                                    \
		return afield__queue_put(&field->queue, &name##__element.value_type, &value,       \
					 words, sizeof(value));                                    \
	}                                                                                          \
	static inline bool name##_pop(name *field, name##_value *value)                            \
	{                                                                                          \
		uintptr_t words[name##__words];                                                    \
		return afield__queue_get(&field->queue, value, words, sizeof(*value));             \
	}                                                                                          \
	AFIELD__INLINE(                                                                            \
		AFIELD__MUST_CHECK int name##_pop_wait(name *field, name##_value *value,           \
						       const struct timespec *deadline),           \
		return afield__queue_pop_wait(&field->queue, &name##__element, value, deadline));  \
	AFIELD__INLINE(bool name##_is_empty(const name *field),                                    \
		       return afield__queue_load(&field->queue));                                  \
	AFIELD__INLINE(size_t name##_count(const name *field),                                     \
		       return afield__queue_size(&field->queue));                                  \
	AFIELD__INLINE(void name##_fini(name *field),                                              \
		       afield__queue_fini(&field->queue, &name##__element));                       \
	static inline void name##_clear(name *field)                                               \
	{                                                                                          \
		name##_value value;                                                                \
		while (name##_pop(field, &value))                                                  \
			afield_drop(&name##__element, &value);                                     \
	}                                                                                          \
	AFIELD__SEMICOLON

#define AFIELD__QUEUE_TABLE(name, T) AFIELD_CONTAINER_TABLE(name, T, queue, AFIELD__QUEUE_VERBS)

#endif
