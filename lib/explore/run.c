/* SPDX-License-Identifier: MIT */
/*
 * The execution under way, which every other file reads and writes, and its end.
 */
#include "engine.h"

struct run run;
struct options options;
jmp_buf run_start;
static enum verdict verdict;

int self_index(void)
{
	return (int)(run.self - run.thread);
}

_Noreturn void run_end(enum verdict ending)
{
	verdict = ending;
	run.self = NULL;
	_longjmp(run_start, 1);
}

enum verdict run_verdict(void)
{
	return verdict;
}
