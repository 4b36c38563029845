/*
 * readers: see readers.h. tests/reclaim/fork.c hangs in some of its runs without this.
 */
#include "readers.h"

#include <afield/reclaim.h>

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

/* A registered thread, in a place of its own memory. */
struct reader {
	struct urcu_bp_reader **registered; /* liburcu's word: NULL when it has unregistered it */
	struct reader *next;
	struct reader **link; /* what points here */
	unsigned rounds;      /* of destructors at the thread's end */
};
static __thread struct reader own;
static struct reader *readers;
static pthread_mutex_t readers_lock = PTHREAD_MUTEX_INITIALIZER; /* protects the list */
/* Held while a thread registers, and while a fork goes on. Before readers_lock. */
static pthread_mutex_t registering = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t end_key;
static bool has_end_key;

/* A handler that reads may come in the middle; it would wait for what its own thread holds. */
static void lock(pthread_mutex_t *mutex, sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, before);
	pthread_mutex_lock(mutex);
}

static void unlock(pthread_mutex_t *mutex, const sigset_t *before)
{
	pthread_mutex_unlock(mutex);
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

static void list_own(void)
{
	own.next = readers;
	own.link = &readers;
	if (readers)
		readers->link = &own.next;
	readers = &own;
}

/* Once more as long as liburcu's destructor may be to come; a thread's destructors run four times
 * at most. */
static void end(void *unused)
{
	sigset_t before;

	(void)unused;
	own.rounds++;
	if (URCU_TLS(urcu_bp_reader) && own.rounds < 3 && pthread_setspecific(end_key, &own) == 0)
		return;
	lock(&readers_lock, &before);
	*own.link = own.next;
	if (own.next)
		own.next->link = own.link;
	own.registered = NULL;
	unlock(&readers_lock, &before);
}

/* Without the key no thread is listed, and a fork waits for none. */
static __attribute__((constructor)) void begin(void)
{
	has_end_key = pthread_key_create(&end_key, end) == 0;
}

void afield__reader_begin(void)
{
	sigset_t before;

	lock(&registering, &before);
	/* Not in a destructor: this thread's own may not be called again. */
	if (own.rounds == 0 && !own.registered && has_end_key &&
	    pthread_setspecific(end_key, &own) == 0) {
		own.registered = &URCU_TLS(urcu_bp_reader);
		pthread_mutex_lock(&readers_lock);
		list_own();
		pthread_mutex_unlock(&readers_lock);
	}
	urcu_bp_register();
	unlock(&registering, &before);
}

/* Under readers_lock, while the registry is locked and nobody registers: no word changes. */
static bool somebody_ends(void)
{
	for (const struct reader *reader = readers; reader; reader = reader->next)
		if (reader != &own && !*reader->registered)
			return true;
	return false;
}

void afield__readers_prepare(void)
{
	pthread_mutex_lock(&registering);
}

/* For a second at most: what else runs at a thread's end might wait for the thread that forks. */
void afield__readers_settle(void)
{
	const struct timespec moment = {0, 100000};

	pthread_mutex_lock(&readers_lock);
	for (int i = 0; i < 10000 && somebody_ends(); i++) {
		pthread_mutex_unlock(&readers_lock);
		nanosleep(&moment, NULL);
		pthread_mutex_lock(&readers_lock);
	}
}

void afield__readers_parent(void)
{
	pthread_mutex_unlock(&readers_lock);
	pthread_mutex_unlock(&registering);
}

/* The others' places are gone with them. */
void afield__readers_child(void)
{
	readers = NULL;
	if (own.registered)
		list_own();
	afield__readers_parent();
}
