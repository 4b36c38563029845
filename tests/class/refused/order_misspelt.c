/* SPDX-License-Identifier: MIT */
/* gcc: 'AFIELD__ORDER_aquire' undeclared */
/* clang: use of undeclared identifier 'AFIELD__ORDER_aquire' */
#include <afield/ordering.h>

struct gate {
	AFIELD_ATOMIC(int) open;
};

int gate_state(struct gate *gate);
int gate_state(struct gate *gate)
{
#ifndef TWIN
	return AFIELD_LOAD(&gate->open, aquire); /* here */
#else
	return AFIELD_LOAD(&gate->open, acquire);
#endif
}
