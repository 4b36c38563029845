/* SPDX-License-Identifier: MIT */
/*
 * record.c: logs that threads write without disturbing each other, and the clock they use.
 */
#include "internal.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct afield_recorder {
	struct afield_log *logs;
	unsigned threads;
	enum afield_clock clock;
	char before[64];
	uint64_t ticket; /* apart from everything that is only read */
	char behind[64];
};

int64_t afield__clock_monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#if defined(__x86_64__)
static bool processor_says_steady(void)
{
	FILE *info = fopen("/proc/cpuinfo", "r");
	char line[8192];
	bool steady = false;

	if (!info)
		return false;
	while (!steady && fgets(line, sizeof(line), info)) {
		if (strncmp(line, "flags", 5) == 0)
			steady = strstr(line, " constant_tsc") && strstr(line, " nonstop_tsc");
	}
	fclose(info);
	return steady;
}
#elif defined(__aarch64__)
/* The virtual counter is steady and common to all processors by architecture. */
static bool processor_says_steady(void)
{
	return true;
}
#else
static bool processor_says_steady(void)
{
	return false;
}
#endif

/*
 * Two threads hand a stamp to and fro; a stamp older than the one received would order events
 * wrongly. On a busy machine each exchange may cost two time slices: the game ends when there were
 * enough of them and its time is over.
 */
struct ping_pong {
	int64_t turn; /* stamp * 2 + whose turn, or OVER; handed over by release and acquire */
	uint64_t inversions[2];
	int exchanges;
	int processors[2];
	enum afield_clock clock;
};

enum { EXCHANGES = 20000, ENOUGH = 100, OVER = -1 };

/* Whether the game is to end: milliseconds since `start` decide. */
static bool is_time_up(int64_t start, int exchanges)
{
	int64_t passed = (afield__clock_monotonic() - start) / 1000000;

	return passed > (exchanges >= ENOUGH ? 50 : 2000);
}

static void exchange_stamps(struct ping_pong *game, int64_t side)
{
	struct afield_log log = {0};
	cpu_set_t set;
	int64_t last = 0, start = afield__clock_monotonic();
	int i;

	CPU_ZERO(&set);
	CPU_SET((unsigned)game->processors[side], &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	log.clock = game->clock;
	for (i = 0; side || (i < EXCHANGES && !is_time_up(start, i)); i++) {
		int64_t now, got;
		unsigned spins = 0;

		while ((got = __atomic_load_n(&game->turn, __ATOMIC_ACQUIRE)) != OVER &&
		       got % 2 != side) {
			if (++spins % 4096 == 0)
				sched_yield();
		}
		if (got == OVER)
			return;
		now = afield__clock_call(&log) % (INT64_MAX / 4);
		if (got > 1 && now < got / 2)
			game->inversions[side]++;
		if (now < last)
			game->inversions[side]++;
		last = now;
		__atomic_store_n(&game->turn, now * 2 + !side, __ATOMIC_RELEASE);
	}
	/* The other side may answer once more, and then finds that it is over. */
	while (__atomic_load_n(&game->turn, __ATOMIC_ACQUIRE) % 2 != side)
		sched_yield();
	game->exchanges = i;
	__atomic_store_n(&game->turn, OVER, __ATOMIC_RELEASE);
}

static void *answer(void *game)
{
	exchange_stamps((struct ping_pong *)game, 1);
	return NULL;
}

static void *ask(void *game)
{
	exchange_stamps((struct ping_pong *)game, 0);
	return NULL;
}

/* Between the first allowed processor and the last. */
static bool ping_pong_holds(void)
{
	struct ping_pong game = {0};
	pthread_t threads[2];
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return false;
	if (CPU_COUNT(&set) < 2)
		return true;
	game.processors[0] = -1;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET((unsigned)i, &set))
			continue;
		if (game.processors[0] < 0)
			game.processors[0] = i;
		game.processors[1] = i;
	}
	game.clock = AFIELD_CLOCK_TSC;
	if (pthread_create(&threads[0], NULL, ask, &game) != 0)
		return false;
	if (pthread_create(&threads[1], NULL, answer, &game) != 0) {
		answer(&game); /* the game needs two */
		pthread_join(threads[0], NULL);
		return false;
	}
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	return game.exchanges >= ENOUGH && game.inversions[0] + game.inversions[1] == 0;
}

