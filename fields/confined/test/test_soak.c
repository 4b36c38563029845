/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: a value is its owner's alone, and is destroyed
 * once, whoever ends the object and whether the owner is still there.
 */
#include <afield/confined.h>

#include "soak.h"

#include <stdlib.h>

AFIELD_TYPE(value_confined, confined, struct soak_value *, soak_value_drop);
AFIELD_TYPE(number_confined, confined, int64_t);

enum { COUNT = 16 };
static value_confined *objects[COUNT]; /* __atomic; who takes one out has it alone */
static number_confined number;

static void end(value_confined *object)
{
	value_confined_fini(object);
	free(object);
}

/* An object of this thread's own, in place of another, which ends here, most likely elsewhere than
 * its value does. */
static void hand_over(struct soak_thread *thread)
{
	value_confined *object = (value_confined *)calloc(1, sizeof(*object)), *before;
	struct soak_value **place;

	if (!object || value_confined_claim(object) != 0) {
		free(object);
		return;
	}
	place = value_confined_get(object);
	SOAK_CHECK(place && !*place && value_confined_is_mine(object));
	if (place)
		*place = soak_value_new(thread);
	before =
		__atomic_exchange_n(&objects[soak_random(thread, COUNT)], object, __ATOMIC_ACQ_REL);
	if (before)
		end(before);
}

static void touch(struct soak_thread *thread)
{
	value_confined **at = &objects[soak_random(thread, COUNT)];
	value_confined *object = __atomic_exchange_n(at, NULL, __ATOMIC_ACQ_REL);
	struct soak_value **place = object ? value_confined_get(object) : NULL;

	if (place)
		soak_value_use(*place);
	if (object)
		SOAK_CHECK(!place == !value_confined_is_mine(object));
	object = object ? __atomic_exchange_n(at, object, __ATOMIC_ACQ_REL) : NULL;
	if (object)
		end(object);
}

static void claim(struct soak_thread *thread)
{
	int64_t seen = -1;
	int error = number_confined_store(&number, 5);

	(void)thread;
	SOAK_CHECK(error == 0 || error == -EPERM || error == -ENOMEM);
	if (error == 0)
		SOAK_CHECK(number_confined_load(&number, &seen) == 0 && seen == 5);
}

/* What the child does not have owns most of them; the values are destroyed all the same. */
static void orphans(struct soak_thread *child)
{
	value_confined *object = objects[soak_random(child, COUNT)];

	if (object && value_confined_reset_orphans(object) == 1)
		SOAK_CHECK(value_confined_get(object) != NULL);
	SOAK_CHECK(number_confined_reset_orphans(&number) >= 0);
}

static void finish(struct soak_thread *thread)
{
	(void)thread;
	for (int i = 0; i < COUNT; i++)
		if (objects[i])
			end(objects[i]);
	memset(objects, 0, sizeof(objects));
	number_confined_fini(&number);
	memset(&number, 0, sizeof(number));
}

#define OPERATIONS(operation) operation(hand_over) operation(touch) operation(claim)
SOAK_KIND(confined, OPERATIONS, .orphans = orphans, .finish = finish);
