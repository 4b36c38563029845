/* SPDX-License-Identifier: MIT */
/* gcc: storage class specified for 'AFIELD_CLASS_stands_in_a_namespace_not_in_a_class' */
/* clang: storage class specified for a member declaration */
#include <afield/atomic.h>
#include <afield/class.h>

#define DESK(field) field(afield_i64, hits)

#ifndef TWIN
template <class T> struct bank {
	AFIELD_CLASS(desk, DESK); /* here */
};
#else
namespace bank
{
AFIELD_CLASS(desk, DESK);
} // namespace bank
#endif
