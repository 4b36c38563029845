/* SPDX-License-Identifier: MIT */
/*
 * lib/runtime/reclaim.c and worker.c themselves: who waits for what it has retired, and who reclaims
 * it. They wait by afield_wait (tests/wait/parking.h). What must hold in every execution: whose
 * barrier has returned, its object has been called back, once, and the call is seen; and nobody
 * sleeps on, which is a deadlock here. Nobody reads.
 *
 * Not for GenMC: it knows no condition variables.
 * Not for relacy: waiting threads stand on real mutexes here.
 */
#define _GNU_SOURCE
#define AFIELD__BLOCK_SIZES 1
#include "../wait/parking.h"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "reclaim.c"
#include "retired_lists.c"

/* The library's threads are the program's, or are refused. */
enum { MOST_WORKERS = 3 };
static bool is_refused, is_lost; /* or does nothing */
static atomic_int worker_count;  /* plain C11, which has no mutants */
static pthread_t workers[MOST_WORKERS];
static int next_worker(void)
{
	int next = atomic_fetch_add_explicit(&worker_count, 1, memory_order_relaxed);

	assert(next < MOST_WORKERS);
	return next;
}

static int make_worker(void *(*run)(void *))
{
	if (is_refused)
		return EAGAIN;
	if (is_lost)
		return 0;
	return pthread_create(&workers[next_worker()], NULL, run, NULL);
}
#undef pthread_create
#define pthread_create(thread, attributes, run, argument) ((void)(thread), make_worker(run))
#define pthread_sigmask(how, set, before) ((void)0)
#define pthread_setname_np(thread, name) ((void)0)
#define setpriority(which, who, niceness) ((void)0)
#define syscall(...) ((void)0)
#define atexit(function) 0
#define wait_for wait_at_bell
#include "../../lib/runtime/worker.c"

/* The rest of the library. */
__thread struct afield__self *afield__self AFIELD__STATIC_TLS;
struct afield__self *afield__self_make(void)
{
	return NULL;
}
static struct afield__self records[2];
static int record_count; /* of these, which are in use */
bool afield__self_each(bool (*visit)(struct afield__self *self, void *argument), void *argument)
{
	for (int i = 0; i < record_count; i++)
		if (visit(&records[i], argument))
			return true;
	return false;
}
void afield__block_return(struct afield__self *self, struct afield_retired *chain, unsigned size)
{
	assert(false);
}
bool afield__block_wait(struct afield__self *self, struct afield_retired *block, unsigned size)
{
	return false;
}
void afield__block_end(struct afield_retired *block)
{
}
void afield__blocks_free(struct afield__self *self)
{
}
bool afield__grace_period(bool (*give_up)(void))
{
	return !give_up();
}
void afield__magazines_trim(void)
{
}
int afield__owner_queues_barrier(void)
{
	return 0;
}

static struct object {
	struct afield_retired retired;
	int calls; /* plain */
} objects[2];

static void call_back(struct afield_retired *retired)
{
	((struct object *)(void *)retired)->calls++;
}

static void retire_and_wait(int self)
{
	if (self < record_count)
		afield__self = &records[self];
	afield_retire(&objects[self].retired, call_back);
	assert(afield_barrier() == 0);
	assert(objects[self].calls == 1);
}

static void assert_all_is_done(void)
{
	assert(afield_backlog() == 0);
	assert(AFIELD_LOAD(&role_is_free.count, relaxed) == 0);
	assert(AFIELD_LOAD(&round_is_over.count, relaxed) == 0);
	assert(AFIELD_LOAD(&bell.count, relaxed) == 0);
	assert(AFIELD_LOAD(&rest.count, relaxed) == 0);
}

/* No thread can be made: each of two reclaims, or waits for the other to have done so. */
PROGRAM(two_reclaim)
{
	is_refused = true;
	RUN(retire_and_wait, retire_and_wait);
	assert_all_is_done();
}

static void await_workers(void)
{
	for (int i = 0; i < worker_count; i++)
		pthread_join(workers[i], NULL);
	assert_all_is_done();
}

/* A thread is made, does it, and rests. Its rests end by themselves when all is over. */
static void retire_one(int self)
{
	retire_and_wait(0);
	afield__reclaim_stop();
	disturb(false);
}

static void do_nothing(int self)
{
}

PROGRAM(one_is_made)
{
	RUN(retire_one, do_nothing);
	await_workers();
}

/* Its patience ends at any time: then it is made again. */
static void retire_two(int self)
{
	retire_and_wait(0);
	retire_and_wait(1);
	afield__reclaim_stop();
}

static void lose_patience(int self)
{
	disturb(false);
}

PROGRAM(one_ends)
{
	RUN(retire_two, lose_patience);
	await_workers();
}

/* It does so for two, who want rounds of their own. One has a record. */
PROGRAM(one_does_for_two)
{
	record_count = 1;
	RUN(retire_and_wait, retire_and_wait, lose_patience);
	await_workers();
}

/* The process ends while one waits for a round that nobody runs, and one for room. */
static void retire_in_vain(int self)
{
	afield_retire(&objects[self].retired, call_back);
	assert(afield_barrier() == -ECANCELED);
}

static void retire_over_the_limit(int self)
{
	afield_retire(&objects[0].retired, call_back);
	afield_retire(&objects[1].retired, call_back);
}

static void stop(int self)
{
	afield__reclaim_stop();
}

PROGRAM(who_waits_is_told)
{
	is_lost = true;
	RUN(retire_in_vain, stop);
	assert(AFIELD_LOAD(&round_is_over.count, relaxed) == 0);
}

PROGRAM(who_wants_room_is_told)
{
	is_lost = true;
	afield_set_backlog_limit(1);
	RUN(retire_over_the_limit, stop);
	assert(AFIELD_LOAD(&room.count, relaxed) == 0);
}

PROGRAMS(two_reclaim, one_is_made, one_ends, one_does_for_two, who_waits_is_told,
	 who_wants_room_is_told)
