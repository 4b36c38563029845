/* SPDX-License-Identifier: MIT */
/*
 * shelf: a small table under a mutex, with what a kind's view has: keys are numbers, texts or
 * missing, values are numbers or objects. For views.c.
 *
 * Synchronization: that of the mutex.
 */
#ifndef AFIELD_TESTS_SHELF_H
#define AFIELD_TESTS_SHELF_H

#include <afield/python.h>

#include <afield/host.h>
#include <afield/detail/type_code.h>
#include <afield/wait.h>

enum { PLACES = 64, KEY = 32 };

struct shelf {
	pthread_mutex_t mutex;
	struct afield_waiters waiters;
	AFIELD_ATOMIC(uint32_t) count;
	char keys[PLACES][KEY]; /* as afield_bytes' bytes, or a number */
	size_t lengths[PLACES];
	uint64_t values[PLACES];
};

static const struct afield_value_type *key_of(const struct afield_type *type)
{
	return &type->binding->view->key;
}

static size_t read_key(const struct afield_type *type, const void *key, char *out)
{
	const struct afield_bytes *bytes = key;

	memset(out, 0, KEY);
	if (key_of(type)->type_code == AFIELD_TEXT) {
		memcpy(out, bytes->data, bytes->size < KEY ? bytes->size : KEY);
		return bytes->size;
	}
	memcpy(out, key, key_of(type)->size);
	return key_of(type)->size;
}

/* The place of a key, or `count` when there is none. The mutex is held. */
static uint32_t find(const struct afield_type *type, struct shelf *shelf, const void *key)
{
	uint32_t count = AFIELD_LOAD(&shelf->count, relaxed);
	char wanted[KEY];
	size_t length = read_key(type, key, wanted);
	uint32_t i = 0;

	while (i < count &&
	       (shelf->lengths[i] != length || memcmp(shelf->keys[i], wanted, KEY) != 0))
		i++;
	return i;
}

static int append(const struct afield_type *type, struct shelf *shelf, const void *key,
		  const void *value)
{
	uint32_t count = AFIELD_LOAD(&shelf->count, relaxed);

	if (count == PLACES)
		return -ENOBUFS;
	if (key)
		shelf->lengths[count] = read_key(type, key, shelf->keys[count]);
	memcpy(&shelf->values[count], value, sizeof(uint64_t));
	afield_retain(&type->value_type, value);
	AFIELD_STORE(&shelf->count, count + 1, seq_cst);
	return 0;
}

static void take_out(struct shelf *shelf, uint32_t i, void *value)
{
	uint32_t last = AFIELD_LOAD(&shelf->count, relaxed) - 1;

	memcpy(value, &shelf->values[i], sizeof(uint64_t));
	shelf->values[i] = shelf->values[last];
	shelf->lengths[i] = shelf->lengths[last];
	memcpy(shelf->keys[i], shelf->keys[last], KEY);
	AFIELD_STORE(&shelf->count, last, seq_cst);
}

#define VERB(name)                                                                 \
	static int name(const struct afield_type *type, void *field, void *result, \
			const void *const *arguments)
#define LOCKED(shelf)                              \
	struct shelf *shelf = field;               \
	(void)type, (void)arguments, (void)result; \
	pthread_mutex_lock(&shelf->mutex)

static int show(const struct afield_type *type, struct shelf *shelf, uint32_t i, void *result)
{
	if (i >= AFIELD_LOAD(&shelf->count, relaxed))
		return -ENODATA;
	memcpy(result, &shelf->values[i], sizeof(uint64_t));
	afield_retain(&type->value_type, result);
	return 0;
}

VERB(verb_get)
{
	LOCKED(shelf);
	int error = show(type, shelf, find(type, shelf, arguments[0]), result);

	pthread_mutex_unlock(&shelf->mutex);
	return error;
}

VERB(verb_first)
{
	LOCKED(shelf);
	int error = show(type, shelf, 0, result);

	pthread_mutex_unlock(&shelf->mutex);
	return error;
}

VERB(verb_contains)
{
	LOCKED(shelf);
	*(bool *)result = find(type, shelf, arguments[0]) < AFIELD_LOAD(&shelf->count, relaxed);
	pthread_mutex_unlock(&shelf->mutex);
	return 0;
}

VERB(verb_pop)
{
	LOCKED(shelf);
	uint32_t i = find(type, shelf, arguments[0]);
	int error = i < AFIELD_LOAD(&shelf->count, relaxed) ? 0 : -ENODATA;

	if (!error)
		take_out(shelf, i, result);
	pthread_mutex_unlock(&shelf->mutex);
	return error;
}

VERB(verb_delete)
{
	uint64_t value;
	int error = verb_pop(type, field, &value, arguments);

	(void)result;
	if (!error)
		afield_release(&type->value_type, &value);
	return error;
}

