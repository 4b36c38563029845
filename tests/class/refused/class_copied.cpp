/* SPDX-License-Identifier: MIT */
/* gcc: use of deleted function 'desk::desk(const desk&)' */
/* clang: call to implicitly-deleted copy constructor of 'desk' */
#include <afield/class.h>
#include <afield/queue.h>

AFIELD_TYPE(job_queue, queue, int64_t);
#define DESK(field) field(job_queue, jobs)
AFIELD_CLASS(desk, DESK);

size_t count_of(desk &it);
size_t count_of(desk &it)
{
#ifndef TWIN
	desk copy = it; /* here */
	return job_queue_count(&copy.jobs);
#else
	return job_queue_count(&it.jobs);
#endif
}
