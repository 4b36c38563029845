/* SPDX-License-Identifier: MIT */
/* afield: a field of type 'afield_i64' has no name */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64, ) /* row */
#else
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT); /* here */
