/* SPDX-License-Identifier: MIT */
/*
 * cell_macros: what AFIELD_TYPE(name, cell, ...) and cell_wait write, and the functions behind it.
 *
 * When to use it: through cell.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of cell.h.
 */
#ifndef AFIELD_CELL_MACROS_H
#define AFIELD_CELL_MACROS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/thread.h>
#include <afield/detail/guard.h>
#include <afield/wait.h>

#include <afield/detail/cell_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What every cell field begins with. The value follows it. */
struct afield__cell {
	afield__cell_borrows borrows;    /* written by who begins and ends a borrow */
	struct afield_waiters shared;    /* for an exclusive borrow to end */
	struct afield_waiters exclusive; /* for all borrows to end */
};

/* Wait for a borrow; the errors are those of name_borrow_wait. */
AFIELD_EXPORT int afield__cell_borrow_wait(struct afield__cell *cell);
AFIELD_EXPORT int afield__cell_borrow_mut_wait(struct afield__cell *cell);
AFIELD_EXPORT int afield__cell_reset_orphans(struct afield__cell *cell);

/* What the tables of this kind's types point to. */
AFIELD_EXPORT void afield__cell_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT extern const struct afield_host_binding afield__cell_host_binding;
AFIELD_EXPORT extern const struct afield_host_binding afield__cell_wait_host_binding;
AFIELD_EXPORT extern const struct afield_verb afield__cell_verbs[3];

/* 0, or -EBUSY. */
static inline int afield__cell_begin(struct afield__cell *cell)
{
	return afield__cell_try_borrow(&cell->borrows, afield_fork_generation()) ? 0 : -EBUSY;
}

static inline void afield__cell_end(struct afield__cell *cell)
{
	if (afield__cell_release(&cell->borrows)) /* nobody who waits to share did so for this */
		afield_wake_one(&cell->exclusive);
}

static inline int afield__cell_begin_mut(struct afield__cell *cell)
{
	return afield__cell_try_borrow_mut(&cell->borrows, afield_thread_id(),
					   afield_fork_generation())
		       ? 0
		       : -EBUSY;
}

static inline void afield__cell_end_mut(struct afield__cell *cell)
{
	afield__cell_release_mut(&cell->borrows, afield_fork_generation());
	afield_wake_one(&cell->exclusive);
	afield_wake(&cell->shared);
}

/* Relaxed: who asks for its own number has written it, or 0 over it; all else is a hint. */
static inline uint64_t afield__cell_holder_now(const struct afield__cell *cell)
{
	return afield__cell_holder(AFIELD_LOAD(&cell->borrows, relaxed));
}

static inline uint64_t afield__cell_count_now(const struct afield__cell *cell)
{
	return afield__cell_count(AFIELD_LOAD(&cell->borrows, relaxed));
}

#ifdef __cplusplus
}
#endif

/* One of the two borrows, waited for: `way` is borrow or borrow_mut. */
#define AFIELD__CELL_WAITS(name, T, way)                           \
	static inline int name##_##way##_wait(name *it, T **value) \
	{                                                          \
		int error = afield__cell_##way##_wait(&it->cell);  \
		if (error)                                         \
			return error;                              \
		AFIELD_INLINE_VALUE_BEGIN(name, it);               \
		*value = &it->value;                               \
		return 0;                                          \
	}                                                          \
	AFIELD__SEMICOLON

#define AFIELD__CELL_QUESTIONS(name)                                 \
	AFIELD__INLINE(uint64_t name##_holder(const name *it),       \
		       return afield__cell_holder_now(&it->cell));   \
	AFIELD__INLINE(uint64_t name##_borrow_count(const name *it), \
		       return afield__cell_count_now(&it->cell))

#endif
