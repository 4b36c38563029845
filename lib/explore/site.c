/* SPDX-License-Identifier: MIT */
/*
 * Sites: the places in the source where the macros of ordering.h stand; and mutants: ways to break
 * the program on purpose at one site, as it runs. A mutant that no search finds is a mistake in the
 * litmus program, or shows that the line could be weaker.
 *
 *   relaxed acquire release acq_rel   the order is this one instead of the stronger one written
 *   drop                              a fence does nothing
 *   skip                              the write does not happen (a version bump is dropped)
 *   late                              a store happens after the next access (two stores swapped)
 *   tear                              the read and the write of a read-modify-write come apart
 *   claim                             a failed compare_exchange says that it succeeded
 *   stale                             a load gives again what this thread knew of the object (a
 *                                     re-check is dropped)
 *   on                                a mistake that the program itself spells: AFIELD_MUTANT
 */
#include "engine.h"

#include <afield/explore.h>
#include <afield/ordering/explore.h>

#include <stdio.h>

static struct site sites[SITES];
static int site_count;
static struct {
	const char *function, *object, *kind;
	int line;
	struct site *site;
} cache[4 * SITES];

static struct site *site_find(const char *file, const char *function, int line, const char *kind,
			      const char *object)
{
	const char *slash = strrchr(file, '/');
	struct site *site;

	if (strcmp(function, "afield_explore_main") == 0)
		function = "main";
	for (int i = 0; i < site_count; i++)
		if (sites[i].line == line && strcmp(sites[i].function, function) == 0 &&
		    strcmp(sites[i].kind, kind) == 0 && strcmp(sites[i].object, object) == 0)
			return &sites[i];
	if (site_count == SITES)
		fail("more than %d sites", SITES);
	site = &sites[site_count++];
	site->file = slash ? slash + 1 : file;
	site->function = function;
	site->line = line;
	site->kind = kind;
	site->object = object;
	site->order = -1;
	snprintf(site->where, sizeof(site->where), "%s:%d %s(%s)", function, line, kind, object);
	return site;
}

static struct site *site_of(const char *file, const char *function, int line, const char *kind,
			    const char *object)
{
	size_t hash = ((uintptr_t)function * 31 + (uintptr_t)line * 131 + (uintptr_t)object) %
		      (sizeof(cache) / sizeof(cache[0]));

	if (cache[hash].function != function || cache[hash].line != line ||
	    cache[hash].object != object || cache[hash].kind != kind) {
		cache[hash].function = function;
		cache[hash].line = line;
		cache[hash].object = object;
		cache[hash].kind = kind;
		cache[hash].site = site_find(file, function, line, kind, object);
	}
	return cache[hash].site;
}

void afield_explore_at(const char *file, const char *function, int line, const char *kind,
		       const char *object)
{
	run.site = site_of(file, function, line, kind, object);
}

/*
 * The site's name, which does not change with the lines above it: function.kind(object), with the
 * number among those alike, and the file before it where that is a program's own.
 */
void site_name(const struct site *site, char *text, size_t size)
{
	size_t length = strlen(site->file);
	int nth = 1;
	char *to = text;

	for (int i = 0; i < site_count; i++)
		nth += sites[i].line < site->line && sites[i].file == site->file &&
		       strcmp(sites[i].function, site->function) == 0 &&
		       strcmp(sites[i].kind, site->kind) == 0 &&
		       strcmp(sites[i].object, site->object) == 0;
	if (length > 2 && strcmp(site->file + length - 2, ".c") == 0)
		to += snprintf(text, size, "%s:", site->file);
	to += snprintf(to, size - (size_t)(to - text), "%s.%s(%s)", site->function, site->kind,
		       site->object);
	if (nth > 1)
		snprintf(to, size - (size_t)(to - text), "#%d", nth);
	for (char *from = to = text; (*to = *from) != '\0'; from++)
		to += *from != ' ';
}

/* The access at the current site takes place, with this order in the source. */
void site_run(int order)
{
	struct site *site = (struct site *)(uintptr_t)run.site;

	if (!site)
		return;
	site->order = order;
	site->executed++;
	for (int i = 0; i < run.threads && !site->has_company; i++)
		site->has_company = i != self_index() && run.thread[i].pending != DONE;
}

/* What a mutant of this site could change at all. */
void site_note_news(void)
{
	if (run.site)
		((struct site *)(uintptr_t)run.site)->has_news = true;
}

void site_note_next(void)
{
	if (run.self->stored_at)
		((struct site *)(uintptr_t)run.self->stored_at)->has_next = true;
	run.self->stored_at = NULL;
}

