/* SPDX-License-Identifier: MIT */
/*
 * A shared object with a read section. With the exported flags its entry reads the thread's pointer
 * directly; without them it calls __tls_get_addr, six times slower.
 */
#include <afield/reclaim.h>

int section_reads(const int *value);
int section_reads(const int *value)
{
	int seen = 0;

	AFIELD_READ_SECTION
	{
		seen = *value;
	}
	return seen;
}
