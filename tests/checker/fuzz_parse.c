/* SPDX-License-Identifier: MIT */
/*
 * fuzz_parse.c: whatever the bytes are, reading, checking and drawing them does no harm.
 *
 * What can be read is also written and read again, and must then have the same verdict.
 */
#include <afield/check.h>

#include <stdlib.h>
#include <string.h>

static enum afield_verdict check(const struct afield_history *history, enum afield_engine engine,
				 FILE *sink)
{
	struct afield_check_options options = {0};
	struct afield_report report;
	enum afield_verdict verdict;

	options.engine = engine;
	options.certificate = true;
	options.steps = 20000;
	options.bytes = 16 << 20;
	afield_check(history, &options, &report);
	/* What is linearizable has an order, and nothing else has. */
	if (report.disagreement || (report.verdict == AFIELD_LIN) != (report.order != NULL))
		abort();
	if (sink) {
		afield_report_text(&report, sink);
		afield_report_certificate(&report, sink);
		afield_report_html(&report, history, "fuzz <&\"\x80", sink);
	}
	verdict = report.verdict;
	afield_report_fini(&report);
	return verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *sink;
	struct afield_complaint complaint = {0};
	struct afield_history *history, *again;
	enum afield_verdict verdict;
	char *text = NULL;
	size_t length = 0;
	FILE *stream;

	sink = sink ? sink : fopen("/dev/null", "w");
	history = afield_history_parse((const char *)data, size, NULL, &complaint);
	if (!history) {
		if (!complaint.line || !complaint.column || !complaint.message[0])
			abort();
		return 0;
	}
	verdict = check(history, AFIELD_ENGINE_ALL, sink);
	stream = open_memstream(&text, &length);
	afield_history_write(history, stream);
	fclose(stream);
	again = afield_history_parse(text, length, NULL, &complaint);
	if (!again || afield_history_count(again) != afield_history_count(history))
		abort();
	/* Words are numbered anew, so only verdicts that were reached are the same. */
	if (verdict != AFIELD_UNKNOWN && check(again, AFIELD_ENGINE_AUTO, NULL) == !verdict)
		abort();
	free(text);
	afield_history_free(again);
	afield_history_free(history);
	return 0;
}
