/* SPDX-License-Identifier: MIT */
/* afield: 'jobs' names a function behind its destructor, which its kind never calls; leave it out */
#include <afield/queue.h>

struct job {
	void *owner;
};

static inline void job_free(struct job *job)
{
	job->owner = 0;
}
#ifdef TWIN
AFIELD_TYPE(jobs, queue, struct job, job_free);
#else
static inline int job_visit(struct job *job, int (*visit)(void *object, void *argument),
			    void *argument)
{
	return visit(job->owner, argument);
}
AFIELD_TYPE(jobs, queue, struct job, job_free, job_visit); /* here */
#endif

int main(void)
{
	return 0;
}
