/* SPDX-License-Identifier: MIT */
/*
 * map: one that grows and shrinks, in a static program with musl.
 */
#include <afield/map.h>
#include <afield/reclaim.h>

#include <stdio.h>

AFIELD_TYPE(number_map, map, int64_t, int64_t);
static number_map map;

int main(void)
{
	int wrong = 0;

	for (int64_t i = 0; i < 20000; i++)
		wrong += number_map_set(&map, i, 2 * i) < 0;
	for (int64_t i = 0; i < 20000; i++) {
		int64_t value = 0;

		wrong += !number_map_load(&map, i, &value) || value != 2 * i;
	}
	for (int64_t i = 0; i < 20000; i++)
		wrong += !number_map_remove(&map, i, NULL);
	wrong += afield_barrier() != 0 || number_map_count(&map) != 0;
	printf("a map with musl: %d wrong\n", wrong);
	return wrong != 0;
}
