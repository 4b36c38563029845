/* SPDX-License-Identifier: MIT */
/* gcc: 'int_type' undeclared */
/* clang: use of undeclared identifier 'int_type' */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(row) row(afield_i64, total) row(int, hits) /* here */
#else
#define ACCOUNT(row) row(afield_i64, total) row(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT);
