suandian_fuzz(fuzz_record SRC fuzz_record.c DEPS store proto model base LIBS pb protobuf-c zlib m)
