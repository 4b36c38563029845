/* SPDX-License-Identifier: MIT */
/*
 * forks: what the parts of the library do in the child of a fork. See <afield/reclaim.h>.
 */
#ifndef AFIELD_LIB_FORKS_H
#define AFIELD_LIB_FORKS_H

#include <stdbool.h>

void afield__thread_child(void);

/* Whether this process has been put in order since it was made. That of vfork() is not, ever: it
 * has its parent's memory. */
bool afield__is_in_order(void);

#endif
