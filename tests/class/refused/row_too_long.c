/* SPDX-License-Identifier: MIT */
/* afield: the row of 'hits' has more than flags, a doc and a Python name behind its name */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64, hits, 0, "doc", "hits", 1) /* row */
#else
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64, hits, 0, "doc", "hits")
#endif
AFIELD_CLASS(account, ACCOUNT); /* here */
