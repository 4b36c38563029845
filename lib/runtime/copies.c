/* SPDX-License-Identifier: MIT */
/*
 * copies: see copies.h.
 */
#define _GNU_SOURCE
#include "copies.h"
#include "loaded.h"

#include <afield/ordering.h>

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <string.h>

/*
 * What a note leads to. `first` is the numbering in force, written once: this copy's own or that of
 * a copy before it.
 */
struct copy {
	const struct afield__numbering *own;
	AFIELD_ATOMIC(const struct afield__numbering *) first;
};
__attribute__((used, visibility("hidden"))) struct copy afield__copy = {&afield__own_numbering,
									{NULL}};

/* Of the layout of struct copy and struct afield__numbering. */
#define NOTE_TYPE 1
#define TEXT_(number) #number
#define TEXT(number) TEXT_(number)

/* Where the struct lies, seen from the note itself: no relocation, whatever the module is. */
__asm__(".pushsection .note.afield, \"a\", %note\n"
	".balign 4\n"
	".long 7, 4, " TEXT(NOTE_TYPE) "\n"
				       ".asciz \"afield\"\n"
				       ".balign 4\n"
				       ".long afield__copy - .\n"
				       ".popsection\n");

struct note {
	ElfW(Nhdr) head;
	char name[8];
	int32_t distance;
};

/* The copy of a note, or NULL when the note is another's. */
static struct copy *copy_of(const struct note *note)
{
	if (note->head.n_namesz != 7 || note->head.n_descsz != sizeof(note->distance) ||
	    note->head.n_type != NOTE_TYPE || memcmp(note->name, "afield", 7) != 0)
		return NULL;
	return (struct copy *)((uintptr_t)&note->distance + (uintptr_t)(intptr_t)note->distance);
}

static size_t rounded(size_t size)
{
	return (size + 3) / 4 * 4;
}

/* A copy that has a numbering stops the search. */
static int look_at_notes(const char *at, size_t size, const struct afield__numbering **found)
{
	const char *end = at + size;

	while ((size_t)(end - at) >= sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *head = (const ElfW(Nhdr) *)(const void *)at;
		size_t length = sizeof(*head) + rounded(head->n_namesz) + rounded(head->n_descsz);
		struct copy *copy;

		if (length > (size_t)(end - at))
			break;
		copy = length == sizeof(struct note)
			       ? copy_of((const struct note *)(const void *)at)
			       : NULL;
		/* Acquire: the table behind it may have been written by its loading. */
		if (copy && copy != &afield__copy && AFIELD_LOAD(&copy->first, acquire)) {
			*found = AFIELD_LOAD(&copy->first, acquire);
			return 1;
		}
		at += length;
	}
	return 0;
}

static int look_into(struct dl_phdr_info *module, size_t size, void *found)
{
	int stops = 0;

	(void)size;
	for (size_t i = 0; !stops && i < module->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &module->dlpi_phdr[i];

		if (part->p_type == PT_NOTE && part->p_align <= 4)
			stops = look_at_notes((const char *)(module->dlpi_addr + part->p_vaddr),
					      part->p_memsz,
					      (const struct afield__numbering **)found);
	}
	return stops;
}

static const struct afield__numbering *find_first(void)
{
	const struct afield__numbering *before = NULL, *first = afield__copy.own;

	dl_iterate_phdr(look_into, &first);
	/* Somebody may have asked earlier than the constructor, in another's constructor. */
	return AFIELD_COMPARE_EXCHANGE(&afield__copy.first, &before, first, acq_rel) ? first
										     : before;
}

extern ElfW(Dyn) _DYNAMIC[] __attribute__((weak, visibility("hidden")));

/* Not a program, and not a module whose linker was told that it stays. */
static bool may_be_unloaded(void)
{
	for (const ElfW(Dyn) *entry = _DYNAMIC; entry && entry->d_tag != DT_NULL; entry++)
		if (entry->d_tag == DT_DEBUG ||
		    (entry->d_tag == DT_FLAGS_1 && entry->d_un.d_val & DF_1_NODELETE))
			return false;
	return true;
}

/* Other copies ask this one, and the thread that reclaims runs its code: so its module stays
 * loaded, also one that was linked without the flag that says so. */
static __attribute__((constructor)) void begin(void)
{
	if (may_be_unloaded())
		afield__keep_loaded(&afield__copy);
	if (!AFIELD_LOAD(&afield__copy.first, acquire))
		find_first();
}

const struct afield__numbering *afield__copies_numbering(void)
{
	const struct afield__numbering *first = AFIELD_LOAD(&afield__copy.first, acquire);

	if (!first)
		first = find_first();
	return first == afield__copy.own ? NULL : first;
}
