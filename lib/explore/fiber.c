/* SPDX-License-Identifier: MIT */
/*
 * Threads of the program as fibers: stacks of their own on the one thread of the system, and the
 * jump from one to another.
 */
#include "engine.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { STACK = 256 << 10 };

static struct {
	char *stack;
	jmp_buf base; /* in the trampoline: begins a new thread */
	jmp_buf here;
	bool is_made;
} fibers[THREADS];
static ucontext_t fiber_context;
static void (*thread_end)(void *result);

/* Their contents need not be put back. */
bool address_is_ours(uintptr_t address)
{
	for (int i = 0; i < THREADS; i++)
		if (fibers[i].stack && address - (uintptr_t)fibers[i].stack < STACK)
			return true;
	return false;
}

static void fiber_main(void)
{
	_setjmp(fibers[self_index()].base);
	run.site = NULL;
	leave();
	run.self->result = run.self->body(run.self->argument);
	thread_end(run.self->result);
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
	fiber_context.uc_link = NULL; /* a thread ends by thread_end */
	makecontext(&fiber_context, fiber_main, 0);
	setcontext(&fiber_context);
}

void fiber_go_on(struct thread *next)
{
	int from = self_index();

	if (next == run.self)
		return;
	private_switch(from, (int)(next - run.thread));
	if (!_setjmp(fibers[from].here))
		switch_to(next);
}

void fiber_begin(struct thread *first, void (*end)(void *result))
{
	thread_end = end;
	run.self = first;
	run.is_inside = true;
	private_switch(-1, 0);
	switch_to(first);
}
