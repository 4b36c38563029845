/* SPDX-License-Identifier: MIT */
/*
 * seqlock_macros: what AFIELD_TYPE(name, seqlock, ...) writes, and the functions behind it.
 *
 * When to use it: through seqlock.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of seqlock.h.
 */
#ifndef AFIELD_SEQLOCK_MACROS_H
#define AFIELD_SEQLOCK_MACROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/detail/type_code.h>
#include <afield/thread.h>
#include <afield/wait.h>

#include <afield/detail/seqlock_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What every seqlock field begins with. The slots follow it. */
struct afield__seqlock {
	afield__seqlock_sequence sequence; /* written by the writer; its low bits are the lock */
	struct afield_waiters waiters;     /* for the lock; written by those who wait for it */
};

/* How often a load of a one-slot field tries before it waits for the writer. */
enum { AFIELD__SEQLOCK_TRIES = 32 };

/* The slow halves: wait for the lock, and read under it. */
AFIELD_EXPORT uint64_t afield__seqlock_lock_slow(struct afield__seqlock *lock);
AFIELD_EXPORT void afield__seqlock_load_slow(struct afield__seqlock *lock, afield_word *slots,
					     struct afield__seqlock_layout layout, void *value,
					     uintptr_t *last);

/* name_reset_orphans. */
AFIELD_EXPORT int afield__seqlock_reset_orphans(struct afield__seqlock *lock, afield_word *slots,
						struct afield__seqlock_layout layout);

/* What the tables of this kind's types point to. */
AFIELD_EXPORT extern const struct afield_host_binding afield__seqlock_host_binding;
AFIELD_EXPORT int afield__seqlock_table_load(const struct afield_type *type, const void *field,
					     void *value);
AFIELD_EXPORT int afield__seqlock_table_store(const struct afield_type *type, void *field,
					      const void *value);
AFIELD_EXPORT extern const struct afield_verb afield__seqlock_verbs[1];

/*
 * The last word of a value of `size` bytes, 1 to 8 of which belong to the value. What is left of
 * the word is zero, so that equal values are equal words.
 */
static inline void afield__seqlock_put_last(void *value, size_t size, size_t word_count,
					    uintptr_t last)
{
	size_t before = (word_count - 1) * sizeof(last);

	memcpy((char *)value + before, &last, size - before);
}
static inline uintptr_t afield__seqlock_get_last(const void *value, size_t size, size_t word_count)
{
	size_t before = (word_count - 1) * sizeof(uintptr_t);
	uintptr_t last = 0;

	memcpy(&last, (const char *)value + before, size - before);
	return last;
}

AFIELD__ALWAYS_INLINE bool afield__seqlock_try_load(const struct afield__seqlock *lock,
						    const afield_word *slots,
						    struct afield__seqlock_layout layout,
						    size_t size, void *value)
{
	uintptr_t last;

	if (!afield__seqlock_try_read(&lock->sequence, slots, layout, (afield_raw_word *)value,
				      &last))
		return false;
	afield__seqlock_put_last(value, size, layout.word_count, last);
	return true;
}

AFIELD__ALWAYS_INLINE void afield__seqlock_load(const struct afield__seqlock *lock,
						const afield_word *slots,
						struct afield__seqlock_layout layout, size_t size,
						void *value)
{
	uintptr_t last;

	for (int tries = 0; !afield__seqlock_try_read(&lock->sequence, slots, layout,
						      (afield_raw_word *)value, &last);
	     tries++) {
		AFIELD_SPIN();
		if (layout.slot_count == 1 && tries == AFIELD__SEQLOCK_TRIES) {
			afield__seqlock_load_slow((struct afield__seqlock *)(uintptr_t)lock,
						  (afield_word *)(uintptr_t)slots, layout, value,
						  &last);
			break;
		}
	}
	afield__seqlock_put_last(value, size, layout.word_count, last);
}

static inline uint64_t afield__seqlock_lock(struct afield__seqlock *lock, afield_word *slots,
					    struct afield__seqlock_layout layout)
{
	uint64_t held;

	switch (afield__seqlock_try_lock(&lock->sequence,
					 afield__seqlock_mark(afield_fork_generation()), &held)) {
	case AFIELD__SEQLOCK_TAKEN:
		return held;
	case AFIELD__SEQLOCK_ORPHANED:
		afield__seqlock_repair(slots, layout);
		return held;
	default:
		return afield__seqlock_lock_slow(lock);
	}
}

AFIELD__ALWAYS_INLINE void afield__seqlock_peek_value(const afield_word *slots,
						      struct afield__seqlock_layout layout,
						      size_t size, uint64_t held, void *value)
{
	uintptr_t last;

	afield__seqlock_peek(slots, layout, held, (afield_raw_word *)value, &last);
	afield__seqlock_put_last(value, size, layout.word_count, last);
}

