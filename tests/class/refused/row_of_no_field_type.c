/* SPDX-License-Identifier: MIT */
/* gcc: 'int_type' undeclared */
/* clang: use of undeclared identifier 'int_type' */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(int, hits) /* here */
#else
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT);
