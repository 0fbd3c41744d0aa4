suandian_fuzz(fuzz_case SRC fuzz_case.c DEPS calc plan model base LIBS jansson m)
