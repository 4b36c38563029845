/* SPDX-License-Identifier: MIT */
/*
 * html.c: one self-contained page with a drawing: lanes, bars, and what cannot be placed.
 *
 * The page is well-formed XML and HTML at once. It refers to nothing outside and needs no script:
 * what a bar is stands in it and, in full, in its tooltip.
 */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

enum {
	LEAST_STEP = 46, /* pixels between two stamps */
	MOST_STEP = 160,
	WIDE_EVENTS = 400, /* a picture of more stamps than that is narrow */
	LETTER = 8,        /* pixels of a letter, rounded up */
	ROW = 34,
	LEFT = 120,
	MOST_CONTEXT = 1500 /* operations of a history that is drawn as a whole */
};

static const char style[] =
	"body{font:14px/1.5 sans-serif;margin:2em;color:#222;background:#fff}"
	"svg{font:12px monospace;display:block}.scroll{overflow-x:auto;border:1px solid #ccc}"
	".bar{fill:#dbe9f6;stroke:#3a6ea5}.used{fill:#d8f0d8;stroke:#3a803a}"
	".stuck{fill:#f9d0d0;stroke:#b02020;stroke-width:2}.open{stroke-dasharray:5 3}"
	".lane{stroke:#ddd}.order{fill:#3a803a;font-weight:bold}code{background:#f3f3f3}";

/* The length of the UTF-8 character at `at`, or 0 when it is none that XML allows. */
static size_t character(const char *at, size_t left)
{
	const unsigned char *byte = (const unsigned char *)at;
	size_t length = byte[0] < 0x80   ? 1
			: byte[0] < 0xc2 ? 0
			: byte[0] < 0xe0 ? 2
			: byte[0] < 0xf0 ? 3
			: byte[0] < 0xf5 ? 4
					 : 0;

	if (length > left || (length == 1 && (byte[0] < ' ' || byte[0] == 127)))
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Overlong forms, surrogates, what lies behind the last character, and U+FFFE and U+FFFF.
	 */
	if (length == 3 &&
	    ((byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xed && byte[1] > 0x9f) ||
	     (byte[0] == 0xef && byte[1] == 0xbf && byte[2] >= 0xbe)))
		return 0;
	if (length == 4 &&
	    ((byte[0] == 0xf0 && byte[1] < 0x90) || (byte[0] == 0xf4 && byte[1] > 0x8f)))
		return 0;
	return length;
}

/* Writes at most `most` characters of the text; the last three are dots when there are more. */
static void put_text(FILE *stream, const char *text, size_t length, size_t most)
{
	for (size_t at = 0; at < length; most--) {
		size_t size = character(text + at, length - at);

		if (most <= 3 && length - at > most) {
			fprintf(stream, "%.*s", (int)most, "...");
			return;
		}
		if (!size) {
			fprintf(stream, "\\x%02x", (unsigned char)text[at++]);
			continue;
		}
		switch (text[at]) {
		case '<':
			fputs("&lt;", stream);
			break;
		case '>':
			fputs("&gt;", stream);
			break;
		case '&':
			fputs("&amp;", stream);
			break;
		case '"':
			fputs("&quot;", stream);
			break;
		default:
			fwrite(text + at, 1, size, stream);
		}
		at += size;
	}
}

static void put_operation(FILE *stream, const struct afield_history *history,
			  const struct afield_operation *operation, size_t most)
{
	struct afield_text text = {0};

	afield__text_operation(&text, history, operation);
	put_text(stream, text.bytes ? text.bytes : "", text.length, most);
	afield__text_fini(&text);
}

static void put_state(FILE *stream, const struct afield_history *history,
		      const struct afield_state *state)
{
	struct afield_text text = {0};

	afield__text_state(&text, history, state);
	fputs("<code>{", stream);
	put_text(stream, text.bytes ? text.bytes : "", text.length, 400);
	fputs("}</code>", stream);
	afield__text_fini(&text);
}

/* What is special about an operation. */
struct mark {
	bool stuck;
	uint32_t order; /* its place in the longest order, from 1, or 0 */
};

/* `numbers` are those of the witness's operations in what is drawn. */
static struct mark mark_of(const struct afield_witness *witness, const uint32_t *numbers,
			   uint32_t operation)
{
	struct mark mark = {false, 0};

	if (!witness)
		return mark;
	mark.stuck = witness->stuck != AFIELD__NONE && numbers[witness->stuck] == operation;
	for (uint32_t i = 0; witness->partial_count && i < witness->partial_length; i++) {
		if (numbers[witness->partial[i]] == operation)
			mark.order = i + 1;
	}
	return mark;
}

