/* SPDX-License-Identifier: MIT */
/*
 * layout: a module with a class. Built as it is it is loaded; built for tables of another layout it
 * is not, and the loader says why. The program is the same file with LAYOUT_PROGRAM.
 */
#ifndef LAYOUT_PROGRAM
#include <afield/atomic.h>
#include <afield/class.h>

#define ACCOUNT(field) field(afield_i64, hits)
AFIELD_CLASS(account, ACCOUNT);

const struct afield_class *layout_class(void);
const struct afield_class *layout_class(void)
{
	return account_class();
}
#else
#include "test.h"

#include <dlfcn.h>

int main(int argc, char **argv)
{
	const char *said;

	TEST_CHECK(argc == 3);
	TEST_CHECK(dlopen(argv[1], RTLD_LAZY | RTLD_LOCAL) != NULL);
	TEST_CHECK(dlopen(argv[2], RTLD_LAZY | RTLD_LOCAL) == NULL);
	said = dlerror();
	printf("%s\n", said ? said : "no error");
	TEST_CHECK(said && strstr(said, "afield_tables_have_layout_0"));
	return test_done();
}
#endif
