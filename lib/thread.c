/*
 * thread: numbers for threads. See the header for how a fork is known.
 */
#include <afield/ordering.h>
#include <afield/thread.h>

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

__thread uint64_t afield__thread __attribute__((tls_model("initial-exec")));

/* The next number to give. 2^64 threads are never made. */
static AFIELD_ATOMIC(uint64_t) next_id;

/* Of the last fork that this process came from: the next number then, and the thread that forked.
 * Written by the only thread of a new process. */
static AFIELD_ATOMIC(uint64_t) fork_next;
static AFIELD_ATOMIC(uint64_t) fork_thread;

/* The threads that have a number and live, each in a place of its own memory. */
struct place {
	uint64_t id;
	pthread_t self;
	struct place *next;
	struct place **link; /* what points here */
};
static __thread struct place own;
static struct place *places;
static pthread_mutex_t places_lock = PTHREAD_MUTEX_INITIALIZER; /* protects the list */
static pthread_key_t end_key;
static bool has_end_key;

/*
 * A handler may ask for its thread's number, while the thread asks for it, too. If it ran in the
 * middle, the thread would get two and enter its place twice, which leave_places would not undo; or
 * the handler would wait for a lock that its own thread holds. So none runs meanwhile.
 */
static void keep_signals_out(sigset_t *mask)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, mask);
}

static void let_signals_in(const sigset_t *mask)
{
	pthread_sigmask(SIG_SETMASK, mask, NULL);
}

static void lock_places(sigset_t *mask)
{
	keep_signals_out(mask);
	pthread_mutex_lock(&places_lock);
}

static void unlock_places(const sigset_t *mask)
{
	pthread_mutex_unlock(&places_lock);
	let_signals_in(mask);
}

static void enter_places(void)
{
	own.id = afield__thread;
	own.self = pthread_self();
	own.next = places;
	own.link = &places;
	if (places)
		places->link = &own.next;
	places = &own;
}

/* A thread ends, and its memory with it. */
static void leave_places(void *unused)
{
	sigset_t mask;

	(void)unused;
	lock_places(&mask);
	*own.link = own.next;
	if (own.next)
		own.next->link = own.link;
	own.id = 0; /* a fork by a later destructor does not enter it again */
	unlock_places(&mask);
}

/*
 * In the child, before fork() returns. It is async-signal-safe, as it must be. Other threads'
 * places are gone with them, and the lock may be that of a thread which is not here.
 */
static void note_fork(void)
{
	static const pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;

	AFIELD_STORE(&fork_next, AFIELD_LOAD(&next_id, relaxed), relaxed);
	AFIELD_STORE(&fork_thread, afield__thread, relaxed);
	places_lock = fresh;
	places = NULL;
	if (own.id != 0)
		enter_places();
}

/* Without memory for the handler no child would know: then numbers are all there is. */
static void begin(void)
{
	(void)pthread_atfork(NULL, NULL, note_fork);
	has_end_key = pthread_key_create(&end_key, leave_places) == 0;
}

uint64_t afield__thread_begin(void)
{
	static pthread_once_t begun = PTHREAD_ONCE_INIT;
	sigset_t mask;

	keep_signals_out(&mask);
	if (afield__thread == 0) { /* else a handler came first */
		pthread_once(&begun, begin);
		afield__thread = AFIELD_FETCH_ADD(&next_id, 1, relaxed) + 1;
		/* A thread whose end nobody would notice stays unknown. */
		if (has_end_key && pthread_setspecific(end_key, &own) == 0) {
			pthread_mutex_lock(&places_lock);
			enter_places();
			pthread_mutex_unlock(&places_lock);
		}
	}
	let_signals_in(&mask);
	return afield__thread;
}

uint64_t afield_thread_identity(uint64_t id)
{
	uint64_t identity = 0;
	sigset_t mask;

	lock_places(&mask);
	for (const struct place *place = places; place && identity == 0; place = place->next)
		if (place->id == id)
			identity = (uint64_t)place->self;
	unlock_places(&mask);
	return identity;
}

bool afield_thread_is_gone(uint64_t id)
{
	/* Numbers begin at 1, so the first `next_id` of them have been given. */
	return id != 0 && id <= AFIELD_LOAD(&fork_next, relaxed) &&
	       id != AFIELD_LOAD(&fork_thread, relaxed);
}
