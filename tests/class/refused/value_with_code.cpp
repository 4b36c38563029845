/* SPDX-License-Identifier: MIT */
/* afield: 'name_seq' holds a 'std::string', which C++ makes or copies by code of its own; hold a pointer to it */
#include <afield/locked.h>
#include <afield/seqlock.h>

#include <string>

#ifndef TWIN
AFIELD_TYPE(name_seq, seqlock, std::string); /* here */
#else
AFIELD_TYPE(name_locked, locked, std::string *);
#endif
