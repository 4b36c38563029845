/* SPDX-License-Identifier: MIT */
/*
 * switch: which mutant is on. schemata.py has it included before everything else of a mutated copy
 * of the tree, in which each mutant stands behind AFIELD_MUTATED(its number).
 *
 *	AFIELD_MUTATION=17 build/tests/queue            // with mutant 17
 *	AFIELD_MUTATION_REACHED=reached build/tests/queue
 *
 * The second writes which mutants the program comes by: byte 17 of the file is 1 when it has been at
 * mutant 17. The file exists, and is as long as there are mutants.
 *
 * A header that comes before a source's own feature macros includes nothing: the four functions of
 * the C library that it calls are declared here, under names of their own.
 */
#ifndef AFIELD_MUTATION_SWITCH_H
#define AFIELD_MUTATION_SWITCH_H

#ifdef __cplusplus
extern "C" {
#endif
extern char *afield__mutation_getenv(const char *name) __asm__("getenv");
extern int afield__mutation_atoi(const char *text) __asm__("atoi");
extern int afield__mutation_open(const char *path, int flags, ...) __asm__("open");
extern void *afield__mutation_mmap(void *at, __SIZE_TYPE__ size, int access, int flags, int file,
				   long offset) __asm__("mmap");
#ifdef __cplusplus
}
#endif

/* Written by the constructor alone: 0 is none, and -1 notes what is reached. */
static int afield__mutated;
static char *afield__reached;

/* The explorer takes each plain access for one of the program. */
#define AFIELD__UNSEEN __attribute__((unused, no_sanitize("thread", "address")))

__attribute__((constructor(101))) AFIELD__UNSEEN static void afield__mutation_begin(void)
{
	const char *mutant = afield__mutation_getenv("AFIELD_MUTATION");
	const char *reached = afield__mutation_getenv("AFIELD_MUTATION_REACHED");
	int file;

	if (mutant)
		afield__mutated = afield__mutation_atoi(mutant);
	file = reached ? afield__mutation_open(reached, 2 /* O_RDWR */) : -1;
	if (file < 0)
		return;
	/* PROT_READ | PROT_WRITE, MAP_SHARED; a page behind the end of the file is never touched. */
	afield__reached = (char *)afield__mutation_mmap(0, 1 << 16, 3, 1, file, 0);
	afield__mutated = afield__reached == (char *)-1 ? 0 : -1;
}

__attribute__((noinline, cold)) AFIELD__UNSEEN static int afield__mutation_reach(int number)
{
	afield__reached[number] = 1;
	return 0;
}

#ifdef AFIELD_EXPLORE
__attribute__((noinline))
#else
__attribute__((always_inline)) inline
#endif
AFIELD__UNSEEN static int
afield__mutation_is(int number)
{
	return afield__mutated == number ||
	       (__builtin_expect(afield__mutated < 0, 0) && afield__mutation_reach(number));
}

#define AFIELD_MUTATED(number) afield__mutation_is(number)

#endif
