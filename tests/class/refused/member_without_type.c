/* SPDX-License-Identifier: MIT */
/* afield: the member 'high' has no type */
#include <afield/record.h>

#ifndef TWIN
#define LIMITS(member) member(int64_t, low) member(, high) /* row */
#else
#define LIMITS(member) member(int64_t, low) member(int64_t, high)
#endif
AFIELD_RECORD(limits, LIMITS); /* here */
