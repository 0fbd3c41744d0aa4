suandian_fuzz(fuzz_plan_input SRC fuzz_plan_input.c DEPS plan model base)
