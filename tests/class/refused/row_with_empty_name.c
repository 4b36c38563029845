/* SPDX-License-Identifier: MIT */
/* afield: a field of type 'afield_i64' has no name */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64, ) /* row */
#else
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT); /* here */
