/* SPDX-License-Identifier: MIT */
/*
 * cell: borrows that wait, and what the tables of cell field types point to.
 */
#include "cell.h"

#include <afield/detail/verb.h>

#include <pthread.h>
#include <string.h>

/* A wait for a borrow, and why it ended. */
struct wait_context {
	struct afield__cell *cell;
	int error;
};

/* Whether the exclusive borrow that was seen in the way will not end. */
static bool is_hopeless(struct wait_context *wait, uint64_t seen)
{
	uint64_t holder = afield__cell_holder(seen);

	wait->error = holder == afield_thread_id()    ? -EDEADLK
		      : afield_thread_is_gone(holder) ? -EOWNERDEAD
						      : 0;
	return wait->error != 0;
}

/* The look spares the word a write: a try that fails is one. */
static bool has_borrow(void *argument)
{
	struct wait_context *wait = (struct wait_context *)argument;
	uint64_t seen = afield__cell_load(&wait->cell->borrows);

	if (seen >= AFIELD__CELL_EXCLUSIVE)
		return is_hopeless(wait, seen);
	/* An exclusive borrow that comes before this one began after the look: it will wake us. */
	return afield__cell_begin(wait->cell) == 0;
}

static bool has_borrow_mut(void *argument)
{
	struct wait_context *wait = (struct wait_context *)argument;
	uint64_t seen = afield__cell_load(&wait->cell->borrows);
	uint64_t count = afield__cell_count(seen);

	if (seen >= AFIELD__CELL_EXCLUSIVE)
		return is_hopeless(wait, seen);
	if (count == 0)
		return afield__cell_begin_mut(wait->cell) == 0;
	wait->error =
		count == afield__cell_orphans(seen, afield_fork_generation()) ? -EOWNERDEAD : 0;
	return wait->error != 0;
}

static int await(struct afield__cell *cell, bool is_exclusive, const struct timespec *deadline)
{
	struct afield_waiters *waiters = is_exclusive ? &cell->exclusive : &cell->shared;
	bool (*ready)(void *argument) = is_exclusive ? has_borrow_mut : has_borrow;
	struct wait_context wait = {cell, 0};
	int error = ready(&wait) ? 0 : afield_wait(waiters, ready, &wait, deadline);

	/* An end wakes one. Who gives up for what a fork left behind lets the next one hear of
	 * it. */
	if (wait.error == -EOWNERDEAD && is_exclusive)
		afield_wake_one(&cell->exclusive);
	return error ? error : wait.error;
}

int afield__cell_borrow_wait(struct afield__cell *cell)
{
	return await(cell, false, NULL);
}

int afield__cell_borrow_mut_wait(struct afield__cell *cell)
{
	return await(cell, true, NULL);
}

/* The thread that forked this process off. It alone can know that it has no shared borrow. */
static pthread_t forker;
static bool has_forker;

static void end(const struct afield_type *type, void *field);

/* In the child of a fork: a shared borrow that the host has handed out to this thread goes on. */
static void keep_own(afield__cell_borrows *borrows)
{
	uint64_t generation = afield_fork_generation();
	uint64_t seen = AFIELD_LOAD(borrows, relaxed);

	if (afield__cell_is_old(seen, generation))
		seen = afield__cell_renewed(seen, generation);
	AFIELD_STORE(borrows, seen - (UINT64_C(1) << AFIELD__CELL_OLD_SHIFT), relaxed);
}

static void note_fork(void)
{
	forker = pthread_self();
	has_forker = true;
	for (const struct afield_held_lock *lock = afield_held_locks(); lock; lock = lock->next)
		if (lock->mode->end == end)
			keep_own(&((struct afield__cell *)lock->at)->borrows);
}
static struct afield_fork_hook noting = {note_fork, NULL};
static __attribute__((constructor)) void begin(void)
{
	afield_fork_hook_add(&noting);
}

int afield__cell_reset_orphans(struct afield__cell *cell)
{
	uint64_t seen = afield__cell_load(&cell->borrows), dead = afield__cell_holder(seen);
	bool is_shared = dead == 0 && afield__cell_orphans(seen, afield_fork_generation()) != 0;

	if (is_shared && !(has_forker && pthread_equal(forker, pthread_self())))
		return -EPERM;
	if (!is_shared && !afield_thread_is_gone(dead))
		return 0;
	return afield__cell_disown(&cell->borrows, dead, afield_fork_generation());
}

/* Every field of this kind begins with its struct afield__cell. */
static struct afield__cell *cell_of(const struct afield_type *type, void *field)
{
	(void)type;
	return (struct afield__cell *)field;
}

/* Who was in the way of this thread, for what is said to people: it may have ended meanwhile. */
static int refuse(const struct afield__cell *cell, int error)
{
	struct afield__self *self = afield__self_get();

	if (self)
		AFIELD_STORE(&self->refused_by, afield__cell_holder_now(cell), relaxed);
	return error;
}