bool site_mutates(const char *name)
{
	return run.site && run.site == options.mutant_site && strcmp(options.mutant, name) == 0;
}

static const char *const order_names[] = {"relaxed", "consume", "acquire",
					  "release", "acq_rel", "seq_cst"};

int site_order(int order)
{
	if (!run.site || run.site != options.mutant_site)
		return order;
	for (int i = 0; i < 5; i++)
		if (strcmp(options.mutant, order_names[i]) == 0)
			return i;
	return order;
}

bool afield_explore_mutant(const char *file, const char *function, int line, const char *name)
{
	struct site *site = site_of(file, function, line, name, "mutant");

	site->executed++;
	return site == options.mutant_site && strcmp(options.mutant, "on") == 0;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

/* Whether breaking this site so means anything. */
static bool applies(const struct site *site, const char *operator)
{
	static const char *const orders_below[][5] = {
		[RELAXED] = {NULL},
		[CONSUME] = {"relaxed", NULL},
		[ACQUIRE] = {"relaxed", NULL},
		[RELEASE] = {"relaxed", NULL},
		[ACQ_REL] = {"relaxed", "acquire", "release", NULL},
		[SEQ_CST] = {"relaxed", "acquire", "release", "acq_rel", NULL},
	};
	static const char *const load_not[] = {"release", "acq_rel", NULL};
	static const char *const store_not[] = {"acquire", "acq_rel", NULL};
	bool is_load = strncmp(site->kind, "load", 4) == 0;
	bool is_store = strncmp(site->kind, "store", 5) == 0;
	bool is_fence = strcmp(site->kind, "fence") == 0;
	bool is_compare = strncmp(site->kind, "compare", 7) == 0;
	bool is_declared = strcmp(site->object, "mutant") == 0;

	if (is_declared || site->order < 0)
		return is_declared && strcmp(operator, "on") == 0;
	if (!site->has_company)
		return false; /* what one thread does alone, before or after, tries nothing */
	if (strcmp(operator, "drop") == 0)
		return is_fence;
	if (strcmp(operator, "stale") == 0)
		return is_load && site->has_news;
	if (strcmp(operator, "skip") == 0)
		return !is_load && !is_fence;
	if (strcmp(operator, "late") == 0)
		return is_store && site->has_next;
	if (strcmp(operator, "tear") == 0)
		return !is_load && !is_store && !is_fence;
	if (strcmp(operator, "claim") == 0)
		return is_compare;
	if ((is_load && is_one_of(operator, load_not)) ||
	    (is_store && is_one_of(operator, store_not)) ||
	    (is_fence && strcmp(operator, "relaxed") == 0))
		return false;
	return is_one_of(operator, orders_below[site->order]);
}

static const char *const operators[] = {"relaxed", "acquire", "release", "acq_rel", "drop", "skip",
					"late",    "tear",    "claim",   "stale",   "on"};

/* The nth mutant there is, as SITE:OPERATOR; false past the last. */
bool site_mutant(int nth, char *text, size_t size)
{
	char name[SITE_NAME];

	for (int i = 0; i < site_count; i++)
		for (size_t k = 0; k < sizeof(operators) / sizeof(operators[0]); k++)
			if (applies(&sites[i], operators[k]) && nth-- == 0) {
				site_name(&sites[i], name, sizeof(name));
				snprintf(text, size, "%s:%s", name, operators[k]);
				return true;
			}
	return false;
}

/* Breaks the program so from now on. The site must have run before. */
bool site_select(const char *text)
{
	static char operator[16];
	char name[SITE_NAME];
	const char *colon = text ? strrchr(text, ':') : NULL;

	options.mutant_site = NULL;
	options.mutant = NULL;
	if (!text)
		return true;
	if (!colon || strlen(colon + 1) >= sizeof(operator))
		return false;
	strcpy(operator, colon + 1);
	for (int i = 0; i < site_count; i++) {
		site_name(&sites[i], name, sizeof(name));
		if (strlen(name) == (size_t)(colon - text) &&
		    strncmp(name, text, (size_t)(colon - text)) == 0 &&
		    applies(&sites[i], operator)) {
			options.mutant_site = &sites[i];
			options.mutant = operator;
			return true;
		}
	}
	return false;
}

void site_list(void)
{
	static const char *const none = "-";
	char name[SITE_NAME];

	for (int i = 0; i < site_count; i++) {
		site_name(&sites[i], name, sizeof(name));
		printf("%-56s %s:%d %-8s %llu\n", name, sites[i].file, sites[i].line,
		       sites[i].order < 0 ? none : order_names[sites[i].order],
		       (unsigned long long)sites[i].executed);
	}
}
