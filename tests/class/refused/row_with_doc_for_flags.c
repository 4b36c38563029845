/* SPDX-License-Identifier: MIT */
/* gcc: makes integer from pointer without a cast */
/* clang: incompatible pointer to integer conversion initializing 'unsigned int' */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64, hits, "the hits") /* here */
#else
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64, hits, 0, "the hits")
#endif
AFIELD_CLASS(account, ACCOUNT);
