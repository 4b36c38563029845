/* SPDX-License-Identifier: MIT */
/*
 * Message passing, by release and acquire: the smallest program with something to break.
 */
#include <afield/ordering.h>

#include <assert.h>
#include <pthread.h>
#include <stddef.h>

static int data;
static AFIELD_ATOMIC(int) flag;

static void *sender(void *unused)
{
	data = 42;
	AFIELD_STORE(&flag, 1, release);
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, sender, NULL);
	if (AFIELD_LOAD(&flag, acquire))
		assert(data == 42);
	pthread_join(thread, NULL);
	assert(data == 42);
	assert(AFIELD_LOAD(&flag, relaxed) == 1);
	return 0;
}
