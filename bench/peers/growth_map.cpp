/* SPDX-License-Identifier: MIT */
/*
 * How map and its rivals do as they grow: what an operation costs with 100 to 10^7 keys inside; and
 * the way there: the mean of all inserts from empty to 10^6 keys beside the mean of inserting a key
 * of a map that has been that large before ("at full size"), and the longest of them.
 */
#include <cstring>

#include "growth.h"
#include "internal.h"
#include "maps.h"

namespace
{

/* Odd and no multiple of 5, so it meets every key of a power of ten; far from the previous one. */
enum { STRIDE = 7368787 };

template <class T> void fill(T &it, long keys)
{
	typename T::enter entered;

	(void)entered;
	for (long key = 0; key < keys; key++)
		it.set(key, key);
}

template <class T> void get(void *state, long iterations, int thread)
{
	long keys = *static_cast<long *>(state), value = 0;
	T &it = *growth::Filled<T>::it;
	typename T::enter entered;

	(void)entered;
	for (long i = thread; i < iterations + thread; i++) {
		bench_keep(it.get(i * STRIDE % keys, value));
		bench_keep(value);
	}
}
template <class T> void set(void *state, long iterations, int thread)
{
	long keys = *static_cast<long *>(state);
	T &it = *growth::Filled<T>::it;
	typename T::enter entered;

	(void)entered;
	for (long i = thread; i < iterations + thread; i++)
		it.set(i * STRIDE % keys, i);
}
/* A key of this thread's own, another one each time. */
template <class T> void come_and_go(void *state, long iterations, int thread)
{
	long keys = *static_cast<long *>(state);
	T &it = *growth::Filled<T>::it;
	typename T::enter entered;

	(void)entered;
	for (long i = 0; i < iterations; i++) {
		long key = keys * (thread + 1) + i * STRIDE % keys;

		it.set(key, i);
		it.remove(key);
	}
}

template <class T> bench_contender contender(bench_body *body, long *keys)
{
	return {T::name(), body, keys, growth::become<T, fill<T>>, growth::settle<T>, nullptr};
}
template <class... T> void add_groups(std::vector<bench_group> &groups, long keys)
{
	long *state = growth::stays(keys);
	unsigned threads = BENCH_ONE | BENCH_CORES;

	groups.push_back(peers::group(growth::name("get", keys, "keys"), threads,
				      {contender<T>(get<T>, state)...}));
	groups.push_back(peers::group(growth::name("set", keys, "keys"), threads,
				      {contender<T>(set<T>, state)...}));
	groups.push_back(peers::group(growth::name("insert and remove", keys, "keys"), threads,
				      {contender<T>(come_and_go<T>, state)...}));
}

/* The way from empty to full. */
enum { ROUNDS = 5, PARTS = 10 };

/* What so many inserts took: nanoseconds of each, passed and of the process's processor time. */
class Watch
{
      public:
	Watch() : began(bench_now()), cpu_began(bench_process_cpu())
	{
	}
	struct Figure {
		std::vector<double> passed, cpu;
	};
	void stop(Figure &figure, long inserts) const
	{
		const double each = 1e9 / static_cast<double>(inserts);

		figure.passed.push_back((bench_now() - began) * each);
		figure.cpu.push_back((bench_process_cpu() - cpu_began) * each);
	}

      private:
	double began, cpu_began;
};

struct Way {
	std::string name;
	Watch::Figure mean, steady, longest;
};

template <class T> void insert(T &it, long keys, long inserts)
{
	for (long i = 0; i < inserts; i++)
		it.set(i * STRIDE % keys, i);
}

/* Processor time of one insert is not known; it is less than what has passed. */
template <class T> double longest_insert(T &it, long keys)
{
	double before = bench_now(), longest = 0;

	for (long i = 0; i < keys; i++) {
		double now;

		it.set(i * STRIDE % keys, i);
		now = bench_now();
		longest = now - before > longest ? now - before : longest;
		before = now;
	}
	return longest * 1e9;
}

/* From empty; then each tenth key is taken out and put in again; then from empty once more. */
template <class T> void go(Way &way, long keys)
{
	typename T::enter entered;
	T *it = new T();

	(void)entered;
	way.name = T::name();
	{
		const Watch watch;

		insert(*it, keys, keys);
		bench_drain(nullptr);
		watch.stop(way.mean, keys);
	}
	for (long i = 0; i < keys / PARTS; i++)
		it->remove(i * STRIDE % keys);
	bench_drain(nullptr);
	{
		const Watch watch;

		insert(*it, keys, keys / PARTS);
		bench_drain(nullptr);
		watch.stop(way.steady, keys / PARTS);
	}
	delete it;
	bench_drain(nullptr); /* what frees the last one has nothing left to do */
	it = new T();
	way.longest.passed.push_back(longest_insert(*it, keys));
	delete it;
	bench_drain(nullptr);
}

void print(const std::string &name, const std::string &who, const Watch::Figure &figure,
	   const Watch::Figure &ours)
{
	struct bench_row row = {};

	row.kind = "growth.map";
	row.name = name.c_str();
	row.who = who.c_str();
	row.threads = 1;
	row.count = static_cast<int>(figure.passed.size());
	row.rounds = figure.passed.data();
	row.cpu = figure.cpu.empty() ? nullptr : figure.cpu.data();
	bench_row(&row, ours.passed.data());
}

template <class... T> void ways(long keys)
{
	std::vector<Way> all(sizeof...(T));
	const std::string to = " to " + std::to_string(keys) + " keys";
	const std::string names[] = {"insert from empty" + to, "longest insert" + to};

	for (int round = 0; round < ROUNDS; round++) {
		size_t at = 0;

		(go<T>(all[at++], keys), ...);
	}
	for (const Way &way : all) {
		print(names[0], way.name, way.mean, all[0].mean);
		print(names[0], way.name + ", at full size", way.steady, all[0].mean);
	}
	for (const Way &way : all)
		print(names[1], way.name, way.longest, all[0].longest);
}

} // namespace

#ifdef PEERS_TBB
#define ALL Ours, Unordered, Tbb
#else
#define ALL Ours, Unordered
#endif

int main(int argc, char **argv)
{
	std::vector<bench_group> groups;
	const std::vector<long> sizes = growth::sizes();

	for (long size : sizes)
		add_groups<ALL>(groups, size);
	if (argc < 2 || strstr("insert from empty", argv[1])) {
		bench_pin(0);
		ways<ALL>(sizes.back() < 1000000 ? sizes.back() : 1000000);
	}
	return bench_main(argc, argv, "growth.map", groups.data(), groups.size());
}
