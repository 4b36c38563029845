/* SPDX-License-Identifier: MIT */
/*
 * monitor_set.c: one value of a set, when it is inserted at most once and removed at most once.
 *
 * The value is there from its insertion until its removal. Whoever found it must overlap that time,
 * and whoever did not find it must overlap the time before or behind. So the insertion is best
 * placed as late, and the removal as early, as those who found it allow.
 */
#include "monitor.h"

enum { INSERT, REMOVE, CONTAINS };

struct life {
	const struct afield_operation *insert;
	const struct afield_operation *remove;
	afield__time insert_high; /* the least return of the insertion and those who found it */
	afield__time remove_low;  /* the greatest call of those who found it and the removal */
	bool found;
};

/* 1: it changed or found; 0: not; -1: that is not told. */
static int told(const struct afield_operation *operation)
{
	afield_value result = afield_result(operation, 0);

	if (result == 1 || result == AFIELD_OK)
		return 1;
	return result == 0 || result == AFIELD_FAIL ? 0 : -1;
}

/* Whether the operation, with what it told, found the value there. */
static bool found_it(const struct afield_operation *operation)
{
	return operation->verb == INSERT ? told(operation) == 0 : told(operation) == 1;
}

static enum afield__result gather(const struct afield__part *part, struct life *life)
{
	life->insert_high = AFIELD__FOREVER;
	life->remove_low = AFIELD__NEVER;
	for (uint32_t i = 0; i < part->count; i++) {
		const struct afield_operation *operation =
			&part->history->operations[part->operations[i]];
		const struct afield_operation **change =
			operation->verb == INSERT ? &life->insert : &life->remove;

		if (told(operation) < 0 && operation->verb == CONTAINS)
			continue;
		if (told(operation) < 0)
			return AFIELD__NOT_APPLICABLE;
		if (operation->verb != CONTAINS && told(operation) == 1) {
			if (*change)
				return AFIELD__NOT_APPLICABLE;
			*change = operation;
		}
		if (operation->verb == INSERT && told(operation) == 1) {
			if (afield__return_time(operation) < life->insert_high)
				life->insert_high = afield__return_time(operation);
		} else if (found_it(operation)) {
			life->found = true;
			if (afield__return_time(operation) < life->insert_high)
				life->insert_high = afield__return_time(operation);
			if (afield__call_time(operation) > life->remove_low)
				life->remove_low = afield__call_time(operation);
		}
	}
	return AFIELD__LIN;
}

enum afield__result afield__monitor_set(const struct afield__part *part,
					struct afield__blame *blame)
{
	struct life life = {0};
	enum afield__result result = gather(part, &life);
	afield__time insert_low;

	(void)blame;
	if (result != AFIELD__LIN)
		return result;
	if (!life.insert)
		return life.found ? AFIELD__NONLIN : AFIELD__LIN;
	insert_low = afield__call_time(life.insert);
	if (insert_low > life.insert_high)
		return AFIELD__NONLIN;
	if (!life.remove)
		life.remove_low = AFIELD__FOREVER;
	else if (life.remove_low > afield__return_time(life.remove) ||
		 insert_low > afield__return_time(life.remove))
		return AFIELD__NONLIN;
	/* Insertion and removal may meet in one point, and then nobody need have missed it. */
	if (life.remove_low <= life.insert_high)
		return AFIELD__LIN;
	for (uint32_t i = 0; i < part->count; i++) {
		const struct afield_operation *operation =
			&part->history->operations[part->operations[i]];

		if (told(operation) < 0 || found_it(operation) || operation == life.insert)
			continue;
		if (afield__call_time(operation) > life.insert_high &&
		    afield__return_time(operation) < life.remove_low)
			return AFIELD__NONLIN;
	}
	return AFIELD__LIN;
}
