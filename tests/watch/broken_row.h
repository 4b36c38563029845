/* SPDX-License-Identifier: MIT */
/*
 * broken_row: a watched queue and a watched stack that make mistakes now and then.
 */
#ifndef AFIELD_TESTS_WATCH_BROKEN_ROW_H
#define AFIELD_TESTS_WATCH_BROKEN_ROW_H

#include <afield/queue.h>
#include <afield/stack.h>

#include <errno.h>

#include "load.h"

static __thread uint64_t chance;

/* Once in about so many times. */
static bool now_and_then(uint64_t times)
{
	if (chance == 0)
		chance = (uint64_t)(uintptr_t)&chance | 1;
	return load_random(&chance) % times == 0;
}

/*
 * A row under a mutex that is right, but for its mistake.
 */
enum mistake {
	OTHER_END, /* a queue that takes what came last */
	SECOND,    /* the one behind the first is taken */
	TWICE,     /* a value is handed out and stays */
	LOST,      /* a value disappears */
	NOTHING,   /* says that it is empty */
	EMPTY,     /* the same, when asked */
	NEWER,     /* what is pushed is put behind the first */
	NEVER      /* a value that nobody pushed */
};

enum { ROOM = 64 };

struct row {
	pthread_mutex_t lock;
	enum mistake mistake;
	bool is_stack;
	unsigned count;
	uint64_t values[ROOM];
};

static uint64_t row_take(struct row *row, unsigned index)
{
	uint64_t value = row->values[index];

	memmove(&row->values[index], &row->values[index + 1],
		(--row->count - index) * sizeof(*row->values));
	return value;
}

static int row_push(struct row *row, uint64_t value)
{
	int error = -ENOMEM;

	pthread_mutex_lock(&row->lock);
	if (row->count < ROOM) {
		error = 0;
		row->values[row->count++] = value;
		if (row->mistake == NEWER && row->count > 2 && now_and_then(256)) {
			row->values[row->count - 1] = row->values[0];
			row->values[0] = value;
		}
	}
	pthread_mutex_unlock(&row->lock);
	return error;
}

static bool row_pop(struct row *row, uint64_t *value)
{
	bool is_there;
	bool fails = now_and_then(256);
	unsigned index;

	pthread_mutex_lock(&row->lock);
	if (fails && row->mistake == LOST && row->count > 1)
		row_take(row, row->count / 2);
	is_there = row->count > 0 && !(fails && row->mistake == NOTHING);
	if (is_there) {
		index = row->is_stack ? row->count - 1 : 0;
		if (fails && row->mistake == OTHER_END)
			index = row->count - 1 - index;
		if (fails && row->mistake == SECOND && row->count > 1)
			index += row->is_stack ? -1U : 1;
		*value = row->values[index];
		if (fails && row->mistake == NEVER)
			*value = ~*value;
		else if (!(fails && row->mistake == TWICE))
			row_take(row, index);
	}
	pthread_mutex_unlock(&row->lock);
	return is_there;
}

static bool row_is_empty(struct row *row)
{
	bool is_empty;

	pthread_mutex_lock(&row->lock);
	is_empty = row->count == 0 || (row->mistake == EMPTY && now_and_then(64));
	pthread_mutex_unlock(&row->lock);
	return is_empty;
}

/* What a watched type is made of: a plain one, under the names that a kind would give it. */
#define ROW_PLAIN(name, kind)                                                  \
	AFIELD_TYPE(name##__real, kind, uint64_t);                             \
	typedef uint64_t name##__plain_value;                                  \
	typedef struct row name##__plain;                                      \
	static inline const struct afield_type *name##__plain_type(void)       \
	{                                                                      \
		return name##__real_type();                                    \
	}                                                                      \
	static inline void name##__plain_fini(struct row *row)                 \
	{                                                                      \
		row->count = 0;                                                \
	}                                                                      \
	static inline int name##__plain_push(struct row *row, uint64_t value)  \
	{                                                                      \
		return row_push(row, value);                                   \
	}                                                                      \
	static inline bool name##__plain_pop(struct row *row, uint64_t *value) \
	{                                                                      \
		return row_pop(row, value);                                    \
	}                                                                      \
	static inline bool name##__plain_is_empty(const struct row *row)       \
	{                                                                      \
		return row_is_empty((struct row *)(uintptr_t)row);             \
	}                                                                      \
	static inline size_t name##__plain_count(const struct row *row)        \
	{                                                                      \
		return row->count;                                             \
	}

ROW_PLAIN(bad_queue, queue)
AFIELD__WATCH_TYPE(bad_queue, "queue", AFIELD__WATCH_ROW, 0);
AFIELD__WATCH_ENDS(bad_queue);
ROW_PLAIN(bad_stack, stack)
AFIELD__WATCH_TYPE(bad_stack, "stack", AFIELD__WATCH_ROW, 0);
AFIELD__WATCH_ENDS(bad_stack);

#endif
