/* SPDX-License-Identifier: MIT */
/*
 * ring_spsc_macros: what AFIELD_TYPE(name, ring_spsc, ...) writes, and the functions behind it.
 *
 * When to use it: through ring_spsc.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of ring_spsc.h.
 */
#ifndef AFIELD_RING_SPSC_MACROS_H
#define AFIELD_RING_SPSC_MACROS_H

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

static inline void *afield__spsc_place(const struct afield__spsc *ring, uint64_t number,
				       size_t size)
{
	return (char *)ring->places + (number & ring->mask) * size;
}

/* Both ends of a ring that is open. They wake who waits at the other end, unless that polls. */
AFIELD__ALWAYS_INLINE bool afield__spsc_try_push(struct afield__spsc_field *field,
						 struct afield__spsc *ring, const void *value,
						 size_t size, bool other_polls)
{
	uint64_t number;

	if (!afield__spsc_begin_push(ring, &number))
		return false;
	memcpy(afield__spsc_place(ring, number, size), value, size);
	if (other_polls) {
		afield__spsc_end_push_release(ring, number);
		return true;
	}
	afield__spsc_end_push(ring, number);
	afield_wake_one(&field->items);
	return true;
}

AFIELD__ALWAYS_INLINE bool afield__spsc_try_pop(struct afield__spsc_field *field,
						struct afield__spsc *ring, void *value, size_t size,
						bool other_polls)
{
	uint64_t number;

	if (!afield__spsc_begin_pop(ring, &number))
		return false;
	memcpy(value, afield__spsc_place(ring, number, size), size);
	if (other_polls) {
		afield__spsc_end_pop_release(ring, number);
		return true;
	}
	afield__spsc_end_pop(ring, number);
	afield_wake_one(&field->room);
	return true;
}

AFIELD__ALWAYS_INLINE int afield__spsc_push(struct afield__spsc_field *field,
					    const struct afield__spsc_detail *detail,
					    const void *value, bool other_polls)
{
	struct afield__spsc *ring = afield__spsc_of(field);

	if (!ring)
		ring = afield__spsc_open_slow(field, detail);
	if (!ring)
		return -ENOMEM;
	return afield__spsc_try_push(field, ring, value, detail->size, other_polls) ? 0 : -ENOSPC;
}

AFIELD__ALWAYS_INLINE bool afield__spsc_pop(struct afield__spsc_field *field,
					    const struct afield__spsc_detail *detail, void *value,
					    bool other_polls)
{
	struct afield__spsc *ring = afield__spsc_of(field);

	return ring && afield__spsc_try_pop(field, ring, value, detail->size, other_polls);
}

#ifdef __cplusplus
}
#endif

#define AFIELD__SPSC_ENDS(name)                                                                  \
	AFIELD__INLINE(AFIELD__MUST_CHECK int name##_push(name *field, name##_value value),      \
		       return afield__spsc_push(&field->ring, &name##__detail, &value, false));  \
	AFIELD__INLINE(                                                                          \
		AFIELD__MUST_CHECK int name##_push_release(name *field, name##_value value),     \
		return afield__spsc_push(&field->ring, &name##__detail, &value, true));          \
	AFIELD__INLINE(bool name##_pop(name *field, name##_value *value),                        \
		       return afield__spsc_pop(&field->ring, &name##__detail, value, false));    \
	AFIELD__INLINE(bool name##_pop_release(name *field, name##_value *value),                \
		       return afield__spsc_pop(&field->ring, &name##__detail, value, true));     \
	AFIELD__INLINE(                                                                          \
		AFIELD__MUST_CHECK int name##_push_wait(name *field, name##_value value,         \
							const struct timespec *deadline),        \
		return afield__spsc_push_wait(&field->ring, &name##__detail, &value, deadline)); \
	AFIELD__INLINE(                                                                          \
		AFIELD__MUST_CHECK int name##_pop_wait(name *field, name##_value *value,         \
						       const struct timespec *deadline),         \
		return afield__spsc_pop_wait(&field->ring, &name##__detail, value, deadline))

#define AFIELD__SPSC_TABLE(name, T)                                                           \
	AFIELD_TYPE_TABLE(name, "ring_spsc", AFIELD_VALUE_TYPE(name, T), AFIELD_IS_HOT, NULL, \
			  NULL, afield__spsc_table_fini, NULL, 0, &name##__detail, NULL);     \
	AFIELD__INLINE(void name##_clear(name *field), while (name##__drop(field)));          \
	AFIELD__FINI(name)

#endif
