/* SPDX-License-Identifier: MIT */
/*
 * map, one operation after another: values by key. A set tells the value before it, and a remove
 * the value that it took out. An operation that finds another thread's value is a get of it.
 */
#include <afield/check.h>

const struct afield_model *afield_map_model(void);
const struct afield_model *afield_map_model(void)
{
	return afield_model_find("map");
}
