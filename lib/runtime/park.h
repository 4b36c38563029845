/* SPDX-License-Identifier: MIT */
/*
 * park: sleep on a word and wake its sleepers. For wait.c alone.
 *
 * The word is a ConcurrencyKit event count: a number that every wake changes. A thread reads it,
 * makes sure that it still has to sleep, and sleeps only while the number is the one it read; so a
 * wake between the reading and the sleep ends the sleep at once. Zero is fresh.
 *
 * Synchronization: all of them may run concurrently on one word.
 */
#ifndef AFIELD_LIB_PARK_H
#define AFIELD_LIB_PARK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* The number to hand to afield__park_sleep. Later reads of this thread are not done before it. */
uint32_t afield__park_value(const uint32_t *event);

/*
 * How a sleep ended. WOKEN: by a wake that went to this thread, so that a wake of one has reached
 * nobody else. MOVED: the number was another, or a signal handler has run. LATE: the deadline.
 */
enum afield__park_end { AFIELD__PARK_MOVED, AFIELD__PARK_WOKEN, AFIELD__PARK_LATE };

/*
 * Sleeps until the number is no longer `value`, a wake comes, a signal handler has run, or
 * CLOCK_MONOTONIC has passed `deadline`, a valid time, or NULL for no deadline. The caller looks at
 * its state again in any case. A guest of a host can be told from other threads by lend, below.
 */
enum afield__park_end afield__park_sleep(uint32_t *event, uint32_t value, bool is_guest,
					 const struct timespec *deadline);

/* Changes the number and wakes every thread that sleeps on it. */
void afield__park_wake(uint32_t *event);

/* Changes the number and wakes one of them. */
void afield__park_wake_one(uint32_t *event);

/* Wakes one that is nobody's guest. The number stays. */
void afield__park_lend(uint32_t *event);

#endif
