/* SPDX-License-Identifier: MIT */
/*
 * once: beginning and ending a making, and what the tables of once field types point to.
 */
#include "once.h"

#include <afield/thread.h>

#include <errno.h>
#include <string.h>

/* What a thread that wants to make the value finds. */
struct attempt {
	struct afield__once *once;
	int result; /* 0: it has begun, 1: the value is there, or -EDEADLK */
	bool is_taken_over;
};

/* Ends the wait when this thread has begun, or need not. Only another's making goes on. */
static bool is_decided(void *argument)
{
	struct attempt *attempt = (struct attempt *)argument;
	afield__once_state *state = &attempt->once->state;
	uint64_t self = afield_thread_id();
	uint64_t seen = afield__once_load(state);
	bool is_empty = seen == AFIELD__ONCE_EMPTY;

	attempt->result = seen == AFIELD__ONCE_SET          ? 1
			  : seen == afield__once_busy(self) ? -EDEADLK
							    : 0;
	if (attempt->result != 0)
		return true;
	attempt->is_taken_over = !is_empty && afield_thread_is_gone(seen - 1);
	/* A thread that claims before this one began after the look above: it will wake us. */
	return (is_empty || attempt->is_taken_over) && afield__once_claim(state, seen, self);
}

/* A once of an object has no value here: size is 0 and value NULL. */
static void forget(void *value, size_t size)
{
	if (size > 0)
		memset(value, 0, size);
}

int afield__once_begin(struct afield__once *once, void *value, size_t size)
{
	struct attempt attempt = {once, 0, false};
	int error = 0;

	if (!is_decided(&attempt))
		error = afield_wait(&once->waiters, is_decided, &attempt, NULL);
	if (error)
		return error;
	if (attempt.result == 0 && attempt.is_taken_over)
		forget(value, size); /* half of what a thread orphaned by a fork wrote */
	return attempt.result;
}

void afield__once_end(struct afield__once *once, void *value, size_t size, bool is_done)
{
	if (is_done) {
		afield__once_publish(&once->state);
		afield_wake(&once->waiters);
	} else { /* one of those who wait makes it in its turn */
		forget(value, size);
		afield__once_abandon(&once->state);
		afield_wake_one(&once->waiters);
	}
}

int afield__once_set(struct afield__once *once, void *value, const void *source, size_t size)
{
	int result = afield__once_begin(once, value, size);

	if (result != 0)
		return result > 0 ? -EEXIST : result;
	memcpy(value, source, size);
	afield__once_end(once, value, size, true);
	return 0;
}

/* Every field of this kind begins with its struct afield__once. */
int afield__once_table_load(const struct afield_type *type, const void *field, void *value)
{
	const struct afield__once *once = (const struct afield__once *)field;

	if (!afield__once_is_set(&once->state))
		return -ENODATA;
	memcpy(value, afield_inline_value(type, field), type->value_type.size);
	return 0;
}

int afield__once_table_store(const struct afield_type *type, void *field, const void *value)
{
	return afield__once_set((struct afield__once *)field, afield_inline_value(type, field),
				value, type->value_type.size);
}

/* What Python raises. */
static const struct afield_error_mapping error_mappings[] = {
	{-EEXIST, "AlreadySetError", "Already set"},
	{-EDEADLK, "DeadlockError", "this thread is making the value"},
};
const struct afield_host_binding afield__once_host_binding = {
	.error_mappings = error_mappings,
	.error_mapping_count = AFIELD__LENGTH(error_mappings),
};

/* The state knows better than the bytes whether there is a value: one of zeros is destroyed, too.
 */
void afield__once_table_fini(const struct afield_type *type, void *field)
{
	const struct afield_inline_value *inside = (const struct afield_inline_value *)type->detail;
	struct afield__once *once = (struct afield__once *)field;
	void *value = afield_inline_value(type, field);

	if (inside->destroy && afield__once_is_set(&once->state))
		inside->destroy(value);
	memset(value, 0, type->value_type.size);
	memset(once, 0, sizeof(*once));
}
