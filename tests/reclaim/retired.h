/* SPDX-License-Identifier: MIT */
/*
 * retired: objects that are made, retired, and counted when they are given back.
 *
 * Synchronization: retire_some concurrent with everything; the count is atomic.
 */
#ifndef AFIELD_TESTS_RECLAIM_RETIRED_H
#define AFIELD_TESTS_RECLAIM_RETIRED_H

#include <afield/reclaim.h>

#include <stdlib.h>

struct object {
	struct afield_retired retired;
	long room[8];
};

static long given_back; /* __atomic */
static void give_back(struct afield_retired *retired)
{
	__atomic_fetch_add(&given_back, 1, __ATOMIC_SEQ_CST);
	free(retired);
}

static void retire_some(long count)
{
	for (long i = 0; i < count; i++)
		afield_retire_bytes((struct afield_retired *)malloc(sizeof(struct object)),
				    sizeof(struct object), give_back);
}

#endif
