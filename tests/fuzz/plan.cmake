suandian_fuzz(fuzz_plan_input SRC fuzz_plan_input.c DEPS plan model base)
suandian_fuzz(fuzz_plan_region SRC fuzz_plan_region.c DEPS plan model base)
