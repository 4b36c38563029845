/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: a value is made once, whoever fails before.
 */
#include <afield/once.h>

#include "soak.h"

AFIELD_TYPE(value_once, once, struct soak_value *, soak_value_drop);

enum { COUNT = 512 };
static value_once fields[COUNT];
static uint64_t made[COUNT]; /* __atomic; how often */

struct making {
	struct soak_thread *thread;
	uint64_t *made;
};

static int make(struct soak_value **value, void *argument)
{
	struct making *making = (struct making *)argument;

	soak_dawdle(making->thread);
	if (soak_random(making->thread, 3) == 0)
		return -EAGAIN;
	*value = soak_value_new(making->thread);
	soak_add(making->made, 1);
	return 0;
}

static void get_or_init(struct soak_thread *thread)
{
	uint64_t index = soak_random(thread, COUNT);
	struct making making = {thread, &made[index]};
	struct soak_value *const *value = NULL;
	int error = value_once_get_or_init(&fields[index], make, &making, &value);

	SOAK_CHECK(error == 0 || error == -EAGAIN);
	if (error)
		return;
	soak_value_use(*value);
	SOAK_CHECK(value_once_get(&fields[index]) == value);
}

static void set(struct soak_thread *thread)
{
	uint64_t index = soak_random(thread, COUNT);
	struct soak_value *value = soak_value_new(thread);
	int error = value_once_set(&fields[index], value);

	SOAK_CHECK(error == 0 || error == -EEXIST);
	if (error)
		soak_value_free(value);
	else
		soak_add(&made[index], 1);
}

static void finish(struct soak_thread *thread)
{
	const struct afield_type *type = value_once_type();

	(void)thread;
	for (int i = 0; i < COUNT; i++) {
		SOAK_EQUAL(value_once_get(&fields[i]) != NULL, made[i]);
		type->fini(type, &fields[i]);
	}
	memset(fields, 0, sizeof(fields));
	memset(made, 0, sizeof(made));
}

#define OPERATIONS(operation) operation(get_or_init) operation(set)
SOAK_KIND(once, OPERATIONS, .finish = finish);
