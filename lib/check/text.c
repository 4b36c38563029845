/* SPDX-License-Identifier: MIT */
/*
 * text.c: the verdict and the counterexample as text, one column a process.
 */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 400, MOST_WIDTH = 40 };

void afield_report_line(const struct afield_report *report, FILE *stream)
{
	static const char *const names[] = {"LIN", "NONLIN", "UNKNOWN"};

	fprintf(stream, "%s operations=%llu states=%llu ms=%.1f steps=%llu parts=%llu engine=%s",
		names[report->verdict], (unsigned long long)report->operations,
		(unsigned long long)report->states, report->milliseconds,
		(unsigned long long)report->steps, (unsigned long long)report->parts,
		report->engine);
	if (report->witness)
		fprintf(stream, " counterexample_ms=%.1f", report->counterexample_milliseconds);
	if (report->reason)
		fprintf(stream, " (%s)", report->reason);
	fputc('\n', stream);
}

/* What a row says of an operation: at its call the verb and arguments, at its return the results.
 */
static void cell_text(struct afield_text *text, const struct afield_history *history,
		      const struct afield_operation *operation, bool is_return, bool is_stuck)
{
	struct afield_text whole = {0};
	char *colon;

	text->length = 0;
	afield__text_operation(&whole, history, operation);
	/* A quoted word may hold a colon, so the results are found from the end. */
	colon = whole.bytes;
	for (char *at = whole.bytes; at && (at = strstr(at, " : ")); at++)
		colon = at;
	if (is_return) {
		bool told = colon && strncmp(colon, " : ", 3) == 0;

		afield_text_add(text, "+%s%s", told ? colon : "",
				is_stuck ? "  <== cannot be placed" : "");
	} else {
		if (colon && strncmp(colon, " : ", 3) == 0)
			*colon = 0;
		afield_text_add(text, "+ %s%s", whole.bytes ? whole.bytes : "",
				operation->pending ? " (does not return)" : "");
	}
	afield__text_fini(&whole);
}

/* Wide enough for every cell of the lane. */
static unsigned *lane_widths(const struct afield__picture *picture, uint32_t stuck)
{
	unsigned *widths = (unsigned *)calloc(picture->lanes + 1, sizeof(*widths));
	struct afield_text text = {0};

	for (uint32_t i = 0; widths && i < picture->event_count; i++) {
		uint32_t index = picture->event[i] / 2;
		unsigned *width = &widths[picture->lane[index]];

		cell_text(&text, picture->history,
			  &picture->history->operations[picture->operations[index]],
			  picture->event[i] & 1, index == stuck);
		if (text.length > *width)
			*width = (unsigned)(text.length < MOST_WIDTH ? text.length : MOST_WIDTH);
	}
	afield__text_fini(&text);
	return widths;
}

static void print_header(const struct afield__picture *picture, const unsigned *widths,
			 FILE *stream)
{
	struct afield_text text = {0};

	fprintf(stream, "  %20s ", "time");
	for (uint32_t i = 0; i < picture->lanes; i++) {
		text.length = 0;
		afield_text_add(&text, "process ");
		afield__text_process(&text, picture->history, picture->process[i]);
		fprintf(stream, "| %-*s ", (int)widths[i], text.bytes ? text.bytes : "");
	}
	fputc('\n', stream);
	afield__text_fini(&text);
}

static void print_rule(const struct afield__picture *picture, const unsigned *widths, FILE *stream)
{
	fprintf(stream, "  %20s ", "--------------------");
	for (uint32_t i = 0; i < picture->lanes; i++) {
		fputc('|', stream);
		for (unsigned j = 0; j < widths[i] + 2; j++)
			fputc('-', stream);
	}
	fputc('\n', stream);
}

/* A row for each call and each return; a rule where nothing is open. */
static void print_rows(const struct afield__picture *picture, uint32_t stuck, FILE *stream)
{
	unsigned *widths = lane_widths(picture, stuck);
	bool *open = (bool *)calloc(picture->lanes + 1, sizeof(*open));
	uint32_t rows = picture->event_count, opened = 0;
	struct afield_text text = {0};

	if (!widths || !open)
		goto out;
	for (uint32_t i = 0; i < picture->lanes; i++)
		widths[i] = widths[i] < 14 ? 14 : widths[i];
	print_header(picture, widths, stream);
	print_rule(picture, widths, stream);
	for (uint32_t i = 0; i < rows && i < MOST_ROWS; i++) {
		uint32_t index = picture->event[i] / 2, lane = picture->lane[index];
		const struct afield_operation *operation =
			&picture->history->operations[picture->operations[index]];
		bool is_return = picture->event[i] & 1;

		if (i && !opened && !is_return)
			print_rule(picture, widths, stream);
		opened += is_return ? -1u : 1u;
		open[lane] = true;
		cell_text(&text, picture->history, operation, is_return, index == stuck);
		fprintf(stream, "  %20lld ",
			(long long)(is_return ? operation->ret : operation->call));
		for (uint32_t j = 0; j < picture->lanes; j++)
			fprintf(stream, "| %-*s ", (int)widths[j],
				j == lane && text.bytes ? text.bytes
				: open[j]               ? "|"
							: "");
		fputc('\n', stream);
		open[lane] = !is_return;
	}
	if (rows > MOST_ROWS)
		fprintf(stream, "  ... and %u rows more\n", rows - MOST_ROWS);
out:
	afield__text_fini(&text);
	free(widths);
	free(open);
}

