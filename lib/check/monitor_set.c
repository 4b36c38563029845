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
	uint32_t insert;
	uint32_t remove;
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

/* Whether it changes nothing and did not find the value. */
static bool missed_it(const struct afield_operation *operation)
{
	return operation->verb == INSERT ? false : told(operation) == 0;
}

static enum afield__result gather(const struct afield__input *input, struct life *life)
{
	life->insert = life->remove = AFIELD__NONE;
	life->insert_high = AFIELD__FOREVER;
	life->remove_low = AFIELD__NEVER;
	for (uint32_t i = 0; i < input->part->count; i++) {
		const struct afield_operation *operation = afield__operation(input, i);
		uint32_t *change = operation->verb == INSERT ? &life->insert : &life->remove;
		bool changes = operation->verb != CONTAINS && told(operation) == 1;

		if (told(operation) < 0 && operation->verb == CONTAINS)
			continue;
		if (told(operation) < 0 || (changes && *change != AFIELD__NONE))
			return AFIELD__NOT_APPLICABLE;
		if (changes)
			*change = i;
		if (!changes && !found_it(operation))
			continue;
		if (input->ret[i] < life->insert_high)
			life->insert_high = input->ret[i];
		if (!found_it(operation))
			continue;
		life->found = true;
		if (input->call[i] > life->remove_low)
			life->remove_low = input->call[i];
	}
	return AFIELD__LIN;
}

/* Those that found it between insertion and removal; those that missed it before, or else behind. */
static void put_order(const struct afield__input *input, const struct life *life)
{
	afield__time inserted = life->insert_high;

	if (life->insert == AFIELD__NONE)
		inserted = AFIELD__FOREVER;
	else if (life->remove != AFIELD__NONE && input->ret[life->remove] < inserted)
		inserted = input->ret[life->remove];
	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < input->part->count; i++) {
			const struct afield_operation *operation = afield__operation(input, i);
			bool early = input->call[i] <= inserted;

			if (round == 1 ? i != life->remove && found_it(operation)
				       : missed_it(operation) && early == (round == 0))
				afield__put_order(input, i);
		}
		if (round == 0 && life->insert != AFIELD__NONE)
			afield__put_order(input, life->insert);
		if (round == 1 && life->remove != AFIELD__NONE)
			afield__put_order(input, life->remove);
	}
}

static enum afield__result judge(const struct afield__input *input, struct life *life)
{
	afield__time insert_low;

	if (life->insert == AFIELD__NONE)
		return life->found ? AFIELD__NONLIN : AFIELD__LIN;
	insert_low = input->call[life->insert];
	if (insert_low > life->insert_high)
		return AFIELD__NONLIN;
	if (life->remove == AFIELD__NONE)
		life->remove_low = AFIELD__FOREVER;
	else if (life->remove_low > input->ret[life->remove] ||
		 insert_low > input->ret[life->remove])
		return AFIELD__NONLIN;
	/* Insertion and removal may meet in one point, and then nobody need have missed it. */
	if (life->remove_low <= life->insert_high)
		return AFIELD__LIN;
	for (uint32_t i = 0; i < input->part->count; i++) {
		if (missed_it(afield__operation(input, i)) && input->call[i] > life->insert_high &&
		    input->ret[i] < life->remove_low)
			return AFIELD__NONLIN;
	}
	return AFIELD__LIN;
}

enum afield__result afield__monitor_set(const struct afield__input *input)
{
	struct life life = {0};
	enum afield__result result = gather(input, &life);

	if (result == AFIELD__LIN)
		result = judge(input, &life);
	if (result == AFIELD__LIN && input->order)
		put_order(input, &life);
	return result;
}
