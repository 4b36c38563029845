/* SPDX-License-Identifier: MIT */
/*
 * fenced: memory that nobody can touch once it is freed. The program that includes this defines
 * malloc and its like, which the libraries then use too.
 *
 * Each block has pages of its own, from a space that is used once: free takes the right to touch
 * them away for good. So whoever comes late finds neither the old bytes nor somebody else's, by
 * whatever instruction: the program ends with status FENCED_TOUCHED, and has said which block it
 * was and where.
 *
 * When to use it: in one source file of a test of reclamation. When not: beside a sanitizer, which
 * has a malloc of its own; for more than some million blocks.
 *
 * Synchronization: everything may run at once, in a signal handler too: a block is taken by one
 * fetch_add.
 *
 * Source: B. Perens, Electric Fence, 1987.
 */
#ifndef AFIELD_TESTS_FENCED_H
#define AFIELD_TESTS_FENCED_H

#ifndef _GNU_SOURCE
#error "fenced.h names registers: define _GNU_SOURCE before the first include"
#endif

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { FENCED_TOUCHED = 77, FENCED_PAGE = 4096 };
#define FENCED_SPACE ((size_t)1 << 38)

static char *fenced_space; /* __atomic; NULL before the first block */
static size_t fenced_used; /* __atomic */

/* In front of each block, at the beginning of its first page. */
struct fenced_head {
	size_t pages; /* bytes of all of them */
	size_t size;
};

static inline char *fenced_begin(void)
{
	char *space = __atomic_load_n(&fenced_space, __ATOMIC_ACQUIRE), *none = NULL;

	if (space)
		return space;
	space = (char *)mmap(NULL, FENCED_SPACE, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (space == MAP_FAILED)
		abort();
	if (__atomic_compare_exchange_n(&fenced_space, &none, space, 0, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		return space;
	munmap(space, FENCED_SPACE);
	return none;
}

static inline void *fenced_take(size_t alignment, size_t size)
{
	char *space = fenced_begin();
	size_t pages, at;
	struct fenced_head *head;

	if (alignment < sizeof(*head))
		alignment = sizeof(*head);
	if (alignment >= FENCED_PAGE || size > FENCED_SPACE / 2)
		return NULL;
	pages = (alignment + size + FENCED_PAGE - 1) & ~(size_t)(FENCED_PAGE - 1);
	at = __atomic_fetch_add(&fenced_used, pages, __ATOMIC_RELAXED);
	if (at + pages > FENCED_SPACE || mprotect(space + at, pages, PROT_READ | PROT_WRITE) != 0)
		return NULL;
	head = (struct fenced_head *)(void *)(space + at);
	head->pages = pages;
	head->size = size;
	return space + at + alignment;
}

static inline struct fenced_head *fenced_head_of(void *block)
{
	return (struct fenced_head *)((uintptr_t)block & ~(uintptr_t)(FENCED_PAGE - 1));
}

void *malloc(size_t size)
{
	void *block = fenced_take(16, size);

	if (!block)
		errno = ENOMEM;
	return block;
}

void *calloc(size_t count, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(count, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return malloc(all); /* fresh pages are zero */
}

void free(void *block)
{
	struct fenced_head *head;
	size_t pages;

	if (!block)
		return;
	head = fenced_head_of(block);
	pages = head->pages; /* a second free faults here */
	if (madvise(head, pages, MADV_DONTNEED) != 0 || mprotect(head, pages, PROT_NONE) != 0)
		abort();
}

void *realloc(void *block, size_t size)
{
	void *fresh = malloc(size);

	if (block && fresh) {
		size_t before = fenced_head_of(block)->size;

		memcpy(fresh, block, before < size ? before : size);
		free(block);
	}
	return fresh;
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
	*block = fenced_take(alignment, size);
	return *block ? 0 : ENOMEM;
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fenced_take(alignment, size);
}

/* Said when a block is touched that is gone: what the program was doing. */
static const char *fenced_what = "";

#ifdef __x86_64__
#define FENCED_AT(context) ((uintptr_t)(context)->uc_mcontext.gregs[REG_RIP])
#elif defined(__aarch64__)
#define FENCED_AT(context) ((uintptr_t)(context)->uc_mcontext.pc)
#endif

static inline void fenced_fault(int number, siginfo_t *info, void *opaque)
{
	const ucontext_t *context = (const ucontext_t *)opaque;
	uintptr_t touched = (uintptr_t)info->si_addr, begin = (uintptr_t)fenced_space;
	Dl_info where;

	if (touched < begin || touched >= begin + FENCED_SPACE) {
		signal(number, SIG_DFL);
		return; /* some other fault */
	}
	memset(&where, 0, sizeof(where));
	dladdr((void *)FENCED_AT(context), &where);
	printf("%s: memory is touched after it was freed, at %s+0x%zx (%s)\n", fenced_what,
	       where.dli_fname ? where.dli_fname : "?",
	       (size_t)(FENCED_AT(context) - (uintptr_t)where.dli_fbase),
	       where.dli_sname ? where.dli_sname : "a static function");
	fflush(stdout);
	_exit(FENCED_TOUCHED);
}

/* Has the program say so and end when a block is touched that is gone. */
static inline void fenced_watch(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = fenced_fault;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGSEGV, &action, NULL);
}

#endif
