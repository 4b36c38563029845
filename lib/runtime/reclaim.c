/* SPDX-License-Identifier: MIT */
/*
 * reclaim: retired objects, from the push to their callback.
 *
 * They are reclaimed in rounds: take all that have been retired, wait for a grace period, call each
 * back. One thread at a time runs a round; it has the role. That is a thread of the library's own
 * (worker.c), or, where none can be made, a thread that retires or waits for the barrier.
 *
 * The order with exit(): worker.c has stop called, after which no callback begins.
 */
#include <afield/detail/owner_queue.h>
#include <afield/reclaim.h>
#include <afield/wait.h>

#include <errno.h>
#include <pthread.h>

#include "grace.h"
#include "reclaim.h"
#include "reclaim_core.h"

/* Small objects fill this with some ten MiB. */
#define DEFAULT_OBJECTS 262144
#define DEFAULT_UNITS (((uint64_t)64 << 20) / AFIELD__UNIT)
/* Where nobody reclaims but who retires: how many before it does. */
#define OWN_ROUND 1024
/* Callbacks between two looks at what else there is to do. */
#define STRIDE 64

static struct afield__retired_list retired_list;
static struct afield__limit limit = {{DEFAULT_OBJECTS}, {DEFAULT_UNITS}};
static struct afield_waiters room; /* retirers above the limit */

static AFIELD_ATOMIC(uint64_t) role; /* the thread that runs a round, by pthread_self, or 0 */
static struct afield_waiters role_is_free;

static struct afield__rounds rounds;
static struct afield_waiters round_is_over;
static AFIELD_ATOMIC(uint64_t) wanted; /* the newest round that somebody waits for */

static AFIELD_ATOMIC(bool) is_stopped;  /* exit() has begun */
static AFIELD_ATOMIC(uint64_t) stopper; /* in this thread; written before it */

/* Not afield_thread_id: that of a thread without memory changes when there is some again. */
static uint64_t own_role(void)
{
	return (uint64_t)(uintptr_t)pthread_self();
}

static bool is_reclaiming(void)
{
	return AFIELD_LOAD(&role, relaxed) == own_role();
}

static bool is_over(void)
{
	return AFIELD_LOAD(&is_stopped, relaxed);
}

static bool take_role(void *unused)
{
	uint64_t nobody = 0;

	(void)unused;
	/* Acquire: pairs with the release in give_role. Seq_cst, as afield_wait asks. */
	return AFIELD_COMPARE_EXCHANGE(&role, &nobody, own_role(), seq_cst);
}

static bool take_role_in_time(void *unused)
{
	return take_role(unused) || is_over();
}

/* Not when a callback has forked: then this is the child, and nobody has the role. */
static void give_role(void)
{
	if (!is_reclaiming())
		return;
	AFIELD_STORE(&role, 0, seq_cst);
	afield_wake(&role_is_free);
}

/* Counts out what has been called back. Who brings the load down to half of the limit wakes. */
static void count_out(uint64_t amount)
{
	uint64_t before = afield__load_subtract(&retired_list, amount);

	if (!afield__load_fits(before, &limit, 1) && afield__load_fits(before - amount, &limit, 1))
		afield_wake(&room);
}

/*
 * What is in hand is what has not been called, so that a child goes on from there. When a callback
 * forks, its child finds nothing in hand, and has counted anew.
 */
static void call_all(void)
{
	struct afield_retired *retired;
	uint64_t amount = 0;

	while ((retired = AFIELD_LOAD(&retired_list.in_hand, relaxed)) && !is_over()) {
		afield__retired_list_keep(&retired_list, retired->next);
		amount += afield__load_of(1, retired->units);
		retired->reclaim(retired);
		if (amount % STRIDE == 0 && is_reclaiming()) {
			count_out(amount);
			amount = 0;
		}
	}
	if (is_reclaiming())
		count_out(amount);
}

