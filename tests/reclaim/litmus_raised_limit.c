/* SPDX-License-Identifier: MIT */
/*
 * litmus_raised_limit: litmus_new_limit.c with limits that go up, in objects and in bytes.
 */
#define FROM 0
#define UNITS(number) (number)
#include "litmus_new_limit.c"
