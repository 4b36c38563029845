/* SPDX-License-Identifier: MIT */
/*
 * loaded: has a module stay in the process, however often it is closed from then on.
 *
 * Synchronization: concurrent with everything. It takes the loader's lock.
 */
#ifndef AFIELD_LIB_LOADED_H
#define AFIELD_LIB_LOADED_H

/* The module that has this address in its code or data. NULL: nothing is done. */
void afield__keep_loaded(const void *address);

#endif
