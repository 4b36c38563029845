/* SPDX-License-Identifier: MIT */
/*
 * host: an interpreter for tests, of which only its lock is left.
 *
 * A thread is attached while it has the host's lock, as a Python thread has the GIL. A test that
 * must end begins with host_watchdog: a hang is then a failure that says where.
 *
 *	host_watchdog(20);
 *	host_begin();
 *	host_attach_thread(); ... host_detach_thread();
 *
 * Synchronization: anything runs beside anything. host_begin comes first.
 */
#ifndef AFIELD_TESTS_HOST_H
#define AFIELD_TESTS_HOST_H

#include <afield/wait.h>

#include "test.h"
#include "watchdog.h"

#include <unistd.h>

static pthread_mutex_t host_lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int host_is_attached;
static unsigned long host_sleeps; /* detached waits of attached threads */
static int host_is_ending;        /* attaching threads do not come back */
static int host_wants_stop;       /* waits end with -EINTR */

static inline void host_attach_thread(void)
{
	pthread_mutex_lock(&host_lock);
	host_is_attached = 1;
}

static inline void host_detach_thread(void)
{
	host_is_attached = 0;
	pthread_mutex_unlock(&host_lock);
}

static inline void *host_detach(void)
{
	if (!host_is_attached)
		return NULL;
	pthread_testcancel();
	__atomic_fetch_add(&host_sleeps, 1, __ATOMIC_SEQ_CST);
	host_detach_thread();
	return &host_lock;
}

static inline void host_attach(void *token)
{
	(void)token;
	while (__atomic_load_n(&host_is_ending, __ATOMIC_SEQ_CST))
		pause(); /* as an interpreter that shuts down treats its daemon threads */
	pthread_testcancel();
	host_attach_thread();
}

static inline bool host_interrupted(void)
{
	return __atomic_load_n(&host_wants_stop, __ATOMIC_SEQ_CST) != 0;
}

static inline void host_begin(void)
{
	static const struct afield_host host = {
		host_detach, host_attach, host_interrupted, NULL, NULL, NULL, NULL};

	TEST_CHECK(afield_set_host(&host));
}

/* Ends the program when it runs for longer. */
static inline void host_watchdog(unsigned seconds)
{
	watchdog_start(seconds);
}

/* Waits until somebody has begun to sleep since `before`, a host_sleeps read earlier. */
static inline void host_await_sleep(unsigned long before)
{
	while (__atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST) == before)
		usleep(100);
}

#endif
