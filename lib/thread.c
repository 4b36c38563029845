/*
 * thread: numbers for threads. See the header for how a fork is known.
 */
#include <afield/ordering.h>
#include <afield/thread.h>

#include <pthread.h>

__thread uint64_t afield__thread __attribute__((tls_model("initial-exec")));

/* The next number to give. 2^64 threads are never made. */
static AFIELD_ATOMIC(uint64_t) next_id;

/* Of the last fork that this process came from: the next number then, and the thread that forked.
 * Written by the only thread of a new process. */
static AFIELD_ATOMIC(uint64_t) fork_next;
static AFIELD_ATOMIC(uint64_t) fork_thread;

/* In the child, before fork() returns. It is async-signal-safe, as it must be. */
static void note_fork(void)
{
	AFIELD_STORE(&fork_next, AFIELD_LOAD(&next_id, relaxed), relaxed);
	AFIELD_STORE(&fork_thread, afield__thread, relaxed);
}

/* Without memory for the handler no child would know: then numbers are all there is. */
static void watch_forks(void)
{
	(void)pthread_atfork(NULL, NULL, note_fork);
}

uint64_t afield__thread_begin(void)
{
	static pthread_once_t watched = PTHREAD_ONCE_INIT;

	pthread_once(&watched, watch_forks);
	afield__thread = AFIELD_FETCH_ADD(&next_id, 1, relaxed) + 1;
	return afield__thread;
}

bool afield_thread_is_gone(uint64_t id)
{
	/* Numbers begin at 1, so the first `next_id` of them have been given. */
	return id != 0 && id <= AFIELD_LOAD(&fork_next, relaxed) &&
	       id != AFIELD_LOAD(&fork_thread, relaxed);
}
