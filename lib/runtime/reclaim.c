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
#include <afield/detail/magazine.h>
#include <afield/detail/owner_queue.h>
#include <afield/reclaim.h>
#include <afield/wait.h>

#include <errno.h>
#include <pthread.h>

#include "blocks.h"
#include "grace.h"
#include "reclaim.h"
#include "reclaim_core.h"
#include "retired_lists.h"
#include "self.h"

/* Small objects fill this with some ten MiB. */
#define DEFAULT_OBJECTS 262144
#define DEFAULT_UNITS (((uint64_t)64 << 20) / AFIELD__UNIT)
/* Where nobody reclaims but who retires: how many before it does. */
#define OWN_ROUND 1024

static afield__load load;
static struct afield__limit limit = {AFIELD__INITIAL(DEFAULT_OBJECTS),
				     AFIELD__INITIAL(DEFAULT_UNITS)};
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

bool afield__reclaim_has_role(void)
{
	return AFIELD_LOAD(&role, relaxed) == own_role();
}

/* Seq_cst, as afield_wait asks: weaker, who counts itself in may see neither this nor be seen. */
static bool is_over(void)
{
	return AFIELD_LOAD(&is_stopped, seq_cst);
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
	if (!afield__reclaim_has_role())
		return;
	AFIELD_STORE(&role, 0, seq_cst);
	afield_wake(&role_is_free);
}

static uint64_t reclaimed; /* by the round that runs; of who has the role */

/* Counts out what has been called back. Who brings the load down to half of the limit wakes. */
void afield__reclaim_count_out(uint64_t amount)
{
	uint64_t before = afield__load_subtract(&load, amount);

	reclaimed += afield__load_units(amount);
	if (!afield__load_fits(before, &limit, 1) && afield__load_fits(before - amount, &limit, 1))
		afield_wake(&room);
}

/* A number, not a count of who waits: one whose host never lets him go on waits no more. */
static bool is_round_wanted(void)
{
	return !afield__round_has_ended(&rounds, AFIELD_LOAD(&wanted, seq_cst));
}

static void run_round(void)
{
	afield__round_begin(&rounds);
	if (afield__retired_lists_take(&load) && afield__grace_period(is_over))
		afield__retired_lists_call();
	if (is_over() || !afield__reclaim_has_role())
		return;
	if (is_round_wanted())
		afield__retired_lists_free_blocks();
	afield__round_end(&rounds);
	afield_wake(&round_is_over);
}

void afield__reclaim_free_blocks(void)
{
	if (take_role(NULL)) {
		afield__retired_lists_free_blocks();
		give_role();
	}
}

uint64_t afield__reclaim_round(void)
{
	uint64_t units = 0;

	afield_wait_uninterrupted(&role_is_free, take_role_in_time, NULL);
	if (!is_over()) {
		reclaimed = 0;
		run_round();
		units = reclaimed;
	}
	give_role();
	return units;
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
	return is_round_wanted() || afield__retired_lists_have_some();
}

bool afield__reclaim_is_urgent(void)
{
	return is_round_wanted() || !afield__load_fits(afield__load_see(&load), &limit, 1);
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
	if (!afield__reclaim_has_role())
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
	return is_over() || afield__load_fits(afield__load_see(&load), &limit, 1);
}

static bool has_room_or_is_alone(void *unused)
{
	(void)unused;
	return has_room() || !afield__worker_is_there();
}

static void wait_for_room(void)
{
	while (!has_room())
		if (afield__worker_call(true))
			afield_wait_uninterrupted(&room, has_room_or_is_alone, NULL);
		else
			reclaim_here();
}

/*
 * Behind the push, when a lot is full, or nothing was on the stack, so that the thread that reclaims
 * may be asleep. Nobody waits for himself. `self` is NULL for none.
 */
