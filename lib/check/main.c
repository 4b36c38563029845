/* SPDX-License-Identifier: MIT */
/*
 * main.c: afield-check, the checker as a command.
 */
#include <afield/check.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { UNREADABLE = 3 };

static const char usage[] =
	"usage: afield-check [--model M] [--engine A|B|C|all] [--budget STEPS] [--memory BYTES]\n"
	"                    [--verdict] [--certificate OUT] [--html OUT] FILE\n"
	"\n"
	"Says whether the history in FILE (- for standard input) is linearizable.\n"
	"Prints LIN, NONLIN or UNKNOWN first; exits with 0, 1 or 2, and 3 when FILE cannot be "
	"read\n"
	"or the answer cannot be written.\n"
	"\n"
	"  --model M        the object's model, whatever the file says: register, kv, counter, "
	"mutex,\n"
	"                   semaphore, queue, ring, stack, set, priorityqueue, multireg, map,\n"
	"                   integer, integer32, unsigned, unsigned32\n"
	"  --engine E       A: depth first; B: breadth first; C: a fast monitor, and A where none\n"
	"                   applies (this is the default); all: each of them, and they must agree\n"
	"  --budget STEPS   model steps before the answer is UNKNOWN (4000000000)\n"
	"  --memory BYTES   memory before the answer is UNKNOWN (3221225472)\n"
	"  --verdict        the verdict alone: no counterexample is looked for\n"
	"  --certificate OUT\n"
	"                   when it is linearizable, write an order of the operations that shows "
	"it\n"
	"                   (- for standard output), by their numbers in FILE\n"
	"  --html OUT       write a page with a drawing\n";

struct command {
	const struct afield_model *model;
	struct afield_check_options options;
	const char *certificate;
	const char *html;
	const char *file;
};

static bool parse_count(const char *text, uint64_t *count)
{
	char *end;

	errno = 0;
	*count = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && !errno && *count;
}

static bool parse_engine(const char *text, enum afield_engine *engine)
{
	static const char *const names[] = {"auto", "A", "B", "C", "all"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(text, names[i]) == 0) {
			*engine = (enum afield_engine)i;
			return true;
		}
	}
	return false;
}

/* Takes one option and its value. False when they make no sense. */
static bool parse_option(struct command *command, const char *name, const char *value)
{
	if (strcmp(name, "--model") == 0)
		return (command->model = afield_model_find(value));
	if (strcmp(name, "--engine") == 0)
		return parse_engine(value, &command->options.engine);
	if (strcmp(name, "--budget") == 0)
		return parse_count(value, &command->options.steps);
	if (strcmp(name, "--memory") == 0)
		return parse_count(value, &command->options.bytes);
	if (strcmp(name, "--certificate") == 0) {
		command->certificate = value;
		command->options.certificate = true;
		return *value;
	}
	if (strcmp(name, "--html") == 0) {
		command->html = value;
		return *value;
	}
	return false;
}

static bool parse_command(struct command *command, int count, char **words)
{
	for (int i = 1; i < count; i++) {
		char *word = words[i];
		char *equals = strchr(word, '=');
		const char *value;

		if (word[0] != '-' || !word[1]) {
			if (command->file)
				return false;
			command->file = word;
			continue;
		}
		if (strcmp(word, "--verdict") == 0) {
			command->options.no_counterexample = true;
			continue;
		}
		/* Both `--name value` and `--name=value`. */
		if (equals)
			*equals = 0;
		value = equals ? equals + 1 : i + 1 < count ? words[++i] : "";
		if (!parse_option(command, word, value)) {
			fprintf(stderr, "afield-check: %s %s makes no sense\n", word, value);
			return false;
		}
	}
	return command->file;
}

/* Everything in the stream. NULL when it cannot be read. */
static char *read_stream(FILE *stream, size_t *length)
{
	size_t size = 65536, got;
	char *text = (char *)malloc(size);

	*length = 0;
	while (text && (got = fread(text + *length, 1, size - *length, stream)) > 0) {
		*length += got;
		if (*length == size) {
			char *grown = (char *)realloc(text, size *= 2);

			if (!grown)
				free(text);
			text = grown;
		}
	}
	if (text && ferror(stream)) {
		free(text);
		text = NULL;
	}
	return text;
}

