/* SPDX-License-Identifier: MIT */
/*
 * What a program calls of <pthread.h>, <sched.h> and <assert.h>, for fibers. A mutex is known by
 * its address: what the C library keeps in it is neither read nor written, so static initializers
 * and zeroed memory both do.
 */
#include "engine.h"

#include <afield/explore.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { MUTEXES = 64 };

static struct {
	uintptr_t address;
	int owner; /* thread's index, or -1 */
	struct view view;
} mutexes[MUTEXES];
static int mutex_count;

void threads_begin(void)
{
	mutex_count = 0;
}

/* Where the program calls from, for the report. */
#define CALLED_HERE() (enter(), run.site = NULL, run.pc = (uintptr_t)__builtin_return_address(0))

static int mutex_of(uintptr_t address)
{
	for (int i = 0; i < mutex_count; i++)
		if (mutexes[i].address == address)
			return i;
	if (mutex_count == MUTEXES)
		fail("more than %d mutexes", MUTEXES);
	mutexes[mutex_count].address = address;
	mutexes[mutex_count].owner = -1;
	mutexes[mutex_count].view = (struct view){{0}, {{0}}, {{0}}};
	return mutex_count++;
}

static void mutex_take(int mutex)
{
	struct thread *self = event_begin();

	mutexes[mutex].owner = self_index();
	view_join(&self->view, &mutexes[mutex].view);
}

int afield_explore_mutex_lock(void *mutex)
{
	int index = mutex_of((uintptr_t)mutex);

	CALLED_HERE();
	if (mutexes[index].owner == self_index())
		fail("a thread locks a mutex that it holds");
	memory_check((uintptr_t)mutex, 1);
	run.self->owner = &mutexes[index].owner;
	step(LOCK, (uintptr_t)mutex);
	mutex_take(index);
	trace("lock");
	leave();
	return 0;
}

int afield_explore_mutex_trylock(void *mutex)
{
	int index = mutex_of((uintptr_t)mutex);

	CALLED_HERE();
	memory_check((uintptr_t)mutex, 1);
	step(WRITE, (uintptr_t)mutex);
	if (mutexes[index].owner >= 0) {
		leave();
		return EBUSY;
	}
	mutex_take(index);
	trace("lock, at once");
	leave();
	return 0;
}

static void mutex_release(void *mutex)
{
	int index = mutex_of((uintptr_t)mutex);

	memory_check((uintptr_t)mutex, 1);
	step(WRITE, (uintptr_t)mutex);
	if (mutexes[index].owner != self_index())
		fail("a thread unlocks a mutex that it does not hold");
	order_late(run.self);
	mutexes[index].view = event_begin()->view;
	mutexes[index].owner = -1;
	trace("unlock");
}

int afield_explore_mutex_unlock(void *mutex)
{
	CALLED_HERE();
	mutex_release(mutex);
	leave();
	return 0;
}

/* Wakes one waiter of the search's choice, or all. */
static int wake(void *condition, bool is_all)
{
	int waiters[THREADS], count = 0;

	step(WRITE, (uintptr_t)condition);
	order_late(run.self);
	for (int i = 0; i < run.threads; i++)
		if (run.thread[i].waits_on == (uintptr_t)condition && !run.thread[i].is_signaled)
			waiters[count++] = i;
	trace("wakes %s of %d", is_all ? "all" : "one", count);
	if (count && !is_all) {
		waiters[0] = waiters[choose(count, false)];
		count = 1;
	}
	for (int i = 0; i < count; i++)
		run.thread[waiters[i]].is_signaled = true;
	leave();
	return 0;
}

int afield_explore_cond_signal(void *condition)
{
	CALLED_HERE();
	return wake(condition, false);
}

int afield_explore_cond_broadcast(void *condition)
{
	CALLED_HERE();
	return wake(condition, true);
}

/* The thread waits from the moment it says so, before it gives up the mutex. */
int afield_explore_cond_wait(void *condition, void *mutex)
{
	struct thread *self = run.self;

	CALLED_HERE();
	step(WRITE, (uintptr_t)condition);
	self->waits_on = (uintptr_t)condition;
	self->is_signaled = false;
	trace("waits");
	mutex_release(mutex);
	step(WAIT, (uintptr_t)condition);
	self->waits_on = 0;
	leave();
	return afield_explore_mutex_lock(mutex);
}

int afield_explore_thread_create(afield_explore_thread *out, const void *attributes,
				 void *(*body)(void *), void *argument)
{
	struct thread *self = run.self, *thread;

	(void)attributes;
	CALLED_HERE();
	order_late(self);
	event_begin();
	thread = thread_new(body, argument);
	*out = (afield_explore_thread)(thread - run.thread);
	trace("creates T%d", (int)(thread - run.thread));
	thread_begin(thread);
	leave();
	return 0;
}

int afield_explore_thread_join(afield_explore_thread thread, void **result)
{
	struct thread *target = &run.thread[thread];
	struct thread *self = run.self;

	if (thread >= (afield_explore_thread)run.threads)
		fail("join of a thread that was not created");
	CALLED_HERE();
	self->target = (int)thread;
	step(JOIN, 0);
	event_begin();
	view_join(&self->view, &target->view);
	target->is_joined = true;
	trace("joined T%d", (int)thread);
	leave();
	if (result)
		*result = target->result;
	return 0;
}

afield_explore_thread afield_explore_thread_self(void)
{
	return (afield_explore_thread)self_index();
}

_Noreturn void afield_explore_thread_exit(void *result)
{
	CALLED_HERE();
	run.self->result = result;
	order_late(run.self);
	event_begin();
	step(DONE, 0);
	abort();
}

void afield_explore_spin(void)
{
	if (enter())
		step(SPIN, 0);
	leave();
}

/* The C library's, by which assert fails; <assert.h> may be included again at any time. */
void __assert_fail(const char *condition, const char *file, unsigned line, const char *function)
{
	const char *slash = strrchr(file, '/');

	if (run.self) {
		run.site = NULL;
		run.pc = 0;
		fail("%s:%u: not true: %s", slash ? slash + 1 : file, line, condition);
	}
	fprintf(stderr, "%s:%u: %s: not true: %s\n", file, line, function, condition);
	abort();
}

void afield_explore_abort(void)
{
	if (!run.self)
		abort();
	fail("abort");
}

/* The rest of an execution that an assumption rules out is not looked at. */
void afield_explore_assume(int condition)
{
	if (!condition)
		run_end(REDUNDANT);
}
