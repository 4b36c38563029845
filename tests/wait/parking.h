/* SPDX-License-Identifier: MIT */
/*
 * parking: lib/runtime/wait.c itself for litmus programs, on a park.h whose kernel is a mutex.
 *
 * A program has waiters `hall` and a state, makes a change and wakes by afield_wake or
 * afield_wake_one, and waits by afield_wait. A thread that sleeps and is never woken is a deadlock,
 * which the explorer reports. What ConcurrencyKit's event count does is written out here as it
 * stands in its source, each of its accesses for itself; the wake of one is
 * lib/runtime/park_core.h.
 *
 * Deadlines pass and a signal comes when the program says so: for all threads that sleep with a
 * deadline, and for the one thread that gets signals, then and later.
 */
#ifndef AFIELD_TESTS_WAIT_PARKING_H
#define AFIELD_TESTS_WAIT_PARKING_H

#define AFIELD__WAIT_SPINS 0 /* the look of the spin is that of the sleep once more */
#include "wait.c"

#include "park_core.h"

#include "../support/litmus.h"

#include <stdatomic.h>

static struct afield_waiters hall;

/* The kernel and the host. The kernel's lock protects all of it. */
struct sleeper {
	struct sleeper *next;
	enum afield__park_end end;
	bool is_asleep, is_guest, is_signalled, has_deadline;
};
static pthread_mutex_t kernel = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change_of_kernel = PTHREAD_COND_INITIALIZER;
static struct sleeper *first_sleeper;
static bool has_expired;    /* deadlines have passed */
static pthread_t signalled; /* the thread that gets signals, and whose wait the host then ends */
static bool has_signal;     /* it got one */
static bool all_are_guests; /* or that thread alone is one */
static bool is_host_done;   /* guests that attach do not come back */

static inline void be_signalled(void)
{
	pthread_mutex_lock(&kernel);
	signalled = pthread_self();
	pthread_mutex_unlock(&kernel);
}

void *afield_detach(void)
{
	bool is_guest;

	pthread_mutex_lock(&kernel);
	is_guest = all_are_guests || signalled == pthread_self();
	pthread_mutex_unlock(&kernel);
	return is_guest ? &hall : NULL;
}

void afield_attach(void *token)
{
	bool comes_back;

	pthread_mutex_lock(&kernel);
	comes_back = !token || !is_host_done;
	pthread_mutex_unlock(&kernel);
	if (!comes_back)
		pthread_exit(NULL);
}

bool afield_is_interrupted(void *token)
{
	bool is_over;

	pthread_mutex_lock(&kernel);
	is_over = token && has_signal && signalled == pthread_self();
	pthread_mutex_unlock(&kernel);
	return is_over;
}

/* Takes a sleeper off the list. The kernel's lock is held. */
static void end_sleep(struct sleeper *sleeper, enum afield__park_end end)
{
	struct sleeper **at = &first_sleeper;

	while (*at != sleeper)
		at = &(*at)->next;
	*at = sleeper->next;
	sleeper->end = end;
	sleeper->is_asleep = false;
	pthread_cond_broadcast(&change_of_kernel);
}

static int wake_up_to(const void *word, int most)
{
	int woken = 0;

	(void)word;
	pthread_mutex_lock(&kernel);
	for (; first_sleeper && woken < most; woken++)
		end_sleep(first_sleeper, AFIELD__PARK_WOKEN);
	pthread_mutex_unlock(&kernel);
	return woken;
}

/* The deadlines pass, or the signal comes. */
static inline void disturb(bool is_signal)
{
	struct sleeper *sleeper, *next;

	pthread_mutex_lock(&kernel);
	*(is_signal ? &has_signal : &has_expired) = true;
	for (sleeper = first_sleeper; sleeper; sleeper = next) {
		next = sleeper->next;
		if (is_signal ? sleeper->is_signalled : sleeper->has_deadline)
			end_sleep(sleeper, is_signal ? AFIELD__PARK_MOVED : AFIELD__PARK_LATE);
	}
	pthread_mutex_unlock(&kernel);
}

/* What is ConcurrencyKit's or the kernel's is not ours to break: plain C11, which has no
 * mutants. */
uint32_t afield__park_value(const uint32_t *event)
{
	return atomic_load_explicit((afield__park_word *)(uintptr_t)event, memory_order_acquire) &
	       ~AFIELD__PARK_ASLEEP;
}

