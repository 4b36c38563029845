/*
 * locked: the slow half of a lock, and what the tables of locked field types point to.
 *
 * Through the table a wait can end with -EINTR, because there it can be said; the typed functions
 * wait on.
 */
#include "locked.h"

#include <errno.h>
#include <string.h>

/* A wait for the lock, and why it ended. */
struct turn {
	struct afield__locked *lock;
	int error;
};

/*
 * Pairs with afield__locked_unlock: owner, mutex, fence, count there; count, fence, owner and mutex
 * here. Without the fence both could miss the other's step, and a sleeper its only wake-up.
 */
static bool has_turn(void *argument)
{
	struct turn *turn = (struct turn *)argument;
	uint64_t owner;

	AFIELD_FENCE(seq_cst, &turn->lock->waiters.count);
	owner = AFIELD_LOAD(&turn->lock->owner, relaxed);
	if (owner == 0) /* else spare the mutex: a failed try is a write to its line */
		return afield__locked_try_lock(turn->lock);
	if (!afield_thread_is_gone(owner))
		return false;
	turn->error = -EOWNERDEAD;
	return true;
}

static int lock_slow(struct afield__locked *lock, bool may_interrupt)
{
	struct turn turn = {lock, 0};
	int error = 0;

	if (afield__locked_is_mine(lock))
		return -EDEADLK;
	if (may_interrupt)
		error = afield_wait(&lock->waiters, has_turn, &turn, NULL);
	else
		afield_wait_uninterrupted(&lock->waiters, has_turn, &turn);
	return error ? error : turn.error;
}

int afield__locked_lock_slow(struct afield__locked *lock)
{
	return lock_slow(lock, false);
}

static int lock_for_table(struct afield__locked *lock)
{
	return afield__locked_try_lock(lock) ? 0 : lock_slow(lock, true);
}

/* Every field of this room begins with its lock. */
int afield__locked_table_load(const struct afield_type *type, const void *field, void *value)
{
	struct afield__locked *lock = (struct afield__locked *)(uintptr_t)field;
	int error = lock_for_table(lock);

	if (error)
		return error;
	memcpy(value, afield_inside(type, field), type->holds.size);
	afield__locked_unlock(lock);
	return 0;
}

int afield__locked_table_store(const struct afield_type *type, void *field, const void *value)
{
	struct afield__locked *lock = (struct afield__locked *)field;
	int error = lock_for_table(lock);

	if (error)
		return error;
	memcpy(afield_inside(type, field), value, type->holds.size);
	afield__locked_unlock(lock);
	return 0;
}

static int verb_exchange(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	struct afield__locked *lock = (struct afield__locked *)field;
	int error = lock_for_table(lock);

	if (error)
		return error;
	memcpy(result, afield_inside(type, field), type->holds.size);
	memcpy(afield_inside(type, field), arguments[0], type->holds.size);
	afield__locked_unlock(lock);
	return 0;
}

const struct afield_verb afield__locked_verbs[1] = {
	{"exchange",
	 "Stores value and returns the one before.",
	 AFIELD_ITSELF,
	 1,
	 {AFIELD_ITSELF},
	 {"value"},
	 verb_exchange},
};

/* What Python raises. */
static const struct afield_refusal refusals[] = {
	{-EDEADLK, "DeadlockError", "this thread holds the lock already"},
	{-EOWNERDEAD, "OwnerDeadError", "the thread that holds the lock was left behind by a fork"},
};
const struct afield_hosted afield__locked_hosted = {
	.refusals = refusals, .refusal_count = sizeof(refusals) / sizeof(refusals[0])};

/* The mutex owns nothing, but checkers of locks want to hear of its end. */
void afield__locked_table_fini(const struct afield_type *type, void *field)
{
	struct afield__locked *lock = (struct afield__locked *)field;

	afield_inside_fini(type, field);
	pthread_mutex_destroy(&lock->mutex);
	memset(lock, 0, sizeof(*lock));
}
