/* SPDX-License-Identifier: MIT */
/*
 * record.c: the recorder sees what happens, and a store that is late is seen to be late.
 *
 * A plain release store may wait in the store buffer after it has returned. In real time that is
 * not linearizable: a read called behind the store's return still finds the old value. With fenced
 * time stamps the checker must say so on a machine whose processors buffer stores; with a seq_cst
 * store, or with the ticket clock, whose draw empties the buffer, it must find every history
 * linearizable.
 */
#include <afield/check.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/sanitizers.h"

enum { READ, WRITE };

struct shared {
	char before[128];
	int64_t value;
	char behind[128];
	bool release;
};

static void store_and_load(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	struct shared *shared = (struct shared *)subject;

	for (unsigned i = 0; i < 20; i++) {
		if (thread == 0) {
			int64_t next = (int64_t)round * 20 + i + 1;

			afield_record_call1(log, WRITE, next);
			if (shared->release)
				__atomic_store_n(&shared->value, next, __ATOMIC_RELEASE);
			else
				__atomic_store_n(&shared->value, next, __ATOMIC_SEQ_CST);
			afield_record_return(log);
		} else {
			afield_record_call(log, READ);
			afield_record_return1(log,
					      __atomic_load_n(&shared->value, __ATOMIC_ACQUIRE));
		}
	}
}

/* The verdict of one run, or -1 when there was no history. */
static int run(enum afield_clock clock, bool release, unsigned rounds)
{
	static struct shared shared;
	struct afield_rounds plan = {0};
	struct afield_history *history;
	struct afield_report report;
	int verdict;

	shared.value = 0;
	shared.release = release;
	plan.threads = 2;
	plan.rounds = rounds;
	plan.operations = 20;
	plan.clock = clock;
	plan.pin = true;
	plan.work = store_and_load;
	plan.subject = &shared;
	history = afield_rounds_run(&plan, afield_model_find("register"));
	if (!history)
		return -1;
	afield_history_set_initial(history, 0);
	afield_check(history, NULL, &report);
	printf("%s store, %s clock: ", release ? "release" : "seq_cst", afield_clock_name(clock));
	afield_report_line(&report, stdout);
	if (report.verdict == AFIELD_NONLIN && release)
		afield_report_text(&report, stdout);
	verdict = (int)report.verdict;
	afield_report_fini(&report);
	afield_history_free(history);
	return verdict;
}

static int failures;

static void expect(bool holds, const char *what)
{
	if (holds)
		return;
	printf("FAILED: %s\n", what);
	failures++;
}

static void real_time(void)
{
	unsigned rounds = SANITIZERS_THREAD ? 50 : 3000;
	cpu_set_t set;
	bool buffers = false;

	expect(run(AFIELD_CLOCK_AUTO, false, rounds) == AFIELD_LIN, "a seq_cst store passes");
	expect(run(AFIELD_CLOCK_MONOTONIC, false, rounds) == AFIELD_LIN,
	       "a seq_cst store passes by the monotonic clock");
	expect(run(AFIELD_CLOCK_TICKET, false, rounds) == AFIELD_LIN,
	       "a seq_cst store passes by tickets");
	expect(run(AFIELD_CLOCK_TICKET, true, rounds) == AFIELD_LIN,
	       "tickets hide the store buffer");
	if (SANITIZERS_THREAD || !afield_clock_tsc_usable() ||
	    sched_getaffinity(0, sizeof(set), &set) != 0 || CPU_COUNT(&set) < 2) {
		printf("a release store is not tried: no two processors with a steady counter\n");
		return;
	}
	for (int i = 0; i < 20 && !buffers; i++)
		buffers = run(AFIELD_CLOCK_TSC, true, rounds) == AFIELD_NONLIN;
	expect(buffers, "a release store is flagged");
}

/* What the calls leave in the log. */
static void calls(void)
{
	const struct afield_model *model = afield_model_find("register");
	struct afield_recorder *recorder = afield_recorder_create(2, 3, AFIELD_CLOCK_TICKET);
	struct afield_log *log = afield_recorder_log(recorder, 1);
	struct afield_history *history;
	struct afield_report report;
	const struct afield_operation *operation;

	expect(!afield_recorder_log(recorder, 2), "there are two logs");
	afield_record_call2(log, 2, AFIELD_NIL, 7);
	afield_record_return1(log, AFIELD_OK);
	afield_record_call1(log, WRITE, 8);
	afield_record_call(log, READ);
	afield_record_return1(log, 8);
	history = afield_recorder_history(recorder, model);
	expect(afield_history_count(history) == 3, "three operations");
	operation = afield_history_operation(history, 0);
	expect(operation->process == 1 && operation->call < operation->ret &&
		       afield_argument(operation, 1) == 7 &&
		       afield_result(operation, 0) == AFIELD_OK,
	       "the first is the cas");
	expect(afield_history_operation(history, 1)->pending, "the write never returned");
	afield_check(history, NULL, &report);
	expect(report.verdict == AFIELD_LIN, "the pending write may have taken effect");
	afield_report_fini(&report);
	afield_history_free(history);

	/* One more does not fit: the history says that it is incomplete. */
	afield_record_call(log, READ);
	afield_record_return1(log, 99);
	history = afield_recorder_history(recorder, model);
	afield_check(history, NULL, &report);
	expect(report.verdict == AFIELD_UNKNOWN && report.reason, "a full log is not a proof");
	afield_report_fini(&report);
	afield_history_free(history);
	afield_recorder_reset(recorder);
	history = afield_recorder_history(recorder, model);
	expect(afield_history_count(history) == 0, "reset forgets");
	afield_history_free(history);
	afield_recorder_free(recorder);
}

/* A history survives being written and read, and a failed check leaves its file. */
static void files(void)
{
	struct afield_history *history = afield_history_create(afield_model_find("integer"));
	afield_value values[2] = {INT64_MAX, afield_value_of(history, INT64_MIN)};
	struct afield_operation add = {.call = 1,
				       .ret = 2,
				       .values = values,
				       .argument_count = 1,
				       .result_count = 1,
				       .verb = 5};
	char directory[] = "/tmp/afield-record-XXXXXX", path[64], text[4096];
	struct afield_complaint complaint;
	FILE *sink = fopen("/dev/null", "w"), *file;
	size_t length;

	expect(mkdtemp(directory) != NULL, "a directory");
	setenv("AFIELD_HISTORY_DIR", directory, 1);
	afield_history_add(history, &add);
	afield_history_set_initial(history, afield_value_of(history, INT64_MIN));
	expect(afield_check_print("files", history, NULL, sink) == 0, "it holds the least number");
	values[1] = 5;
	add.call = 3;
	add.ret = 4;
	afield_history_add(history, &add);
	expect(afield_check_print("files", history, NULL, sink) == 1, "it does not hold 5");
	afield_history_free(history);
	snprintf(path, sizeof(path), "%s/files.history", directory);
	file = fopen(path, "r");
	expect(file != NULL, "the history was written");
	length = file ? fread(text, 1, sizeof(text), file) : 0;
	history = afield_history_parse(text, length, NULL, &complaint);
	expect(history && afield_history_count(history) == 2, "and can be read");
	expect(history && afield_check_print("again", history, NULL, sink) == 1, "and fails again");
	afield_history_free(history);
	if (file)
		fclose(file);
	unlink(path);
	snprintf(path, sizeof(path), "%s/again.history", directory);
	unlink(path);
	rmdir(directory);
	fclose(sink);
}

int main(void)
{
	calls();
	files();
	real_time();
	return failures != 0;
}
