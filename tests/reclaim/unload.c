/* SPDX-License-Identifier: MIT */
/*
 * The library is opened at run time, used, and closed again while an object waits. Its thread goes
 * on, so its code has to stay; the callback runs. The argument is the library's path.
 */
#include "test.h"

#include <dlfcn.h>
#include <time.h>

struct afield_retired { /* as in reclaim.h, whose inline functions would want the library linked */
	struct afield_retired *next;
	size_t units;
	void (*reclaim)(struct afield_retired *retired);
};

static int reclaimed; /* __atomic */

static void note(struct afield_retired *retired)
{
	(void)retired;
	__atomic_store_n(&reclaimed, 1, __ATOMIC_SEQ_CST);
}

int main(int argc, char **argv)
{
	typedef void retire_function(struct afield_retired *, void (*)(struct afield_retired *));
	static struct afield_retired object;
	struct timespec pause = {0, 10000000};
	void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	void *retire = library ? dlsym(library, "afield_retire") : NULL;
	retire_function *call;

	TEST_CHECK(retire != NULL);
	if (retire) {
		memcpy(&call, &retire, sizeof(call));
		call(&object, note);
		dlclose(library);
		TEST_CHECK(dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) != NULL);
		for (int i = 0; i < 1000 && !__atomic_load_n(&reclaimed, __ATOMIC_SEQ_CST); i++)
			nanosleep(&pause, NULL);
		TEST_CHECK(__atomic_load_n(&reclaimed, __ATOMIC_SEQ_CST));
	}
	return test_done();
}
