/* SPDX-License-Identifier: MIT */
/* gcc: duplicate member 'low' */
/* clang: duplicate member 'low' */
#include <afield/record.h>

#ifndef TWIN
#define LIMITS(member) member(int64_t, low) member(int64_t, low) /* here */
#else
#define LIMITS(member) member(int64_t, low) member(int64_t, high)
#endif
AFIELD_RECORD(limits, LIMITS);
