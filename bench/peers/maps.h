/* SPDX-License-Identifier: MIT */
/*
 * maps: map and its rivals: an unordered_map under a mutex, oneTBB's concurrent_hash_map and libcds'
 * map of Michael, which has as many buckets as it is made with.
 */
#ifndef AFIELD_BENCH_MAPS_H
#define AFIELD_BENCH_MAPS_H

#include <afield/map.h>

#include <unordered_map>

#include "libcds.h"
#include "peers.h"

#ifdef PEERS_TBB
#include <tbb/concurrent_hash_map.h>
#endif
#ifdef PEERS_CDS
#include <cds/container/michael_kvlist_hp.h>
#include <cds/container/michael_map.h>
#endif

enum { KEYS = 16384 };
AFIELD_TYPE(numbers, map, long, long);

struct Ours {
	using enter = peers::Enter;
	static const bool gives_to_reclaimer = true;
	static const char *name()
	{
		return "afield";
	}
	bool get(long key, long &value)
	{
		return numbers_load(&map, key, &value);
	}
	void set(long key, long value)
	{
		(void)!numbers_set(&map, key, value);
	}
	void remove(long key)
	{
		(void)numbers_remove(&map, key, nullptr);
	}
	~Ours()
	{
		numbers_fini(&map);
	}
	numbers map;
};

struct Unordered {
	using enter = peers::Enter;
	static const bool gives_to_reclaimer = false;
	static const char *name()
	{
		return "mutex and unordered_map";
	}
	bool get(long key, long &value)
	{
		std::lock_guard<std::mutex> guard(mutex);
		auto at = map.find(key);

		if (at == map.end())
			return false;
		value = at->second;
		return true;
	}
	void set(long key, long value)
	{
		std::lock_guard<std::mutex> guard(mutex);
		map[key] = value;
	}
	void remove(long key)
	{
		std::lock_guard<std::mutex> guard(mutex);
		map.erase(key);
	}
	std::mutex mutex;
	std::unordered_map<long, long> map;
};

#ifdef PEERS_TBB
struct Tbb {
	using enter = peers::Enter;
	static const bool gives_to_reclaimer = false;
	using table = tbb::concurrent_hash_map<long, long>;
	static const char *name()
	{
		return "oneTBB";
	}
	bool get(long key, long &value)
	{
		table::const_accessor at;

		if (!map.find(at, key))
			return false;
		value = at->second;
		return true;
	}
	void set(long key, long value)
	{
		table::accessor at;

		map.insert(at, key);
		at->second = value;
	}
	void remove(long key)
	{
		map.erase(key);
	}
	table map;
};
#define TBB , Tbb
#else
#define TBB
#endif

/* Its values are atomic: it lets a find and an update of one key run at the same time. */
#ifdef PEERS_CDS
struct Cds {
	using enter = peers::Attach;
	static const bool gives_to_reclaimer = false;
	struct Value {
		Value() = default;
		Value(const Value &other) : it(other.it.load())
		{
		}
		std::atomic<long> it{0};
	};
	struct ByKey : cds::container::michael_list::traits {
		using less = std::less<long>;
	};
	using list = cds::container::MichaelKVList<cds::gc::HP, long, Value, ByKey>;
	struct Hashed : cds::container::michael_map::traits {
		using hash = std::hash<long>;
	};
	static const char *name()
	{
		return "libcds";
	}
	bool get(long key, long &value)
	{
		return map.find(key, [&value](const list::value_type &pair) {
			value = pair.second.it.load(std::memory_order_acquire);
		});
	}
	void set(long key, long value)
	{
		map.update(key, [value](bool, list::value_type &pair) {
			pair.second.it.store(value, std::memory_order_release);
		});
	}
	void remove(long key)
	{
		map.erase(key);
	}
	peers::Started started;
	cds::container::MichaelHashMap<cds::gc::HP, list, Hashed> map{KEYS, 1};
};
#define CDS , Cds
#else
#define CDS
#endif

#endif
