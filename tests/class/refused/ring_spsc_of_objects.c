/* SPDX-License-Identifier: MIT */
/* afield: 'things_ring' holds a 'PyObject *', to which its kind keeps no reference; these keep one: */
#include <afield/ring.h>
#include <afield/ring_spsc.h>

typedef struct _object PyObject;

#ifndef TWIN
AFIELD_TYPE(things_ring, ring_spsc, PyObject *, 64); /* here */
#else
AFIELD_TYPE(things_ring, ring, PyObject *, 64);
#endif
