/* SPDX-License-Identifier: MIT */
/*
 * loaded: has a module stay in the process.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr, RTLD_NODELETE */
#endif
#include "loaded.h"

#include <dlfcn.h>
#include <stddef.h>

void afield__keep_loaded(const void *address)
{
	Dl_info module;
	void *handle = NULL;

	/* An address of the program itself names no module that could be opened. */
	if (address && dladdr(address, &module) && module.dli_fname)
		handle = dlopen(module.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
	if (handle)
		dlclose(handle);
}
