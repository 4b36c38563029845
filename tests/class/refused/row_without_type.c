/* SPDX-License-Identifier: MIT */
/* afield: the field 'hits' has no type */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(, hits) /* row */
#else
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT); /* here */
