/* SPDX-License-Identifier: MIT */
/*
 * container_soak: the soak (tests/soak/soak.h) of a container (container.h): what is pushed is
 * popped, once. `values` are in `container`; a kind has what else it can.
 *
 * Synchronization: as soak.h.
 */
#ifndef AFIELD_TESTS_CONTAINER_SOAK_H
#define AFIELD_TESTS_CONTAINER_SOAK_H

#include "container.h"
#include "soak.h"

CONTAINER_OF(values, struct soak_value *, soak_value_drop);

static values container;

static inline void push(struct soak_thread *thread)
{
	struct soak_value *value = soak_value_new(thread);

	if (values_push(&container, value) != 0)
		soak_value_free(value);
}

static inline void pop(struct soak_thread *thread)
{
	struct soak_value *value;

	(void)thread;
	if (values_pop(&container, &value))
		soak_value_free(value);
}

static inline void finish(struct soak_thread *thread)
{
	(void)thread;
	values_fini(&container);
	memset(&container, 0, sizeof(container));
}

#endif
