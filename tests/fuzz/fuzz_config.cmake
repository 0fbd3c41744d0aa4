suandian_fuzz(fuzz_config SRC fuzz_config.c DEPS engine config model base)
