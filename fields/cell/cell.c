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

/* Whether the exclusive borrow that was seen in the way will not end. */
static bool is_hopeless(struct turn *turn, uint64_t seen)
{
	uint64_t holder = afield__cell_holder(seen);

	turn->error = holder == afield_thread_id()    ? -EDEADLK
		      : afield_thread_is_gone(holder) ? -EOWNERDEAD
						      : 0;
	return turn->error != 0;
}

/* The look spares the word a write: a try that fails is one. */
static bool has_borrow(void *argument)
{
	struct turn *turn = (struct turn *)argument;
	uint64_t seen = afield__cell_look(&turn->cell->borrows);

	if (seen >= AFIELD__CELL_EXCLUSIVE)
		return is_hopeless(turn, seen);
	/* An exclusive borrow that comes before this one began after the look: it will wake us. */
	return afield__cell_try_borrow(&turn->cell->borrows);
}

static bool has_borrow_mut(void *argument)
{
	struct turn *turn = (struct turn *)argument;
	uint64_t seen = afield__cell_look(&turn->cell->borrows);

	if (seen >= AFIELD__CELL_EXCLUSIVE)
		return is_hopeless(turn, seen);
	return seen == 0 && afield__cell_begin_mut(turn->cell) == 0;
}

static int await(struct afield__cell *cell, bool (*ready)(void *argument),
		 const struct timespec *deadline)
{
	struct turn turn = {cell, 0};
	int error = ready(&turn) ? 0 : afield_wait(&cell->waiters, ready, &turn, deadline);

	return error ? error : turn.error;
}

int afield__cell_borrow_wait(struct afield__cell *cell)
{
	return await(cell, has_borrow, NULL);
}

int afield__cell_borrow_mut_wait(struct afield__cell *cell)
{
	return await(cell, has_borrow_mut, NULL);
}

/* Every field of this room begins with its struct afield__cell. */
static struct afield__cell *cell_of(const struct afield_type *type, void *field)
{
	(void)type;
	return (struct afield__cell *)field;
}

/* Who was in the way of this thread, for what is said to people: it may have ended meanwhile. */
static __thread uint64_t in_the_way;

static int refuse(const struct afield__cell *cell, int error)
{
	in_the_way = afield__cell_holder_now(cell);
	return error;
}

static uint64_t refused_by(void)
{
	return in_the_way;
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
	int error = await(cell, has_borrow, deadline);

	return error ? refuse(cell, error) : 0;
}

static int begin_mut_wait(const struct afield_type *type, void *field,
			  const struct timespec *deadline)
{
	struct afield__cell *cell = cell_of(type, field);
	int error = await(cell, has_borrow_mut, deadline);

	return error ? refuse(cell, error) : 0;
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
static const struct afield_turn turns[] = {SHARED(NULL), EXCLUSIVE(NULL)};
static const struct afield_turn turns_wait[] = {SHARED(begin_wait), EXCLUSIVE(begin_mut_wait)};

/* What Python raises. */
static const struct afield_refusal refusals[] = {
	{-EBUSY, "BorrowError", "Already mutably borrowed"},
	{-EALREADY, "BorrowMutError", "Already borrowed"},
	{-EDEADLK, "DeadlockError", "this thread has a borrow that is in the way"},
	{-EOWNERDEAD, "OwnerDeadError",
	 "the thread that has the exclusive borrow was left behind by a fork"},
};
#define HOSTED(which)                                                                          \
	{                                                                                      \
		.traverse = afield_turn_traverse, .clear = afield_turn_clear,                  \
		.refusals = refusals, .refusal_count = sizeof(refusals) / sizeof(refusals[0]), \
		.turns = (which), .turn_count = 2, .refused_by = refused_by,                   \
	}
const struct afield_hosted afield__cell_hosted = HOSTED(turns);
const struct afield_hosted afield__cell_wait_hosted = HOSTED(turns_wait);

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
	uint64_t count = borrows < AFIELD__CELL_EXCLUSIVE ? borrows : 0;

	(void)arguments;
	memcpy(result, &count, sizeof(count));
	return 0;
}

const struct afield_verb afield__cell_verbs[3] = {
	AFIELD_TURN_EXCHANGE,
	{.name = "holder",
	 .doc = "The threading.get_ident() of the thread that has the exclusive borrow, or None.",
	 .result = AFIELD_U64,
	 .call = verb_holder},
	{.name = "borrow_count",
	 .doc = "How many shared borrows there are.",
	 .result = AFIELD_U64,
	 .call = verb_borrow_count},
};

void afield__cell_fini(const struct afield_type *type, void *field)
{
	afield_inside_fini(type, field);
	memset(field, 0, sizeof(struct afield__cell));
}
