/* SPDX-License-Identifier: MIT */
/* afield: 'jobs_ring' has a capacity of 0, which no ring can have */
#include <afield/ring.h>

#ifndef TWIN
AFIELD_TYPE(jobs_ring, ring, int, 0); /* here */
#else
AFIELD_TYPE(jobs_ring, ring, int, 1);
#endif
