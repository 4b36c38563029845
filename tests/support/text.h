/* SPDX-License-Identifier: MIT */
/*
 * text: where the instructions of the program and of some libraries lie. For hooks of steps.h that
 * stop a thread in these and not inside the C library, whose locks it would keep.
 *
 *	text_add((uintptr_t)main);
 *	text_add((uintptr_t)dlsym(RTLD_DEFAULT, "afield__stack_pop"));
 *	if (text_has(registers[REG_RIP])) ...
 *
 * Synchronization: text_add before the threads; text_has anywhere, in signal handlers too.
 */
#ifndef AFIELD_TESTS_TEXT_H
#define AFIELD_TESTS_TEXT_H

#ifndef _GNU_SOURCE
#error "text.h asks the loader: define _GNU_SOURCE before the first include"
#endif

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_MOST = 8 };

static struct {
	uintptr_t begin, end;
} texts[TEXT_MOST];
static int text_count;

static inline int text_find(struct dl_phdr_info *info, size_t size, void *opaque)
{
	uintptr_t inside = *(const uintptr_t *)opaque;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		uintptr_t end = begin + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type == PT_LOAD && inside >= begin && inside < end &&
		    text_count < TEXT_MOST) {
			texts[text_count].begin = begin;
			texts[text_count++].end = end;
			return 1;
		}
	}
	return 0;
}

/* Adds the segment in which an instruction lies; false when there is none. */
static inline bool text_add(uintptr_t inside)
{
	return inside && dl_iterate_phdr(text_find, &inside) == 1;
}

static inline bool text_has(uintptr_t instruction)
{
	for (int i = 0; i < text_count; i++)
		if (instruction >= texts[i].begin && instruction < texts[i].end)
			return true;
	return false;
}

#endif
