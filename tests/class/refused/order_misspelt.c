/* SPDX-License-Identifier: MIT */
/* gcc: 'AFIELD__ORDER_aquire' undeclared */
/* clang: use of undeclared identifier 'AFIELD__ORDER_aquire' */
#include <afield/ordering.h>

#ifndef TWIN
#define READ(gate) AFIELD_LOAD(&(gate)->open, aquire) /* here */
#else
#define READ(gate) AFIELD_LOAD(&(gate)->open, acquire)
#endif

struct gate {
	AFIELD_ATOMIC(int) open;
};
bool gate_is_open(struct gate *gate);
bool gate_is_open(struct gate *gate)
{
	return READ(gate) == 1;
}
