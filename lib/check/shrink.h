/* SPDX-License-Identifier: MIT */
/*
 * shrink.h: makes a history that is not linearizable small without making it wrong.
 */
#ifndef AFIELD_CHECK_SHRINK_H
#define AFIELD_CHECK_SHRINK_H

#include "internal.h"

/* A history of its own, in which what had not returned at the end never returns. */
struct afield__shrink {
	struct afield_history history;           /* its operations are copies */
	struct afield__part part;                /* what is left; `operations` is `kept` */
	const struct afield_operation *original; /* of each operation, what it was in the file */
	uint32_t *origin;                        /* its index there */
	uint32_t *kept;
	uint32_t *trial;
	uint32_t *unit; /* which operations go together, for those kept */
	uint64_t steps_left;
	bool decided; /* every trial came to an end */
};

/* Whether the part is found not linearizable. Notes how many returns engine A passed, or NONE. */
bool afield__shrink_fails(struct afield__shrink *shrink, const struct afield__part *part,
			  uint32_t *furthest);
/*
 * Leaves out values, then what comes before a quiet point when it is still long, then what changes
 * nothing: each when the rest is still not linearizable without it.
 */
void afield__shrink_run(struct afield__shrink *shrink, struct afield_witness *witness);
/* Numbers the group of each operation, from 1. 0 when one has none, or without memory. */
uint32_t afield__group_units(const struct afield_model *model,
			     const struct afield_operation *original, const uint32_t *origin,
			     const uint32_t *kept, uint32_t count, uint32_t *unit);

#endif
