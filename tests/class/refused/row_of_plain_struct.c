/* SPDX-License-Identifier: MIT */
/* gcc: expected expression before 'struct' */
/* clang: expected expression */
#include <afield/atomic.h>
#include <afield/class.h>

struct limits {
	long low, high;
};

#ifndef TWIN
#define ACCOUNT(row) row(afield_i64, total) row(struct limits, limits) /* here */
#else
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT);
