/* SPDX-License-Identifier: MIT */
/*
 * What the attributes of Python's objects read and write of fields that are their value, one function
 * each; with -DRAW the same accesses written in C11. compare.sh finds the same atomic instructions in
 * both: on a processor that has weaker orders than x86, a wrong order is another one.
 */
#include <afield/python.h>

#include <stdatomic.h>

#undef bool
/* Not inlined in one of the two, so that both have it. */
int (*const long_way)(PyObject *self, PyObject *value, void *closure,
		      void *out) = afield__scalar_attribute_from;

#define SCALARS(each)                                                                   \
	each(bool, 8) each(i8, 8) each(i16, 16) each(i32, 32) each(i64, 64) each(u8, 8) \
		each(u16, 16) each(u32, 32) each(u64, 64) each(f32, 32) each(f64, 64)

#ifdef RAW
#define WORD(bits) ((_Atomic(uint##bits##_t) *)(void *)((char *)self + (size_t)(uintptr_t)closure))
#define READ(prefix, name, bits, order)                                                  \
	uint64_t prefix##_##name(PyObject *self, void *closure)                          \
	{                                                                                \
		return (uint64_t)atomic_load_explicit(WORD(bits), memory_order_##order); \
	}
#define WRITE(name, bits)                                                    \
	int set_##name(PyObject *self, PyObject *value, void *closure)       \
	{                                                                    \
		uint64_t number = (uint64_t)(uintptr_t)value;                \
		atomic_exchange_explicit(WORD(bits), (uint##bits##_t)number, \
					 memory_order_seq_cst);              \
		return 0;                                                    \
	}
#else
#define READ(prefix, name, bits, order)                          \
	PyObject *prefix##_##name(PyObject *self, void *closure) \
	{                                                        \
		return afield__##prefix##_##name(self, closure); \
	}
#define WRITE(name, bits)                                              \
	int set_##name(PyObject *self, PyObject *value, void *closure) \
	{                                                              \
		return afield__set_##name(self, value, closure);       \
	}
#endif
#define ATTRIBUTE(name, bits)           \
	READ(get, name, bits, seq_cst)  \
	READ(read, name, bits, relaxed) \
	WRITE(name, bits)
SCALARS(ATTRIBUTE)
