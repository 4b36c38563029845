/* SPDX-License-Identifier: MIT */
/* gcc: storage class specified for 'AFIELD_CLASS_stands_in_a_namespace_not_in_a_class' */
/* clang: storage class specified for a member declaration */
#include <afield/atomic.h>
#include <afield/class.h>

#define DESK(field) field(afield_i64, hits)

#ifndef TWIN
template <class T> struct bank {
#else
namespace bank
{
#endif
	AFIELD_CLASS(desk, DESK); /* here */
#ifndef TWIN
};
#else
} // namespace bank
#endif
