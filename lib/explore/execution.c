/* SPDX-License-Identifier: MIT */
/*
 * One execution of the program, from its first choice to its end.
 */
#include "engine.h"

#include <afield/explore.h>

enum verdict run_once(void *(*body)(void *))
{
	uint32_t generation = run.generation;

	memset(&run, 0, sizeof(run));
	run.generation = generation;
	choice_begin();
	report_begin();
	memory_begin();
	history_begin();
	sequence_begin();
	threads_begin();
	if (!_setjmp(run_start))
		fiber_begin(thread_new(body, NULL), afield_explore_thread_exit);
	memory_end();
	return run_verdict();
}
