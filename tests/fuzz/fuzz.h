#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* A fuzz target: takes any bytes, must return 0, and must not crash, leak, or break an invariant
 * that it checks itself (by abort()). It keeps nothing from one call to the next. libFuzzer calls
 * it with inputs that it invents; replay.c with the files of a corpus. The name is libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
