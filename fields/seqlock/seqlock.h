/* SPDX-License-Identifier: MIT */
/*
 * seqlock: a struct that many threads read and some replace, always whole.
 *
 * A reader copies the struct out without writing anything shared, and copies again if a writer came
 * in between. Writers wait for each other.
 *
 * When to use it: for a value of some 9 bytes to a few KiB that is read more often than written and
 * whose members must agree: limits, a position, a configuration. When not: for a value of at most
 * eight bytes (atomic); for a struct with pointers to what is freed while others read it (rcu:
 * here a reader has only a copy of the pointer); for a large value that is written all the time
 * (readers then copy several times).
 *
 *   AFIELD_TYPE(limits_seq, seqlock, struct limits);        two slots
 *   AFIELD_TYPE(limits_seq, seqlock, struct limits, 4);     as many as are named
 *
 * The value is any trivially copyable T. With N slots the field is 16 bytes and N times the value,
 * rounded up to words. With one slot, a reader cannot proceed while a writer is at work, and waits
 * for it if that takes long. With two, which is the usual choice, a writer that is stopped in the
 * middle stops no reader, and a reader copies again only if a whole write and the beginning of
 * another passed during its copy. With four, it takes three whole writes and the beginning of a
 * fourth.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini, by which
 * is meant the end of the field's memory: a seqlock owns nothing.
 *                                     [1] [2] [3]
 *   [1] load, load_into, try_load      -   -   X
 *   [2] store, exchange, update        -   w   X     (- runs concurrently, w waits for its turn,
 *   [3] fini                           X   X   X      X needs exclusion)
 *
 * Orders: all operations are sequentially consistent and linearizable. What a thread
 * wrote before a store is seen by a thread that has loaded the stored value.
 *
 *	static limits_seq limits;
 *	limits_seq_store(&limits, (struct limits){.low = 1, .high = 5});
 *	struct limits now = limits_seq_load(&limits);
 *
 * A fork while another thread writes: the child has the value before that write, and goes on. With
 * one slot the value is lost: a store puts it right; before that, try_load is false, Python is told
 * (-EOWNERDEAD), and who must have a value gets zero bytes.
 *
 * Sources: seqlock_core.h has the algorithm and its literature; seqlock.md the measurements.
 */
#ifndef AFIELD_SEQLOCK_H
#define AFIELD_SEQLOCK_H

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
AFIELD_EXPORT uint64_t afield__seqlock_lock_slow(struct afield__seqlock *lock, afield_word *slots,
						 struct afield__seqlock_layout layout);
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

static inline bool afield__seqlock_try_load(const struct afield__seqlock *lock,
					    const afield_word *slots,
					    struct afield__seqlock_layout layout, size_t size,
					    void *value)
{
	uintptr_t last;

	if (!afield__seqlock_try_read(&lock->sequence, slots, layout, (afield__seqlock_raw *)value,
				      &last))
		return false;
	afield__seqlock_put_last(value, size, layout.word_count, last);
	return true;
}

static inline void afield__seqlock_load(const struct afield__seqlock *lock,
					const afield_word *slots,
					struct afield__seqlock_layout layout, size_t size,
					void *value)
{
	uintptr_t last;

	for (int tries = 0; !afield__seqlock_try_read(&lock->sequence, slots, layout,
						      (afield__seqlock_raw *)value, &last);
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
		return afield__seqlock_lock_slow(lock, slots, layout);
	}
}

static inline void afield__seqlock_peek_value(const afield_word *slots,
					      struct afield__seqlock_layout layout, size_t size,
					      uint64_t held, void *value)
{
	uintptr_t last;

	afield__seqlock_peek(slots, layout, held, (afield__seqlock_raw *)value, &last);
	afield__seqlock_put_last(value, size, layout.word_count, last);
}

