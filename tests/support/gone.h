/* SPDX-License-Identifier: MIT */
/*
 * gone: a thread that does something, and is gone.
 *
 *	result = in_a_thread(body, argument);
 *
 * Synchronization: anybody may call it; it waits for the thread.
 */
#ifndef AFIELD_TESTS_GONE_H
#define AFIELD_TESTS_GONE_H

#include <pthread.h>
#include <stdlib.h>

/* What the body returns. */
static inline void *in_a_thread(void *(*body)(void *), void *argument)
{
	pthread_t thread;
	void *result;

	if (pthread_create(&thread, NULL, body, argument))
		abort();
	pthread_join(thread, &result);
	return result;
}

#endif
