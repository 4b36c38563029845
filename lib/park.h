/*
 * park: sleep on a word and wake its sleepers. For wait.c alone.
 *
 * The word is a ConcurrencyKit event count: a number that every wake changes. A thread reads it,
 * makes sure that it still has to sleep, and sleeps only while the number is the one it read; so a
 * wake between the reading and the sleep ends the sleep at once. Zero is fresh.
 *
 * Synchronization: all three may run beside each other on one word.
 */
#ifndef AFIELD_LIB_PARK_H
#define AFIELD_LIB_PARK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* The number to hand to afield__park_sleep. Later reads of this thread are not done before it. */
uint32_t afield__park_value(const uint32_t *event);

/*
 * Sleeps until the number is no longer `value`, a signal handler has run, or CLOCK_MONOTONIC has
 * passed `deadline` (NULL: no deadline). Returns false for the deadline, true otherwise; the caller
 * looks at its state again in either case.
 */
bool afield__park_sleep(uint32_t *event, uint32_t value, const struct timespec *deadline);

/* Changes the number and wakes every thread that sleeps on it. */
void afield__park_wake(uint32_t *event);

#endif
