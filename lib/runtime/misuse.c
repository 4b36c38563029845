/* SPDX-License-Identifier: MIT */
/*
 * misuse: the one place where the library writes and aborts, in debug builds alone.
 */
#include <afield/detail/misuse.h>

#ifdef AFIELD_DEBUG
#include <stdio.h>
#include <stdlib.h>
#endif

void afield_misuse(const char *subject, const char *sentence)
{
#ifdef AFIELD_DEBUG
	(void)fprintf(stderr, "afield: %s: %s\n", subject, sentence);
	abort();
#else
	(void)subject;
	(void)sentence;
#endif
}