/* A picture, and how it is drawn. */
struct drawing {
	struct afield__picture picture;
	const struct afield_witness *witness;
	const uint32_t *numbers;
	unsigned step;
	uint32_t *end; /* for each operation, the rank that its bar ends at */
};

/* The space in front of an operation's words. */
static unsigned margin(struct mark mark)
{
	return mark.order ? 28 : 5;
}

static void put_title(FILE *stream, const struct afield_history *history,
		      const struct afield_operation *operation, struct mark mark)
{
	fprintf(stream, "<title>");
	put_operation(stream, history, operation, 2000);
	fprintf(stream, " [%lld, ", (long long)operation->call);
	if (operation->pending)
		fprintf(stream, "never]");
	else
		fprintf(stream, "%lld]", (long long)operation->ret);
	if (mark.stuck)
		fprintf(stream, " cannot be placed");
	else if (mark.order)
		fprintf(stream, " takes effect as number %u", mark.order);
	fprintf(stream, "</title>");
}

static void put_bar(FILE *stream, const struct drawing *drawing, uint32_t index, uint32_t from)
{
	const struct afield__picture *picture = &drawing->picture;
	const struct afield_operation *operation =
		&picture->history->operations[picture->operations[index]];
	struct mark mark = mark_of(drawing->witness, drawing->numbers, picture->operations[index]);
	unsigned x = LEFT + from * drawing->step, y = picture->lane[index] * ROW + 6,
		 width = (drawing->end[index] - from) * drawing->step;

	width = width < 6 ? 6 : width;
	fprintf(stream, "<g>");
	put_title(stream, picture->history, operation, mark);
	fprintf(stream,
		"<rect class=\"%s%s\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" rx=\"4\"/>",
		mark.stuck   ? "bar stuck"
		: mark.order ? "bar used"
			     : "bar",
		operation->pending ? " open" : "", x, y, width, ROW - 10);
	if (mark.order)
		fprintf(stream, "<text class=\"order\" x=\"%u\" y=\"%u\">%u</text>", x + 4, y + 16,
			mark.order);
	fprintf(stream, "<text x=\"%u\" y=\"%u\">", x + margin(mark), y + 16);
	if (width > margin(mark))
		put_operation(stream, picture->history, operation, (width - margin(mark)) / LETTER);
	fprintf(stream, "</text></g>\n");
}

/* Where the bars end, and a step by which their words have room, as far as that can be. */
static bool measure(struct drawing *drawing, uint32_t count)
{
	const struct afield__picture *picture = &drawing->picture;
	uint32_t last = picture->rank[picture->event_count - 1] + 2;
	struct afield_text text = {0};

	drawing->step = LEAST_STEP;
	drawing->end = (uint32_t *)malloc(count * sizeof(*drawing->end));
	if (!drawing->end)
		return false;
	for (uint32_t i = 0; i < count; i++)
		drawing->end[i] = last;
	for (uint32_t i = picture->event_count; i-- > 0;) {
		uint32_t index = picture->event[i] / 2, operation = picture->operations[index];
		unsigned steps = drawing->end[index] - picture->rank[i], need;

		if (picture->event[i] & 1) {
			drawing->end[index] = picture->rank[i];
			continue;
		}
		text.length = 0;
		afield__text_operation(&text, picture->history,
				       &picture->history->operations[operation]);
		need = margin(mark_of(drawing->witness, drawing->numbers, operation)) +
		       ((unsigned)text.length + 1) * LETTER;
		if (steps && need / steps > drawing->step)
			drawing->step = need / steps;
	}
	if (drawing->step > MOST_STEP)
		drawing->step = MOST_STEP;
	if (picture->event_count > WIDE_EVENTS)
		drawing->step = LEAST_STEP;
	afield__text_fini(&text);
	return true;
}

static void put_lanes(FILE *stream, const struct afield__picture *picture, unsigned width)
{
	struct afield_text text = {0};

	for (uint32_t i = 0; i < picture->lanes; i++) {
		text.length = 0;
		afield__text_process(&text, picture->history, picture->process[i]);
		fprintf(stream,
			"<line class=\"lane\" x1=\"0\" x2=\"%u\" y1=\"%u\" y2=\"%u\"/>"
			"<text x=\"4\" y=\"%u\">process ",
			width, (i + 1) * ROW + 2, (i + 1) * ROW + 2, i * ROW + 22);
		put_text(stream, text.bytes ? text.bytes : "", text.length, 6);
		fprintf(stream, "</text>\n");
	}
	afield__text_fini(&text);
}

