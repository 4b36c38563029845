/* SPDX-License-Identifier: MIT */
/*
 * atomic, one operation after another: a machine integer.
 */
#include <afield/check.h>

const struct afield_model *afield_atomic_model(void);
const struct afield_model *afield_atomic_model(void)
{
	return afield_model_find("integer");
}
