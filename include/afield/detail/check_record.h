/* SPDX-License-Identifier: MIT */
/*
 * check_record.h: the recorder of afield/check.h, which includes this file.
 *
 * Threads write what they did into logs of their own, with a stamp before and a stamp after each
 * operation. The logs are merged into a history when the threads are joined. Use it around the
 * operations of the object under test and nothing else: every instruction between the two stamps
 * widens the interval and hides faults.
 *
 * Synchronization: a log is written by one thread. Creating, resetting, merging and freeing a
 * recorder need every recording thread to be joined or not yet started.
 */
#ifndef AFIELD_DETAIL_CHECK_RECORD_H
#define AFIELD_DETAIL_CHECK_RECORD_H

#include <afield/check.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * AFIELD_CLOCK_TSC reads the processor's counter, fenced so that the operation lies wholly between
 * its stamps; it leaves stores in the store buffer, so that a store that is late for others is seen
 * to be late. AFIELD_CLOCK_TICKET draws from one shared counter: a total order on every machine,
 * but each draw is a full fence, which hides late stores; use it beside the other, never alone.
 */
enum afield_clock {
	AFIELD_CLOCK_AUTO = 0, /* TSC where it is usable, otherwise MONOTONIC */
	AFIELD_CLOCK_TSC = 1,
	AFIELD_CLOCK_MONOTONIC = 2,
	AFIELD_CLOCK_TICKET = 3
};

struct afield_log_record {
	int64_t call;
	int64_t ret;
	uint32_t verb;
	uint8_t argument_count;
	uint8_t result_count;
	bool returned;
	afield_value arguments[3];
	afield_value results[2];
};

/* One thread's log. Only its thread touches it until the thread is joined. */
struct afield_log {
	struct afield_log_record *records; /* preallocated and touched before the start */
	size_t count;
	size_t capacity;
	uint64_t *ticket;        /* shared by the logs of a recorder, used by one clock only */
	enum afield_clock clock; /* never AUTO */
	unsigned thread;
	bool overflow;  /* an operation found no room: the history is incomplete */
	char apart[64]; /* keeps the logs of two threads on different lines */
};

struct afield_recorder;

/* Logs for `threads` threads of `operations` operations each. NULL when there is no memory. */
AFIELD_CHECK_API struct afield_recorder *afield_recorder_create(unsigned threads, size_t operations,
								enum afield_clock clock);
AFIELD_CHECK_API struct afield_log *afield_recorder_log(struct afield_recorder *recorder,
							unsigned thread);
/* Forgets what was recorded, for the next run. */
AFIELD_CHECK_API void afield_recorder_reset(struct afield_recorder *recorder);
/* Merges the logs, after the recording threads are joined. NULL when there is no memory. */
AFIELD_CHECK_API struct afield_history *
afield_recorder_history(const struct afield_recorder *recorder, const struct afield_model *model);
AFIELD_CHECK_API void afield_recorder_free(struct afield_recorder *recorder);

/* Whether the TSC runs steadily and alike on all processors. Measured once, a few milliseconds. */
AFIELD_CHECK_API bool afield_clock_tsc_usable(void);
AFIELD_CHECK_API const char *afield_clock_name(enum afield_clock clock);

AFIELD_CHECK_API int64_t afield__clock_monotonic(void);

static inline int64_t afield__clock_slow(const struct afield_log *log)
{
	if (log->clock == AFIELD_CLOCK_TICKET)
		return (int64_t)__atomic_fetch_add(log->ticket, 1, __ATOMIC_SEQ_CST);
	return afield__clock_monotonic();
}

/*
 * The stamp of a call: not read before everything the thread did earlier has been executed, and
 * nothing of the operation starts before it. A plain rdtsc could be read before the value that an
 * earlier operation loads, which makes reads look as if they came from the future.
 */
