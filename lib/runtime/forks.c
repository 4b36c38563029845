/* SPDX-License-Identifier: MIT */
/*
 * forks: one handler, in the child. It also counts the forks between this process and the one that
 * loaded the library, and lets kinds put right what belongs to the child's one thread (thread.h).
 *
 * Nothing is locked before a fork and nobody waits for it: every structure of the library is whole
 * at each instant, or is made whole by the child, which has one thread. So it does not matter in
 * which order handlers run, what others lock in theirs, how many copies of afield there are, or
 * whether the program forks inside a read section.
 */
#include <afield/reclaim.h>
#include <afield/thread.h>

#include "copies.h"
#include "forks.h"
#include "grace.h"
#include "reclaim.h"
#include "self.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

static int handlers = -ENOMEM; /* what pthread_atfork said; written once */
static pid_t process;          /* the one that has been put in order; written by its only thread */

afield__generation afield__fork_generation;

/* Grows while the library is loaded, and is walked in children. */
static AFIELD_ATOMIC(struct afield_fork_hook *) hooks;
static pthread_mutex_t hooks_lock = PTHREAD_MUTEX_INITIALIZER; /* protects the writes */

void afield_fork_hook_add(struct afield_fork_hook *hook)
{
	pthread_mutex_lock(&hooks_lock);
	hook->next = AFIELD_LOAD(&hooks, relaxed);
	/* Release: a child that is forked here finds a whole hook or none. */
	AFIELD_STORE(&hooks, hook, release);
	pthread_mutex_unlock(&hooks_lock);
}

static void child(void)
{
	static const pthread_mutex_t unlocked = PTHREAD_MUTEX_INITIALIZER;

	process = getpid();
	hooks_lock = unlocked;
	AFIELD_STORE(&afield__fork_generation, afield_fork_generation() + 1, relaxed);
	afield__self_child();
	afield__thread_child();
	afield__grace_child();
	afield__worker_child(afield__reclaim_child());
	for (struct afield_fork_hook *hook = AFIELD_LOAD(&hooks, acquire); hook; hook = hook->next)
		hook->in_child();
}

static __attribute__((constructor)) void begin(void)
{
	const struct afield__numbering *other = afield__copies_numbering();

	/* A copy that is loaded in a child counts the forks before it as the others do. */
	if (other)
		AFIELD_STORE(&afield__fork_generation, other->generation(), relaxed);
	process = getpid();
	handlers = -pthread_atfork(NULL, NULL, child);
}

int afield_handle_forks(void)
{
	return handlers;
}

/* Before the constructor there is nobody but the process that loads the library. */
bool afield__is_in_order(void)
{
	return process == 0 || process == getpid();
}

void afield_fork_child(void)
{
	if (process != getpid())
		child();
}
