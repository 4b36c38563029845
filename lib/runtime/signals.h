/* SPDX-License-Identifier: MIT */
/*
 * signals: a few steps in which no handler runs in this thread. A handler may read a field; in the
 * middle of them it would do half of them twice.
 *
 * When to use it: around what a thread does once, or at its end. When not: on a data path, for each
 * of these is two system calls.
 *
 * Synchronization: the mask is the thread's own.
 */
#ifndef AFIELD_LIB_SIGNALS_H
#define AFIELD_LIB_SIGNALS_H

#include <pthread.h>
#include <signal.h>

static inline void signals_block(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, before);
}

static inline void signals_restore(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

#endif