static void print_operation(const struct afield_witness *witness, uint32_t index,
			    struct afield_text *text, FILE *stream)
{
	text->length = 0;
	afield__text_operation(text, &witness->history,
			       &witness->history.operations[witness->operations[index]]);
	fputs(text->bytes ? text->bytes : "", stream);
}

static void print_state(const struct afield_witness *witness, const struct afield_state *state,
			struct afield_text *text, FILE *stream)
{
	text->length = 0;
	afield__text_state(text, &witness->history, state);
	fprintf(stream, "{%s}", text->bytes ? text->bytes : "");
}

static void print_partials(const struct afield_witness *witness, FILE *stream)
{
	struct afield_text text = {0};

	if (witness->partial_count)
		fprintf(stream, "  Longest orders that are possible:\n");
	for (uint32_t i = 0; i < witness->partial_count; i++) {
		const uint32_t *order = witness->partial + (size_t)i * (witness->count + 1);
		uint32_t from = witness->partial_length > 24 ? witness->partial_length - 24 : 0;

		fprintf(stream, "    %s", from ? "..., " : "");
		for (uint32_t j = from; j < witness->partial_length; j++) {
			print_operation(witness, order[j], &text, stream);
			fprintf(stream, ", ");
		}
		fprintf(stream, "then it holds ");
		print_state(witness, &witness->states[i], &text, stream);
		fputc('\n', stream);
	}
	if (witness->stuck != AFIELD__NONE) {
		fprintf(stream, "  Cannot be placed: ");
		print_operation(witness, witness->stuck, &text, stream);
		fputc('\n', stream);
	}
	afield__text_fini(&text);
}

void afield_report_text(const struct afield_report *report, FILE *stream)
{
	const struct afield_witness *witness = report->witness;
	struct afield__picture picture;
	struct afield_text text = {0};

	if (!witness || !witness->count)
		return;
	fprintf(stream, "Not linearizable: %u of %llu operations show it%s.\n", witness->count,
		(unsigned long long)report->operations,
		witness->minimal ? "" : "; fewer might, but that takes long to find");
	if (witness->starts) {
		fprintf(stream, "  At the last quiet point before them it holds ");
		for (uint32_t i = 0; i < witness->start_count; i++) {
			fprintf(stream, "%s", i ? " or " : "");
			print_state(witness, &witness->starts[i], &text, stream);
		}
		fputc('\n', stream);
	}
	afield__text_fini(&text);
	if (afield__picture_init(&picture, &witness->history, witness->operations, witness->count))
		print_rows(&picture, witness->stuck, stream);
	afield__picture_fini(&picture);
	print_partials(witness, stream);
}

const uint32_t *afield_report_operations(const struct afield_report *report, size_t *count)
{
	*count = report->witness ? report->witness->count : 0;
	return report->witness ? report->witness->origin : NULL;
}

bool afield_report_is_minimal(const struct afield_report *report)
{
	return report->witness && report->witness->minimal;
}

const uint32_t *afield_report_order(const struct afield_report *report, size_t *count)
{
	*count = report->order_count;
	return report->order;
}

bool afield_report_certificate(const struct afield_report *report, FILE *stream)
{
	fprintf(stream, "# order of %zu operations\n", report->order_count);
	for (size_t i = 0; i < report->order_count; i++)
		fprintf(stream, "%u\n", report->order[i] + 1);
	return !ferror(stream);
}

int afield_check_print(const char *name, const struct afield_history *history,
		       const struct afield_check_options *options, FILE *stream)
{
	const char *directory = getenv("AFIELD_HISTORY_DIR");
	struct afield_report report;
	struct afield_text path = {0};
	int verdict;
	FILE *file;

	if (!history) {
		fprintf(stream, "%s: UNKNOWN there is no history\n", name);
		return AFIELD_UNKNOWN;
	}
	afield_check(history, options, &report);
	fprintf(stream, "%s: ", name);
	afield_report_line(&report, stream);
	afield_report_text(&report, stream);
	if (report.verdict != AFIELD_LIN) {
		afield_text_add(&path, "%s/%s.history", directory ? directory : ".", name);
		file = path.bytes ? fopen(path.bytes, "w") : NULL;
		if (file && afield_history_write(history, file))
			fprintf(stream, "  see again with: afield-check %s\n", path.bytes);
		if (file)
			fclose(file);
		afield__text_fini(&path);
	}
	verdict = report.verdict;
	afield_report_fini(&report);
	return verdict;
}