static struct afield_history *read_history(const struct command *command)
{
	bool standard = strcmp(command->file, "-") == 0;
	FILE *stream = standard ? stdin : fopen(command->file, "rb");
	struct afield_complaint complaint = {0};
	struct afield_history *history;
	size_t length;
	char *text;

	text = stream ? read_stream(stream, &length) : NULL;
	if (!text)
		fprintf(stderr, "%s:1:1: cannot be read: %s\n", command->file, strerror(errno));
	if (stream && !standard)
		fclose(stream);
	if (!text)
		return NULL;
	history = afield_history_parse(text, length, command->model, &complaint);
	if (!history)
		fprintf(stderr, "%s:%zu:%zu: %s\n", command->file, complaint.line, complaint.column,
			complaint.message);
	free(text);
	return history;
}

/* Tells how far it is, every second from the third on. */
static void tell_progress(void *context, const struct afield_progress *progress)
{
	struct timespec *next = (struct timespec *)context, now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec < next->tv_sec ||
	    (now.tv_sec == next->tv_sec && now.tv_nsec < next->tv_nsec))
		return;
	*next = now;
	next->tv_sec++;
	fprintf(stderr, "afield-check: %llu steps, %llu states, %llu of %llu parts done\n",
		(unsigned long long)progress->steps, (unsigned long long)progress->states,
		(unsigned long long)progress->parts_done, (unsigned long long)progress->parts);
}

/* Says so when something did not get through. False then; the stream is closed in any case. */
static bool finish_stream(FILE *stream, const char *name)
{
	bool failed = !stream || ferror(stream);

	if (stream && fclose(stream) != 0)
		failed = true;
	if (failed)
		fprintf(stderr, "%s: cannot be written: %s\n", name, strerror(errno));
	return !failed;
}

static bool write_page(const struct command *command, const struct afield_history *history,
		       const struct afield_report *report)
{
	FILE *stream = fopen(command->html, "w");

	if (stream)
		afield_report_html(report, history, command->file, stream);
	return finish_stream(stream, command->html);
}

/* The order of the operations, when there is one. */
static bool write_certificate(const char *name, const struct afield_report *report)
{
	bool standard = strcmp(name, "-") == 0;
	FILE *stream;

	if (report->verdict != AFIELD_LIN)
		return true;
	if (!report->order) {
		fprintf(stderr, "%s: cannot be written: out of memory\n", name);
		return false;
	}
	stream = standard ? stdout : fopen(name, "w");
	if (stream)
		afield_report_certificate(report, stream);
	return standard || finish_stream(stream, name);
}

int main(int count, char **words)
{
	struct command command = {0};
	struct afield_history *history;
	struct afield_report report;
	struct timespec next;
	int status;

	if (count == 2 && (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0)) {
		fputs(usage, stdout);
		return finish_stream(stdout, "standard output") ? 0 : UNREADABLE;
	}
	if (!parse_command(&command, count, words)) {
		fputs(usage, stderr);
		return UNREADABLE;
	}
	history = read_history(&command);
	if (!history)
		return UNREADABLE;
	clock_gettime(CLOCK_MONOTONIC, &next);
	next.tv_sec += 2;
	command.options.progress = tell_progress;
	command.options.context = &next;
	afield_check(history, &command.options, &report);
	afield_report_line(&report, stdout);
	afield_report_text(&report, stdout);
	if (report.disagreement)
		fprintf(stderr,
			"afield-check: THE ENGINES DISAGREE on %s: a fault of the checker\n",
			command.file);
	status = (int)report.verdict;
	if (command.html && !write_page(&command, history, &report))
		status = UNREADABLE;
	if (command.certificate && !write_certificate(command.certificate, &report))
		status = UNREADABLE;
	if (!finish_stream(stdout, "standard output"))
		status = UNREADABLE;
	afield_report_fini(&report);
	afield_history_free(history);
	return status;
}
