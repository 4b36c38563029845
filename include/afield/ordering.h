/* SPDX-License-Identifier: MIT */
/*
 * ordering: every atomic access of afield, spelled once and compiled five ways.
 *
 * An algorithm written with the macros below runs natively, under ThreadSanitizer, in the schedule
 * and weak-memory explorer, in relacy, and as a plain C11 program that an outside model checker
 * reads. The meaning is C11's in all of them. Each access names its order as a word in the call:
 *
 *	AFIELD_ATOMIC(uint64_t) sequence;
 *	AFIELD_STORE(&sequence, 2, release);
 *	if (AFIELD_LOAD(&sequence, acquire) == 2) ...
 *
 * When to use it: for every word that two threads may touch at once, in every kind. When not: for
 * data that one thread owns, or that a lock or an earlier acquire already orders; plain C is right
 * there, and the checkers see a mistake as a data race.
 *
 *   macro                                           orders
 *   AFIELD_LOAD(object, order)                      relaxed acquire seq_cst
 *   AFIELD_STORE(object, value, order)              relaxed release seq_cst
 *   AFIELD_EXCHANGE(object, value, order)           all five
 *   AFIELD_COMPARE_EXCHANGE(object, expected, desired, order)         all five
 *   AFIELD_COMPARE_EXCHANGE_WEAK(object, expected, desired, order)    all five
 *   AFIELD_FETCH_ADD SUB AND OR XOR(object, operand, order)           all five
 *   AFIELD_LOAD_TAG(pair, order), AFIELD_LOAD_WORD(pair, order)       relaxed acquire seq_cst
 *   AFIELD_COMPARE_EXCHANGE_PAIR(pair, tag, word, new_tag, new_word, order)   all five
 *   AFIELD_LOAD_WORDS(words, to, count)             all of them relaxed, in no order
 *   AFIELD_STORE_WORDS(words, from, count)          the same
 *   AFIELD_STORE_PAIR(pair, tag, word, order)       relaxed release seq_cst
 *   AFIELD_FENCE(order, object)                     acquire release acq_rel seq_cst
 *   AFIELD_COMPILER_FENCE()                         keeps the compiler from moving accesses across;
 *                                                   the processor is kept by another thread's
 *                                                   membarrier (section_core.h)
 *   AFIELD_SPIN()                                   tells the processor that this loop waits
 *   AFIELD_PAUSE(name)                              a named point where a test may stop a thread
 *   AFIELD_MUTANT(name)                             false; true when the test of a model checker
 *                                                   asks for the mistake of that name
 *
 * `object` points to an AFIELD_ATOMIC(T), an integer or pointer of at most eight bytes; the type
 * has no members of its own, so that a plain access does not compile. `expected` points to a plain
 * T and receives the value seen when the exchange fails; the order of a failed exchange is the
 * named one without its release half. A weak exchange may fail although the values are equal.
 * Macros evaluate each argument once.
 *
 * An afield_pair is two words of eight bytes, a tag and a word, zero when fresh, at an address that
 * is a multiple of sixteen. Each half is loaded by itself, so that two loads may be of different
 * times; the exchange compares and changes both at once, which tells. It changes nothing when it
 * fails, and returns false; load again. The store is two stores: only for a pair that no other
 * thread can see. Checkers see both halves packed into one word (ordering/packed.h).
 *
 * A fence names the object whose accesses it orders: the memory model has no use for the name, but
 * ThreadSanitizer, which does not model fences, then treats it as an acquire or release of the
 * object. An access stands on its own line: its function and line are its site, by which the
 * explorer reports it and the mutants name it.
 *
 * Back ends, one header each in ordering/: native.h (also ThreadSanitizer's and the pausing test
 * build's: -DAFIELD_PAUSES), model.h (-DAFIELD_MODEL), explore.h (-DAFIELD_EXPLORE), relacy.h
 * (-DAFIELD_RELACY). Release builds get the compiler's own atomics and nothing else.
 */
#ifndef AFIELD_ORDERING_H
#define AFIELD_ORDERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#if defined(AFIELD_EXPLORE)
#include "ordering/explore.h"
#elif defined(AFIELD_RELACY)
#include "ordering/relacy.h"
#elif defined(AFIELD_MODEL)
#include "ordering/model.h"
#else
#include "ordering/native.h"
#endif

#define AFIELD_LOAD(object, order) AFIELD__LOAD(object, order)
#define AFIELD_STORE(object, value, order) AFIELD__STORE(object, value, order)
#define AFIELD_EXCHANGE(object, value, order) AFIELD__EXCHANGE(object, value, order)
#define AFIELD_COMPARE_EXCHANGE(object, expected, desired, order) \
	AFIELD__COMPARE_EXCHANGE(object, expected, desired, order)
#define AFIELD_COMPARE_EXCHANGE_WEAK(object, expected, desired, order) \
	AFIELD__COMPARE_EXCHANGE_WEAK(object, expected, desired, order)
#define AFIELD_FETCH_ADD(object, operand, order) AFIELD__FETCH(add, object, operand, order)
#define AFIELD_FETCH_SUB(object, operand, order) AFIELD__FETCH(sub, object, operand, order)
#define AFIELD_FETCH_AND(object, operand, order) AFIELD__FETCH(and, object, operand, order)
#define AFIELD_FETCH_OR(object, operand, order) AFIELD__FETCH(or, object, operand, order)
#define AFIELD_FETCH_XOR(object, operand, order) AFIELD__FETCH(xor, object, operand, order)
#define AFIELD_LOAD_TAG(pair, order) AFIELD__LOAD_TAG(pair, order)
#define AFIELD_LOAD_WORD(pair, order) AFIELD__LOAD_WORD(pair, order)
#define AFIELD_STORE_PAIR(pair, tag, word, order) AFIELD__STORE_PAIR(pair, tag, word, order)
#define AFIELD_COMPARE_EXCHANGE_PAIR(pair, tag, word, new_tag, new_word, order) \
	AFIELD__COMPARE_EXCHANGE_PAIR(pair, tag, word, new_tag, new_word, order)
#define AFIELD_FENCE(order, object) AFIELD__FENCE(order, object)
#define AFIELD_COMPILER_FENCE() AFIELD__COMPILER_FENCE()
#define AFIELD_SPIN() AFIELD__SPIN()
#define AFIELD_PAUSE(name) AFIELD__PAUSE(name)
#ifndef AFIELD_MUTANT
#define AFIELD_MUTANT(name) ((void)(name), false)
#endif

/* Behind a member of a field that is no AFIELD_ATOMIC: zero when the field is declared in C++14. */
#if defined(__cplusplus) && __cplusplus >= 201402L
#define AFIELD_ZERO \
	{           \
	}
#else
#define AFIELD_ZERO
#endif

/* A word: what a payload is copied in, and a pointer's size. */
typedef AFIELD_ATOMIC(uintptr_t) afield_word;

#include "ordering/words.h"
#define AFIELD_LOAD_WORDS(words, to, count) afield__load_words(words, to, count)
#define AFIELD_STORE_WORDS(words, from, count) afield__store_words(words, from, count)

#endif