VERB(verb_set)
{
	uint64_t before;
	LOCKED(shelf);
	uint32_t i = find(type, shelf, arguments[0]);
	bool is_there = i < AFIELD_LOAD(&shelf->count, relaxed);
	int error = 0;

	if (is_there) {
		before = shelf->values[i];
		memcpy(&shelf->values[i], arguments[1], sizeof(uint64_t));
		afield_retain(&type->value_type, arguments[1]);
	} else {
		error = append(type, shelf, arguments[0], arguments[1]);
	}
	pthread_mutex_unlock(&shelf->mutex);
	if (is_there)
		afield_release(&type->value_type, &before);
	return error;
}

VERB(verb_length)
{
	(void)type, (void)arguments;
	*(uint64_t *)result = AFIELD_LOAD(&((struct shelf *)field)->count, seq_cst);
	return 0;
}

VERB(verb_append)
{
	int error;
	LOCKED(shelf);
	error = append(type, shelf, NULL, arguments[0]);
	pthread_mutex_unlock(&shelf->mutex);
	afield_wake(&shelf->waiters);
	return error;
}

static bool is_filled(void *shelf)
{
	return AFIELD_LOAD(&((struct shelf *)shelf)->count, seq_cst) > 0;
}

/* Takes the last, waiting for one as long as it is told. */
static int take_within(const struct afield_type *type, void *field, double seconds, void *result)
{
	struct shelf *shelf = field;
	struct timespec deadline;
	const struct timespec *until = seconds == 0 ? NULL : afield_deadline(seconds, &deadline);
	int error;

	for (;;) {
		error = seconds == 0 && !is_filled(shelf)
				? -ENODATA
				: afield_wait(&shelf->waiters, is_filled, shelf, until);
		if (error)
			return error == -ETIMEDOUT ? -ENODATA : error;
		pthread_mutex_lock(&shelf->mutex);
		if (is_filled(shelf))
			break;
		pthread_mutex_unlock(&shelf->mutex);
	}
	take_out(shelf, AFIELD_LOAD(&shelf->count, relaxed) - 1, result);
	pthread_mutex_unlock(&shelf->mutex);
	(void)type;
	return 0;
}

VERB(verb_take)
{
	return take_within(type, field, *(const double *)arguments[0], result);
}

VERB(verb_wait)
{
	uint64_t taken;
	int error = take_within(type, field, *(const double *)arguments[0], &taken);

	*(bool *)result = error == 0;
	if (!error)
		afield_release(&type->value_type, &taken);
	return error == -ENODATA ? 0 : error;
}

static size_t count(const struct afield_type *type, const void *field)
{
	(void)type;
	return AFIELD_LOAD(&((const struct shelf *)field)->count, seq_cst);
}

static int walk(const struct afield_type *type, void *field,
		int (*each)(const void *key, const void *value, void *argument), void *argument)
{
	struct shelf *shelf = field;
	int error = 0;

	pthread_mutex_lock(&shelf->mutex);
	for (uint32_t i = 0; i < AFIELD_LOAD(&shelf->count, relaxed) && !error; i++) {
		struct afield_bytes text = {shelf->keys[i], shelf->lengths[i]};
		bool is_text = key_of(type)->type_code == AFIELD_TEXT;

		afield_retain(&type->value_type, &shelf->values[i]);
		error = each(is_text ? (const void *)&text : shelf->keys[i], &shelf->values[i],
			     argument);
	}
	pthread_mutex_unlock(&shelf->mutex);
	return error;
}

static int replace(const struct afield_type *type, void *field, const void *values, size_t number)
{
	struct shelf *shelf = field;
	uint64_t old[PLACES];
	uint32_t old_count;

	if (number > PLACES)
		return -ENOBUFS;
	pthread_mutex_lock(&shelf->mutex);
	old_count = AFIELD_LOAD(&shelf->count, relaxed);
	memcpy(old, shelf->values, sizeof(old));
	AFIELD_STORE(&shelf->count, 0, seq_cst);
	for (size_t i = 0; i < number; i++)
		(void)append(type, shelf, NULL, (const uint64_t *)values + i);
	pthread_mutex_unlock(&shelf->mutex);
	for (uint32_t i = 0; i < old_count; i++)
		afield_release(&type->value_type, &old[i]);
	return 0;
}

static int traverse(const struct afield_type *type, void *field,
		    int (*visit)(void *object, void *argument), void *argument)
{
	struct shelf *shelf = field;
	int result = 0;

	if (type->value_type.type_code != AFIELD_OBJECT || pthread_mutex_trylock(&shelf->mutex))
		return 0;
	for (uint32_t i = 0; i < AFIELD_LOAD(&shelf->count, relaxed) && !result; i++)
		result = visit((void *)(uintptr_t)shelf->values[i], argument);
	pthread_mutex_unlock(&shelf->mutex);
	return result;
}

static void clear(const struct afield_type *type, void *field)
{
	(void)replace(type, field, NULL, 0);
}

#endif
