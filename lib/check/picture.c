/* SPDX-License-Identifier: MIT */
/*
 * picture.c: lays operations out in lanes, a lane or more for each process.
 */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

struct edge {
	int64_t stamp;
	uint32_t event;
};

/* By stamp; on a tie calls come first, as the two operations are concurrent. */
static int compare_edges(const void *left, const void *right)
{
	const struct edge *a = (const struct edge *)left, *b = (const struct edge *)right;

	if (a->stamp != b->stamp)
		return a->stamp < b->stamp ? -1 : 1;
	if ((a->event & 1) != (b->event & 1))
		return a->event & 1 ? 1 : -1;
	return a->event < b->event ? -1 : a->event > b->event;
}

/* Lanes of one process stand together; the process of the first operation comes first. */
static int compare_lanes(const void *left, const void *right)
{
	const uint32_t *a = (const uint32_t *)left, *b = (const uint32_t *)right;

	if (a[0] != b[0])
		return a[0] < b[0] ? -1 : 1;
	return a[1] < b[1] ? -1 : a[1] > b[1];
}

/* Gives every operation a free lane of its process. */
static bool assign_lanes(struct afield__picture *picture)
{
	const struct afield_operation *operations = picture->history->operations;
	bool *busy = (bool *)calloc(picture->count + 1, sizeof(*busy));
	uint32_t(*sorted)[2] = (uint32_t(*)[2])calloc(picture->count + 1, sizeof(*sorted));
	uint32_t *place = (uint32_t *)calloc(picture->count + 1, sizeof(*place));
	bool fits = busy && sorted && place;

	for (uint32_t i = 0; fits && i < picture->event_count; i++) {
		uint32_t index = picture->event[i] / 2, lane = 0;
		uint32_t process = operations[picture->operations[index]].process;

		if (picture->event[i] & 1) {
			busy[picture->lane[index]] = false;
			continue;
		}
		while (lane < picture->lanes && (busy[lane] || picture->process[lane] != process))
			lane++;
		if (lane == picture->lanes)
			picture->process[picture->lanes++] = process;
		busy[lane] = true;
		picture->lane[index] = lane;
	}
	for (uint32_t i = 0; fits && i < picture->lanes; i++) {
		sorted[i][0] = picture->process[i];
		sorted[i][1] = i;
	}
	if (fits) {
		qsort(sorted, picture->lanes, sizeof(*sorted), compare_lanes);
		for (uint32_t i = 0; i < picture->lanes; i++) {
			picture->process[i] = sorted[i][0];
			place[sorted[i][1]] = i;
		}
		for (uint32_t i = 0; i < picture->count; i++)
			picture->lane[i] = place[picture->lane[i]];
	}
	free(busy);
	free(sorted);
	free(place);
	return fits;
}

bool afield__picture_init(struct afield__picture *picture, const struct afield_history *history,
			  const uint32_t *operations, uint32_t count)
{
	struct edge *edges = (struct edge *)malloc(((size_t)count * 2 + 1) * sizeof(*edges));
	size_t bytes = ((size_t)count * 2 + 1) * sizeof(uint32_t);

	memset(picture, 0, sizeof(*picture));
	picture->history = history;
	picture->operations = operations;
	picture->count = count;
	picture->lane = (uint32_t *)calloc(1, bytes);
	picture->process = (uint32_t *)calloc(1, bytes);
	picture->event = (uint32_t *)calloc(1, bytes);
	picture->rank = (uint32_t *)calloc(1, bytes);
	if (!edges || !picture->lane || !picture->process || !picture->event || !picture->rank) {
		free(edges);
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct afield_operation *operation = &history->operations[operations[i]];

		edges[picture->event_count].stamp = operation->call;
		edges[picture->event_count++].event = i * 2;
		if (operation->pending)
			continue;
		edges[picture->event_count].stamp = operation->ret;
		edges[picture->event_count++].event = i * 2 + 1;
	}
	qsort(edges, picture->event_count, sizeof(*edges), compare_edges);
	for (uint32_t i = 0; i < picture->event_count; i++) {
		picture->event[i] = edges[i].event;
		picture->rank[i] =
			i ? picture->rank[i - 1] + (edges[i].stamp != edges[i - 1].stamp) : 0;
	}
	free(edges);
	return assign_lanes(picture);
}

void afield__picture_fini(struct afield__picture *picture)
{
	free(picture->lane);
	free(picture->process);
	free(picture->event);
	free(picture->rank);
}
