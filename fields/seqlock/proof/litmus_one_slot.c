/* SPDX-License-Identifier: MIT */
/*
 * litmus_one_slot: litmus.c with one slot, the classic seqlock.
 */
#define SLOTS 1
#include "litmus.c"
