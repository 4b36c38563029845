/* SPDX-License-Identifier: MIT */
/* afield: 'job_queue' holds a 'struct job *const', which is const; leave the const out */
#include <afield/queue.h>

struct job;

#ifndef TWIN
AFIELD_TYPE(job_queue, queue, struct job *const); /* here */
#else
AFIELD_TYPE(job_queue, queue, const struct job *);
#endif
