suandian_fuzz(fuzz_frame SRC fuzz_frame.c DEPS proto base LIBS pb protobuf-c)
suandian_fuzz(fuzz_envelope SRC fuzz_envelope.c DEPS protomade proto base LIBS pb protobuf-c)
