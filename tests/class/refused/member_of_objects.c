/* SPDX-License-Identifier: MIT */
/* afield: the member 'done' is a 'struct _object *'; a record's members are */
#include <afield/record.h>

#ifndef TWIN
#define JOB(member) member(int64_t, number) member(struct _object *, done) /* row */
#else
#define JOB(member) member(int64_t, number) member(bool, done)
#endif
AFIELD_RECORD(job, JOB); /* here */
