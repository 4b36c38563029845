/* SPDX-License-Identifier: MIT */
/*
 * Functions of the shared modules that kinds measure themselves in.
 */
#include "internal.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

void *bench_module(const char *kind, const char *file, const char *symbol)
{
	char path[4096];
	void *module, *address;

	snprintf(path, sizeof(path), "%s/%s.%s.so", BENCH_MODULES, kind, file);
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	address = module ? dlsym(module, symbol) : NULL;
	if (!address) {
		fprintf(stderr, "bench: %s\n", dlerror());
		exit(1);
	}
	return address;
}
