/* SPDX-License-Identifier: MIT */
/*
 * Thread-local variables of the program. The fibers are one system thread and have one block of
 * them, so each thread's values are put there while it runs and taken away when it stops. They are
 * nobody else's: no race is looked for in them, and a pointer to one must not go to another thread.
 */
#include "engine.h"

#include <link.h>

enum { ROOM = 4096 };

static struct {
	char *block; /* where the program's code finds its variables */
	const char *initial;
	size_t size, initial_size;
	bool is_known;
} local;
static char values[THREADS][ROOM];

static int program_of(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		if (info->dlpi_phdr[i].p_type != PT_TLS)
			continue;
		local.block = info->dlpi_tls_data;
		local.initial = (const char *)info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		local.size = info->dlpi_phdr[i].p_memsz;
		local.initial_size = info->dlpi_phdr[i].p_filesz;
	}
	return 1; /* the program itself comes first, and libraries keep theirs */
}

bool address_is_private(uintptr_t address)
{
	return address - (uintptr_t)local.block < local.size;
}

/* A new thread's variables. */
void private_begin(int thread)
{
	if (!local.is_known) {
		local.is_known = true;
		dl_iterate_phdr(program_of, NULL);
	}
	if (local.size > ROOM)
		fail("more than %d bytes of thread-local variables", ROOM);
	if (local.size == 0)
		return;
	memcpy(values[thread], local.initial, local.initial_size);
	memset(values[thread] + local.initial_size, 0, local.size - local.initial_size);
}

void private_switch(int from, int to)
{
	if (local.size == 0)
		return;
	if (from >= 0)
		memcpy(values[from], local.block, local.size);
	memcpy(local.block, values[to], local.size);
}
