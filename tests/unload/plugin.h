/* SPDX-License-Identifier: MIT */
/*
 * plugin.h: what the program and its plugin know of each other.
 */
#ifndef AFIELD_TESTS_PLUGIN_H
#define AFIELD_TESTS_PLUGIN_H

#include <stdint.h>

enum { PLUGIN_SLOW = 7 }; /* a value whose destructor takes 0.2 s */

/* Written by destructors, by __atomic. */
struct plugin_notes {
	uint64_t ended_in; /* the last one's thread */
	int began, ended;
};

struct plugin {
	void *(*make)(long number); /* a confined value of this thread */
	void (*end)(void *value);
	void (*use_all)(void);
};

typedef const struct plugin *plugin_open_function(struct plugin_notes *notes);

#endif
