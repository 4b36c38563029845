/* SPDX-License-Identifier: MIT */
/* gcc: duplicate member 'hits' */
/* clang: duplicate member 'hits' */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(field)          \
	field(afield_i64, hits) \
	field(afield_i64, hits) /* here */
#else
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT);