static inline int64_t afield__clock_call(const struct afield_log *log)
{
#if defined(__x86_64__)
	if (log->clock == AFIELD_CLOCK_TSC) {
		uint32_t low, high;

		__asm__ __volatile__("lfence\n\trdtsc\n\tlfence"
				     : "=a"(low), "=d"(high)
				     :
				     : "memory");
		return (int64_t)((uint64_t)high << 32 | low);
	}
#elif defined(__aarch64__)
	if (log->clock == AFIELD_CLOCK_TSC) {
		uint64_t now;

		__asm__ __volatile__("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(now) : : "memory");
		return (int64_t)now;
	}
#endif
	return afield__clock_slow(log);
}

/* The stamp of a return: read after every load of the operation is done, though not every store. */
static inline int64_t afield__clock_return(const struct afield_log *log)
{
#if defined(__x86_64__)
	if (log->clock == AFIELD_CLOCK_TSC) {
		uint32_t low, high, processor;

		__asm__ __volatile__("rdtscp\n\tlfence"
				     : "=a"(low), "=d"(high), "=c"(processor)
				     :
				     : "memory");
		return (int64_t)((uint64_t)high << 32 | low);
	}
#endif
	return afield__clock_call(log);
}

/*
 * Call before the operation, with its arguments; then the operation; then one of the return forms.
 * When the return never comes, the operation is recorded as pending. Nothing here is shared between
 * threads, except what the ticket clock is; nothing allocates.
 */
static inline void afield__record_open(struct afield_log *log, unsigned verb, unsigned count,
				       afield_value first, afield_value second, afield_value third)
{
	struct afield_log_record *record = log->records + log->count;

	if (log->count >= log->capacity) {
		log->overflow = true;
		return;
	}
	log->count++;
	record->verb = verb;
	record->argument_count = (uint8_t)count;
	record->result_count = 0;
	record->returned = false;
	record->arguments[0] = first;
	record->arguments[1] = second;
	record->arguments[2] = third;
	record->call = afield__clock_call(log);
}

static inline void afield_record_call(struct afield_log *log, unsigned verb)
{
	afield__record_open(log, verb, 0, 0, 0, 0);
}

static inline void afield_record_call1(struct afield_log *log, unsigned verb, afield_value first)
{
	afield__record_open(log, verb, 1, first, 0, 0);
}

static inline void afield_record_call2(struct afield_log *log, unsigned verb, afield_value first,
				       afield_value second)
{
	afield__record_open(log, verb, 2, first, second, 0);
}

static inline void afield_record_call3(struct afield_log *log, unsigned verb, afield_value first,
				       afield_value second, afield_value third)
{
	afield__record_open(log, verb, 3, first, second, third);
}

/* The operation returned nothing, or what it returned is not known. */
static inline void afield_record_return(struct afield_log *log)
{
	int64_t now = afield__clock_return(log);

	if (log->overflow)
		return;
	log->records[log->count - 1].ret = now;
	log->records[log->count - 1].returned = true;
}

static inline void afield_record_return1(struct afield_log *log, afield_value result)
{
	afield_record_return(log);
	if (log->overflow)
		return;
	log->records[log->count - 1].results[0] = result;
	log->records[log->count - 1].result_count = 1;
}

static inline void afield_record_return2(struct afield_log *log, afield_value first,
					 afield_value second)
{
	afield_record_return1(log, first);
	if (log->overflow)
		return;
	log->records[log->count - 1].results[1] = second;
	log->records[log->count - 1].result_count = 2;
}

/*
 * Runs `work` on `threads` threads, `rounds` times. All threads start a round together, and no
 * round starts before every thread has finished the previous one: the object is quiet between
 * rounds, which keeps checking cheap however long the run is. Each call of `work` records at most
 * `operations` operations.
 */
struct afield_rounds {
	unsigned threads;
	unsigned rounds;
	unsigned operations;
	enum afield_clock clock;
	bool pin; /* thread i runs on the i-th allowed processor, in turn */
	void (*work)(void *subject, struct afield_log *log, unsigned thread, unsigned round);
	void (*between)(void *subject, unsigned round); /* or NULL; alone, after each round */
	void *subject;
};

/* The history of all rounds. NULL when there are no threads or no memory. */
AFIELD_CHECK_API struct afield_history *afield_rounds_run(const struct afield_rounds *rounds,
							  const struct afield_model *model);

#ifdef __cplusplus
}
#endif

#endif
