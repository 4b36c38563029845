/* SPDX-License-Identifier: MIT */
/*
 * grace: the heavy fence, the wait for readers, and the way in for readers without a record.
 *
 * Who reads is in no list that a lock protects: a grace period tries at every record of self.c. A
 * record that holds it up for long may be that of a thread which ended inside its section; so from
 * time to time the system is asked whether the thread is there.
 */
#define _GNU_SOURCE
#include <afield/reclaim.h>

#include "grace.h"
#include "self.h"
#include "signals.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct afield__grace afield__grace;

static AFIELD_ATOMIC(bool) is_begun;

static long membarrier(int command)
{
	return syscall(SYS_membarrier, command, 0, 0);
}

/* Before the first section of any thread. Twice does no harm. */
static void begin(void)
{
	if (AFIELD_LOAD(&is_begun, acquire))
		return;
	if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) != 0)
		AFIELD_STORE(&afield__grace.is_fenced, 1, relaxed);
	AFIELD_STORE(&is_begun, true, release);
}

static __attribute__((constructor)) void begin_early(void)
{
	begin();
}

static void sleep_for(long nanoseconds)
{
	const struct timespec time = {0, nanoseconds};

	nanosleep(&time, NULL);
}

/*
 * Runs a fence on every processor that runs a thread of this process. Refused all of a sudden (a
 * filter for system calls that was installed meanwhile), it is never asked for again: readers run
 * their own fences from now on, and those that are past the question have been given time. No
 * processor keeps a store to itself for a thousandth of that time, and a thread that is taken off
 * its processor has passed a fence of the kernel's.
 */
static void heavy_fence(void)
{
	if (AFIELD_LOAD(&afield__grace.is_fenced, relaxed) ||
	    membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0)
		return;
	AFIELD_STORE(&afield__grace.is_fenced, 1, seq_cst);
	sleep_for(20000000);
}

/* Longer from time to time: 100 tries, then 20 microseconds to one millisecond. */
struct patience {
	unsigned tries;
	long nanoseconds;
};

static void be_patient(struct patience *patience)
{
	if (patience->tries++ < 100) {
		AFIELD_SPIN();
		return;
	}
	sleep_for(patience->nanoseconds);
	if (patience->nanoseconds < 1000000)
		patience->nanoseconds += patience->nanoseconds / 4;
}

struct wait {
	uint64_t number;
	bool (*give_up)(void);
	struct patience patience;
};

static bool is_given_up(const struct wait *wait)
{
	return wait->give_up && wait->give_up();
}

/* Every 32 tries, the first time after some 30 milliseconds. */
static bool is_gone(struct afield__self *self, const struct patience *patience)
{
	return patience->tries > 128 && patience->tries % 32 == 0 && afield__self_is_over(self);
}

static bool wait_for(struct afield__self *self, void *opaque)
{
	struct wait *wait = (struct wait *)opaque;

	while (afield__section_is_before(&self->section, wait->number)) {
		if (is_given_up(wait))
			return true;
		if (is_gone(self, &wait->patience))
			break;
		be_patient(&wait->patience);
	}
	return false;
}

bool afield__grace_period(bool (*give_up)(void))
{
	struct wait wait = {0, give_up, {0, 20000}};

	begin();
	heavy_fence();
	wait.number = afield__grace_begin(&afield__grace);
	if (afield__self_each(wait_for, &wait))
		return false;
	/* Acquire: pairs with the release of who leaves. All of them, not just the earlier ones:
	 * they carry no numbers. */
	while (AFIELD_LOAD(&afield__overflow.readers, acquire) != 0) {
		if (is_given_up(&wait))
			return false;
		be_patient(&wait.patience);
	}
	return true;
}

/*
 * The way in for a thread without a record: the first section makes one, or does without. There may
 * be memory again for a handler, which makes one: not between the look and the step.
 */
void afield__read_lock_slow(void)
{
	struct afield__self *self;
	sigset_t before;

	begin();
	self = afield__self_make();
	if (self) {
		afield__section_enter(&self->section, &afield__grace);
		return;
	}
	signals_block(&before);
	self = afield__self;
	if (afield__is_record(self)) {
		afield__section_enter(&self->section, &afield__grace);
	} else {
		if (!self) {
			AFIELD_FETCH_ADD(&afield__overflow.readers, 1, seq_cst);
			/* As in afield__section_enter: pairs with the fence of the grace period. */
			AFIELD_FENCE(seq_cst, &afield__overflow.readers);
		}
		afield__self = (struct afield__self *)((uintptr_t)self + 1);
	}
	signals_restore(&before);
}

/* A handler that comes behind the first step may leave a record; this section counts out still. */
void afield__read_unlock_slow(void)
{
	uintptr_t depth = (uintptr_t)afield__self - 1;

	afield__self = (struct afield__self *)depth;
	if (depth == 0)
		AFIELD_FETCH_SUB(&afield__overflow.readers, 1, release);
}

const char *afield_rcu_backend(void)
{
	begin();
	return AFIELD_LOAD(&afield__grace.is_fenced, relaxed) ? "full fences" : "membarrier";
}

void afield__grace_child(void)
{
	if (!AFIELD_LOAD(&afield__grace.is_fenced, relaxed) &&
	    membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) != 0)
		AFIELD_STORE(&afield__grace.is_fenced, 1, relaxed);
}
