/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: nobody writes to it.
 */
#include <afield/padding.h>

#include "soak.h"

static struct {
	uint64_t before; /* __atomic, as the other neighbour */
	afield_padding padding;
	uint64_t behind;
} fields;

static void write_around(struct soak_thread *thread)
{
	(void)thread;
	soak_add(&fields.before, 1);
	soak_add(&fields.behind, 1);
}

static void finish(struct soak_thread *thread)
{
	static const afield_padding nothing;

	(void)thread;
	SOAK_EQUAL(fields.before, fields.behind);
	SOAK_EQUAL(memcmp(&fields.padding, &nothing, sizeof(nothing)), 0);
	memset(&fields, 0, sizeof(fields));
}

#define OPERATIONS(operation) operation(write_around)
SOAK_KIND(padding, OPERATIONS, .finish = finish);
