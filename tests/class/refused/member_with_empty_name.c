/* SPDX-License-Identifier: MIT */
/* afield: a member of type 'int64_t' has no name */
#include <afield/record.h>

#ifndef TWIN
#define LIMITS(member) member(int64_t, low) member(int64_t, ) /* row */
#else
#define LIMITS(member) member(int64_t, low) member(int64_t, high)
#endif
AFIELD_RECORD(limits, LIMITS); /* here */
