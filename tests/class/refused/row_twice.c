/* SPDX-License-Identifier: MIT */
/* gcc: duplicate member 'hits' */
/* clang: duplicate member 'hits' */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(row) row(afield_i64, hits) row(afield_i64, hits) /* here */
#else
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT);