static bool tsc_usable;

static void measure_tsc(void)
{
	tsc_usable = processor_says_steady() && ping_pong_holds();
}

bool afield_clock_tsc_usable(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, measure_tsc);
	return tsc_usable;
}

const char *afield_clock_name(enum afield_clock clock)
{
	static const char *const names[] = {"auto", "tsc", "monotonic", "ticket"};

	return (unsigned)clock < 4 ? names[clock] : "unknown";
}

/* A clock that cannot be had is replaced by the monotonic one. */
static enum afield_clock real_clock(enum afield_clock clock)
{
	if (clock == AFIELD_CLOCK_AUTO || clock == AFIELD_CLOCK_TSC)
		return afield_clock_tsc_usable() ? AFIELD_CLOCK_TSC : AFIELD_CLOCK_MONOTONIC;
	return clock;
}

struct afield_recorder *afield_recorder_create(unsigned threads, size_t operations,
					       enum afield_clock clock)
{
	struct afield_recorder *recorder = (struct afield_recorder *)calloc(1, sizeof(*recorder));

	if (!recorder)
		return NULL;
	recorder->logs = (struct afield_log *)calloc(threads + 1u, sizeof(*recorder->logs));
	if (!recorder->logs || operations > SIZE_MAX / sizeof(struct afield_log_record) - 1)
		goto failed;
	recorder->threads = threads;
	recorder->clock = real_clock(clock);
	for (unsigned i = 0; i < threads; i++) {
		struct afield_log *log = &recorder->logs[i];
		size_t bytes = (operations + 1) * sizeof(*log->records);

		log->records =
			(struct afield_log_record *)aligned_alloc(64, (bytes + 63) & ~(size_t)63);
		if (!log->records)
			goto failed;
		/* Touched now, so that no page is first met between two stamps. */
		memset(log->records, 0, bytes);
		log->capacity = operations;
		log->thread = i;
		log->clock = recorder->clock;
		log->ticket = &recorder->ticket;
	}
	return recorder;
failed:
	afield_recorder_free(recorder);
	return NULL;
}

struct afield_log *afield_recorder_log(struct afield_recorder *recorder, unsigned thread)
{
	return thread < recorder->threads ? &recorder->logs[thread] : NULL;
}

void afield_recorder_reset(struct afield_recorder *recorder)
{
	for (unsigned i = 0; i < recorder->threads; i++) {
		recorder->logs[i].count = 0;
		recorder->logs[i].overflow = false;
	}
}

void afield_recorder_free(struct afield_recorder *recorder)
{
	if (!recorder)
		return;
	for (unsigned i = 0; recorder->logs && i < recorder->threads; i++)
		free(recorder->logs[i].records);
	free(recorder->logs);
	free(recorder);
}

static bool merge_log(struct afield_history *history, const struct afield_log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		const struct afield_log_record *record = &log->records[i];
		afield_value values[5];
		struct afield_operation operation = {0};

		for (unsigned j = 0; j < record->argument_count; j++)
			values[j] = record->arguments[j];
		for (unsigned j = 0; j < record->result_count; j++)
			values[record->argument_count + j] = record->results[j];
		operation.call = record->call;
		operation.ret = record->ret;
		operation.values = values;
		operation.process = log->thread;
		operation.argument_count = record->argument_count;
		operation.result_count = record->result_count;
		operation.verb = (uint16_t)record->verb;
		operation.pending = !record->returned;
		if (record->verb >= history->model->verb_count ||
		    !afield_history_add(history, &operation))
			return false;
	}
	if (log->overflow)
		afield_history_set_incomplete(history);
	return true;
}

struct afield_history *afield_recorder_history(const struct afield_recorder *recorder,
					       const struct afield_model *model)
{
	struct afield_history *history = afield_history_create(model);

	for (unsigned i = 0; history && i < recorder->threads; i++) {
		if (!merge_log(history, &recorder->logs[i])) {
			afield_history_free(history);
			return NULL;
		}
	}
	return history;
}
