/* SPDX-License-Identifier: MIT */
/* gcc: storage class specified for 'AFIELD_RECORD_stands_in_a_namespace_not_in_a_class' */
/* clang: storage class specified for a member declaration */
#include <afield/record.h>

#define LIMITS(member) member(int64_t, low) member(int64_t, high)

#ifndef TWIN
template <class T> struct bank {
	AFIELD_RECORD(limits, LIMITS); /* here */
};
#else
namespace bank
{
AFIELD_RECORD(limits, LIMITS);
} // namespace bank
#endif
