/* SPDX-License-Identifier: MIT */
/*
 * map beside its rivals (maps.h), with 16384 keys that all threads use in the same order.
 */
#include "maps.h"

enum { SPREAD = 40503, SET_ONE_IN = 20 };

template <class T> static void fill(void *state, int)
{
	T &it = *static_cast<T *>(state);
	typename T::enter entered;
	long value = 0;

	(void)entered;
	if (it.get(KEYS - 1, value))
		return;
	for (long key = 0; key < KEYS; key++)
		it.set(key, key);
}
template <class T> static void settle(void *state)
{
	if (T::gives_to_reclaimer)
		bench_drain(state);
}

/* Of `sets` in twenty operations each is a set, the others get. */
template <class T, int sets> static void mixed(void *state, long iterations, int)
{
	T &it = *static_cast<T *>(state);
	typename T::enter entered;
	long value = 0;

	(void)entered;
	for (long i = 0; i < iterations; i++) {
		if (i % SET_ONE_IN < sets)
			it.set(i * SPREAD % KEYS, i);
		else
			bench_keep(it.get(i * SPREAD % KEYS, value));
		bench_keep(value);
	}
}

/* A key that only this thread has comes and goes. */
template <class T> static void come_and_go(void *state, long iterations, int thread)
{
	T &it = *static_cast<T *>(state);
	typename T::enter entered;

	(void)entered;
	for (long i = 0; i < iterations; i++) {
		it.set(KEYS + thread, i);
		it.remove(KEYS + thread);
	}
}

template <class T> static bench_contender contender(bench_body *body)
{
	return {T::name(), body, peers::one<T>(), fill<T>, settle<T>, nullptr};
}
template <int sets, class... T> static bench_group mixes(const char *name)
{
	return peers::group(name, 0, {contender<T>(mixed<T, sets>)...});
}
template <class... T> static bench_group changes(const char *name)
{
	return peers::group(name, 0, {contender<T>(come_and_go<T>)...});
}

#define ALL Ours, Unordered TBB CDS

static const bench_group groups[] = {
	mixes<0, ALL>("get"),
	mixes<SET_ONE_IN, ALL>("set"),
	mixes<1, ALL>("95 % get, 5 % set"),
	changes<ALL>("insert and remove"),
};
BENCH_MAIN("peers.map", groups)
