/* SPDX-License-Identifier: MIT */
/*
 * A litmus program of somebody else, under the installed explorer: a message and its flag.
 */
#include <assert.h>
#include <pthread.h>

#include <afield/ordering.h>

#ifndef ORDER
#define ORDER release
#endif

static AFIELD_ATOMIC(int) flag;
static int message; /* plain; the flag says that it is there */

static void *send(void *unused)
{
	message = 42;
	AFIELD_STORE(&flag, 1, ORDER);
	return unused;
}

static void *receive(void *unused)
{
	if (AFIELD_LOAD(&flag, acquire))
		assert(message == 42);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, send, NULL);
	pthread_create(&threads[1], NULL, receive, NULL);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	return 0;
}
