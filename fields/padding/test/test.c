/* SPDX-License-Identifier: MIT */
/*
 * padding: hot fields with one between them are never on one line, wherever the object starts.
 */
#include <afield/atomic.h>
#include <afield/class.h>
#include <afield/padding.h>

#include "test.h"

#define TRAFFIC(field)              \
	field(afield_i64, received) \
	field(afield_padding, _1)   \
	field(afield_i64, sent)
AFIELD_CLASS(traffic, TRAFFIC);

static void keeps_fields_apart(void)
{
	size_t received = offsetof(traffic, received), sent = offsetof(traffic, sent);

	for (size_t start = 0; start < 64; start += 16)
		TEST_CHECK((start + received + 7) / 64 != (start + sent) / 64);
}

static void silences_the_warning(void)
{
	char text[1024];

	afield_describe(traffic_class(), text, sizeof(text));
	TEST_CHECK(strstr(text, "hot") != NULL);
	TEST_CHECK(strstr(text, "warning") == NULL);
}

static void fini_leaves_it_alone(void)
{
	traffic object;

	memset(&object, 0, sizeof(object));
	traffic_fini(&object);
	TEST_CHECK(afield_i64_load(&object.sent) == 0);
}

int main(void)
{
	TEST_RUN(keeps_fields_apart);
	TEST_RUN(silences_the_warning);
	TEST_RUN(fini_leaves_it_alone);
	return test_done();
}
