/* SPDX-License-Identifier: MIT */
/* gcc: incompatible types when assigning */
/* clang: assigning to 'struct (unnamed struct at */
#include <afield/ordering.h>

struct gate {
	AFIELD_ATOMIC(int) open;
};

void gate_open(struct gate *gate);
void gate_open(struct gate *gate)
{
#ifndef TWIN
	gate->open = 1; /* here */
#else
	AFIELD_STORE(&gate->open, 1, release);
#endif
}
