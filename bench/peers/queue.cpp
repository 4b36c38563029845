/* SPDX-License-Identifier: MIT */
/*
 * queue beside a deque under a mutex, moodycamel's ConcurrentQueue (which keeps no order among
 * producers; with its tokens, too, which it names as the faster way), boost.lockfree, oneTBB and
 * libcds.
 */
#include <afield/queue.h>

#include <deque>

#include "libcds.h"
#include "peers.h"

using peers::Forty;

PEERS_OURS_OF_EACH(queue);

template <class V>
PEERS_RIVAL(Deque, "mutex and deque", V, peers::Enter, peers::Queue<std::deque<V>> queue,
	    queue.push(value), queue.pop(value));
#define RIVALS(V) Deque<V> MOODYCAMEL(V) BOOST(V) TBB(V) CDS(V)

#if __has_include(<concurrentqueue/concurrentqueue.h>)
#include <concurrentqueue/concurrentqueue.h>
template <class V>
PEERS_RIVAL(Moodycamel, "moodycamel", V, peers::Enter, moodycamel::ConcurrentQueue<V> queue,
	    queue.enqueue(value), queue.try_dequeue(value));

/* A thread's tokens last as long as the thread. */
template <class V> struct Tokens {
	using value = V;
	using enter = peers::Enter;
	static const bool gives_to_reclaimer = false;
	static const char *name()
	{
		return "moodycamel, tokens";
	}
	bool push(V value)
	{
		static thread_local moodycamel::ProducerToken token(queue);

		peers::keep(value);
		return queue.enqueue(token, value);
	}
	bool pop(V &value)
	{
		static thread_local moodycamel::ConsumerToken token(queue);

		return queue.try_dequeue(token, value);
	}
	moodycamel::ConcurrentQueue<V> queue;
};
#define MOODYCAMEL(V) , Moodycamel<V>, Tokens<V>
#else
#define MOODYCAMEL(V)
#endif

#if __has_include(<boost/lockfree/queue.hpp>)
#include <boost/lockfree/queue.hpp>
template <class V>
PEERS_RIVAL(Boost, "boost.lockfree", V, peers::Enter, boost::lockfree::queue<V> queue{1024},
	    queue.push(value), queue.pop(value));
#define BOOST(V) , Boost<V>
#else
#define BOOST(V)
#endif

#ifdef PEERS_TBB
#include <tbb/concurrent_queue.h>
template <class V>
PEERS_RIVAL(Tbb, "oneTBB", V, peers::Enter, tbb::concurrent_queue<V> queue,
	    (queue.push(value), true), queue.try_pop(value));
#define TBB(V) , Tbb<V>
#else
#define TBB(V)
#endif

#ifdef PEERS_CDS
#include <cds/container/msqueue.h>
template <class V> using cds_queue = cds::container::MSQueue<cds::gc::HP, V>;
template <class V>
PEERS_RIVAL(Cds, "libcds", V, peers::Attach, peers::Started started;
	    cds_queue<V> queue, queue.enqueue(value), queue.dequeue(value));
#define CDS(V) , Cds<V>
#else
#define CDS(V)
#endif

PEERS_CONTAINER_MAIN("peers.queue")
