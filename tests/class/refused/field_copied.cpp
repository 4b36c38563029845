/* SPDX-License-Identifier: MIT */
/* gcc: use of deleted function 'afield_i64& afield_i64::operator=(const afield_i64&)' */
/* clang: object of type 'afield_i64' cannot be assigned because its copy assignment operator is implicitly deleted */
#include <afield/atomic.h>

void copy(afield_i64 &to, afield_i64 &from);
void copy(afield_i64 &to, afield_i64 &from)
{
#ifndef TWIN
	to = from; /* here */
#else
	afield_i64_store(&to, afield_i64_load(&from));
#endif
}
