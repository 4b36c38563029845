/* SPDX-License-Identifier: MIT */
/* gcc: expected expression before 'struct' */
/* clang: expected expression */
#include <afield/atomic.h>
#include <afield/class.h>

struct limits {
	long low, high;
};

#ifndef TWIN
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(struct limits, limits) /* here */
#else
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT);
