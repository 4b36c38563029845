/* SPDX-License-Identifier: MIT */
/*
 * ring_macros: what AFIELD_TYPE(name, ring, ...) writes, and the functions behind it.
 *
 * When to use it: through ring.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of ring.h.
 */
#ifndef AFIELD_RING_MACROS_H
#define AFIELD_RING_MACROS_H

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
/*
 * The library's own. make: a ring, behind so many bytes of zeros that are the caller's, a multiple of
 * 16; NULL when out of memory. grow: a further set of free nodes; false when there is no memory, or
 * no number left for another. free gives all of that back.
 */
struct afield__ring *afield__ring_make(uint64_t capacity, size_t word_count, size_t before);
bool afield__ring_grow(struct afield__ring *ring);
void afield__ring_free(struct afield__ring *ring, size_t before);
AFIELD_EXPORT void afield__ring_table_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT void afield__ring_table_clear(const struct afield_type *type, void *field);
AFIELD_EXPORT extern const struct afield_host_binding afield__ring_host_binding;
AFIELD_EXPORT extern const struct afield_verb afield__ring_verbs[4];

/*
 * Calls visit for each word that is inside and is not 0, until that returns something else than 0,
 * and returns that. Of a ring without nodes. For a collector, while nobody pushes or pops; what a
 * thread does meanwhile that stands still somewhere in an operation has happened, or has not.
 */
static inline int afield__ring_each(const struct afield__ring *ring,
				    int (*visit)(void *object, void *argument), void *argument)
{
	int result = 0;

	for (uint64_t i = 0; i < ring->slot_count && result == 0; i++) {
		uint64_t tag = AFIELD_LOAD_TAG(&ring->slots[i], acquire);
		uintptr_t object = (uintptr_t)AFIELD_LOAD_WORD(&ring->slots[i], relaxed);

		if ((tag & AFIELD__RING_FULL) && object)
			result = visit((void *)object, argument);
	}
	return result;
}

static inline struct afield__ring *afield__ring_of(const struct afield__ring_field *field)
{
	return afield__ring_opened(&field->ring);
}

AFIELD__ALWAYS_INLINE int afield__ring_push(struct afield__ring_field *field,
					    const struct afield__ring_detail *detail,
					    const uintptr_t *words, size_t word_count)
{
	struct afield__ring *ring = afield__ring_of(field);
	/* Where to look for a free node, which an element of one word does not need. */
	uint64_t start = word_count > 1 ? afield_thread_id() : 0;
	int error = ring ? afield__ring_push_words(ring, start, words, word_count) : -EAGAIN;

	if (error == -EAGAIN)
		error = afield__ring_push_slow(field, detail, words);
	if (error == 0)
		afield_wake_one(&field->items);
	return error;
}

AFIELD__ALWAYS_INLINE bool afield__ring_pop(struct afield__ring_field *field, uintptr_t *words,
					    size_t word_count)
{
	struct afield__ring *ring = afield__ring_of(field);

	if (!ring || afield__ring_pop_words(ring, words, word_count) != 0)
		return false;
	afield_wake_one(&field->room);
	return true;
}

/* Both ends, by values; `words` has room for one. They wait until the deadline if `waits`. */
AFIELD__ALWAYS_INLINE int afield__ring_put(struct afield__ring_field *field,
					   const struct afield__ring_detail *detail,
					   const struct afield_value_type *value_type,
					   uintptr_t *words, const void *value, bool waits,
					   const struct timespec *deadline)
{
	int error = afield_may_keep(value_type, value, "ring");

	if (error)
		return error;
	words[detail->word_count - 1] = 0;
	memcpy(words, value, value_type->size);
	afield_retain(value_type, value);
	error = waits ? afield__ring_push_wait(field, detail, words, deadline)
		      : afield__ring_push(field, detail, words, detail->word_count);
	if (error)
		afield_release(value_type, value);
	return error;
}

AFIELD__ALWAYS_INLINE int afield__ring_get(struct afield__ring_field *field,
					   const struct afield__ring_detail *detail,
					   const struct afield_value_type *value_type,
					   uintptr_t *words, void *value, bool waits,
					   const struct timespec *deadline)
{
	int error = waits ? afield_require_host(value_type, "ring") : 0;

	if (error == 0 && waits)
		error = afield__ring_pop_wait(field, words, deadline);
	else if (error == 0 && !afield__ring_pop(field, words, detail->word_count))
		error = -ENODATA;
	if (error == 0)
		memcpy(value, words, value_type->size);
	return error;
}

#ifdef __cplusplus
}
#endif

#define AFIELD__RING_ENDS(name)                                                                  \
	static inline int name##__put(void *field, const void *value, bool waits,                \
				      const struct timespec *deadline)                           \
	{                                                                                        \
		uintptr_t words[name##__words];                                                  \
		return afield__ring_put((struct afield__ring_field *)field, &name##__detail,     \
					&name##__value_type, words, value, waits, deadline);     \
	}                                                                                        \
	static inline int name##__get(void *field, void *value, bool waits,                      \
				      const struct timespec *deadline)                           \
	{                                                                                        \
		uintptr_t words[name##__words];                                                  \
		return afield__ring_get((struct afield__ring_field *)field, &name##__detail,     \
					&name##__value_type, words, value, waits, deadline);     \
	}                                                                                        \
	AFIELD__INLINE(AFIELD__MUST_CHECK int name##_push(name *field, name##_value value),      \
		       return name##__put(field, &value, false, NULL));                          \
	AFIELD__INLINE(bool name##_pop(name *field, name##_value *value),                        \
		       return name##__get(field, value, false, NULL) == 0);                      \
	AFIELD__INLINE(AFIELD__MUST_CHECK int name##_push_wait(name *field, name##_value value,  \
							       const struct timespec *deadline), \
		       return name##__put(field, &value, true, deadline));                       \
	AFIELD__INLINE(AFIELD__MUST_CHECK int name##_pop_wait(name *field, name##_value *value,  \
							      const struct timespec *deadline),  \
		       return name##__get(field, value, true, deadline))

/* What the table points to, and the library calls. */
#define AFIELD__RING_DETAIL(name, most)                                           \
	static inline int name##__put(void *field, const void *value, bool waits, \
				      const struct timespec *deadline);           \
	static inline int name##__get(void *field, void *value, bool waits,       \
				      const struct timespec *deadline);           \
	static inline bool name##__drop(void *field);                             \
	AFIELD__CONSTANT(struct afield__ring_detail name##__detail) = {           \
		most, name##__words, name##__put, name##__get, name##__drop}

#define AFIELD__RING_TABLE(name, T)                                                            \
	AFIELD_TYPE_TABLE(name, "ring", AFIELD_VALUE_TYPE(name, T), AFIELD_IS_HOT, NULL, NULL, \
			  afield__ring_table_fini, afield__ring_verbs, 4, &name##__detail,     \
			  &afield__ring_host_binding);                                         \
	AFIELD__INLINE(void name##_clear(name *field),                                         \
		       afield__ring_table_clear(name##_type(), field));                        \
	AFIELD__FINI(name)

#endif
