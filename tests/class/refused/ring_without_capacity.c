/* SPDX-License-Identifier: MIT */
/* afield: 'jobs_ring' does not say how many elements it can hold; write AFIELD_TYPE(jobs_ring, ring, int, 64) with the number in place of 64 */
#include <afield/ring.h>

#ifndef TWIN
AFIELD_TYPE(jobs_ring, ring, int, ); /* here */
#else
AFIELD_TYPE(jobs_ring, ring, int, 64);
#endif
