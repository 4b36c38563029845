/* SPDX-License-Identifier: MIT */
/*
 * What the library asks of others, who may be slow or hold a lock, it asks once: who else is in the
 * process, and where a thread's stack is. The program's functions are the library's, too.
 */
#define _GNU_SOURCE
#include <afield/thread.h>

#include "test.h"

#include <dlfcn.h>
#include <link.h>

static int searches, questions; /* __atomic */

int dl_iterate_phdr(int (*visit)(struct dl_phdr_info *info, size_t size, void *data), void *data)
{
	int (*next)(int (*)(struct dl_phdr_info *, size_t, void *), void *);
	void *found = dlsym(RTLD_NEXT, "dl_iterate_phdr");

	__atomic_fetch_add(&searches, 1, __ATOMIC_SEQ_CST);
	memcpy(&next, &found, sizeof(next)); /* ISO C has no such cast */
	return next(visit, data);
}

int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes)
{
	int (*next)(pthread_t, pthread_attr_t *);
	void *found = dlsym(RTLD_NEXT, "pthread_getattr_np");

	__atomic_fetch_add(&questions, 1, __ATOMIC_SEQ_CST);
	memcpy(&next, &found, sizeof(next));
	return next(thread, attributes);
}

static void *be_known(void *unused)
{
	uint64_t id = afield_thread_id();

	TEST_CHECK(afield_thread_identity(id) == (uint64_t)(uintptr_t)pthread_self());
	TEST_CHECK(!afield_thread_is_gone(id));
	return unused;
}

static void others_are_looked_for_once(void)
{
	int before = __atomic_load_n(&searches, __ATOMIC_SEQ_CST);

	for (int i = 0; i < 3; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, be_known, NULL))
			abort();
		pthread_join(thread, NULL);
	}
	TEST_CHECK(before > 0);
	TEST_CHECK(__atomic_load_n(&searches, __ATOMIC_SEQ_CST) == before);
}

static void a_stack_is_asked_for_once(void)
{
	static int elsewhere;
	int here = 0;

	for (int i = 0; i < 3; i++) {
		TEST_CHECK(afield_is_on_stack(&here) == 1);
		TEST_CHECK(afield_is_on_stack(&elsewhere) == 0);
	}
	TEST_CHECK(__atomic_load_n(&questions, __ATOMIC_SEQ_CST) == 1);
}

int main(void)
{
	TEST_RUN(others_are_looked_for_once);
	TEST_RUN(a_stack_is_asked_for_once);
	return test_done();
}
