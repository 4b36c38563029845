/* SPDX-License-Identifier: MIT */
/*
 * peers: contenders from C++ for bench.h. A rival is a class with push and pop, or with what a map
 * has; the bodies are templates over it, so that all do the same with the same values.
 *
 *	static const bench_group groups[] = {peers::pairs<Ours<long>, Boost<long>>("push and pop")};
 *
 * A value is a long, 40 bytes, or a reference to a counted object, as values.h has them. One
 * operation is a push and a pop, but in what goes from thread to thread it is one of the two.
 */
#ifndef AFIELD_BENCH_PEERS_H
#define AFIELD_BENCH_PEERS_H

#include <sched.h>

#include <atomic>
#include <initializer_list>
#include <mutex>

#include <afield/ordering.h>

#include "bench.h"
#include "values.h"

namespace peers
{

/* One of each, on lines of its own. It is never destroyed: threads may outlive main. */
template <class T> struct alignas(128) Apart {
	T it;
	char behind[128];
};
template <class T> T *one()
{
	static Apart<T> *apart = new Apart<T>();

	return &apart->it;
}

/* What a thread does before it uses a rival: nothing. */
struct Enter {
};

template <class T> void pair(void *state, long iterations, int thread)
{
	T &it = *static_cast<T *>(state);
	typename T::enter entered;

	(void)entered;
	for (long i = 0; i < iterations; i++) {
		typename T::value value = make<typename T::value>(i, thread);

		bench_keep(it.push(value));
		bench_keep(it.pop(value));
		use(value);
	}
}

/* The same, 100 pushes and then 100 pops. The rest of a batch is done alike. */
template <class T> void burst(void *state, long iterations, int thread)
{
	T &it = *static_cast<T *>(state);
	typename T::enter entered;

	(void)entered;
	for (long left = iterations; left > 0; left -= 100) {
		long count = left < 100 ? left : 100;

		for (long i = 0; i < count; i++)
			bench_keep(it.push(make<typename T::value>(i, thread)));
		for (long i = 0; i < count; i++) {
			typename T::value value = {};

			if (it.pop(value))
				use(value);
		}
	}
}

/*
 * Threads of an even number push, the others pop, a batch at a time; but who finds too much or too
 * little inside does the other thing for a batch, so that every operation does something, and one
 * thread alone gets on, too.
 */
template <class T> std::atomic<long> inside;
template <class T> void flow(void *state, long iterations, int thread)
{
	T &it = *static_cast<T *>(state);
	typename T::enter entered;
	typename T::value value = {};
	long now = inside<T>.load(std::memory_order_relaxed), popped = 0;

	(void)entered;
	if (now < 512 || (now < 8192 && thread % 2 == 0)) {
		for (long i = 0; i < iterations; i++)
			bench_keep(it.push(make<typename T::value>(i, thread)));
		inside<T>.fetch_add(iterations, std::memory_order_relaxed);
		return;
	}
	for (long i = 0; i < iterations; i++) {
		if (it.pop(value)) {
			use(value);
			popped++;
		}
	}
	inside<T>.fetch_sub(popped, std::memory_order_relaxed);
}

/* The other end may be waiting for this processor; false when the round is over. */
inline bool poll_again(long &polls)
{
	if (++polls % 1024 == 0) {
		sched_yield();
		return !bench_is_over();
	}
	AFIELD_SPIN();
	return true;
}

/* Exactly one thread at each end, for what allows no more: the first pushes, the second pops. */
template <class T> void ends(void *state, long iterations, int thread)
{
	T &it = *static_cast<T *>(state);
	typename T::value value = {};
	long polls = 0;

	for (long i = 0; i < iterations; i++)
		while (!(thread == 0 ? it.push(make<typename T::value>(i, 0)) : it.pop(value)))
			if (!poll_again(polls))
				return;
	bench_keep_memory(&value);
}

/* What a round left behind is taken out, and what waits for a grace period is given back. */
template <class T> void drain(void *state)
{
	T &it = *static_cast<T *>(state);
	typename T::enter entered;
	typename T::value value = {};

	(void)entered;
	while (it.pop(value))
		use(value);
	inside<T>.store(0, std::memory_order_relaxed);
	if (T::gives_to_reclaimer)
		bench_drain(state);
}

inline bench_group group(const char *name, unsigned threads,
			 std::initializer_list<bench_contender> contenders)
{
	bench_group made = {};
	size_t at = 0;

	made.name = name;
	made.threads = threads;
	for (const bench_contender &each : contenders)
		made.contenders[at++] = each;
	return made;
}

/* The groups of containers: pairs, bursts, from threads to threads, from one thread to another. */
template <class T> bench_contender contender(bench_body *body)
{
	return {T::name(), body, one<T>(), nullptr, drain<T>, nullptr};
}
template <class... T> bench_group pairs(const char *name, unsigned threads = 0)
{
	return group(name, threads, {contender<T>(pair<T>)...});
}
template <class... T> bench_group bursts(const char *name)
{
	return group(name, 0, {contender<T>(burst<T>)...});
}
template <class... T> bench_group flows(const char *name)
{
	return group(name, BENCH_CORES | BENCH_OVER, {contender<T>(flow<T>)...});
}
template <class... T> bench_group between_two(const char *name)
{
	bench_group made = group(name, BENCH_PAIR, {contender<T>(ends<T>)...});

	made.batch = 100;
	return made;
}

/* The same group with one contender more, whose body is elsewhere. */
inline bench_group with(bench_group made, const bench_contender &more)
{
	size_t at = 0;

	while (made.contenders[at].body)
		at++;
	made.contenders[at] = more;
	return made;
}

/*
 * A container of V called `title`, which is `member`, with what its push and pop do. A rival's push
 * takes a reference first, where the values are references; ours does that by itself.
 */
#define PEERS_OURS(type, title, V, member, do_push, do_pop) \
	PEERS__CONTAINER(type, title, V, peers::Enter, true, member, do_push, do_pop)
#define PEERS_RIVAL(type, title, V, entering, member, do_push, do_pop)                           \
	PEERS__CONTAINER(type, title, V, entering, false, member, (peers::keep(value), do_push), \
			 do_pop)
/* Ours of a container without a bound, of each sort of value. */
#define PEERS_OURS_OF_EACH(kind)                                                                   \
	AFIELD_TYPE(longs, kind, long);                                                            \
	AFIELD_TYPE(forties, kind, peers::Forty);                                                  \
	AFIELD_TYPE(references, kind, PyObject *);                                                 \
	PEERS_OURS(Longs, "afield", long, longs kind, longs_push(&kind, value) == 0,               \
		   longs_pop(&kind, &value));                                                      \
	PEERS_OURS(Forties, "afield", peers::Forty, forties kind, forties_push(&kind, value) == 0, \
		   forties_pop(&kind, &value));                                                    \
	PEERS_OURS(References, "afield", PyObject *, references kind,                              \
		   references_push(&kind, value) == 0, references_pop(&kind, &value))

#define PEERS__CONTAINER(type, title, V, entering, is_ours, member, do_push, do_pop) \
	struct type {                                                                \
		using value = V;                                                     \
		using enter = entering;                                              \
		static const bool gives_to_reclaimer = is_ours;                      \
		static const char *name()                                            \
		{                                                                    \
			return title;                                                \
		}                                                                    \
		bool push(V value)                                                   \
		{                                                                    \
			return do_push;                                              \
		}                                                                    \
		bool pop(V &value)                                                   \
		{                                                                    \
			return do_pop;                                               \
		}                                                                    \
		member;                                                              \
	}

/* A container of the standard under a mutex: what most would write. */
template <class T> struct Queue {
	using value_type = typename T::value_type;
	bool pop(value_type &value)
	{
		std::lock_guard<std::mutex> guard(mutex);

		if (container.empty())
			return false;
		value = container.front();
		container.pop_front();
		return true;
	}
	bool push(const value_type &value)
	{
		std::lock_guard<std::mutex> guard(mutex);

		container.push_back(value);
		return true;
	}
	std::mutex mutex;
	T container;
};
template <class T> struct Stack : Queue<T> {
	using value_type = typename T::value_type;
	bool pop(value_type &value)
	{
		std::lock_guard<std::mutex> guard(this->mutex);

		if (this->container.empty())
			return false;
		value = this->container.back();
		this->container.pop_back();
		return true;
	}
};

} // namespace peers

/* The program of a container without an end, beside its RIVALS(V): the same cases for each. */
#define PEERS_CONTAINER_MAIN(program)                                                     \
	static const bench_group groups[] = {                                             \
		peers::pairs<Longs, RIVALS(long)>("push and pop"),                        \
		peers::bursts<Longs, RIVALS(long)>("bursts of 100"),                      \
		peers::flows<Longs, RIVALS(long)>("producers to consumers"),              \
		peers::pairs<Forties, RIVALS(Forty)>("push and pop, 40 bytes"),           \
		peers::pairs<References, RIVALS(PyObject *)>("push and pop, references"), \
	};                                                                                \
	int main(int argc, char **argv)                                                   \
	{                                                                                 \
		peers::begin_references();                                                \
		return bench_main(argc, argv, program, groups,                            \
				  sizeof(groups) / sizeof(groups[0]));                    \
	}

#endif
