/* SPDX-License-Identifier: MIT */
/*
 * counter, one operation after another: add N and read. A history with larger steps than one need
 * not fit it; counter.h says why.
 */
#include <afield/check.h>

const struct afield_model *afield_counter_model(void);
const struct afield_model *afield_counter_model(void)
{
	return afield_model_find("counter");
}
