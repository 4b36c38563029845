/* SPDX-License-Identifier: MIT */
/*
 * interpreter: see the header.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_DEFAULT */
#endif
#include "interpreter.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

/* PyThreadState * are void * here. Written by the constructor, before there are waits. */
static struct {
	void *(*of_thread)(void); /* the first state that was made for this thread, or NULL */
	void *(*current)(void);   /* up to 3.11, of the thread that has the GIL, whichever it is */
	void *(*save)(void);
	void (*restore)(void *state);
} python;

static void *find(const char *name)
{
	return dlsym(RTLD_DEFAULT, name);
}

static __attribute__((constructor)) void look_for_python(void)
{
	void *of_thread = find("PyGILState_GetThisThreadState");
	void *current = find("PyThreadState_GetUnchecked"); /* from 3.13 on */
	void *save = find("PyEval_SaveThread"), *restore = find("PyEval_RestoreThread");

	if (!current)
		current = find("_PyThreadState_UncheckedGet");
	if (!of_thread || !current || !save || !restore)
		return;
	/* ISO C has no cast from void * to these. */
	memcpy(&python.of_thread, &of_thread, sizeof(of_thread));
	memcpy(&python.current, &current, sizeof(current));
	memcpy(&python.save, &save, sizeof(save));
	memcpy(&python.restore, &restore, sizeof(restore));
}

/* Both agree only in a thread that runs with its own state. */
bool afield__interpreter_is_attached(void)
{
	void *state = python.of_thread ? python.of_thread() : NULL;

	return state && python.current() == state;
}

void *afield__interpreter_detach(void)
{
	return afield__interpreter_is_attached() ? python.save() : NULL;
}

void afield__interpreter_attach(void *state)
{
	python.restore(state);
}
