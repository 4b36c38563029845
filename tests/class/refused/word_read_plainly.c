/* SPDX-License-Identifier: MIT */
/* gcc: invalid operands to binary == */
/* clang: invalid operands to binary expression */
#include <afield/ordering.h>

struct gate {
	AFIELD_ATOMIC(int) open;
};

bool gate_is_open(struct gate *gate);
bool gate_is_open(struct gate *gate)
{
#ifndef TWIN
	return gate->open == 1; /* here */
#else
	return AFIELD_LOAD(&gate->open, acquire) == 1;
#endif
}
