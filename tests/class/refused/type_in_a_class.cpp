/* SPDX-License-Identifier: MIT */
/* gcc: storage class specified for 'AFIELD_TYPE_stands_in_a_namespace_not_in_a_class' */
/* clang: storage class specified for a member declaration */
#include <afield/queue.h>

#ifndef TWIN
template <class T> struct bank {
	AFIELD_TYPE(numbers, queue, int); /* here */
};
#else
namespace bank
{
AFIELD_TYPE(numbers, queue, int);
} // namespace bank
#endif
