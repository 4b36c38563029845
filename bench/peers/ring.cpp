/* SPDX-License-Identifier: MIT */
/*
 * ring beside bounded queues: a deque under a mutex, boost.lockfree of a fixed size, atomic_queue
 * (which spins until a place is free) and ConcurrencyKit's ring for many. And ring_spsc, with one
 * thread at each end, beside ConcurrencyKit's, boost's spsc_queue and ReaderWriterQueue.
 *
 * ConcurrencyKit's ring for many is left out where threads are more than the processors: each push
 * spins until the previous one has been committed, and when that thread has been preempted a row
 * takes minutes.
 */
#include <afield/ring.h>
#include <afield/ring_spsc.h>

#include <deque>

#include "ck_bodies.h"
#include "peers.h"

enum { SIZE = PEERS_RING_SIZE };
AFIELD_TYPE(numbers, ring, long, SIZE);
AFIELD_TYPE(forties, ring, peers::Forty, SIZE);
AFIELD_TYPE(one_to_one, ring_spsc, long, SIZE);
PEERS_OURS(Ours, "afield", long, numbers ring, numbers_push(&ring, value) == 0,
	   numbers_pop(&ring, &value));
PEERS_OURS(Forties, "afield", peers::Forty, forties ring, forties_push(&ring, value) == 0,
	   forties_pop(&ring, &value));
PEERS_OURS(Spsc, "afield", long, one_to_one ring, one_to_one_push(&ring, value) == 0,
	   one_to_one_pop(&ring, &value));
PEERS_OURS(SpscRelease, "afield, _release", long, one_to_one ring,
	   one_to_one_push_release(&ring, value) == 0, one_to_one_pop_release(&ring, &value));

template <class V>
PEERS_RIVAL(Deque, "mutex and deque", V, peers::Enter, peers::Queue<std::deque<V>> queue,
	    queue.push(value), queue.pop(value));

#if __has_include(<boost/lockfree/queue.hpp>)
#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
template <class V> using boost_fixed = boost::lockfree::queue<V, boost::lockfree::capacity<SIZE>>;
using boost_spsc = boost::lockfree::spsc_queue<long, boost::lockfree::capacity<SIZE>>;
template <class V>
PEERS_RIVAL(Boost, "boost.lockfree", V, peers::Enter, boost_fixed<V> queue, queue.push(value),
	    queue.pop(value));
PEERS_RIVAL(BoostSpsc, "boost.lockfree", long, peers::Enter, boost_spsc queue, queue.push(value),
	    queue.pop(value));
#define BOOST(V) , Boost<V>
#define BOOST_SPSC , BoostSpsc
#else
#define BOOST(V)
#define BOOST_SPSC
#endif

#if __has_include(<atomic_queue/atomic_queue.h>)
#include <atomic_queue/atomic_queue.h>
template <class V> using atomic_queue_of = atomic_queue::AtomicQueue2<V, SIZE>;
template <class V>
PEERS_RIVAL(Spinning, "atomic_queue", V, peers::Enter, atomic_queue_of<V> queue,
	    queue.try_push(value), queue.try_pop(value));
#define SPINNING(V) , Spinning<V>
#else
#define SPINNING(V)
#endif

#if __has_include(<readerwriterqueue/readerwriterqueue.h>)
#include <readerwriterqueue/readerwriterqueue.h>
PEERS_RIVAL(ReaderWriter, "ReaderWriterQueue", long, peers::Enter,
	    moodycamel::ReaderWriterQueue<long> queue{SIZE}, queue.try_enqueue(value),
	    queue.try_dequeue(value));
#define READER_WRITER , ReaderWriter
#else
#define READER_WRITER
#endif

#define RIVALS(V) Deque<V> BOOST(V) SPINNING(V)
#define ALL_SPSC SpscRelease, Spsc BOOST_SPSC READER_WRITER

static const bench_group groups[] = {
	peers::with(peers::pairs<Ours, RIVALS(long)>("push and pop", BENCH_ONE | BENCH_CORES),
		    {"ck_ring mpmc", peers_ck_pair, peers_ck_ring(0), nullptr, peers_ck_drain,
		     nullptr}),
	peers::pairs<Ours, RIVALS(long)>("push and pop", BENCH_OVER),
	peers::pairs<Forties, RIVALS(peers::Forty)>("push and pop, 40 bytes"),
	peers::with(peers::pairs<ALL_SPSC>("spsc, one thread", BENCH_ONE),
		    {"ck_ring spsc", peers_ck_spsc_pair, peers_ck_ring(1), nullptr, peers_ck_drain,
		     nullptr}),
	peers::with(peers::between_two<ALL_SPSC>("spsc, thread to thread"),
		    {"ck_ring spsc", peers_ck_spsc_ends, peers_ck_ring(1), nullptr, peers_ck_drain,
		     nullptr}),
};
BENCH_MAIN("peers.ring", groups)
