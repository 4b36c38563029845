/* SPDX-License-Identifier: MIT */
/*
 * watch_history.h: from the log of a window to a history that the checker judges.
 */
#ifndef AFIELD_CHECK_WATCH_HISTORY_H
#define AFIELD_CHECK_WATCH_HISTORY_H

#include <afield/detail/watch_verbs.h>

/* An operation of the window: not one that ended before its start or began behind its end. */
struct afield__watch_event {
	uint64_t call;   /* 0: before the start */
	uint64_t ret;    /* meaningless when pending */
	bool is_pending; /* it ended behind the end, or has not ended yet */
	bool has_result; /* it has ended, in time or not */
	bool is_left_out;
	bool is_first; /* of a row: the first removal of what was there at the start */
	uint32_t thread;
	uint32_t life; /* of a row: how often its value had been added then */
	struct afield__watch_operation operation;
};

struct afield__watch_log {
	struct afield__watch_event *events;
	size_t count;
};

/*
 * The events of a window between the stamps of its start and its end, to be freed; watch_log.c. False
 * when there is no memory, or the log has lost something.
 */
bool afield__watch_log_read(struct afield__watch_log *log,
			    const struct afield__watch_window *window, uint64_t start,
			    uint64_t end);

/*
 * The history that the events are, whatever the field held at the start. NULL when out of memory. An
 * incomplete one, which no check decides, when there are operations that the model does not have.
 */
struct afield_history *afield__watch_history(const struct afield_watch_type *type,
					     struct afield__watch_log *log);

/* Of a row: gives each event its life, and leaves out what says nothing; watch_row.c. */
bool afield__watch_row_prepare(struct afield__watch_log *log);
/* Adds them, and what must have been there at the start. */
bool afield__watch_row_add(struct afield_history *history, const struct afield__watch_log *log);

/* Adds the operations of the key that has most of them, as those of a register; watch_keyed.c. */
bool afield__watch_keyed_add(struct afield_history *history, const struct afield__watch_log *log);

/* Adds an operation of the window; the values are those of its arguments and results; watch_log.c. */
bool afield__watch_add(struct afield_history *history, const struct afield__watch_event *event,
		       unsigned verb, const afield_value *values, unsigned argument_count,
		       unsigned result_count);

#endif
