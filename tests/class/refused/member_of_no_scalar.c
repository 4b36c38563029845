/* SPDX-License-Identifier: MIT */
/* afield: the member 'name' is a 'char *'; a record's members are */
#include <afield/record.h>

#ifndef TWIN
#define LIMITS(member) member(int64_t, low) member(char *, name) /* row */
#else
#define LIMITS(member) member(int64_t, low) member(int64_t, high)
#endif
AFIELD_RECORD(limits, LIMITS); /* here */
