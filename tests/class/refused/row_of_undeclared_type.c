/* SPDX-License-Identifier: MIT */
/* gcc: unknown type name 'limits_seq' */
/* clang: unknown type name 'limits_seq' */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(limits_seq, limits) /* here */
#else
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT);
