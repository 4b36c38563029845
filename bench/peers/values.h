/* SPDX-License-Identifier: MIT */
/*
 * values: what the containers of the peers hold: a long, 40 bytes, or a reference to an object. The
 * object is an interpreter's as far as afield knows one, and its count is atomic, as between
 * threads it has to be. Each thread makes references to an object of its own.
 *
 * make gives a value, keep takes the reference that a rival's container is to own (afield's takes
 * it by itself, through the hooks of begin_references), use gives it back once it was popped.
 */
#ifndef AFIELD_BENCH_VALUES_H
#define AFIELD_BENCH_VALUES_H

#include <afield/host.h>

#include <atomic>

#include "bench.h"

struct _object {
	std::atomic<long> references;
	char apart[120];
};
using PyObject = struct _object;

namespace peers
{

struct Forty {
	long members[5];
};

inline PyObject objects[64];

inline void retain(void *object)
{
	static_cast<PyObject *>(object)->references.fetch_add(1, std::memory_order_relaxed);
}
/* The objects are an array's, so none is freed with its last reference. */
inline void release(void *object)
{
	bench_keep(static_cast<PyObject *>(object)->references.fetch_sub(
		1, std::memory_order_acq_rel));
}
inline bool try_retain(void *object)
{
	retain(object);
	return true;
}

inline void *detach_nothing()
{
	return nullptr;
}
inline void attach_nothing(void *)
{
}

/* Before the first push of a reference. */
inline void begin_references()
{
	static const struct afield_host host = {detach_nothing, attach_nothing, nullptr, retain,
						try_retain,     release,        nullptr};

	(void)afield_set_host(&host);
}

template <class V> V make(long i, int thread);
template <> inline long make<long>(long i, int)
{
	return i;
}
template <> inline Forty make<Forty>(long i, int)
{
	return {{i, i, i, i, i}};
}
template <> inline PyObject *make<PyObject *>(long, int thread)
{
	return &objects[thread % 64];
}

inline void keep(long)
{
}
inline void keep(const Forty &)
{
}
inline void keep(PyObject *object)
{
	retain(object);
}

inline void use(long value)
{
	bench_keep(value);
}
inline void use(const Forty &value)
{
	bench_keep_memory(&value);
}
inline void use(PyObject *object)
{
	release(object);
}

} // namespace peers

#endif
