/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: no reader finds a version that was destroyed, and
 * every version is, once.
 */
#include <afield/rcu.h>

#include "soak.h"

struct version {
	struct soak_value *value;
};

static void version_destroy(struct version *version)
{
	soak_value_drop(&version->value);
}
AFIELD_TYPE(version_rcu, rcu, struct version, version_destroy);

static version_rcu fields[2];

static version_rcu *any(struct soak_thread *thread)
{
	return &fields[soak_random(thread, 2)];
}

static void look(const version_rcu *field)
{
	const struct version *version = version_rcu_load(field);

	if (version)
		soak_value_use(version->value);
}

static void read(struct soak_thread *thread)
{
	AFIELD_READ_SECTION
	{
		const struct version *version = version_rcu_load(any(thread));

		soak_dawdle(thread);
		AFIELD_READ_SECTION
		look(any(thread));
		if (version)
			soak_value_use(version->value);
	}
}

/* NULL when there is no memory; the value is gone then. */
static struct version *fresh(struct soak_thread *thread)
{
	struct version version = {soak_value_new(thread)}, *made = version_rcu_new(&version);

	if (!made)
		soak_value_free(version.value);
	return made;
}

static void store(struct soak_thread *thread)
{
	version_rcu_store(any(thread), fresh(thread));
}

static void exchange(struct soak_thread *thread)
{
	struct version *old = version_rcu_exchange(any(thread), fresh(thread));

	if (old)
		soak_value_use(old->value);
	version_rcu_retire(old);
}

static void compare_exchange(struct soak_thread *thread)
{
	struct version *made = fresh(thread);
	version_rcu *field
	= any(thread);

	AFIELD_READ_SECTION
	{
		const struct version *seen = version_rcu_load(field);

		soak_dawdle(thread);
		if (!version_rcu_compare_exchange(field, &seen, made)) {
			if (seen)
				soak_value_use(seen->value);
			version_rcu_discard(made);
		}
	}
}

static bool replace(struct version *next, void *thread)
{
	next->value = soak_value_new((struct soak_thread *)thread);
	return true;
}

static void update(struct soak_thread *thread)
{
	int error = version_rcu_update(any(thread), replace, thread);

	SOAK_CHECK(error == 0 || error == -ENOMEM);
}

static void in_signal(void)
{
	AFIELD_READ_SECTION
	{
		look(&fields[0]);
		look(&fields[1]);
	}
}

static void finish(struct soak_thread *thread)
{
	(void)thread;
	version_rcu_fini(&fields[0]);
	version_rcu_fini(&fields[1]);
	memset(fields, 0, sizeof(fields));
}

#define OPERATIONS(operation)                                                            \
	operation(read) operation(store) operation(exchange) operation(compare_exchange) \
		operation(update)
SOAK_KIND(rcu, OPERATIONS, .in_signal = in_signal, .finish = finish);
