/* SPDX-License-Identifier: MIT */
/*
 * event: the operations when nobody waits, beside a mutex, a condition variable and a bool, which
 * is what threading.Event and most events are; and a hand-over between two threads.
 *
 * The bound of set is one locked instruction, that of is_set one load.
 */
#include <afield/event.h>

#include <pthread.h>

#include "bench.h"

struct classic {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool is_set;
};

static void classic_set(struct classic *event)
{
	pthread_mutex_lock(&event->mutex);
	event->is_set = true;
	pthread_cond_broadcast(&event->changed);
	pthread_mutex_unlock(&event->mutex);
}
static void classic_clear(struct classic *event)
{
	pthread_mutex_lock(&event->mutex);
	event->is_set = false;
	pthread_mutex_unlock(&event->mutex);
}
static void classic_wait(struct classic *event)
{
	pthread_mutex_lock(&event->mutex);
	while (!event->is_set)
		pthread_cond_wait(&event->changed, &event->mutex);
	pthread_mutex_unlock(&event->mutex);
}

static afield_event ours;
static struct classic theirs = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};

static void set_both(void *state, int threads)
{
	(void)state, (void)threads;
	afield_event_set(&ours);
	classic_set(&theirs);
}

BENCH_BODY(our_set, afield_event, afield_event_set(it));
BENCH_BODY(their_set, struct classic, classic_set(it));
BENCH_BODY(our_turn, afield_event, (afield_event_set(it), afield_event_clear(it)));
BENCH_BODY(their_turn, struct classic, (classic_set(it), classic_clear(it)));
BENCH_BODY(our_look, afield_event, bench_keep(afield_event_is_set(it)));
BENCH_BODY(our_wait, afield_event, bench_keep(afield_event_wait(it, NULL)));
BENCH_BODY(their_wait, struct classic, classic_wait(it));

/* Ping and pong: one batch is that many turns of a partner thread, woken each time. */
static afield_event our_ping, our_pong;
static struct classic their_ping = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
static struct classic their_pong = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
static pthread_t partner;
static AFIELD_ATOMIC(bool) is_over;

static void *our_partner(void *unused)
{
	for (;;) {
		afield_event_wait(&our_ping, NULL);
		afield_event_clear(&our_ping);
		if (AFIELD_LOAD(&is_over, acquire))
			return unused;
		afield_event_set(&our_pong);
	}
}
static void *their_partner(void *unused)
{
	for (;;) {
		classic_wait(&their_ping);
		classic_clear(&their_ping);
		if (AFIELD_LOAD(&is_over, acquire))
			return unused;
		classic_set(&their_pong);
	}
}
static void our_begin(void *state, int threads)
{
	(void)state, (void)threads;
	AFIELD_STORE(&is_over, false, release);
	(void)pthread_create(&partner, NULL, our_partner, NULL);
}
static void their_begin(void *state, int threads)
{
	(void)state, (void)threads;
	AFIELD_STORE(&is_over, false, release);
	(void)pthread_create(&partner, NULL, their_partner, NULL);
}
static void our_end(void *unused)
{
	(void)unused;
	AFIELD_STORE(&is_over, true, release);
	afield_event_set(&our_ping);
	pthread_join(partner, NULL);
}
static void their_end(void *unused)
{
	(void)unused;
	AFIELD_STORE(&is_over, true, release);
	classic_set(&their_ping);
	pthread_join(partner, NULL);
}
BENCH_BODY(our_exchange, afield_event,
	   (afield_event_set(&our_ping), afield_event_wait(&our_pong, NULL),
	    afield_event_clear(&our_pong)));
BENCH_BODY(their_exchange, struct classic,
	   (classic_set(&their_ping), classic_wait(&their_pong), classic_clear(&their_pong)));

static const struct bench_group groups[] = {
	{.name = "is_set",
	 .threads = BENCH_ONE | BENCH_CORES,
	 .bound = {.loads = 1},
	 .contenders = {{"afield", our_look, &ours, set_both, NULL, NULL}}},
	{.name = "wait, is set",
	 .bound = {.loads = 1},
	 .contenders = {{"afield", our_wait, &ours, set_both, NULL, NULL},
			{"mutex and condition", their_wait, &theirs, set_both, NULL, NULL}}},
	{.name = "set, nobody waits",
	 .bound = {.rmws = 1},
	 .contenders = {{"afield", our_set, &ours, NULL, NULL, NULL},
			{"mutex and condition", their_set, &theirs, NULL, NULL, NULL}}},
	{.name = "set and clear",
	 .bound = {.rmws = 2},
	 .contenders = {{"afield", our_turn, &ours, NULL, NULL, NULL},
			{"mutex and condition", their_turn, &theirs, NULL, NULL, NULL}}},
	{.name = "there and back, two threads",
	 .threads = BENCH_ONE,
	 .contenders = {{"afield", our_exchange, &ours, our_begin, our_end, NULL},
			{"mutex and condition", their_exchange, &theirs, their_begin, their_end,
			 NULL}}},
};
BENCH_MAIN("event", groups)
