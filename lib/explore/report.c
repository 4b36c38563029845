/* SPDX-License-Identifier: MIT */
/*
 * What went wrong and the steps that led there. The steps are printed when an execution is run
 * again by its choices, so that a search pays nothing for them.
 */
#include "engine.h"

#include <afield/explore.h>

#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static char message[512];
static char note[OUTCOME];

const char *failure(void)
{
	return message;
}

/* What is wrong with an execution that has come to its end. */
void failure_set(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
}

const char *outcome(void)
{
	return note;
}

void report_begin(void)
{
	message[0] = '\0';
	note[0] = '\0';
}

static void where(char *text, size_t size)
{
	if (run.site)
		snprintf(text, size, "%s", run.site->where);
	else
		snprintf(text, size, "%s", run.pc && options.is_tracing ? place(run.pc) : "-");
}

/* Ends the execution with this as what went wrong. */
_Noreturn void fail(const char *format, ...)
{
	va_list arguments;
	char at[256] = "";
	int used = 0;

	if (run.self) {
		where(at, sizeof(at));
		used = at[0] == '-' ? snprintf(message, sizeof(message), "T%d: ", self_index())
				    : snprintf(message, sizeof(message),
					       "T%d at %s: ", self_index(), at);
	}
	va_start(arguments, format);
	if (used >= 0 && (size_t)used < sizeof(message))
		vsnprintf(message + used, sizeof(message) - (size_t)used, format, arguments);
	va_end(arguments);
	run_end(FAILED);
}

void trace(const char *format, ...)
{
	va_list arguments;
	char at[256];

	if (!options.is_tracing)
		return;
	where(at, sizeof(at));
	printf("  T%d %-44s ", self_index(), at);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
}

static int base_of(struct dl_phdr_info *info, size_t size, void *out)
{
	(void)size;
	*(uintptr_t *)out = info->dlpi_addr;
	return 1; /* the program itself comes first */
}

/* A place in the code as function and line, by the binutils' addr2line. Only when it is shown. */
const char *place(uintptr_t pc)
{
	static char text[4][160];
	static int turn;
	char *here = text[turn++ % 4], command[256], self[160] = "", function[100] = "", line[60];
	uintptr_t base = 0;
	FILE *tool;

	snprintf(here, sizeof(text[0]), "%#lx", (unsigned long)pc);
	if (!options.is_tracing || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return here;
	dl_iterate_phdr(base_of, &base);
	snprintf(command, sizeof(command), "addr2line -fse '%s' %#lx 2>/dev/null", self,
		 (unsigned long)(pc - base - 1));
	tool = popen(command, "r");
	if (!tool)
		return here;
	if (fscanf(tool, "%99s %59s", function, line) == 2 && function[0] != '?') {
		const char *colon = strchr(line, ':');
		bool is_main = strcmp(function, "afield_explore_main") == 0;

		snprintf(here, sizeof(text[0]), "%s%s", is_main ? "main" : function,
			 colon ? colon : "");
	}
	pclose(tool);
	return here;
}

void afield_explore_outcome(const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(note, sizeof(note), format, arguments);
	va_end(arguments);
	if (length >= (int)sizeof(note))
		fail("an outcome of more than %d characters", (int)sizeof(note) - 1);
}
