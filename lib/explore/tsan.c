/* SPDX-License-Identifier: MIT */
/*
 * The entry points by which a compiler's -fsanitize=thread tells of accesses. A program built with
 * it and linked with this library instead of the compiler's shows the explorer every atomic and
 * every plain access, with gcc and with clang, whatever it is written in; no source changes. That
 * is why the explorer needs no types of its own, and sees races on data that no macro names.
 */
#include "engine.h"

#include <afield/explore.h>
#include <afield/ordering/explore.h>

#include <stdlib.h>

typedef unsigned char u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define PC ((uintptr_t)__builtin_return_address(0))

void __tsan_init(void);
void __tsan_func_entry(void *pc);
void __tsan_func_exit(void);
void __tsan_init(void)
{
}
void __tsan_func_entry(void *pc)
{
	(void)pc;
}
void __tsan_func_exit(void)
{
}

#define PLAIN(name, size)                                   \
	void __tsan_read##name(void *address);              \
	void __tsan_write##name(void *address);             \
	void __tsan_read##name(void *address)               \
	{                                                   \
		memory_read((uintptr_t)address, size, PC);  \
	}                                                   \
	void __tsan_write##name(void *address)              \
	{                                                   \
		memory_write((uintptr_t)address, size, PC); \
	}                                                   \
	void __tsan_unaligned_read##name(void *address);    \
	void __tsan_unaligned_write##name(void *address);   \
	void __tsan_unaligned_read##name(void *address)     \
	{                                                   \
		memory_read((uintptr_t)address, size, PC);  \
	}                                                   \
	void __tsan_unaligned_write##name(void *address)    \
	{                                                   \
		memory_write((uintptr_t)address, size, PC); \
	}
PLAIN(1, 1)
PLAIN(2, 2)
PLAIN(4, 4)
PLAIN(8, 8)
PLAIN(16, 16)

void __tsan_read_range(void *address, size_t size);
void __tsan_write_range(void *address, size_t size);
void __tsan_read_range(void *address, size_t size)
{
	memory_read((uintptr_t)address, size, PC);
}
void __tsan_write_range(void *address, size_t size)
{
	memory_write((uintptr_t)address, size, PC);
}

/* After each access the site that a macro named is used up. */
static u64 load(volatile void *address, int size, int order)
{
	u64 value;

	enter();
	value = order_load((uintptr_t)address, size, order);
	run.site = NULL;
	leave();
	return value;
}

static void store(volatile void *address, int size, u64 value, int order)
{
	enter();
	order_store((uintptr_t)address, size, value, order);
	run.site = NULL;
	leave();
}

static u64 update(volatile void *address, int size, int verb, u64 operand, int order)
{
	struct request request = {
		.address = (uintptr_t)address,
		.size = size,
		.order = order,
		.failure_order = order,
		.verb = verb,
		.operand = operand,
	};
	bool is_done;
	u64 old;

	enter();
	old = order_update(&request, &is_done);
	run.site = NULL;
	leave();
	return old;
}

static bool compare(volatile void *address, int size, u64 *expected, u64 desired, int order,
		    int failure, bool is_weak)
{
	struct request request = {
		.address = (uintptr_t)address,
		.size = size,
		.order = order,
		.failure_order = failure,
		.verb = COMPARE,
		.operand = desired,
		.expected = *expected,
		.is_weak = is_weak || run.is_weak,
	};
	bool is_done;

	enter();
	*expected = order_update(&request, &is_done);
	run.site = NULL;
	run.is_weak = false;
	leave();
	return is_done;
}

/* The macro's compare_exchange, which knows whether it is weak; some compilers' does not say. */
bool afield_explore_compare_exchange(volatile void *object, void *expected, const void *desired,
				     size_t size, int order, int failure, bool is_weak)
{
	u64 old = 0, new = 0;
	bool is_done;

	run.pc = PC;
	__builtin_memcpy(&old, expected, size);
	__builtin_memcpy(&new, desired, size);
	if (!run.self)
		abort();
	is_done = compare(object, (int)size, &old, new, order, failure, is_weak);
	if (!is_done) {
		memory_write((uintptr_t)expected, size, PC);
		__builtin_memcpy(expected, &old, size);
	}
	return is_done;
}

