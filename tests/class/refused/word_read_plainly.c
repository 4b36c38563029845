/* SPDX-License-Identifier: MIT */
/* gcc: invalid operands to binary == */
/* clang: invalid operands to binary expression */
#include <afield/ordering.h>

#ifndef TWIN
#define READ(gate) ((gate)->open)
#else
#define READ(gate) AFIELD_LOAD(&(gate)->open, acquire)
#endif

struct gate {
	AFIELD_ATOMIC(int) open;
};
bool gate_is_open(struct gate *gate);
bool gate_is_open(struct gate *gate)
{
	return READ(gate) == 1; /* here */
}
