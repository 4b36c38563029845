/* SPDX-License-Identifier: MIT */
/* afield: field(afield_i64) lacks a type or a name; write field(afield_i64, hits) */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64) /* row */
#else
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT); /* here */
