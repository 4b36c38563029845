/* SPDX-License-Identifier: MIT */
/*
 * A program that is wrong: the flag is relaxed, so the value behind it may be missed. relacy must
 * say so, or its silence elsewhere means nothing. The globals show that they are put back.
 */
#include <afield/ordering.h>

#include <assert.h>
#include <pthread.h>

static AFIELD_ATOMIC(int) value, flag;
static int runs = 41, twice;

static void *sender(void *unused)
{
	AFIELD_STORE(&value, 1, relaxed);
	AFIELD_STORE(&flag, 1, relaxed);
	return unused;
}

int main(void)
{
	pthread_t thread;

	twice = ++runs != 42;
	pthread_create(&thread, NULL, sender, NULL);
	if (!twice && AFIELD_LOAD(&flag, acquire))
		assert(AFIELD_LOAD(&value, relaxed) == 1);
	pthread_join(thread, NULL);
	return 0;
}
