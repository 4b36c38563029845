/* SPDX-License-Identifier: MIT */
/*
 * libcds: what its containers with hazard pointers need: the library begun before the first
 * container is made, and each thread attached while it uses one. PEERS_CDS is defined where the
 * library is.
 *
 * Its containers are members behind a Started; their `enter` is Attach.
 */
#ifndef AFIELD_BENCH_LIBCDS_H
#define AFIELD_BENCH_LIBCDS_H

#ifdef PEERS_CDS
#include <cds/gc/hp.h>
#include <cds/init.h>

namespace peers
{

/* The most hazard pointers that one container takes, and the most threads. Never destroyed. */
struct Started {
	Started()
	{
		static cds::gc::HP *pointers = begin();

		(void)pointers;
	}
	static cds::gc::HP *begin()
	{
		cds::Initialize();
		return new cds::gc::HP(16, 100);
	}
};

struct Attached {
	Attached()
	{
		cds::threading::Manager::attachThread();
	}
	~Attached()
	{
		cds::threading::Manager::detachThread();
	}
};
struct Attach {
	Attach()
	{
		static thread_local Attached attached;

		(void)attached;
	}
};

} // namespace peers
#endif

#endif