/* The rest of a write, under the lock. */
static inline void afield__seqlock_finish(struct afield__seqlock *lock, afield_word *slots,
					  struct afield__seqlock_layout layout, size_t size,
					  uint64_t held, const void *value)
{
	afield__seqlock_fill(slots, layout, held, (const afield__seqlock_raw *)value,
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

#ifdef __cplusplus
}
#endif

#define AFIELD_KIND_seqlock (AFIELD__SEQLOCK)

/*
 * AFIELD_TYPE(name, seqlock, T) and AFIELD_TYPE(name, seqlock, T, slots) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   T    name_load(const name *)
 *   void name_load_into(const name *, T *value)
 *   bool name_try_load(const name *, T *value)
 *   void name_store(name *, T value)
 *   void name_store_from(name *, const T *value)
 *   T    name_exchange(name *, T value)
 *   int  name_update(name *, bool (*change)(T *value, void *argument), void *argument)
 *   int  name_reset_orphans(name *)
 *   void name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * load: the value. load_into is the same without the return by value, for a large T.
 *   Concurrent with it: everything but fini.
 *   Progress: lock-free with two slots or more: it copies again only after other threads have
 *   written. With one slot blocking: after 32 tries it waits for its turn among the writers.
 *   Ordering: seq_cst. Never fails; in the child of a fork that left half a write in the only slot,
 *   the value is then zero bytes, as in a fresh field.
 * try_load: one attempt.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: seq_cst.
 *   Returns false, and leaves *value unspecified, when a writer was in the way: with one slot any
 *   writer, with N slots when N-1 writes and the beginning of another passed during the copy.
 * store, exchange: replace the value; exchange returns the previous one. store_from is the same as
 * store without the argument by value.
 *   Concurrent with them: everything but fini. Progress: blocking among writers, never for readers;
 *   a writer that waits sleeps, detached from its host. Ordering: seq_cst. Never fails.
 * update: calls change with a copy of the value and stores the copy if change returns true.
 *   Concurrent with it: everything but fini. Progress: as store. Ordering: seq_cst.
 *   Returns 1 or 0, as change returned true or false; 0 leaves the value as it was. `change` runs
 *   once, under the writers' lock: it must not leave by longjmp, must not block, fork or call a
 *   host, and must not write this field, nor read it if it has one slot. An exception of C++ leaves
 *   the value as it was.
 * reset_orphans: in the child of a fork, gives back a lock whose writer the fork left behind.
 * Nobody needs to: the next writer takes it over, and with two slots or more the value is the one
 * before that write. With one slot it is zero bytes from then on.
 *   Concurrent with: everything but fini. Progress: wait-free. Ordering: seq_cst.
 *   Returns 1 when there was such a lock, otherwise 0.
 */
#define AFIELD__SEQLOCK(name, ...) AFIELD__SEQLOCK_(name, __VA_ARGS__, 2, ~)
#define AFIELD__SEQLOCK_(name, T, slots, ...)                                                      \
	typedef T name##_value;                                                                    \
	AFIELD__ASSERT((slots) >= 1, "afield: the seqlock '" #name "' needs at least one slot");   \
	AFIELD_VALUE_TYPE_DECLARE(name, T);                                                        \
	enum {                                                                                     \
		name##__slots = (slots),                                                           \
		name##__words = (sizeof(name##_value) + sizeof(uintptr_t) - 1) / sizeof(uintptr_t) \
	};                                                                                         \
	typedef struct name {                                                                      \
		struct afield__seqlock lock;                                                       \
		afield_word words[(size_t)name##__slots * name##__words];                          \
	} name;                                                                                    \
	static const struct afield__seqlock_layout __attribute__((unused))                         \
	name##__layout = {name##__slots, name##__words};                                           \
	AFIELD__SEQLOCK_READERS(name);                                                             \
	AFIELD__SEQLOCK_WRITERS(name);                                                             \
	AFIELD__SEQLOCK_TABLE(name, T)

#define AFIELD__SEQLOCK_READERS(name)                                                            \
	static inline void name##_load_into(const name *field, name##_value *value)              \
	{                                                                                        \
		afield__seqlock_load(&field->lock, field->words, name##__layout, sizeof(*value), \
				     value);                                                     \
	}                                                                                        \
	static inline name##_value name##_load(const name *field)                                \
	{                                                                                        \
		name##_value value;                                                              \
		name##_load_into(field, &value);                                                 \
		return value;                                                                    \
	}                                                                                        \
	static inline bool name##_try_load(const name *field, name##_value *value)               \
	{                                                                                        \
		return afield__seqlock_try_load(&field->lock, field->words, name##__layout,      \
						sizeof(*value), value);                          \
	}                                                                                        \
	AFIELD__SEMICOLON

#define AFIELD__SEQLOCK_WRITERS(name)                                                              \
	static inline void name##_store_from(name *field, const name##_value *value)               \
	{                                                                                          \
		afield__seqlock_finish(                                                            \
			&field->lock, field->words, name##__layout, sizeof(*value),                \
			afield__seqlock_lock(&field->lock, field->words, name##__layout), value);  \
	}                                                                                          \
	static inline void name##_store(name *field, name##_value value)                           \
	{                                                                                          \
		name##_store_from(field, &value);                                                  \
	}                                                                                          \
	static inline name##_value name##_exchange(name *field, name##_value value)                \
	{                                                                                          \
		uint64_t held = afield__seqlock_lock(&field->lock, field->words, name##__layout);  \
		name##_value before;                                                               \
		afield__seqlock_peek_value(field->words, name##__layout, sizeof(before), held,     \
					   &before);                                               \
		afield__seqlock_finish(&field->lock, field->words, name##__layout, sizeof(value),  \
				       held, &value);                                              \
		return before;                                                                     \
	}                                                                                          \
	static inline int name##_update(                                                           \
		name *field, bool (*change)(name##_value * value, void *argument), void *argument) \
	{                                                                                          \
		uint64_t held = afield__seqlock_lock(&field->lock, field->words, name##__layout);  \
		name##_value value;                                                                \
		afield__seqlock_peek_value(field->words, name##__layout, sizeof(value), held,      \
					   &value);                                                \
		struct afield__seqlock_unchanged unchanged                                         \
			__attribute__((cleanup(afield__seqlock_leave))) = {                        \
				&field->lock,                                                      \
				held                                                               \
			};                                                                         \
		if (!change(&value, argument))                                                     \
			return 0;                                                                  \
		unchanged.lock = NULL;                                                             \
		afield__seqlock_finish(&field->lock, field->words, name##__layout, sizeof(value),  \
				       held, &value);                                              \
		return 1;                                                                          \
	}                                                                                          \
	static inline int name##_reset_orphans(name *field)                                        \
	{                                                                                          \
		return afield__seqlock_reset_orphans(&field->lock, field->words, name##__layout);  \
	}                                                                                          \
	AFIELD__SEMICOLON

#define AFIELD__SEQLOCK_TABLE(name, T)                                                   \
	AFIELD_TYPE_TABLE(name, "seqlock", AFIELD_VALUE_TYPE(name, T), AFIELD_IS_HOT,    \
			  afield__seqlock_table_load, afield__seqlock_table_store, NULL, \
			  afield__seqlock_verbs, 1, &name##__layout,                     \
			  &afield__seqlock_host_binding);                                \
	AFIELD__FINI(name)

#endif
