/* SPDX-License-Identifier: MIT */
/*
 * litmus_rcu: the reference RCU that stands for reclaim.h in litmus programs. Each thread notes
 * that it is inside, and a grace period waits until it has seen each of them outside once. seq_cst
 * throughout, stronger than the real one, which has programs of its own
 * (tests/reclaim/litmus_section.c).
 *
 * Plain C11, which has no mutants: it is not what the programs are about.
 *
 * A thread says who it is by litmus_self before its first section; main is thread 0.
 */
#ifndef AFIELD_TESTS_LITMUS_RCU_H
#define AFIELD_TESTS_LITMUS_RCU_H

#include "litmus.h"

#include <stdatomic.h>

/* gcc warns that its ThreadSanitizer sees no fences; the explorer does. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wtsan"
#endif

enum { LITMUS_READERS = 3 };

static _Atomic(int) inside[LITMUS_READERS]; /* written by the thread with that number */
static _Thread_local int litmus_self;

static void begin_sections(void)
{
	for (int i = 0; i < LITMUS_READERS; i++)
		atomic_store_explicit(&inside[i], 0, memory_order_relaxed);
}

static void enter(void)
{
	atomic_store(&inside[litmus_self], 1);
	atomic_thread_fence(memory_order_seq_cst);
}

static void leave(void)
{
	atomic_store(&inside[litmus_self], 0);
}

static void synchronize(void)
{
	atomic_thread_fence(memory_order_seq_cst);
	for (int i = 0; i < LITMUS_READERS; i++)
		while (atomic_load(&inside[i]))
			AFIELD_SPIN();
}

#endif
