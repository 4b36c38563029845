/* SPDX-License-Identifier: MIT */
/*
 * module: a reader in a shared object, as an extension is one. tls.sh looks at what it became.
 */
#include <afield/rcu.h>

AFIELD_TYPE(number_rcu, rcu, long);

long module_read(const number_rcu *field);
AFIELD_EXPORT long module_read(const number_rcu *field)
{
	long number = 0;

	AFIELD_READ_SECTION
	{
		const long *seen = number_rcu_load(field);

		number = seen ? *seen : 0;
	}
	return number;
}