static void run_round(void)
{
	afield__round_begin(&rounds);
	if (afield__retired_list_take(&retired_list) && afield__grace_period(is_over))
		call_all();
	if (is_over() || !is_reclaiming())
		return;
	afield__round_end(&rounds);
	afield_wake(&round_is_over);
}

void afield__reclaim_round(void)
{
	afield_wait_uninterrupted(&role_is_free, take_role_in_time, NULL);
	if (!is_over())
		run_round();
	give_role();
}

/* A number, not a count of who waits: one whose host never lets him go on waits no more. */
static bool is_round_wanted(void)
{
	return !afield__round_has_ended(&rounds, AFIELD_LOAD(&wanted, seq_cst));
}

/* Seq_cst, also when another has said so: before the look whether the worker is there. */
static void want_round(uint64_t number)
{
	uint64_t seen = AFIELD_LOAD(&wanted, seq_cst);

	while (seen < number && !AFIELD_COMPARE_EXCHANGE_WEAK(&wanted, &seen, number, seq_cst))
		;
}

bool afield__reclaim_is_wanted(void)
{
	return !afield__retired_list_is_empty(&retired_list) || is_round_wanted();
}

bool afield__reclaim_is_urgent(void)
{
	return is_round_wanted() || !afield__load_fits(afield__load_see(&retired_list), &limit, 1);
}

bool afield__reclaim_is_stopped(void)
{
	return is_over();
}

/* Who waits for the thread that reclaims looks again, whether it is still to come. */
void afield__reclaim_wake(void)
{
	afield_wake(&room);
	afield_wake(&round_is_over);
	afield_wake(&role_is_free);
}

/* The callback that runs at this moment may take its time, but not forever. */
void afield__reclaim_stop(void)
{
	struct timespec deadline;

	AFIELD_STORE(&stopper, own_role(), relaxed);
	AFIELD_STORE(&is_stopped, true, seq_cst);
	afield__reclaim_wake();
	if (!is_reclaiming())
		(void)afield_wait_uninterrupted_until(&role_is_free, take_role, NULL,
						      afield_deadline(1, &deadline));
}

/* Naps, the host's hooks and callbacks may be cancellation points, at which this thread would end
 * with the role in its hands: it is not cancelled meanwhile. */
static void reclaim_here(void)
{
	void *token;
	int cancel_state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	token = afield_detach();
	afield__reclaim_round();
	afield_attach(token);
	pthread_setcancelstate(cancel_state, NULL);
}

static bool has_room(void)
{
	return is_over() || afield__load_fits(afield__load_see(&retired_list), &limit, 1);
}

static bool has_room_or_is_alone(void *unused)
{
	(void)unused;
	return has_room() || !afield__worker_is_there();
}

static void wait_for_room(void)
{
	while (!has_room())
		if (afield__worker_call())
			afield_wait_uninterrupted(&room, has_room_or_is_alone, NULL);
		else
			reclaim_here();
}

/* Above the limit, or without a thread that reclaims. Nobody waits for himself. */
static __attribute__((noinline)) void retire_slow(uint64_t load, bool may_wait)
{
	bool has_worker = afield__worker_call();
	bool is_full = !afield__load_fits(load, &limit, 0);

	if (!may_wait || is_over() || afield_is_reading() || is_reclaiming())
		return;
	if (is_full)
		wait_for_room();
	else if (!has_worker && ((load & AFIELD__LOAD_OBJECTS) >= OWN_ROUND ||
				 !afield__load_fits(load, &limit, 4)))
		reclaim_here();
}

/* One more than there are, so that no object is nothing. */
static uint64_t units_of(size_t bytes)
{
	uint64_t units = (uint64_t)bytes / AFIELD__UNIT + 1;

	return units <= INT32_MAX ? units : INT32_MAX;
}

