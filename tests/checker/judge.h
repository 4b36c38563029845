/* SPDX-License-Identifier: MIT */
/*
 * judge.h: one history before all engines, which must agree.
 */
#ifndef AFIELD_TESTS_JUDGE_H
#define AFIELD_TESTS_JUDGE_H

#include "../../lib/check/internal.h"

enum { MOST = 64 };

extern struct afield_history trial; /* the history under test; its operations are `slots` */
extern struct afield_operation slots[MOST];
extern uint64_t judged, linearizable, monitored, monitored_nonlin;
extern uint64_t minimal; /* counterexamples from which nothing more can be left out */

/*
 * Judges the trial by every order (or, when that would take too long, by engine B without
 * reductions), and by the engines and the monitor. Shows the history and exits when any differs.
 * Not everything is run on every history unless asked for.
 */
void judge(bool with_brute, bool everything);

#endif
