/* SPDX-License-Identifier: MIT */
/*
 * picture.h: the lanes of a drawing, shared by the text and the page.
 */
#ifndef AFIELD_CHECK_PICTURE_H
#define AFIELD_CHECK_PICTURE_H

#include "internal.h"

/* A set of operations laid out: each in a lane where it overlaps no other. */
struct afield__picture {
	const struct afield_history *history;
	const uint32_t *operations;
	uint32_t count;
	uint32_t *lane;    /* of each operation */
	uint32_t *process; /* of each lane */
	uint32_t lanes;
	uint32_t *event; /* operation * 2, + 1 for its return, in time order */
	uint32_t *rank;  /* distinct stamps before the event's */
	uint32_t event_count;
};

bool afield__picture_init(struct afield__picture *picture, const struct afield_history *history,
			  const uint32_t *operations, uint32_t count);
void afield__picture_fini(struct afield__picture *picture);

#endif
