/* SPDX-License-Identifier: MIT */
/*
 * litmus_fork_one_slot: litmus_fork.c with one slot, in which half of a write is all there is.
 */
#define SLOTS 1
#include "litmus_fork.c"
