/* SPDX-License-Identifier: MIT */
/*
 * locked: the slow half of a lock, and its turns for callers that know the table alone.
 *
 * Through the table a wait can end with -EINTR, because there it can be said; the typed functions
 * wait on.
 */
#include "locked.h"

#include <string.h>

/* A wait for the lock, and why it ended. */
struct wait_context {
	struct afield__locked *lock;
	int error;
};

/* The look spares the word a write: a try that fails is one. */
static bool has_lock(void *argument)
{
	struct wait_context *wait = (struct wait_context *)argument;
	uint64_t owner = afield__locked_load(&wait->lock->owner);

	if (owner ==
	    0) /* a thread that comes before this one began after the look: it will wake us */
		return afield__locked_try_lock(wait->lock) == 0;
	if (!afield_thread_is_gone(owner))
		return false;
	wait->error = -EOWNERDEAD;
	return true;
}

static int lock_slow(struct afield__locked *lock, bool may_interrupt,
		     const struct timespec *deadline)
{
	struct wait_context wait = {lock, 0};
	int error = 0;

	if (afield__locked_is_mine(lock))
		return -EDEADLK;
	if (may_interrupt)
		error = afield_wait(&lock->waiters, has_lock, &wait, deadline);
	else
		afield_wait_uninterrupted(&lock->waiters, has_lock, &wait);
	return error ? error : wait.error;
}

int afield__locked_lock_slow(struct afield__locked *lock)
{
	return lock_slow(lock, false, NULL);
}

/* Nobody sleeps for a lock that is orphaned, so nobody is to be woken. */
int afield__locked_reset_orphans(struct afield__locked *lock)
{
	uint64_t owner = afield__locked_load(&lock->owner);

	return afield_thread_is_gone(owner) && afield__locked_disown(&lock->owner, owner);
}

static int reset_orphans(const struct afield_type *type, void *field)
{
	(void)type;
	return afield__locked_reset_orphans((struct afield__locked *)field);
}

/* Every field of this kind begins with its lock. */
static int begin(const struct afield_type *type, void *field, const struct timespec *deadline)
{
	struct afield__locked *lock = (struct afield__locked *)field;

	(void)type;
	return afield__locked_try_lock(lock) == 0 ? 0 : lock_slow(lock, true, deadline);
}

static int try_begin(const struct afield_type *type, void *field)
{
	(void)type;
	return afield__locked_try_lock((struct afield__locked *)field);
}

static void end(const struct afield_type *type, void *field)
{
	(void)type;
	afield__locked_unlock((struct afield__locked *)field);
}

static const struct afield_lock_mode lock_modes[] = {
	{"lock", "Locks the field: the value, for this thread alone.", true, begin, try_begin, end},
};

/* What Python raises. */
static const struct afield_error_mapping error_mappings[] = {
	{-EDEADLK, "DeadlockError", "this thread holds the lock already"},
	{-EOWNERDEAD, "OwnerDeadError",
	 "the lock was orphaned by a fork; reset_orphans gives it back"},
};
const struct afield_host_binding afield__locked_host_binding = {
	.traverse = afield_guarded_traverse,
	.clear = afield_guarded_clear,
	.error_mappings = error_mappings,
	.error_mapping_count = AFIELD__LENGTH(error_mappings),
	.lock_modes = lock_modes,
	.lock_mode_count = 1,
	.reset_orphans = reset_orphans,
};
const struct afield_verb afield__locked_verbs[1] = {AFIELD_GUARDED_EXCHANGE};

void afield__locked_fini(const struct afield_type *type, void *field)
{
	afield_inline_value_fini(type, field);
	memset(field, 0, sizeof(struct afield__locked));
}
