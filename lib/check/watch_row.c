/* SPDX-License-Identifier: MIT */
/*
 * watch_row.c: a window of a queue, a stack or a ring.
 *
 * A sequence that such an object can perform stays possible when all operations of some values are
 * left out, those that found nothing included: they find nothing still. So whatever is not known of
 * a value, its operations are left out, and what remains must be linearizable by itself.
 *
 * Nobody adds a value while an equal one is inside or on its way out. So the lives of one value
 * follow one another: what removes it belongs to the last addition that was called before that
 * removal returned, or, when there is none, to what was there at the start. Each life counts as a value of its own.
 *
 *   - removed in the window and never added in it: it was there at the start. All these additions
 *     come before everything, in any order; only operations that were open at the start may come
 *     before them: they may have linearized before it.
 *   - added by an operation that was open at the start, and not removed: it may have been removed
 *     before the start. Left out.
 *   - removed by an operation that is open at the end: it may have linearized behind it. Left out.
 *   - added by an operation that is open at the end: pending.
 *   - a removal that is open at the end and has found nothing, or has not returned: left out. One
 *     that has linearized and not returned by now is held up for longer than the header allows.
 *   - added again and not removed in between: values repeat. All of that value is left out.
 */
#include "watch_history.h"

#include <stdlib.h>

static uint64_t value_of(const struct afield__watch_event *event)
{
	return event->operation.verb == AFIELD__WATCH_ADD ? event->operation.arguments[0]
							  : event->operation.results[0];
}

static bool is_addition(const struct afield__watch_event *event)
{
	return event->operation.verb == AFIELD__WATCH_ADD;
}

/* By value; additions first, by their calls. */
static int compare(const void *left, const void *right)
{
	const struct afield__watch_event *a = *(const struct afield__watch_event *const *)left;
	const struct afield__watch_event *b = *(const struct afield__watch_event *const *)right;

	if (value_of(a) != value_of(b))
		return value_of(a) < value_of(b) ? -1 : 1;
	if (is_addition(a) != is_addition(b))
		return is_addition(a) ? -1 : 1;
	return (a->call > b->call) - (a->call < b->call);
}

static void leave_out(struct afield__watch_event **events, size_t count, uint32_t life, bool all)
{
	for (size_t i = 0; i < count; i++) {
		if (all || events[i]->life == life)
			events[i]->is_left_out = true;
	}
}

/* How many removals a life has, and how many of them are pending. */
static size_t removals(struct afield__watch_event **events, size_t additions, size_t count,
		       uint32_t life, size_t *pending)
{
	size_t found = 0;

	*pending = 0;
	for (size_t i = additions; i < count; i++) {
		found += events[i]->life == life;
		*pending += events[i]->life == life && events[i]->is_pending;
	}
	return found;
}

/* The operations of one value. */
static void settle(struct afield__watch_event **events, size_t count)
{
	size_t additions = 0, found, pending;

	while (additions < count && is_addition(events[additions])) {
		events[additions]->life = (uint32_t)additions + 1;
		additions++;
	}
	for (size_t i = additions; i < count; i++) {
		while (events[i]->life < additions &&
		       (events[i]->is_pending || events[events[i]->life]->call < events[i]->ret))
			events[i]->life++;
	}
	/* Of two that were open at the start nobody knows which came first. */
	if (additions > 1 && events[1]->call == AFIELD__WATCH_BEFORE) {
		leave_out(events, count, 0, true);
		return;
	}
	for (size_t i = additions; i < count; i++) {
		if (events[i]->life == 0) {
			events[i]->is_first = true;
			break;
		}
	}
	for (uint32_t life = 0; life <= additions; life++) {
		found = removals(events, additions, count, life, &pending);
		if (life && life < additions && found == 0) {
			leave_out(events, count, 0, true);
			return;
		}
		if (pending ||
		    (life && found == 0 && events[life - 1]->call == AFIELD__WATCH_BEFORE))
			leave_out(events, count, life, false);
	}
}

bool afield__watch_row_prepare(struct afield__watch_log *log)
{
	struct afield__watch_event **sorted = (struct afield__watch_event **)malloc(
		(log->count + 1) * sizeof(struct afield__watch_event *));
	size_t count = 0;

	if (!sorted)
		return false;
	for (size_t i = 0; i < log->count; i++) {
		struct afield__watch_event *event = &log->events[i];

		if (is_addition(event) || event->operation.result_count)
			sorted[count++] = event;
		else
			event->is_left_out = event->is_pending;
	}
	qsort(sorted, count, sizeof(struct afield__watch_event *), compare);
	for (size_t first = 0, last; first < count; first = last) {
		last = first + 1;
		while (last < count && value_of(sorted[last]) == value_of(sorted[first]))
			last++;
		settle(sorted + first, last - first);
	}
	free(sorted);
	return true;
}

/* The first life that begins in the window is written as it is, the others with their numbers. */
static afield_value name_of(const struct afield_history *history,
			    const struct afield__watch_event *event)
{
	char text[48];
	int length;

	if (event->life == 1)
		return afield_value_of(history, (int64_t)value_of(event));
	length = snprintf(text, sizeof(text), "%lld.%u", (long long)value_of(event),
			  (unsigned)event->life);
	return afield_value_word(history, text, (size_t)length);
}

/* That the value was there at the start. */
static bool add_initial(struct afield_history *history, afield_value value)
{
	struct afield_operation operation = {0};

	operation.ret = 1;
	operation.values = &value;
	operation.argument_count = 1;
	operation.verb = AFIELD__WATCH_ADD;
	return afield_history_add(history, &operation);
}

bool afield__watch_row_add(struct afield_history *history, const struct afield__watch_log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		const struct afield__watch_event *event = &log->events[i];
		bool has_value = is_addition(event) || event->operation.result_count;
		afield_value value = has_value ? name_of(history, event) : AFIELD_EMPTY;

		if (event->is_left_out)
			continue;
		if (event->is_first && !add_initial(history, value))
			return false;
		if (!afield__watch_add(history, event, event->operation.verb, &value,
				       is_addition(event), !is_addition(event)))
			return false;
	}
	return true;
}
