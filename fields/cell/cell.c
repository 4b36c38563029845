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
	return seen == 0 && afield__cell_begin_mut(turn->cell);
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
static struct afield__cell *cell_of(const void *field)
{
	return (struct afield__cell *)(uintptr_t)field;
}

static int copy_out(const struct afield_type *type, const void *field, void *value)
{
	memcpy(value, afield_inside(type, field), type->holds.size);
	afield__cell_end(cell_of(field));
	return 0;
}

static int copy_in(const struct afield_type *type, void *field, const void *value)
{
	memcpy(afield_inside(type, field), value, type->holds.size);
	afield__cell_end_mut(cell_of(field));
	return 0;
}

int afield__cell_table_load(const struct afield_type *type, const void *field, void *value)
{
	if (!afield__cell_try_borrow(&cell_of(field)->borrows))
		return -EBUSY;
	return copy_out(type, field, value);
}

/* By the table -EALREADY, so that a host can tell the two errors apart. */
int afield__cell_table_store(const struct afield_type *type, void *field, const void *value)
{
	if (!afield__cell_begin_mut(cell_of(field)))
		return -EALREADY;
	return copy_in(type, field, value);
}

int afield__cell_table_load_wait(const struct afield_type *type, const void *field, void *value)
{
	int error = afield__cell_borrow_wait(cell_of(field));

	return error ? error : copy_out(type, field, value);
}

int afield__cell_table_store_wait(const struct afield_type *type, void *field, const void *value)
{
	int error = afield__cell_borrow_mut_wait(cell_of(field));

	return error ? error : copy_in(type, field, value);
}

/* What Python raises. */
static const struct afield_refusal refusals[] = {
	{-EBUSY, "BorrowError", "Already mutably borrowed"},
	{-EALREADY, "BorrowMutError", "Already borrowed"},
	{-EDEADLK, "DeadlockError", "this thread has the exclusive borrow"},
	{-EOWNERDEAD, "OwnerDeadError",
	 "the thread that has the exclusive borrow was left behind by a fork"},
};
const struct afield_hosted afield__cell_hosted = {
	.refusals = refusals, .refusal_count = sizeof(refusals) / sizeof(refusals[0])};

void afield__cell_table_fini(const struct afield_type *type, void *field)
{
	afield_inside_fini(type, field);
	memset(field, 0, sizeof(struct afield__cell));
}