/* The bars of the operations, in lanes; time runs from left to right, one step a distinct stamp. */
static void put_drawing(FILE *stream, const struct afield_history *history,
			const uint32_t *operations, uint32_t count,
			const struct afield_witness *witness, const uint32_t *numbers)
{
	struct drawing drawing = {.witness = witness, .numbers = numbers};
	struct afield__picture *picture = &drawing.picture;
	unsigned width;

	if (!afield__picture_init(picture, history, operations, count) || !picture->event_count ||
	    !measure(&drawing, count))
		goto out;
	width = LEFT + (picture->rank[picture->event_count - 1] + 2) * drawing.step + 20;
	fprintf(stream,
		"<div class=\"scroll\"><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" "
		"height=\"%u\">\n",
		width, picture->lanes * ROW + 12);
	put_lanes(stream, picture, width);
	for (uint32_t i = 0; i < picture->event_count; i++) {
		if (!(picture->event[i] & 1))
			put_bar(stream, &drawing, picture->event[i] / 2, picture->rank[i]);
	}
	fprintf(stream, "</svg></div>\n");
out:
	free(drawing.end);
	afield__picture_fini(picture);
}

static void put_witness(FILE *stream, const struct afield_witness *witness)
{
	const struct afield_history *history = &witness->history;

	fprintf(stream, "<h2>%u operations show it</h2>\n", witness->count);
	if (witness->starts) {
		fprintf(stream, "<p>At the last quiet point before them the object holds ");
		for (uint32_t i = 0; i < witness->start_count; i++) {
			fputs(i ? " or " : "", stream);
			put_state(stream, history, &witness->starts[i]);
		}
		fprintf(stream, ".</p>\n");
	}
	put_drawing(stream, history, witness->operations,
		    witness->count < MOST_CONTEXT ? witness->count : MOST_CONTEXT, witness,
		    witness->operations);
	if (witness->stuck != AFIELD__NONE) {
		fprintf(stream, "<p>Cannot be placed: <code>");
		put_operation(stream, history,
			      &history->operations[witness->operations[witness->stuck]], 2000);
		fprintf(stream,
			"</code>, in red. The numbers show the first of these longest orders; "
			"a dashed bar never returned.</p>\n");
	}
	fprintf(stream, "<ol>\n");
	for (uint32_t i = 0; i < witness->partial_count; i++) {
		const uint32_t *order = witness->partial + (size_t)i * (witness->count + 1);

		fprintf(stream, "<li>");
		for (uint32_t j = 0; j < witness->partial_length; j++) {
			fprintf(stream, "<code>");
			put_operation(stream, history,
				      &history->operations[witness->operations[order[j]]], 200);
			fprintf(stream, "</code>, ");
		}
		fprintf(stream, "then it holds ");
		put_state(stream, history, &witness->states[i]);
		fprintf(stream, "</li>\n");
	}
	fprintf(stream, "</ol>\n");
}

void afield_report_html(const struct afield_report *report, const struct afield_history *history,
			const char *title, FILE *stream)
{
	static const char *const names[] = {"LIN", "NONLIN", "UNKNOWN"};
	uint32_t all[MOST_CONTEXT];

	fprintf(stream,
		"<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head>"
		"<meta charset=\"utf-8\"/><title>");
	put_text(stream, title, strlen(title), 200);
	fprintf(stream, "</title><style>%s</style></head><body>\n<h1>%s: ", style,
		names[report->verdict]);
	put_text(stream, title, strlen(title), 200);
	fprintf(stream, "</h1>\n<p>Model %s, %llu operations, %llu states, %.1f ms, engine %s.",
		history->model->name, (unsigned long long)report->operations,
		(unsigned long long)report->states, report->milliseconds, report->engine);
	if (report->reason)
		fprintf(stream, " Not decided: %s.", report->reason);
	fprintf(stream, "</p>\n");
	if (report->witness && report->witness->count)
		put_witness(stream, report->witness);
	if (history->count && history->count <= MOST_CONTEXT) {
		for (uint32_t i = 0; i < history->count; i++)
			all[i] = i;
		fprintf(stream, "<h2>The whole history</h2>\n");
		put_drawing(stream, history, all, (uint32_t)history->count, report->witness,
			    report->witness ? report->witness->origin : NULL);
	} else if (history->count) {
		fprintf(stream, "<p>The history is too long to be drawn as a whole.</p>\n");
	} else {
		fprintf(stream,
			"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>\n");
	}
	fprintf(stream, "</body></html>\n");
}
