/* SPDX-License-Identifier: MIT */
/*
 * stack beside a vector under a mutex, boost.lockfree and libcds' Treiber stack.
 */
#include <afield/stack.h>

#include <vector>

#include "libcds.h"
#include "peers.h"

using peers::Forty;

PEERS_OURS_OF_EACH(stack);

template <class V>
PEERS_RIVAL(Vector, "mutex and vector", V, peers::Enter, peers::Stack<std::vector<V>> stack,
	    stack.push(value), stack.pop(value));
#define RIVALS(V) Vector<V> BOOST(V) CDS(V)

#if __has_include(<boost/lockfree/stack.hpp>)
#include <boost/lockfree/stack.hpp>
template <class V>
PEERS_RIVAL(Boost, "boost.lockfree", V, peers::Enter, boost::lockfree::stack<V> stack{1024},
	    stack.push(value), stack.pop(value));
#define BOOST(V) , Boost<V>
#else
#define BOOST(V)
#endif

#ifdef PEERS_CDS
#include <cds/container/treiber_stack.h>
template <class V> using cds_stack = cds::container::TreiberStack<cds::gc::HP, V>;
template <class V>
PEERS_RIVAL(Cds, "libcds", V, peers::Attach, peers::Started started;
	    cds_stack<V> stack, stack.push(value), stack.pop(value));
#define CDS(V) , Cds<V>
#else
#define CDS(V)
#endif

PEERS_CONTAINER_MAIN("peers.stack")