/* The rest of a write, under the lock. */
AFIELD__ALWAYS_INLINE void afield__seqlock_finish(struct afield__seqlock *lock, afield_word *slots,
						  struct afield__seqlock_layout layout, size_t size,
						  uint64_t held, const void *value)
{
	afield__seqlock_fill(slots, layout, held, (const afield_raw_word *)value,
			     afield__seqlock_get_last(value, size, layout.word_count));
	afield__seqlock_publish(&lock->sequence, held);
	afield_wake_one(&lock->waiters);
}

static inline void afield__seqlock_cancel(struct afield__seqlock *lock, uint64_t held)
{
	afield__seqlock_unlock(&lock->sequence, held);
	afield_wake_one(&lock->waiters);
}

/* A lock that is given back on the way out, an exception of C++ included, unless `lock` is NULL. */
struct afield__seqlock_unchanged {
	struct afield__seqlock *lock;
	uint64_t held;
};

static inline void afield__seqlock_leave(struct afield__seqlock_unchanged *unchanged)
{
	if (unchanged->lock)
		afield__seqlock_cancel(unchanged->lock, unchanged->held);
}

AFIELD__ALWAYS_INLINE void afield__seqlock_store(struct afield__seqlock *lock, afield_word *slots,
						 struct afield__seqlock_layout layout, size_t size,
						 const void *value)
{
	uint64_t held = afield__seqlock_lock(lock, slots, layout);

	afield__seqlock_finish(lock, slots, layout, size, held, value);
}

AFIELD__ALWAYS_INLINE void afield__seqlock_exchange(struct afield__seqlock *lock,
						    afield_word *slots,
						    struct afield__seqlock_layout layout,
						    size_t size, const void *value, void *before)
{
	uint64_t held = afield__seqlock_lock(lock, slots, layout);

	afield__seqlock_peek_value(slots, layout, size, held, before);
	afield__seqlock_finish(lock, slots, layout, size, held, value);
}

/* `value` is memory for the copy that change works on. */
AFIELD__ALWAYS_INLINE int afield__seqlock_update(struct afield__seqlock *lock, afield_word *slots,
						 struct afield__seqlock_layout layout, size_t size,
						 void *value,
						 bool (*change)(void *value, void *context),
						 void *context)
{
	uint64_t held = afield__seqlock_lock(lock, slots, layout);
	struct afield__seqlock_unchanged unchanged
		__attribute__((cleanup(afield__seqlock_leave))) = {lock, held};

	afield__seqlock_peek_value(slots, layout, size, held, value);
	if (!change(value, context))
		return 0;
	unchanged.lock = NULL;
	afield__seqlock_finish(lock, slots, layout, size, held, value);
	return 1;
}

#ifdef __cplusplus
}
#endif

#define AFIELD__SEQLOCK_OPERATIONS(name)                                                           \
	AFIELD__INLINE(void name##_load_into(const name *field, name##_value *value),              \
		       afield__seqlock_load(AFIELD__SEQLOCK_AT(name, field), value));              \
	static inline name##_value name##_load(const name *field)                                  \
	{                                                                                          \
		name##_value value;                                                                \
		name##_load_into(field, &value);                                                   \
		return value;                                                                      \
	}                                                                                          \
	AFIELD__INLINE(bool name##_try_load(const name *field, name##_value *value),               \
		       return afield__seqlock_try_load(AFIELD__SEQLOCK_AT(name, field), value));   \
	AFIELD__INLINE(void name##_store_from(name *field, const name##_value *value),             \
		       afield__seqlock_store(AFIELD__SEQLOCK_AT(name, field), value));             \
	AFIELD__INLINE(void name##_store(name *field, name##_value value),                         \
		       name##_store_from(field, &value));                                          \
	static inline name##_value name##_exchange(name *field, name##_value value)                \
	{                                                                                          \
		name##_value before;                                                               \
		afield__seqlock_exchange(AFIELD__SEQLOCK_AT(name, field), &value, &before);        \
		return before;                                                                     \
	}                                                                                          \
	AFIELD__CALLBACK(name, change, bool, return, );                                            \
	static inline int name##_update(                                                           \
		name *field, bool (*change)(name##_value * value, void *argument), void *argument) \
	{                                                                                          \
		struct name##__change call = {change, argument};                                   \
		name##_value value;                                                                \
		return afield__seqlock_update(AFIELD__SEQLOCK_AT(name, field), &value,             \
					      name##__change_call, &call);                         \
	}                                                                                          \
	AFIELD__INLINE(                                                                            \
		int name##_reset_orphans(name *field),                                             \
		return afield__seqlock_reset_orphans(&field->lock, field->words, name##__layout))

/* Four arguments: where the lock and the slots of a field are, and how large. */
#define AFIELD__SEQLOCK_AT(name, field) \
	&(field)->lock, (field)->words, name##__layout, sizeof(name##_value)

#define AFIELD__SEQLOCK_TABLE(name, T)                                                   \
	AFIELD_TYPE_TABLE(name, "seqlock", AFIELD_VALUE_TYPE(name, T), AFIELD_IS_HOT,    \
			  afield__seqlock_table_load, afield__seqlock_table_store, NULL, \
			  afield__seqlock_verbs, 1, &name##__layout,                     \
			  &afield__seqlock_host_binding);                                \
	AFIELD__FINI(name)

#endif
