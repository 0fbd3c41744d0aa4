/* Messages as JSON, by their descriptors: keys are the names of the fields, with the unit added where the name
 * has none (cost → cost_e4cny); enums are lower-case names, bytes are hex, 64-bit integers are integers. A member of
 * a oneof that is not set has no key; a message that is absent is null. A number that is not finite is null.
 * These keys are an interface: fields are only ever added. */
#pragma once

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

/* A new reference; NULL where memory is out. */
json_t *message_json(const ProtobufCMessage *m);

/* A text of the daemon as JSON: what would steer a terminal is written as \xNN, as for people. */
json_t *message_text(const char *s);
/* obj[key] = n bytes in hex. */
void message_put_hex(json_t *obj, const char *key, const uint8_t *p, size_t n);
