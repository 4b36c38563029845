/* SPDX-License-Identifier: MIT */
/*
 * watch_history.c: from the log of a window to a history.
 *
 * A linearizable object has an order of all operations there ever were. A window has those that are
 * called before its end and return behind its start. Its end is a prefix: operations that return
 * behind it are pending, and what is called behind it is left out. At its start the object holds
 * what nobody knows. An operation that is open at the start may have linearized before it, and then
 * it is a part of that; so it may have happened in the window or not, which is what pending means,
 * and one that only looks is left out. Rows have rules of their own: watch_row.c.
 */
#include "watch_history.h"

#include <stdlib.h>

/* The bits as a number. */
static afield_value widen(const struct afield_history *history,
			  const struct afield_watch_type *type, uint64_t bits)
{
	int64_t number = type->signed_size == 4 ? (int32_t)(uint32_t)bits : (int64_t)bits;

	return afield_value_of(history, number);
}

/* Whether the operation changes nothing, with the result it has. */
static bool only_looks(const struct afield_watch_type *type,
		       const struct afield__watch_operation *operation, bool has_result)
{
	bool is_exchange = operation->verb == AFIELD__WATCH_compare_exchange ||
			   operation->verb == AFIELD__WATCH_compare_exchange_weak;

	if (type->shape == AFIELD__WATCH_SUM)
		return operation->verb == AFIELD__WATCH_SUM_READ;
	if (operation->verb == AFIELD__WATCH_load)
		return true;
	if (strcmp(type->model, "register") == 0)
		return false;
	return is_exchange && has_result && operation->results[0] == 0;
}

/* A register's exchange is a rmw, whose first argument is what it found; without a result it is no
 * more than a write. Of an update that has begun before the window nobody knows what it wrote. */
static bool add_to_register(struct afield_history *history, const struct afield__watch_event *event,
			    afield_value *values)
{
	afield_value before;

	switch (event->operation.verb) {
	case AFIELD__WATCH_READ:
		return afield__watch_add(history, event, AFIELD__WATCH_READ, values + 2, 0, 1);
	case AFIELD__WATCH_RMW:
	case AFIELD__WATCH_UPDATE:
		if (event->operation.verb == AFIELD__WATCH_UPDATE &&
		    event->operation.result_count < 2) {
			afield_history_set_incomplete(history);
			return true;
		}
		if (event->operation.result_count == 0)
			break;
		before = values[2];
		values[2] = event->operation.verb == AFIELD__WATCH_UPDATE ? values[3] : values[0];
		values[1] = values[2];
		values[0] = before;
		return afield__watch_add(history, event, AFIELD__WATCH_RMW, values, 2, 0);
	default:
		break;
	}
	return afield__watch_add(history, event, AFIELD__WATCH_WRITE, values, 1, 0);
}

static bool add_one(struct afield_history *history, const struct afield_watch_type *type,
		    const struct afield__watch_event *event)
{
	const struct afield__watch_operation *operation = &event->operation;
	afield_value values[4];
	unsigned results = operation->result_count;

	for (unsigned i = 0; i < 2; i++) {
		values[i] = widen(history, type, operation->arguments[i]);
		values[i + 2] = widen(history, type, operation->results[i]);
	}
	if (strcmp(type->model, "register") == 0)
		return add_to_register(history, event, values);
	if (type->shape == AFIELD__WATCH_SUM && operation->verb == AFIELD__WATCH_SUM_ADD) {
		values[2] = AFIELD_OK;
		results = 1;
	}
	if (type->shape == AFIELD__WATCH_ONE &&
	    (operation->verb == AFIELD__WATCH_compare_exchange ||
	     operation->verb == AFIELD__WATCH_compare_exchange_weak))
		values[2] = operation->results[0] ? AFIELD_OK : AFIELD_FAIL;
	if (operation->argument_count < 2)
		memmove(values + operation->argument_count, values + 2, 2 * sizeof(*values));
	return afield__watch_add(history, event, operation->verb, values, operation->argument_count,
				 results);
}

/*
 * A counter's sum is one instant's count when all additions are of one, or all of minus one, and
 * nothing is taken out (counter.h). A window with anything else decides nothing.
 */
static bool is_linearizable_sum(const struct afield__watch_log *log)
{
	uint64_t amount = 0;

	for (size_t i = 0; i < log->count; i++) {
		const struct afield__watch_operation *operation = &log->events[i].operation;

		if (operation->verb == AFIELD__WATCH_SUM_READ)
			continue;
		if (operation->verb != AFIELD__WATCH_SUM_ADD ||
		    (operation->arguments[0] != 1 && operation->arguments[0] != ~UINT64_C(0)) ||
		    (amount && operation->arguments[0] != amount))
			return false;
		amount = operation->arguments[0];
	}
	return true;
}

static bool add_all(struct afield_history *history, const struct afield_watch_type *type,
		    struct afield__watch_log *log)
{
	afield_history_set_initial(history, AFIELD_ANY);
	if (type->shape == AFIELD__WATCH_SUM && !is_linearizable_sum(log)) {
		afield_history_set_incomplete(history);
		return true;
	}
	for (size_t i = 0; i < log->count; i++) {
		struct afield__watch_event *event = &log->events[i];
		bool is_before = event->call == AFIELD__WATCH_BEFORE;

		if ((is_before || event->is_pending) &&
		    only_looks(type, &event->operation, event->has_result))
			continue;
		event->is_pending |= is_before;
		if (!add_one(history, type, event))
			return false;
	}
	return true;
}

struct afield_history *afield__watch_history(const struct afield_watch_type *type,
					     struct afield__watch_log *log)
{
	struct afield_history *history = afield_history_create(afield_model_find(type->model));
	bool is_done = false;

	if (!history)
		return NULL;
	if (type->shape == AFIELD__WATCH_ROW)
		is_done = afield__watch_row_prepare(log) && afield__watch_row_add(history, log);
	else if (type->shape == AFIELD__WATCH_KEYED)
		is_done = afield__watch_keyed_add(history, log);
	else
		is_done = add_all(history, type, log);
	if (is_done)
		return history;
	afield_history_free(history);
	return NULL;
}