static uint64_t refused_by(void)
{
	const struct afield__self *self = afield__self;

	return afield__is_record(self) ? AFIELD_LOAD(&self->refused_by, relaxed) : 0;
}

static int try_begin(const struct afield_type *type, void *field)
{
	struct afield__cell *cell = cell_of(type, field);

	return afield__cell_begin(cell) == 0 ? 0 : refuse(cell, -EBUSY);
}

/* By the table -EALREADY, so that a host can tell the two errors apart. */
static int try_begin_mut(const struct afield_type *type, void *field)
{
	struct afield__cell *cell = cell_of(type, field);

	return afield__cell_begin_mut(cell) == 0 ? 0 : refuse(cell, -EALREADY);
}

static int begin_wait(const struct afield_type *type, void *field, const struct timespec *deadline)
{
	struct afield__cell *cell = cell_of(type, field);
	int error = await(cell, false, deadline);

	return error ? refuse(cell, error) : 0;
}

static int begin_mut_wait(const struct afield_type *type, void *field,
			  const struct timespec *deadline)
{
	struct afield__cell *cell = cell_of(type, field);
	int error = await(cell, true, deadline);

	return error ? refuse(cell, error) : 0;
}

static int reset_orphans(const struct afield_type *type, void *field)
{
	return afield__cell_reset_orphans(cell_of(type, field));
}

static void end(const struct afield_type *type, void *field)
{
	afield__cell_end(cell_of(type, field));
}

static void end_mut(const struct afield_type *type, void *field)
{
	afield__cell_end_mut(cell_of(type, field));
}

#define SHARED(begin)                                                                    \
	{                                                                                \
		"borrow", "Borrows the value for reading, beside others.", false, begin, \
			try_begin, end                                                   \
	}
#define EXCLUSIVE(begin)                                                               \
	{                                                                              \
		"borrow_mut", "Borrows the value for this thread alone.", true, begin, \
			try_begin_mut, end_mut                                         \
	}
static const struct afield_lock_mode lock_modes[] = {SHARED(NULL), EXCLUSIVE(NULL)};
static const struct afield_lock_mode turns_wait[] = {SHARED(begin_wait), EXCLUSIVE(begin_mut_wait)};

/* What Python raises. */
static const struct afield_error_mapping error_mappings[] = {
	{-EBUSY, "BorrowError", "Already mutably borrowed"},
	{-EALREADY, "BorrowMutError", "Already borrowed"},
	{-EDEADLK, "DeadlockError", "this thread has a borrow that is in the way"},
	{-EOWNERDEAD, "OwnerDeadError",
	 "the borrow in the way was orphaned by a fork; reset_orphans takes it back"},
};
#define BINDING(which)                                                                          \
	{                                                                                       \
		.traverse = afield_guarded_traverse, .clear = afield_guarded_clear,             \
		.error_mappings = error_mappings,                                               \
		.error_mapping_count = AFIELD__LENGTH(error_mappings), .lock_modes = (which),   \
		.lock_mode_count = 2, .refused_by = refused_by, .reset_orphans = reset_orphans, \
	}
const struct afield_host_binding afield__cell_host_binding = BINDING(lock_modes);
const struct afield_host_binding afield__cell_wait_host_binding = BINDING(turns_wait);

/* For hosts: the identity that people know, and -ENODATA, which is None, for nobody. */
static int verb_holder(const struct afield_type *type, void *field, void *result,
		       const void *const *arguments)
{
	uint64_t identity = afield_thread_identity(afield__cell_holder_now(cell_of(type, field)));

	(void)arguments;
	if (identity == 0)
		return -ENODATA;
	memcpy(result, &identity, sizeof(identity));
	return 0;
}

static int verb_borrow_count(const struct afield_type *type, void *field, void *result,
			     const void *const *arguments)
{
	uint64_t borrows = AFIELD_LOAD(&cell_of(type, field)->borrows, relaxed);
	uint64_t count = afield__cell_count(borrows);

	(void)arguments;
	memcpy(result, &count, sizeof(count));
	return 0;
}

const struct afield_verb afield__cell_verbs[3] = {
	AFIELD_GUARDED_EXCHANGE,
	AFIELD_READING_VERB(
		"holder",
		"The threading.get_ident() of the thread that has the exclusive borrow, or None.",
		AFIELD_U64, verb_holder),
	AFIELD_READING_VERB("borrow_count", "How many shared borrows there are.", AFIELD_U64,
			    verb_borrow_count),
};

void afield__cell_fini(const struct afield_type *type, void *field)
{
	afield_inline_value_fini(type, field);
	memset(field, 0, sizeof(struct afield__cell));
}
