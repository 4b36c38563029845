/* SPDX-License-Identifier: MIT */
/* gcc: unknown type name 'limits_seq' */
/* clang: unknown type name 'limits_seq' */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(row) row(afield_i64, total) row(limits_seq, limits) /* here */
#else
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT);
