/* SPDX-License-Identifier: MIT */
/*
 * watch_keyed.c: a window of a map, which is a register for each key: nil where the key is not.
 */
#include "watch_history.h"

#include <stdlib.h>

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* The key of most operations. False when there is no memory. */
static bool find_key(const struct afield__watch_log *log, uint64_t *key)
{
	uint64_t *keys = (uint64_t *)malloc((log->count + 1) * sizeof(*keys));
	size_t most = 0;

	if (!keys)
		return false;
	for (size_t i = 0; i < log->count; i++)
		keys[i] = log->events[i].operation.arguments[0];
	qsort(keys, log->count, sizeof(*keys), compare);
	for (size_t first = 0, last; first < log->count; first = last) {
		last = first + 1;
		while (last < log->count && keys[last] == keys[first])
			last++;
		if (last - first > most) {
			most = last - first;
			*key = keys[first];
		}
	}
	free(keys);
	return true;
}

/* Whether the operation is known to have changed nothing. */
static bool only_looks(const struct afield__watch_event *event)
{
	const struct afield__watch_operation *operation = &event->operation;

	switch (operation->verb) {
	case AFIELD__WATCH_MAP_LOAD:
		return true;
	case AFIELD__WATCH_MAP_REMOVE:
		return event->has_result && operation->result_count == 0;
	case AFIELD__WATCH_MAP_INSERT:
		return event->has_result && operation->result_count != 0;
	case AFIELD__WATCH_MAP_COMPARE:
		return event->has_result && !(operation->result_count && operation->results[1]);
	default:
		return false;
	}
}

/* What may not have happened in the window is a pending write, whatever it had to find. */
static bool add_event(struct afield_history *history, struct afield__watch_event *event)
{
	const struct afield__watch_operation *operation = &event->operation;
	bool is_optional = event->is_pending || event->call == AFIELD__WATCH_BEFORE;
	afield_value values[2] = {AFIELD_NIL, AFIELD_NIL};

	if (operation->result_count)
		values[0] = afield_value_of(history, (int64_t)operation->results[0]);
	if (only_looks(event))
		return is_optional ||
		       afield__watch_add(history, event, AFIELD__WATCH_READ, values, 0, 1);
	if (operation->verb != AFIELD__WATCH_MAP_REMOVE)
		values[1] = afield_value_of(history, (int64_t)operation->arguments[1]);
	event->is_pending = is_optional;
	if (is_optional)
		return afield__watch_add(history, event, AFIELD__WATCH_WRITE, values + 1, 1, 0);
	return afield__watch_add(history, event, AFIELD__WATCH_RMW, values, 2, 0);
}

bool afield__watch_keyed_add(struct afield_history *history, const struct afield__watch_log *log)
{
	uint64_t key = 0;

	if (!find_key(log, &key))
		return false;
	afield_history_set_initial(history, AFIELD_ANY);
	for (size_t i = 0; i < log->count; i++) {
		struct afield__watch_event *event = &log->events[i];

		if (event->operation.verb == AFIELD__WATCH_MAP_CLEAR)
			afield_history_set_incomplete(history);
		else if (event->operation.arguments[0] == key && !add_event(history, event))
			return false;
	}
	return true;
}
