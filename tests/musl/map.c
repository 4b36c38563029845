/* SPDX-License-Identifier: MIT */
/*
 * map: the kind that is built on liburcu, in a program with musl.
 */
#include <afield/map.h>
#include <afield/reclaim.h>

#include <stdarg.h>
#include <stdio.h>

AFIELD_TYPE(number_map, map, int64_t, int64_t);
static number_map map;

/* glibc's, which Debian's archive of liburcu asks for. */
int __fprintf_chk(FILE *file, int flag, const char *format, ...);
int __fprintf_chk(FILE *file, int flag, const char *format, ...)
{
	va_list arguments;
	int length;

	(void)flag;
	va_start(arguments, format);
	length = vfprintf(file, format, arguments);
	va_end(arguments);
	return length;
}

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