/* Outside an execution the operations are what they say. */
#define ATOMIC(bits, T)                                                                           \
	T __tsan_atomic##bits##_load(const volatile T *a, int order);                             \
	T __tsan_atomic##bits##_load(const volatile T *a, int order)                              \
	{                                                                                         \
		run.pc = PC;                                                                      \
		if (!run.self)                                                                    \
			return __atomic_load_n(a, __ATOMIC_SEQ_CST);                              \
		return (T)load((volatile void *)a, sizeof(T), order);                             \
	}                                                                                         \
	void __tsan_atomic##bits##_store(volatile T *a, T value, int order);                      \
	void __tsan_atomic##bits##_store(volatile T *a, T value, int order)                       \
	{                                                                                         \
		run.pc = PC;                                                                      \
		if (!run.self)                                                                    \
			__atomic_store_n(a, value, __ATOMIC_SEQ_CST);                             \
		else                                                                              \
			store(a, sizeof(T), value, order);                                        \
	}                                                                                         \
	int __tsan_atomic##bits##_compare_exchange_strong(volatile T *a, T *expected, T desired,  \
							  int order, int failure);                \
	int __tsan_atomic##bits##_compare_exchange_strong(volatile T *a, T *expected, T desired,  \
							  int order, int failure)                 \
	{                                                                                         \
		u64 old = *expected;                                                              \
		bool is_done;                                                                     \
		run.pc = PC;                                                                      \
		if (!run.self)                                                                    \
			return __atomic_compare_exchange_n(a, expected, desired, 0,               \
							   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);   \
		is_done = compare(a, sizeof(T), &old, desired, order, failure, false);            \
		if (!is_done)                                                                     \
			memory_write((uintptr_t)expected, sizeof(T), PC), *expected = (T)old;     \
		return is_done;                                                                   \
	}                                                                                         \
	int __tsan_atomic##bits##_compare_exchange_weak(volatile T *a, T *expected, T desired,    \
							int order, int failure);                  \
	int __tsan_atomic##bits##_compare_exchange_weak(volatile T *a, T *expected, T desired,    \
							int order, int failure)                   \
	{                                                                                         \
		run.is_weak = true;                                                               \
		return __tsan_atomic##bits##_compare_exchange_strong(a, expected, desired, order, \
								     failure);                    \
	}                                                                                         \
	T __tsan_atomic##bits##_compare_exchange_val(volatile T *a, T expected, T desired,        \
						     int order, int failure);                     \
	T __tsan_atomic##bits##_compare_exchange_val(volatile T *a, T expected, T desired,        \
						     int order, int failure)                      \
	{                                                                                         \
		u64 old = expected;                                                               \
		bool is_done;                                                                     \
		run.pc = PC;                                                                      \
		if (!run.self) {                                                                  \
			__atomic_compare_exchange_n(a, &expected, desired, 0, __ATOMIC_SEQ_CST,   \
						    __ATOMIC_SEQ_CST);                            \
			return expected;                                                          \
		}                                                                                 \
		is_done = compare(a, sizeof(T), &old, desired, order, failure, false);            \
		return is_done ? expected : (T)old; /* the caller compares: clang, never weak */  \
	}                                                                                         \
	UPDATE(bits, T, exchange, SET)                                                            \
	UPDATE(bits, T, fetch_add, ADD)                                                           \
	UPDATE(bits, T, fetch_sub, SUB)                                                           \
	UPDATE(bits, T, fetch_and, AND)                                                           \
	UPDATE(bits, T, fetch_or, OR)                                                             \
	UPDATE(bits, T, fetch_xor, XOR)                                                           \
	UPDATE(bits, T, fetch_nand, NAND)
#define UPDATE(bits, T, name, verb)                                          \
	T __tsan_atomic##bits##_##name(volatile T *a, T operand, int order); \
	T __tsan_atomic##bits##_##name(volatile T *a, T operand, int order)  \
	{                                                                    \
		run.pc = PC;                                                 \
		if (!run.self)                                               \
			return NATIVE_##verb(a, operand);                    \
		return (T)update(a, sizeof(T), verb, operand, order);        \
	}
#define NATIVE_SET(a, operand) __atomic_exchange_n(a, operand, __ATOMIC_SEQ_CST)
#define NATIVE_ADD(a, operand) __atomic_fetch_add(a, operand, __ATOMIC_SEQ_CST)
#define NATIVE_SUB(a, operand) __atomic_fetch_sub(a, operand, __ATOMIC_SEQ_CST)
#define NATIVE_AND(a, operand) __atomic_fetch_and(a, operand, __ATOMIC_SEQ_CST)
#define NATIVE_OR(a, operand) __atomic_fetch_or(a, operand, __ATOMIC_SEQ_CST)
#define NATIVE_XOR(a, operand) __atomic_fetch_xor(a, operand, __ATOMIC_SEQ_CST)
#define NATIVE_NAND(a, operand) __atomic_fetch_nand(a, operand, __ATOMIC_SEQ_CST)
ATOMIC(8, u8)
ATOMIC(16, u16)
ATOMIC(32, u32)
ATOMIC(64, u64)

void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_thread_fence(int order)
{
	run.pc = PC;
	if (enter())
		order_fence(order);
	run.site = NULL;
	leave();
}

/* The macro's fence: some compilers warn of the other. */
void afield_explore_fence(int order)
{
	__tsan_atomic_thread_fence(order);
}

void __tsan_atomic_signal_fence(int order);
void __tsan_atomic_signal_fence(int order)
{
	(void)order;
}

/* Copies that the compiler does not spell out; the library is linked with --wrap for these. */
void *__wrap_memcpy(void *to, const void *from, size_t size);
void *__wrap_memmove(void *to, const void *from, size_t size);
void *__wrap_memset(void *to, int byte, size_t size);
void *__wrap_memcpy(void *to, const void *from, size_t size)
{
	if (size) {
		memory_read((uintptr_t)from, size, PC);
		memory_write((uintptr_t)to, size, PC);
	}
	return __real_memcpy(to, from, size);
}
void *__wrap_memmove(void *to, const void *from, size_t size)
{
	if (size) {
		memory_read((uintptr_t)from, size, PC);
		memory_write((uintptr_t)to, size, PC);
	}
	return __real_memmove(to, from, size);
}
void *__wrap_memset(void *to, int byte, size_t size)
{
	if (size)
		memory_write((uintptr_t)to, size, PC);
	return __real_memset(to, byte, size);
}
