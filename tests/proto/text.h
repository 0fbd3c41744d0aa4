/* A message as protobuf's text format, byte for byte as `protoc --decode` writes it. */
#pragma once

#include "base/buf.h"
#include "suandian/v1/envelope.pb-c.h"

/* Appends; errors stay in out->err. Fields that have their default value are left out, as on the wire. */
void text_write(const ProtobufCMessage *m, struct buf *out);
