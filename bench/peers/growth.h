/* SPDX-License-Identifier: MIT */
/*
 * growth: contenders that hold many elements. Of each rival one container is there at a time, with
 * as many elements as the case asks for: it is made and filled before the first round of a case, and
 * the next case replaces it. $AFIELD_BENCH_LARGEST is the largest number of elements, by default
 * 10^7, for which a few gigabytes are needed.
 */
#ifndef AFIELD_BENCH_GROWTH_H
#define AFIELD_BENCH_GROWTH_H

#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

#include "peers.h"

namespace growth
{

template <class T> struct Filled {
	static T *it;
	static long elements;
};
template <class T> T *Filled<T>::it;
template <class T> long Filled<T>::elements;

/* `fill` puts that many elements into a fresh T. */
template <class T, void fill(T &, long)> void become(void *state, int)
{
	long elements = *static_cast<long *>(state);

	if (Filled<T>::it && Filled<T>::elements == elements)
		return;
	delete Filled<T>::it;
	Filled<T>::it = new T();
	Filled<T>::elements = elements;
	fill(*Filled<T>::it, elements);
	bench_drain(nullptr);
}

template <class T> void settle(void *)
{
	if (T::gives_to_reclaimer)
		bench_drain(nullptr);
}

/* Powers of ten from 100 on. */
inline std::vector<long> sizes()
{
	const char *text = getenv("AFIELD_BENCH_LARGEST");
	long largest = text ? atol(text) : 10000000;
	std::vector<long> found;

	for (long size = 100; size <= largest; size *= 10)
		found.push_back(size);
	return found;
}

/* A copy that stays as long as the program. */
template <class T> T *stays(const T &value)
{
	return new T(value);
}
inline const char *name(const char *what, long number, const char *of)
{
	return stays(std::string(what) + ", " + std::to_string(number) + " " + of)->c_str();
}

} // namespace growth

#endif
