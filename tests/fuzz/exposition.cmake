suandian_fuzz(fuzz_exposition SRC fuzz_exposition.c DEPS prometheus base LIBS m)
suandian_fuzz(fuzz_promapi SRC fuzz_promapi.c DEPS prometheus base LIBS jansson m)
suandian_fuzz(fuzz_csvtable SRC fuzz_csvtable.c DEPS common base LIBS m)
