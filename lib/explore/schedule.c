/*
 * Threads of the program as fibers, and which of them goes next.
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

#include <afield/explore.h>

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

enum {
	STACK = 256 << 10,
	ROUNDS = 16,
};

struct run run;
static struct {
	char *stack;
	jmp_buf base; /* in the trampoline: begins a new thread */
	jmp_buf here;
	bool is_made;
} fibers[THREADS];
static jmp_buf runner;
static ucontext_t runner_context, fiber_context;
static enum verdict verdict;

int self_index(void)
{
	return (int)(run.self - run.thread);
}

/* A fiber's stack: its contents need not be put back. */
bool address_is_ours(uintptr_t address)
{
	for (int i = 0; i < THREADS; i++)
		if (fibers[i].stack && address - (uintptr_t)fibers[i].stack < STACK)
			return true;
	return false;
}

_Noreturn void run_end(enum verdict ending)
{
	verdict = ending;
	run.self = NULL;
	_longjmp(runner, 1);
}

static bool is_runnable(const struct thread *thread)
{
	switch (thread->pending) {
	case LOCK:
		return mutex_is_free(thread->object);
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

static void fiber_main(void)
{
	int index = (int)(run.self - run.thread);

	_setjmp(fibers[index].base);
	index = (int)(run.self - run.thread);
	run.site = NULL;
	leave();
	run.self->result = run.self->body(run.self->argument);
	afield_explore_thread_exit(run.self->result);
}

/* Goes on in another thread, which begins if it has not yet. */
static void switch_to(struct thread *thread)
{
	int index = (int)(thread - run.thread);

	run.self = thread;
	if (thread->pending != RUN)
		_longjmp(fibers[index].here, 1);
	if (fibers[index].is_made)
		_longjmp(fibers[index].base, 1);
	fibers[index].is_made = true;
	if (!fibers[index].stack) {
		fibers[index].stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (fibers[index].stack == MAP_FAILED ||
		    mprotect(fibers[index].stack, 4096, PROT_NONE))
			abort();
	}
	getcontext(&fiber_context);
	fiber_context.uc_stack.ss_sp = fibers[index].stack;
	fiber_context.uc_stack.ss_size = STACK;
	fiber_context.uc_link = &runner_context;
	makecontext(&fiber_context, fiber_main, 0);
	setcontext(&fiber_context);
}

static void transfer(struct thread *next)
{
	int from = self_index();

	if (next == run.self)
		return;
	private_switch(from, (int)(next - run.thread));
	if (!_setjmp(fibers[from].here))
		switch_to(next);
}

/* The running thread is about to do this. Returns when it is chosen to. */
void point(enum pending pending, uintptr_t object)
{
	struct thread *self = run.self, *next;
	const struct site *site = run.site;
	bool is_weak = run.is_weak;
	uintptr_t pc = run.pc;

	if (self->late.is_set && (pending >= LOCK || object == self->late.location->address))
		order_late(self);
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
	transfer(next);
	run.site = site;
	run.is_weak = is_weak;
	run.pc = pc;
}

/* A place of a thread that has ended, and whose end happens before what the running one does now. */
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
	transfer(thread);
	run.site = NULL;
}

/* Runs the program once. */
enum verdict run_once(void *(*body)(void *))
{
	uint32_t generation = run.generation;

	memset(&run, 0, sizeof(run));
	run.generation = generation;
	choice_begin();
	report_begin();
	memory_begin();
	history_begin();
	sequence_begin();
	threads_begin();
	if (!_setjmp(runner)) {
		struct thread *first = thread_new(body, NULL);

		run.self = first;
		run.is_inside = true;
		private_switch(-1, 0);
		switch_to(first);
	}
	memory_end();
	return verdict;
}
