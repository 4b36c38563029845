/* SPDX-License-Identifier: MIT */
/*
 * late_copy MODULE: a copy of afield that is loaded in the child of a fork. A read lock there is
 * one of this process also to that copy, which counts the forks before it as the first copy does.
 */
#include "late_copy.h"

#include <dlfcn.h>

#include "child.h"
#include "test.h"

static number_rw field;
static const char *module;

static int is_kept_out(void *unused)
{
	void *loaded;
	bool (*writes)(number_rw * field) = NULL;

	(void)unused;
	if (!number_rw_read_lock(&field))
		return 1;
	loaded = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	if (loaded)
		*(void **)&writes = dlsym(loaded, "late_copy_writes");
	if (!writes) {
		printf("%s\n", dlerror());
		return 2;
	}
	if (writes(&field))
		return 3; /* beside a reader */
	number_rw_read_unlock(&field);
	if (!writes(&field))
		return 4;
	return 0;
}

static int forks_once_more(void *unused)
{
	(void)unused;
	return is_kept_out(NULL) || !child_finds(is_kept_out, NULL);
}

int main(int count, char **arguments)
{
	if (count != 2)
		return 2;
	module = arguments[1];
	TEST_CHECK(child_finds(forks_once_more, NULL));
	return test_done();
}
