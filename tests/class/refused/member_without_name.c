/* SPDX-License-Identifier: MIT */
/* afield: member(int64_t) lacks a type or a name; write member(int64_t, low) */
#include <afield/record.h>

#ifndef TWIN
#define LIMITS(member) member(int64_t, low) member(int64_t) /* row */
#else
#define LIMITS(member) member(int64_t, low) member(int64_t, high)
#endif
AFIELD_RECORD(limits, LIMITS); /* here */
