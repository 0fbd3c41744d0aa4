/* Messages with every field set, made from their descriptors alone: the same ones on every machine. */
#pragma once

#include "base/arena.h"
#include "suandian/v1/envelope.pb-c.h"

/* How many variants of a body show every member of every oneof below it; >= 1. */
uint32_t made_variants(const ProtobufCMessageDescriptor *type);

/* Elements of a repeated field; 3 unless a test sets it. */
extern uint32_t made_n_repeated;

/* A message of that type, with every field set and the variant-th member of each oneof; in the arena, NULL if
 * that is full. */
ProtobufCMessage *made_message(struct arena *a, const ProtobufCMessageDescriptor *type,
			       uint32_t variant);

/* The same inside an Envelope, as the body with that field of Envelope. */
Suandian__V1__Envelope *made_envelope(struct arena *a, const ProtobufCFieldDescriptor *body,
				      uint32_t variant);

/* The i-th field of Envelope's oneof, in the order of their numbers; NULL: no more. */
const ProtobufCFieldDescriptor *made_body(unsigned i);
