/* SPDX-License-Identifier: MIT */
/*
 * unpinned MODULE: a module with a static copy of afield that was linked without -z nodelete is
 * closed while objects wait in it, and opened again. Its thread goes on in its code.
 */
#include "copy.h"

#include "test.h"

#include <dlfcn.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	for (int i = 0; i < 20; i++) {
		void *module = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
		void *symbol = module ? dlsym(module, "copy_of_afield") : NULL;
		struct copy (*get)(void);

		TEST_CHECK(symbol != NULL);
		if (!symbol)
			break;
		memcpy(&get, &symbol, sizeof(get));
		get().work();
		TEST_CHECK(dlclose(module) == 0);
		TEST_CHECK(dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) != NULL);
		usleep(3000); /* a round of the thread's */
	}
	return test_done();
}
