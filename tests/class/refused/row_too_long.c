/* SPDX-License-Identifier: MIT */
/* afield: the row of 'hits' has more than flags, a doc and a Python name behind its name */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64, hits, 0, "the hits", "hits", 1) /* row */
#else
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64, hits, 0, "the hits", "hits")
#endif
AFIELD_CLASS(account, ACCOUNT); /* here */
