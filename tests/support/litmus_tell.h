/* SPDX-License-Identifier: MIT */
/*
 * litmus_tell: one thread tells the others, in whatever way, that it has come to a point. Who is
 * told comes behind it, and must then find what was done before:
 *
 *	static void add_and_tell(int self) { add(); tell(); }
 *	static void sum_when_told(int self) { if (is_told()) assert(sum() == 1); }
 *
 * Plain C11, which has no mutants: it is not what the programs are about. (relacy has no C11.)
 */
#ifndef AFIELD_TESTS_LITMUS_TELL_H
#define AFIELD_TESTS_LITMUS_TELL_H

#include "litmus.h"

#ifdef AFIELD_RELACY
static AFIELD_ATOMIC(int) told;
#define TELL(word) AFIELD_STORE(word, 1, release)
#define TOLD(word) AFIELD_LOAD(word, acquire)
#else
#include <stdatomic.h>
static _Atomic(int) told;
#define TELL(word) atomic_store_explicit(word, 1, memory_order_release)
#define TOLD(word) atomic_load_explicit(word, memory_order_acquire)
#endif

static void tell(void)
{
	TELL(&told);
}

static bool is_told(void)
{
	return TOLD(&told) != 0;
}

#endif
