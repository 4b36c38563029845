/* SPDX-License-Identifier: MIT */
/* afield: 'thing_seq' holds a 'PyObject *', to which its kind keeps no reference; these keep one: */
#include <afield/queue.h>
#include <afield/seqlock.h>

typedef struct _object PyObject;

#ifndef TWIN
AFIELD_TYPE(thing_seq, seqlock, PyObject *); /* here */
#else
AFIELD_TYPE(thing_queue, queue, PyObject *);
#endif