static __attribute__((noinline)) void retire_slow(struct afield__self *self, bool may_wait)
{
	bool has_worker, is_full;
	uint64_t seen;

	if (self)
		afield__tally_count(&self->tally, &load);
	seen = afield__load_see(&load);
	is_full = !afield__load_fits(seen, &limit, 0);
	has_worker = afield__worker_call(is_full);
	if (!may_wait || is_over() || afield_is_reading() || afield__reclaim_has_role())
		return;
	if (is_full)
		wait_for_room();
	else if (!has_worker &&
		 (afield__load_objects(seen) >= OWN_ROUND || !afield__load_fits(seen, &limit, 4)))
		reclaim_here();
}

static void retire(struct afield_retired *retired, size_t bytes,
		   void (*reclaim)(struct afield_retired *retired), bool may_wait)
{
	struct afield__self *self = afield__self_get();
	uint64_t amount, uncounted = 0;
	bool is_first;

	retired->reclaim = reclaim;
	retired->units = (size_t)afield__units_of(bytes);
	amount = afield__load_of(1, retired->units);
	if (self)
		uncounted = afield__tally_add(&self->tally, amount);
	else
		afield__load_add(&load, amount);
	AFIELD_PAUSE("reclaim: counted");
	is_first = afield__retired_lists_push(self, retired);
	if (is_first || !self || afield__tally_is_full(uncounted, &limit))
		retire_slow(self, may_wait);
}

void afield__reclaim_block(struct afield__self *self, struct afield_retired *block, unsigned size,
			   bool may_wait)
{
	uint64_t units = afield__units_of(afield__block_bytes(size));
	uint64_t uncounted = afield__tally_add(&self->tally, afield__load_of(1, units));
	bool is_first;

	AFIELD_PAUSE("reclaim: counted");
	is_first = afield__block_wait(self, block, size);
	if (is_first || afield__tally_is_full(uncounted, &limit))
		retire_slow(self, may_wait);
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
		if (afield__worker_call(true))
			afield_wait_uninterrupted(&round_is_over, has_ended_or_is_alone, &number);
		else
			reclaim_here();
}

static int wait_for_retired(void)
{
	uint64_t number;

	/* In exit() nobody waits, and the thread that is there keeps the role. */
	if (afield_is_reading() || (afield__reclaim_has_role() && !is_over()))
		return -EDEADLK;
	afield__magazines_trim();
	if (!afield__retired_lists_have_some() && afield__rounds_are_over(&rounds)) {
		afield__reclaim_free_blocks();
		return 0;
	}
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

static bool add_uncounted(struct afield__self *self, void *sum)
{
	*(uint64_t *)sum += afield__tally_uncounted(&self->tally);
	return false;
}

static uint64_t backlog(void)
{
	uint64_t sum = AFIELD_LOAD(&load, relaxed);

	afield__self_each(add_uncounted, &sum);
	return sum;
}

size_t afield_backlog(void)
{
	return (size_t)afield__load_objects(backlog());
}

size_t afield_backlog_bytes(void)
{
	return (size_t)afield__load_units(backlog()) * AFIELD__UNIT;
}

void afield_set_backlog_limit(size_t objects)
{
	afield__limit_set(&limit, objects ? objects : DEFAULT_OBJECTS, 0);
	afield_wake(&room);
}

void afield_set_backlog_bytes(size_t bytes)
{
	afield__limit_set(&limit, 0, bytes ? afield__units_of(bytes) : DEFAULT_UNITS);
	afield_wake(&room);
}

int afield_start(void)
{
	return afield__worker_call(false) ? 0 : -EAGAIN;
}

/*
 * The child has one thread, and all that waited. The load is counted anew, for a retirer may have
 * been between its steps.
 */
bool afield__reclaim_child(void)
{
	bool was_in_exit = is_over() && AFIELD_LOAD(&stopper, relaxed) != own_role();

	AFIELD_STORE(&load, afield__retired_lists_child(), relaxed);
	AFIELD_STORE(&role, 0, relaxed);
	AFIELD_STORE(&wanted, 0, relaxed);
	AFIELD_STORE(&rounds.ended, AFIELD_LOAD(&rounds.begun, relaxed), relaxed);
	afield__waiters_child(&room);
	afield__waiters_child(&role_is_free);
	afield__waiters_child(&round_is_over);
	if (was_in_exit)
		AFIELD_STORE(&is_stopped, false, relaxed);
	return was_in_exit;
}
