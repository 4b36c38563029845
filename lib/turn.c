/*
 * turn: what the tables of kinds point to whose values are reached by turns; and turns that a host
 * has begun for its users.
 */
#include <afield/turn.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct afield_turn *turn_for_reading(const struct afield_type *type)
{
	return type->hosted->turns;
}

static const struct afield_turn *turn_for_writing(const struct afield_type *type)
{
	return type->hosted->turns + type->hosted->turn_count - 1;
}

__thread struct afield_hold *afield__holds __attribute__((tls_model("initial-exec")));

/* Whether a turn in this thread's list and another of the same field exclude each other. */
static bool is_in_my_own_way(const struct afield_turn *turn, const void *field)
{
	const struct afield_hold *hold = afield__holds;

	while (hold && (hold->at != field || !(hold->turn->may_write || turn->may_write)))
		hold = hold->next;
	return hold != NULL;
}

/* A kind does not know all that share a turn by name: one that waits might wait for itself. */
static int begin(const struct afield_turn *turn, const struct afield_type *type, void *field,
		 const struct timespec *deadline)
{
	if (!turn->begin)
		return turn->try_begin(type, field);
	if (!is_in_my_own_way(turn, field))
		return turn->begin(type, field, deadline);
	return turn->try_begin(type, field) ? -EDEADLK : 0;
}

int afield_hold_begin(struct afield_hold *hold, bool may_wait, const struct timespec *deadline)
{
	int error = may_wait ? begin(hold->turn, hold->type, hold->at, deadline)
			     : hold->turn->try_begin(hold->type, hold->at);

	if (error)
		return error;
	hold->next = afield__holds;
	afield__holds = hold;
	return 0;
}

void afield_hold_end(struct afield_hold *hold)
{
	struct afield_hold **link = &afield__holds;

	while (*link != hold)
		link = &(*link)->next;
	*link = hold->next;
	hold->turn->end(hold->type, hold->at);
}

int afield_turn_load(const struct afield_type *type, const void *field, void *value)
{
	const struct afield_turn *turn = turn_for_reading(type);
	void *it = (void *)(uintptr_t)field;
	int error = begin(turn, type, it, NULL);

	if (error)
		return error;
	memcpy(value, afield_inside(type, it), type->holds.size);
	turn->end(type, it);
	return 0;
}

int afield_turn_store(const struct afield_type *type, void *field, const void *value)
{
	const struct afield_turn *turn = turn_for_writing(type);
	int error = begin(turn, type, field, NULL);

	if (error)
		return error;
	memcpy(afield_inside(type, field), value, type->holds.size);
	turn->end(type, field);
	return 0;
}

int afield_turn_exchange(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	const struct afield_turn *turn = turn_for_writing(type);
	int error = begin(turn, type, field, NULL);

	if (error)
		return error;
	memcpy(result, afield_inside(type, field), type->holds.size);
	memcpy(afield_inside(type, field), arguments[0], type->holds.size);
	turn->end(type, field);
	return 0;
}

int afield_turn_traverse(const struct afield_type *type, void *field,
			 int (*visit)(void *object, void *argument), void *argument)
{
	const struct afield_inside *inside = (const struct afield_inside *)type->detail;
	const struct afield_turn *turn = turn_for_reading(type);
	int result;

	if (!inside->visit || turn->try_begin(type, field))
		return 0;
	result = inside->visit(afield_inside(type, field), visit, argument);
	turn->end(type, field);
	return result;
}

/* Without memory for what was in it, the field is left to the next collection. */
void afield_turn_clear(const struct afield_type *type, void *field)
{
	const struct afield_inside *inside = (const struct afield_inside *)type->detail;
	const struct afield_turn *turn = turn_for_writing(type);
	void *value = inside->visit ? calloc(1, type->holds.size) : NULL;

	if (value && turn->try_begin(type, field) == 0) {
		memcpy(value, afield_inside(type, field), type->holds.size);
		memset(afield_inside(type, field), 0, type->holds.size);
		turn->end(type, field);
		afield_inside_destroy(type, value);
	}
	free(value);
}
