/* SPDX-License-Identifier: MIT */
/*
 * litmus_two_last: litmus_two when the number of the event count goes round in the middle of it.
 */
#define START INT32_MAX
#include "litmus_two.c"
