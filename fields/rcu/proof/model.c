/* SPDX-License-Identifier: MIT */
/*
 * rcu, one operation after another: a register. A version stands for the number it holds, each
 * number is stored once, and so identity of versions is equality of numbers.
 */
#include <afield/check.h>

const struct afield_model *afield_rcu_model(void);
const struct afield_model *afield_rcu_model(void)
{
	return afield_model_find("register");
}
