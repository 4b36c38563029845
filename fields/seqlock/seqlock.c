/*
 * seqlock: the slow halves, and what the tables of seqlock field types point to.
 *
 * A caller that knows a field only by its table brings values by address; the layout is the table's
 * detail. Through the table a store or exchange that had to wait can end with -EINTR, because there
 * it can be said; the typed functions of seqlock.h cannot say it and wait on.
 */
#include "seqlock.h"

/* A wait for the lock, and what it brings. */
struct turn {
	afield__seqlock_sequence *sequence;
	uint64_t held;
};

static bool is_taken(void *argument)
{
	struct turn *turn = (struct turn *)argument;

	return afield__seqlock_try_lock(turn->sequence, &turn->held);
}

uint64_t afield__seqlock_lock_slow(struct afield__seqlock *lock)
{
	struct turn turn = {&lock->sequence, 0};

	afield_wait_uninterrupted(&lock->waiters, is_taken, &turn);
	return turn.held;
}

void afield__seqlock_load_slow(struct afield__seqlock *lock, const afield_word *slots,
			       struct afield__seqlock_layout layout, void *value, uintptr_t *last)
{
	uint64_t held = afield__seqlock_lock_slow(lock);

	afield__seqlock_peek(slots, layout, held, (afield__seqlock_raw *)value, last);
	afield__seqlock_cancel(lock, held);
}

/* A field of some type of this room: the maker writes the same struct with a fixed array. */
struct field {
	struct afield__seqlock lock;
	afield_word words[];
};

static struct afield__seqlock_layout layout_of(const struct afield_type *type)
{
	return *(const struct afield__seqlock_layout *)type->detail;
}

int afield__seqlock_table_load(const struct afield_type *type, const void *field, void *value)
{
	const struct field *self = (const struct field *)field;

	afield__seqlock_load(&self->lock, self->words, layout_of(type), type->holds.size, value);
	return 0;
}

/* Takes the lock as a host's caller does: 0 with *held, or -EINTR. */
static int lock_for_table(struct afield__seqlock *lock, uint64_t *held)
{
	struct turn turn = {&lock->sequence, 0};
	int error = 0;

	if (!is_taken(&turn))
		error = afield_wait(&lock->waiters, is_taken, &turn, NULL);
	*held = turn.held;
	return error;
}

int afield__seqlock_table_store(const struct afield_type *type, void *field, const void *value)
{
	struct field *self = (struct field *)field;
	uint64_t held;
	int error = lock_for_table(&self->lock, &held);

	if (error)
		return error;
	afield__seqlock_finish(&self->lock, self->words, layout_of(type), type->holds.size, held,
			       value);
	return 0;
}

static int verb_exchange(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	struct field *self = (struct field *)field;
	uint64_t held;
	int error = lock_for_table(&self->lock, &held);

	if (error)
		return error;
	afield__seqlock_peek_value(self->words, layout_of(type), type->holds.size, held, result);
	afield__seqlock_finish(&self->lock, self->words, layout_of(type), type->holds.size, held,
			       arguments[0]);
	return 0;
}

const struct afield_verb afield__seqlock_verbs[1] = {
	{"exchange",
	 "Stores value and returns the one before.",
	 AFIELD_ITSELF,
	 1,
	 {AFIELD_ITSELF},
	 {"value"},
	 verb_exchange},
};
