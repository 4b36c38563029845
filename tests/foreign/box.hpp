/* SPDX-License-Identifier: MIT */
/*
 * box.hpp: the box as a C++ class, for tools that make Python types of C++ classes. A field is used
 * where it is, so a Box is neither copied nor moved.
 */
#ifndef AFIELD_TESTS_BOX_HPP
#define AFIELD_TESTS_BOX_HPP

#include "box.h"

struct Box {
	box fields = {};

	Box() = default;
	Box(const Box &) = delete;
	Box &operator=(const Box &) = delete;
	~Box()
	{
		box_fini(&fields);
	}
};

#endif
