/* SPDX-License-Identifier: MIT */
/*
 * Which thread of the program goes next.
 *
 * A thread stops before every atomic access, fence, lock and join; what it will do next is known
 * then, so only a thread that can do it is chosen. Plain code between two such points runs without
 * a stop: another order of it could only be seen through a data race, which is reported anyway.
 *
 * A thread that waits in a loop (AFIELD_SPIN, sched_yield, or the same load again and again) goes
 * on when another has written. When all that are left wait so, they go on and read the last stores
 * only; if nothing is written after some rounds of that, no schedule helps them, and the program is
 * stuck. Executions longer than options.steps are given up and counted as blocked.
 *
 * Two accesses to different objects, or two loads, commute; a full search runs one order of them
 * only, by sleep sets. A search that bounds preemptions does not: the two orders may differ in
 * cost.
 */
#include "engine.h"

enum { ROUNDS = 16 };

static bool is_runnable(const struct thread *thread)
{
	switch (thread->pending) {
	case LOCK:
		return *thread->owner < 0;
	case JOIN:
		return run.thread[thread->target].pending == DONE;
	case SPIN:
		return run.writes != thread->mark || thread->is_woken;
	case WAIT:
		return thread->is_signaled;
	case DONE:
		return false;
	default:
		return true;
	}
}

static bool writes(const struct thread *thread)
{
	return thread->pending == WRITE || thread->pending == LOCK;
}

/* Whether two next steps may have a different effect in the other order. */
static bool depends(const struct thread *one, const struct thread *other)
{
	if (one->pending == SPIN || other->pending == SPIN)
		return true;
	if (one->object != other->object || !one->object)
		return false;
	return writes(one) || writes(other);
}

/* Nobody can go on. Threads that spin get another look at the last stores; others never will. */
static void unblock(void)
{
	bool is_any = false, is_all_done = true;

	for (int i = 0; i < run.threads; i++) {
		struct thread *thread = &run.thread[i];

		is_all_done &= thread->pending == DONE;
		if (thread->pending == SPIN) {
			thread->is_woken = thread->is_fresh = true;
			is_any = true;
		}
	}
	if (is_all_done)
		run_end(PASSED);
	if (!is_any)
		fail("deadlock: every thread waits for another");
	if (run.writes != run.rounds_mark)
		run.rounds = 0;
	run.rounds_mark = run.writes;
	if (run.rounds++ > ROUNDS)
		fail("stuck: every thread spins, and none of them can be the one to write");
}

static struct thread *pick(void)
{
	struct thread *can[THREADS];
	int count = 0, all = 0, taken;
	bool may_stay = is_runnable(run.self);

	for (int i = 0; i < run.threads; i++) {
		struct thread *thread = &run.thread[(self_index() + i) % run.threads];

		if (!is_runnable(thread))
			continue;
		all++;
		if (!options.is_reducing || !(run.asleep >> (thread - run.thread) & 1))
			can[count++] = thread;
	}
	if (all == 0)
		return NULL;
	if (count == 0)
		run_end(REDUNDANT);
	if (may_stay && options.preemptions >= 0 &&
	    run.preemptions >= (uint32_t)options.preemptions)
		return run.self;
	taken = choose(count, may_stay && options.is_random && run.generation % 2);
	if (may_stay && can[taken] != run.self)
		run.preemptions++;
	if (!options.is_reducing)
		return can[taken];
	for (int i = 0; i < taken; i++)
		run.asleep |= UINT32_C(1) << (can[i] - run.thread);
	for (int i = 0; i < run.threads; i++)
		if (run.asleep >> i & 1 && depends(&run.thread[i], can[taken]))
			run.asleep &= ~(UINT32_C(1) << i);
	return can[taken];
}

/* The running thread is about to do this. Returns when it is chosen to. */
void point(enum pending pending, uintptr_t object)
{
	struct thread *self = run.self, *next;
	const struct site *site = run.site;
	bool is_weak = run.is_weak;
	uintptr_t pc = run.pc;

	if (++run.steps > options.steps)
		run_end(BLOCKED);
	self->pending = pending;
	self->object = object;
	self->is_woken = false;
	if (pending == SPIN)
		self->mark = run.writes;
	next = self->creator;
	self->creator = NULL;
	while (!next && (next = pick()) == NULL)
		unblock();
	fiber_go_on(next);
	run.site = site;
	run.is_weak = is_weak;
	run.pc = pc;
}

/* A place of a thread that has ended, and whose end happens before what the running one does
 * now. */
static struct thread *thread_reusable(void)
{
	for (int i = 1; i < run.threads; i++)
		if (run.thread[i].is_joined &&
		    run.self->view.clock[i] >= run.thread[i].view.clock[i])
			return &run.thread[i];
	if (run.threads == THREADS)
		fail("more than %d threads at once", THREADS);
	return &run.thread[run.threads++];
}

/* The clock of a place goes on where its last thread left it. */
struct thread *thread_new(void *(*body)(void *), void *argument)
{
	struct thread *thread = run.threads ? thread_reusable() : &run.thread[run.threads++];
	int index = (int)(thread - run.thread);
	uint32_t clock = thread->view.clock[index] + 1;

	memset(thread, 0, sizeof(*thread));
	if (run.self)
		thread->view = run.self->view;
	thread->view.clock[index] = clock;
	thread->last_event = -1;
	thread->pending = RUN;
	thread->body = body;
	thread->argument = argument;
	know_nothing(index);
	private_begin(index);
	return thread;
}

/* Runs a new thread up to its first access; nothing before that can be seen by others. */
void thread_begin(struct thread *thread)
{
	struct thread *self = run.self;

	thread->creator = self;
	self->pending = READ;
	self->object = 0;
	run.site = NULL;
	fiber_go_on(thread);
	run.site = NULL;
}
