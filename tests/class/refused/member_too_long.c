/* SPDX-License-Identifier: MIT */
/* afield: the row of 'high' has more than a doc behind its name */
#include <afield/record.h>

#ifndef TWIN
#define LIMITS(member) member(int64_t, low) member(int64_t, high, "the top", 1) /* row */
#else
#define LIMITS(member) member(int64_t, low) member(int64_t, high)
#endif
AFIELD_RECORD(limits, LIMITS); /* here */
