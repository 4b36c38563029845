/* SPDX-License-Identifier: MIT */
/*
 * steps: a thread that stops between two instructions of its own choice. For code that has no
 * access of ours inside, as that of a packaged library: there no pause point can stand.
 *
 * A thread runs a body with the processor's trap flag set. Before each instruction the hook is
 * asked; it sees the registers, and says whether the thread goes on, is held until somebody lets it
 * go, or ends here, in the middle of whatever it does.
 *
 *	struct steps steps = {pop_once, stack, steps_at_exchange, 0};
 *	steps_start(&steps);
 *	if (steps_wait(&steps)) {        // it is held
 *		...                      // what happens meanwhile
 *		steps_release(&steps);
 *	}
 *	steps_join(&steps);
 *
 * When to use it: on x86-64, without ThreadSanitizer, which delays signals. When not: on code whose
 * accesses go through ordering.h, which schedule.h stops in every build.
 *
 * Synchronization: one struct steps belongs to who starts it. Any number of them run at once.
 */
#ifndef AFIELD_TESTS_STEPS_H
#define AFIELD_TESTS_STEPS_H

#include "sanitizers.h"

#if SANITIZERS_THREAD || !defined(__x86_64__)
#define STEPS_WORK 0
#else
#define STEPS_WORK 1
#endif

#ifndef _GNU_SOURCE
#error "steps.h names registers: define _GNU_SOURCE before the first include"
#endif

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>

enum steps_answer { STEPS_GO, STEPS_HOLD, STEPS_END };

struct steps {
	void (*body)(void *argument);
	void *argument;
	/* Asked before each instruction, in a signal handler: it looks at memory and registers and
	 * calls nothing. It is not asked again once the thread was held. */
	enum steps_answer (*hook)(struct steps *steps, const greg_t *registers);
	long count; /* for the hook's use */
	/* Called by the thread at first, at full speed; or NULL. What blocks signals, as the first
	 * read section of a thread does, belongs here: a trap that is blocked ends the process. */
	void (*prepare)(void);

	pthread_t thread;
	sigjmp_buf end;
	bool was_held;
	int is_held, is_free, is_done; /* __atomic */
};

static inline void steps_doze(void)
{
	struct timespec moment = {0, 50000};

	nanosleep(&moment, NULL);
}

#if STEPS_WORK
static __thread struct steps *steps_self;

static inline void steps_trap(int signal, siginfo_t *info, void *opaque)
{
	ucontext_t *context = (ucontext_t *)opaque;
	greg_t *registers = context->uc_mcontext.gregs;
	struct steps *steps = steps_self;

	(void)signal;
	(void)info;
	switch (steps->was_held ? STEPS_GO : steps->hook(steps, registers)) {
	case STEPS_END:
		siglongjmp(steps->end, 1);
	case STEPS_HOLD:
		steps->was_held = true;
		__atomic_store_n(&steps->is_held, 1, __ATOMIC_SEQ_CST);
		while (!__atomic_load_n(&steps->is_free, __ATOMIC_SEQ_CST))
			steps_doze();
		registers[REG_EFL] &= ~0x100; /* at full speed from here */
		return;
	default:
		return;
	}
}

static inline void *steps_main(void *opaque)
{
	struct steps *steps = (struct steps *)opaque;

	steps_self = steps;
	if (steps->prepare)
		steps->prepare();
	if (sigsetjmp(steps->end, 1) == 0) {
		__asm__ __volatile__("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq" : : : "memory", "cc");
		steps->body(steps->argument);
		__asm__ __volatile__("pushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq"
				     :
				     :
				     : "memory", "cc");
	}
	__atomic_store_n(&steps->is_done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static inline void steps_start(struct steps *steps)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = steps_trap;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGTRAP, &action, NULL);
	steps->was_held = false;
	steps->is_held = steps->is_free = steps->is_done = 0;
	if (pthread_create(&steps->thread, NULL, steps_main, steps))
		abort();
}

/* Waits until the thread is held (true) or has come to an end (false). */
static inline bool steps_wait(struct steps *steps)
{
	while (!__atomic_load_n(&steps->is_held, __ATOMIC_SEQ_CST))
		if (__atomic_load_n(&steps->is_done, __ATOMIC_SEQ_CST))
			return false;
		else
			steps_doze();
	return true;
}

static inline void steps_release(struct steps *steps)
{
	__atomic_store_n(&steps->is_free, 1, __ATOMIC_SEQ_CST);
}

static inline void steps_join(struct steps *steps)
{
	steps_release(steps);
	pthread_join(steps->thread, NULL);
}

/* For hooks: before an exchange of eight or sixteen bytes, cmpxchg, cmpxchg16b or xchg of
 * memory. */
static inline bool steps_is_exchange(const greg_t *registers)
{
	const unsigned char *code = (const unsigned char *)registers[REG_RIP];

	code += code[0] == 0xf0;
	code += (code[0] & 0xf0) == 0x40;
	if (code[0] == 0x87)
		return (code[1] & 0xc0) != 0xc0;
	return code[0] == 0x0f && (code[1] == 0xb1 || code[1] == 0xc7);
}

/* For hooks: some register holds this number. */
static inline bool steps_holds(const greg_t *registers, const void *pointer)
{
	static const int general[] = {REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI,
				      REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
				      REG_R12, REG_R13, REG_R14, REG_R15};

	for (unsigned i = 0; i < sizeof(general) / sizeof(general[0]); i++)
		if ((uintptr_t)registers[general[i]] == (uintptr_t)pointer)
			return true;
	return false;
}
#endif

#endif
