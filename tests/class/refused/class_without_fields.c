/* SPDX-License-Identifier: MIT */
/* afield: the class 'account' has no fields */
#include <afield/atomic.h>
#include <afield/class.h>

#ifndef TWIN
#define ACCOUNT(field)
#else
#define ACCOUNT(field)           \
	field(afield_i64, total) \
	field(afield_i64, hits)
#endif
AFIELD_CLASS(account, ACCOUNT); /* here */
