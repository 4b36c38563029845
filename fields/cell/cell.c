/*
 * cell: borrows that wait, and what the tables of cell field types point to.
 */
#include "cell.h"

#include <string.h>

/* A wait for a borrow, and why it ended. */
struct turn {
	struct afield__cell *cell;
	int error;
};

/*
 * Whether the exclusive borrow in the way will not end. The holder may be another by now than when
 * the borrow was seen: then it is neither this thread nor gone, unless it says so itself.
 */
static bool is_hopeless(struct turn *turn)
{
	uint64_t holder = AFIELD_LOAD(&turn->cell->holder, relaxed);

	turn->error = holder == afield_thread_id()    ? -EDEADLK
		      : afield_thread_is_gone(holder) ? -EOWNERDEAD
						      : 0;
	return turn->error != 0;
}

/* The look spares the word a write: a try that fails is one. */
static bool has_borrow(void *argument)
{
	struct turn *turn = (struct turn *)argument;
	afield__cell_borrows *borrows = &turn->cell->borrows;

	if (afield__cell_look(borrows) >= AFIELD__CELL_EXCLUSIVE)
		return is_hopeless(turn);
	/* An exclusive borrow that comes before this one began after the look: it will wake us. */
	return afield__cell_try_borrow(borrows);
}

static bool has_borrow_mut(void *argument)
{
	struct turn *turn = (struct turn *)argument;
	uint64_t seen = afield__cell_look(&turn->cell->borrows);

	if (seen >= AFIELD__CELL_EXCLUSIVE)
		return is_hopeless(turn);
	return seen == 0 && afield__cell_begin_mut(turn->cell) == 0;
}

static int await(struct afield__cell *cell, bool (*ready)(void *argument))
{
	struct turn turn = {cell, 0};
	int error = ready(&turn) ? 0 : afield_wait(&cell->waiters, ready, &turn, NULL);

	return error ? error : turn.error;
}

int afield__cell_borrow_wait(struct afield__cell *cell)
{
	return await(cell, has_borrow);
}

int afield__cell_borrow_mut_wait(struct afield__cell *cell)
{
	return await(cell, has_borrow_mut);
}

/* Every field of this room begins with its struct afield__cell. */
static struct afield__cell *cell_of(const struct afield_type *type, void *field)
{
	(void)type;
	return (struct afield__cell *)field;
}

static int try_begin(const struct afield_type *type, void *field)
{
	return afield__cell_begin(cell_of(type, field));
}

/* By the table -EALREADY, so that a host can tell the two errors apart. */
static int try_begin_mut(const struct afield_type *type, void *field)
{
	return afield__cell_begin_mut(cell_of(type, field)) == 0 ? 0 : -EALREADY;
}

static int begin_wait(const struct afield_type *type, void *field)
{
	return afield__cell_borrow_wait(cell_of(type, field));
}

static int begin_mut_wait(const struct afield_type *type, void *field)
{
	return afield__cell_borrow_mut_wait(cell_of(type, field));
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
static const struct afield_turn turns[] = {SHARED(try_begin), EXCLUSIVE(try_begin_mut)};
static const struct afield_turn turns_wait[] = {SHARED(begin_wait), EXCLUSIVE(begin_mut_wait)};

/* What Python raises. */
static const struct afield_refusal refusals[] = {
	{-EBUSY, "BorrowError", "Already mutably borrowed"},
	{-EALREADY, "BorrowMutError", "Already borrowed"},
	{-EDEADLK, "DeadlockError", "this thread has the exclusive borrow"},
	{-EOWNERDEAD, "OwnerDeadError",
	 "the thread that has the exclusive borrow was left behind by a fork"},
};
#define HOSTED(turns)                                                             \
	{                                                                         \
		afield_turn_traverse, afield_turn_clear, refusals,                \
			sizeof(refusals) / sizeof(refusals[0]), NULL, (turns), 2, \
	}
const struct afield_hosted afield__cell_hosted = HOSTED(turns);
const struct afield_hosted afield__cell_wait_hosted = HOSTED(turns_wait);
const struct afield_verb afield__cell_verbs[1] = {AFIELD_TURN_EXCHANGE};

void afield__cell_fini(const struct afield_type *type, void *field)
{
	afield_inside_fini(type, field);
	memset(field, 0, sizeof(struct afield__cell));
}
