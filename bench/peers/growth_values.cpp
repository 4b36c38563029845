/* SPDX-License-Identifier: MIT */
/*
 * How queue, stack and ring, and what one would take instead, do as they hold more (100 to 10^7
 * values stay inside while others come and go) and as values become larger (8 bytes to 1 KiB).
 */
#include <afield/queue.h>
#include <afield/ring.h>
#include <afield/stack.h>

#include "growth.h"

#if __has_include(<boost/lockfree/queue.hpp>)
#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/stack.hpp>
#define HAS_BOOST
#endif

namespace
{

template <int bytes> struct Value {
	long members[bytes / static_cast<int>(sizeof(long))];
};

} // namespace

enum { RING = 1024 };

#define SIZE(bytes)                                           \
	using value_##bytes = Value<bytes>;                   \
	AFIELD_TYPE(queue_##bytes, queue, value_##bytes);     \
	AFIELD_TYPE(stack_##bytes, stack, value_##bytes);     \
	AFIELD_TYPE(ring_##bytes, ring, value_##bytes, RING); \
	OURS(Queue##bytes, queue_##bytes, value_##bytes);     \
	OURS(Stack##bytes, stack_##bytes, value_##bytes);     \
	OURS(Ring##bytes, ring_##bytes, value_##bytes)

#define OURS(type, field, V)                                 \
	struct type {                                        \
		using value = V;                             \
		static const bool gives_to_reclaimer = true; \
		static const char *name()                    \
		{                                            \
			return "afield";                     \
		}                                            \
		bool push(const V &pushed)                   \
		{                                            \
			return field                         \
			##_push(&container, pushed) == 0;    \
		}                                            \
		bool pop(V &popped)                          \
		{                                            \
			return field                         \
			##_pop(&container, &popped);         \
		}                                            \
		~type()                                      \
		{                                            \
			field                                \
			##_fini(&container);                 \
		}                                            \
		field                                        \
		container;                                   \
	}

SIZE(8);
SIZE(64);
SIZE(256);
SIZE(1024);

namespace
{

template <class V> struct MutexQueue : peers::Queue<std::deque<V>> {
	using value = V;
	static const bool gives_to_reclaimer = false;
	static const char *name()
	{
		return "mutex and deque";
	}
};
template <class V> struct MutexStack : peers::Stack<std::vector<V>> {
	using value = V;
	static const bool gives_to_reclaimer = false;
	static const char *name()
	{
		return "mutex and vector";
	}
};
#ifdef HAS_BOOST
template <class V, class T> struct Boost : T {
	using value = V;
	static const bool gives_to_reclaimer = false;
	Boost() : T(1024)
	{
	}
	static const char *name()
	{
		return "boost.lockfree";
	}
};
template <class V> using BoostQueue = Boost<V, boost::lockfree::queue<V>>;
template <class V> using BoostStack = Boost<V, boost::lockfree::stack<V>>;
#define BOOST_QUEUE(V) , BoostQueue<V>
#define BOOST_STACK(V) , BoostStack<V>
#else
#define BOOST_QUEUE(V)
#define BOOST_STACK(V)
#endif

template <class T> void fill(T &it, long values)
{
	for (long i = 0; i < values; i++)
		bench_keep(it.push({{i}}));
}

template <class T> void pair(void *, long iterations, int)
{
	T &it = *growth::Filled<T>::it;

	for (long i = 0; i < iterations; i++) {
		typename T::value value = {{i}};

		bench_keep(it.push(value));
		bench_keep(it.pop(value));
		bench_keep_memory(&value);
	}
}

template <class... T> bench_group group(const char *what, long number, const char *of, long inside)
{
	long *state = growth::stays(inside);

	return peers::group(growth::name(what, number, of), BENCH_ONE | BENCH_CORES,
			    {{T::name(), pair<T>, state, growth::become<T, fill<T>>,
			      growth::settle<T>, nullptr}...});
}

std::vector<bench_group> groups;

void add_elements(long number)
{
	groups.push_back(group<Queue8, MutexQueue<value_8> BOOST_QUEUE(value_8)>(
		"queue, push and pop", number, "inside", number));
	groups.push_back(group<Stack8, MutexStack<value_8> BOOST_STACK(value_8)>(
		"stack, push and pop", number, "inside", number));
}

template <class Q, class S, class R> void add_bytes(long bytes)
{
	using V = typename Q::value;

	groups.push_back(
		group<Q, MutexQueue<V> BOOST_QUEUE(V)>("queue, push and pop", bytes, "bytes", 0));
	groups.push_back(
		group<S, MutexStack<V> BOOST_STACK(V)>("stack, push and pop", bytes, "bytes", 0));
	groups.push_back(group<R, MutexQueue<V>>("ring, push and pop", bytes, "bytes", 0));
}

} // namespace

int main(int argc, char **argv)
{
	add_bytes<Queue8, Stack8, Ring8>(8);
	add_bytes<Queue64, Stack64, Ring64>(64);
	add_bytes<Queue256, Stack256, Ring256>(256);
	add_bytes<Queue1024, Stack1024, Ring1024>(1024);
	for (long number : growth::sizes())
		add_elements(number);
	return bench_main(argc, argv, "growth.values", groups.data(), groups.size());
}
