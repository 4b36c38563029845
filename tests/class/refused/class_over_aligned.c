/* SPDX-License-Identifier: MIT */
/* afield: a field of 'account' asks for more than 16 bytes of alignment */
#include <afield/class.h>

#ifndef TWIN
#define ALIGNMENT 64
#else
#define ALIGNMENT 16
#endif

typedef struct wide {
	char bytes[64] __attribute__((aligned(ALIGNMENT)));
} wide;
const struct afield_type *wide_type(void);

#define ACCOUNT(field) field(wide, buffer)
AFIELD_CLASS(account, ACCOUNT); /* here */
