/* SPDX-License-Identifier: MIT */
/*
 * rwlocked, one operation after another: a register. A value is known by one number in it.
 */
#include <afield/check.h>

const struct afield_model *afield_rwlocked_model(void);
const struct afield_model *afield_rwlocked_model(void)
{
	return afield_model_find("register");
}
