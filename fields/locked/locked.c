/*
 * locked: the slow half of a lock, and its turns for callers that know the table alone.
 *
 * Through the table a wait can end with -EINTR, because there it can be said; the typed functions
 * wait on.
 */
#include "locked.h"

#include <string.h>

/* A wait for the lock, and why it ended. */
struct turn {
	struct afield__locked *lock;
	int error;
};

/* The look spares the word a write: a try that fails is one. */
static bool has_turn(void *argument)
{
	struct turn *turn = (struct turn *)argument;
	uint64_t owner = afield__locked_look(&turn->lock->owner);

	if (owner ==
	    0) /* a thread that comes before this one began after the look: it will wake us */
		return afield__locked_try_lock(turn->lock) == 0;
	if (!afield_thread_is_gone(owner))
		return false;
	turn->error = -EOWNERDEAD;
	return true;
}

static int lock_slow(struct afield__locked *lock, bool may_interrupt,
		     const struct timespec *deadline)
{
	struct turn turn = {lock, 0};
	int error = 0;

	if (afield__locked_is_mine(lock))
		return -EDEADLK;
	if (may_interrupt)
		error = afield_wait(&lock->waiters, has_turn, &turn, deadline);
	else
		afield_wait_uninterrupted(&lock->waiters, has_turn, &turn);
	return error ? error : turn.error;
}

int afield__locked_lock_slow(struct afield__locked *lock)
{
	return lock_slow(lock, false, NULL);
}

/* Every field of this room begins with its lock. */
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

static const struct afield_turn turns[] = {
	{"lock", "Locks the field: the value, for this thread alone.", true, begin, try_begin, end},
};

/* What Python raises. */
static const struct afield_refusal refusals[] = {
	{-EDEADLK, "DeadlockError", "this thread holds the lock already"},
	{-EOWNERDEAD, "OwnerDeadError", "the thread that holds the lock was left behind by a fork"},
};
const struct afield_hosted afield__locked_hosted = {
	.traverse = afield_turn_traverse,
	.clear = afield_turn_clear,
	.refusals = refusals,
	.refusal_count = sizeof(refusals) / sizeof(refusals[0]),
	.turns = turns,
	.turn_count = 1,
};
const struct afield_verb afield__locked_verbs[1] = {AFIELD_TURN_EXCHANGE};

void afield__locked_fini(const struct afield_type *type, void *field)
{
	afield_inside_fini(type, field);
	memset(field, 0, sizeof(struct afield__locked));
}
