/* SPDX-License-Identifier: MIT */
/* afield: field(afield_i64) lacks a type or a name; write field(afield_i64, hits) */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64) /* row */
#else
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT); /* here */
