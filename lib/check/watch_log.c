/* SPDX-License-Identifier: MIT */
/*
 * watch_log.c: the events of a window, out of its entries and into a history.
 */
#include "watch_history.h"

#include <stdlib.h>

/* What the entry says of the window between the stamps. False: nothing. */
static bool read_entry(struct afield__watch_event *event, const struct afield__watch_entry *entry,
		       unsigned phase, uint64_t start, uint64_t end)
{
	if (phase != AFIELD__WATCH_BEGUN && phase != AFIELD__WATCH_DONE)
		return false;
	memset(event, 0, sizeof(*event));
	event->call = entry->call < start ? AFIELD__WATCH_BEFORE : entry->call;
	event->thread = (uint32_t)entry->thread;
	event->has_result = phase == AFIELD__WATCH_DONE;
	event->is_pending = !event->has_result || entry->ret >= end;
	event->operation.verb = entry->operation.verb;
	event->operation.argument_count = entry->operation.argument_count;
	memcpy(event->operation.arguments, entry->operation.arguments,
	       sizeof(event->operation.arguments));
	if (!event->has_result)
		return true;
	/* The operation's thread writes these as long as the entry has only begun. */
	event->ret = entry->ret;
	event->operation.result_count = entry->operation.result_count;
	memcpy(event->operation.results, entry->operation.results,
	       sizeof(event->operation.results));
	return event->ret >= start;
}

bool afield__watch_log_read(struct afield__watch_log *log,
			    const struct afield__watch_window *window, uint64_t start, uint64_t end)
{
	uint64_t epoch;
	uint32_t count;

	log->events = NULL;
	log->count = 0;
	if (!afield__watch_count(window, &count, &epoch))
		return false;
	log->events =
		(struct afield__watch_event *)malloc((count + (size_t)1) * sizeof(*log->events));
	if (!log->events)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		unsigned phase = afield__watch_entry_phase(window, i, epoch);

		log->count += read_entry(&log->events[log->count], &window->entries[i], phase,
					 start, end);
	}
	return true;
}

bool afield__watch_add(struct afield_history *history, const struct afield__watch_event *event,
		       unsigned verb, const afield_value *values, unsigned argument_count,
		       unsigned result_count)
{
	struct afield_operation operation = {0};

	/* Call 0 and return 1 is what was there at the start. */
	operation.call = event->call ? (int64_t)event->call + 1 : 0;
	operation.ret = (int64_t)event->ret + 1;
	operation.pending = event->is_pending;
	operation.values = values;
	operation.process = event->thread;
	operation.argument_count = (uint16_t)argument_count;
	operation.result_count = (uint16_t)(event->is_pending ? 0 : result_count);
	operation.verb = (uint16_t)verb;
	return afield_history_add(history, &operation);
}