/* ck_ec32_wait_pred up to its futex call, and the call. */
enum afield__park_end afield__park_sleep(uint32_t *event, uint32_t value, bool is_guest,
					 const struct timespec *deadline)
{
	afield__park_word *word = (afield__park_word *)event;
	uint32_t seen = value, asleep = value | AFIELD__PARK_ASLEEP;
	struct sleeper self = {NULL, AFIELD__PARK_MOVED, true, is_guest, false, deadline != NULL};
	struct sleeper **last = &first_sleeper;

	if (!atomic_compare_exchange_strong_explicit(word, &seen, asleep, memory_order_relaxed,
						     memory_order_relaxed) &&
	    seen != asleep)
		return AFIELD__PARK_MOVED;
	pthread_mutex_lock(&kernel);
	seen = atomic_load_explicit(word, memory_order_relaxed);
	self.is_signalled = signalled == pthread_self();
	if (deadline && has_expired) {
		self.end = AFIELD__PARK_LATE;
	} else if (seen == asleep && !(self.is_signalled && has_signal)) {
		while (*last)
			last = &(*last)->next;
		*last = &self;
		while (self.is_asleep)
			pthread_cond_wait(&change_of_kernel, &kernel);
	}
	pthread_mutex_unlock(&kernel);
	return self.end;
}

/* ck_ec32_inc and ck_ec32_wake. */
void afield__park_wake(uint32_t *event)
{
	afield__park_word *word = (afield__park_word *)event;
	uint32_t before = atomic_fetch_add_explicit(word, 1, memory_order_release);

	if (before & AFIELD__PARK_ASLEEP) {
		atomic_fetch_and_explicit(word, ~AFIELD__PARK_ASLEEP, memory_order_relaxed);
		wake_up_to(word, INT_MAX);
	}
}

void afield__park_wake_one(uint32_t *event)
{
	afield__park_raise_for_one((afield__park_word *)event, wake_up_to);
}

void afield__park_lend(uint32_t *event)
{
	struct sleeper *sleeper;

	(void)event;
	pthread_mutex_lock(&kernel);
	for (sleeper = first_sleeper; sleeper && sleeper->is_guest; sleeper = sleeper->next)
		;
	if (sleeper)
		end_sleep(sleeper, AFIELD__PARK_WOKEN);
	pthread_mutex_unlock(&kernel);
}

/* What the programs wait for: items that threads put and take. */
static AFIELD_ATOMIC(int) items;

static inline void put(void)
{
	AFIELD_FETCH_ADD(&items, 1, seq_cst);
	if (!AFIELD_MUTANT("drop_the_wake"))
		afield_wake_one(&hall);
}

static inline bool has_taken(void *unused)
{
	int seen = AFIELD_LOAD(&items, seq_cst);

	(void)unused;
	while (seen > 0)
		if (AFIELD_COMPARE_EXCHANGE(&items, &seen, seen - 1, acquire))
			return true;
	return false;
}

static inline void put_one(int self)
{
	put();
}

static inline void wait_for_item(int self)
{
	assert(afield_wait(&hall, has_taken, NULL, NULL) == 0);
}

static inline void assert_nothing_is_left(void)
{
	assert(AFIELD_LOAD(&items, relaxed) == 0);
	assert(AFIELD_LOAD(&hall.count, relaxed) == 0);
}

/* The number of the event count at which a program begins. */
static inline void begin_at(uint32_t number)
{
	hall.event = number;
}

/*
 * RUN(first, second, third) while main itself does `mine`; third may be NULL. Were `mine` a
 * thread of its own, a search would be ten times as long, and some would not be complete.
 */
static inline void run_beside(litmus_steps *mine, litmus_steps *first, litmus_steps *second,
			      litmus_steps *third)
{
	pthread_t ids[3];
	struct litmus_thread threads[3];

	litmus_start(&ids[0], &threads[0], first, 0);
	litmus_start(&ids[1], &threads[1], second, 1);
	if (third)
		litmus_start(&ids[2], &threads[2], third, 2);
	mine(third ? 3 : 2);
	pthread_join(ids[0], NULL);
	pthread_join(ids[1], NULL);
	if (third)
		pthread_join(ids[2], NULL);
}

#endif
