/* SPDX-License-Identifier: MIT */
#ifndef WELL_H
#define WELL_H

#ifdef __cplusplus
extern "C" {
#endif

/* Adds the type Well to the module: 0, or -1 with an exception. */
int depth_add_well(PyObject *module);

#ifdef __cplusplus
}
#endif

#endif
