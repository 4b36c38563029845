/* SPDX-License-Identifier: MIT */
/*
 * seqlock: the slow halves, and what the tables of seqlock field types point to.
 *
 * A caller that knows a field only by its table brings values by address; the layout is the table's
 * detail. Through the table a store or exchange that had to wait can end with -EINTR, because there
 * it can be said; the typed functions of seqlock.h cannot say it and wait on.
 */
#include "seqlock.h"

#include <afield/detail/verb.h>

#include <errno.h>

/* A wait for the lock, and what it brings. */
struct wait_context {
	afield__seqlock_sequence *sequence;
	uint64_t held;
	enum afield__seqlock_taken taken;
};

static bool is_taken(void *argument)
{
	struct wait_context *wait = (struct wait_context *)argument;

	wait->taken = afield__seqlock_try_lock(
		wait->sequence, afield__seqlock_mark(afield_fork_generation()), &wait->held);
	return wait->taken != AFIELD__SEQLOCK_BUSY;
}

uint64_t afield__seqlock_lock_slow(struct afield__seqlock *lock)
{
	struct wait_context wait = {&lock->sequence, 0, AFIELD__SEQLOCK_BUSY};

	/* The try before this found a lock of this process, or another thread that took it then: no
	 * fork's is left to be repaired. */
	afield_wait_uninterrupted(&lock->waiters, is_taken, &wait);
	return wait.held;
}

void afield__seqlock_load_slow(struct afield__seqlock *lock, afield_word *slots,
			       struct afield__seqlock_layout layout, void *value, uintptr_t *last)
{
	uint64_t held = afield__seqlock_lock(lock, slots, layout);

	afield__seqlock_peek(slots, layout, held, (afield_raw_word *)value, last);
	afield__seqlock_cancel(lock, held);
}

/* Whether a fork left a writer behind. Relaxed: what it left does not change until it is
 * repaired. */
static bool is_orphaned(const struct afield__seqlock *lock)
{
	uint64_t held = AFIELD_LOAD(&lock->sequence, relaxed) & AFIELD__SEQLOCK_LOCK;

	return held != 0 && held != afield__seqlock_mark(afield_fork_generation());
}

int afield__seqlock_reset_orphans(struct afield__seqlock *lock, afield_word *slots,
				  struct afield__seqlock_layout layout)
{
	struct wait_context wait = {&lock->sequence, 0, AFIELD__SEQLOCK_BUSY};

	/* Busy: another thread has taken it over meanwhile. */
	if (!is_orphaned(lock) || !is_taken(&wait))
		return 0;
	if (wait.taken == AFIELD__SEQLOCK_ORPHANED)
		afield__seqlock_repair(slots, layout);
	afield__seqlock_cancel(lock, wait.held);
	return wait.taken == AFIELD__SEQLOCK_ORPHANED;
}

/* A field of some type of this kind: the generator macro writes the same struct with a fixed
 * array. */
struct field {
	struct afield__seqlock lock;
	afield_word words[];
};

static struct afield__seqlock_layout layout_of(const struct afield_type *type)
{
	return *(const struct afield__seqlock_layout *)type->detail;
}

/* Whether half a write is all that there is. */
static bool has_lost_its_value(const struct afield_type *type, const struct field *self)
{
	return layout_of(type).slot_count == 1 && is_orphaned(&self->lock);
}

int afield__seqlock_table_load(const struct afield_type *type, const void *field, void *value)
{
	const struct field *self = (const struct field *)field;

	if (has_lost_its_value(type, self))
		return -EOWNERDEAD;
	afield__seqlock_load(&self->lock, self->words, layout_of(type), type->value_type.size,
			     value);
	return 0;
}

/*
 * Takes the lock as a host's caller does: 0 with *held, or -EINTR. What a fork left is not repaired:
 * who has the lock writes all of it, and does not read half a value (has_lost_its_value).
 */
static int lock_for_table(struct field *self, uint64_t *held)
{
	struct wait_context wait = {&self->lock.sequence, 0, AFIELD__SEQLOCK_BUSY};
	int error = 0;

	if (!is_taken(&wait))
		error = afield_wait(&self->lock.waiters, is_taken, &wait, NULL);
	*held = wait.held;
	return error;
}

int afield__seqlock_table_store(const struct afield_type *type, void *field, const void *value)
{
	struct field *self = (struct field *)field;
	uint64_t held;
	int error = lock_for_table(self, &held);

	if (error)
		return error;
	afield__seqlock_finish(&self->lock, self->words, layout_of(type), type->value_type.size,
			       held, value);
	return 0;
}

static int verb_exchange(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	struct field *self = (struct field *)field;
	uint64_t held;
	int error;

	if (has_lost_its_value(type, self))
		return -EOWNERDEAD;
	error = lock_for_table(self, &held);
	if (error)
		return error;
	afield__seqlock_peek_value(self->words, layout_of(type), type->value_type.size, held,
				   result);
	afield__seqlock_finish(&self->lock, self->words, layout_of(type), type->value_type.size,
			       held, arguments[0]);
	return 0;
}

const struct afield_verb afield__seqlock_verbs[1] = {
	AFIELD_VERB_WITH("exchange", "Stores value and returns the previous one.", AFIELD_ITSELF,
			 verb_exchange, AFIELD_PARAMETER("value", AFIELD_ITSELF)),
};

static int reset_orphans(const struct afield_type *type, void *field)
{
	struct field *self = (struct field *)field;

	return afield__seqlock_reset_orphans(&self->lock, self->words, layout_of(type));
}

/* What Python raises. */
static const struct afield_error_mapping error_mappings[] = {
	{-EOWNERDEAD, "OwnerDeadError",
	 "the value is half of a write orphaned by a fork; store one, or reset_orphans"},
};
const struct afield_host_binding afield__seqlock_host_binding = {
	.error_mappings = error_mappings,
	.error_mapping_count = AFIELD__LENGTH(error_mappings),
	.reset_orphans = reset_orphans,
};