static void retire(struct afield_retired *retired, size_t bytes,
		   void (*reclaim)(struct afield_retired *retired), bool may_wait)
{
	uint64_t load;
	bool is_first;

	retired->reclaim = reclaim;
	retired->units = (size_t)units_of(bytes);
	load = afield__load_add(&retired_list, afield__load_of(1, retired->units));
	AFIELD_PAUSE("reclaim: counted");
	is_first = afield__retired_list_push(&retired_list, retired, &retired->next);
	if (is_first || !afield__worker_is_there() || !afield__load_fits(load, &limit, 0))
		retire_slow(load, may_wait);
}

void afield_retire(struct afield_retired *retired, void (*reclaim)(struct afield_retired *retired))
{
	retire(retired, 0, reclaim, true);
}

void afield_retire_nowait(struct afield_retired *retired,
			  void (*reclaim)(struct afield_retired *retired))
{
	retire(retired, 0, reclaim, false);
}

void afield_retire_bytes(struct afield_retired *retired, size_t bytes,
			 void (*reclaim)(struct afield_retired *retired))
{
	retire(retired, bytes, reclaim, true);
}

void afield_retire_bytes_nowait(struct afield_retired *retired, size_t bytes,
				void (*reclaim)(struct afield_retired *retired))
{
	retire(retired, bytes, reclaim, false);
}

static bool has_ended_or_is_alone(void *number)
{
	return afield__round_has_ended(&rounds, *(const uint64_t *)number) || is_over() ||
	       !afield__worker_is_there();
}

static void wait_for_round(uint64_t number)
{
	while (!afield__round_has_ended(&rounds, number) && !is_over())
		if (afield__worker_call())
			afield_wait_uninterrupted(&round_is_over, has_ended_or_is_alone, &number);
		else
			reclaim_here();
}

static int wait_for_retired(void)
{
	uint64_t number;

	/* In exit() nobody waits, and the thread that is there keeps the role. */
	if (afield_is_reading() || (is_reclaiming() && !is_over()))
		return -EDEADLK;
	if (afield__load_see(&retired_list) == 0)
		return 0;
	number = afield__round_after(&rounds);
	want_round(number);
	wait_for_round(number);
	return afield__round_has_ended(&rounds, number) ? 0 : -ECANCELED;
}

int afield_barrier(void)
{
	int error = wait_for_retired();

	return error ? error : afield__owner_queues_barrier();
}

size_t afield_backlog(void)
{
	return (size_t)(AFIELD_LOAD(&retired_list.load, relaxed) & AFIELD__LOAD_OBJECTS);
}

size_t afield_backlog_bytes(void)
{
	return (size_t)(AFIELD_LOAD(&retired_list.load, relaxed) >> 32) * AFIELD__UNIT;
}

void afield_set_backlog_limit(size_t objects)
{
	afield__limit_set(&limit, objects ? objects : DEFAULT_OBJECTS, 0);
	afield_wake(&room);
}

void afield_set_backlog_bytes(size_t bytes)
{
	afield__limit_set(&limit, 0, bytes ? units_of(bytes) : DEFAULT_UNITS);
	afield_wake(&room);
}

int afield_start(void)
{
	return afield__worker_call() ? 0 : -EAGAIN;
}

/*
 * The child has one thread, and all that waited. The load is counted anew, for a retirer may have
 * been between its two steps.
 */
bool afield__reclaim_child(void)
{
	static const struct afield_waiters nobody;
	bool was_in_exit = is_over() && AFIELD_LOAD(&stopper, relaxed) != own_role();

	afield__retired_list_child(&retired_list);
	AFIELD_STORE(&role, 0, relaxed);
	AFIELD_STORE(&wanted, 0, relaxed);
	AFIELD_STORE(&rounds.ended, AFIELD_LOAD(&rounds.begun, relaxed), relaxed);
	room = nobody;
	role_is_free = nobody;
	round_is_over = nobody;
	if (was_in_exit)
		AFIELD_STORE(&is_stopped, false, relaxed);
	return was_in_exit;
}
