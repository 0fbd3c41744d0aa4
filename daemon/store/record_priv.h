/* Inside of record: one pair of functions per kind that needs room, and what they share. Values only; keys are made
 * in record.c. Encoders put what they need beside the struct into `a` and pack into `out`: 0 or -ENOMEM. Decoders
 * check every length and enum: 0, ERR_CORRUPT, -ENOMEM. */
#pragma once

#include <string.h>

#include "proto/codec.h"
#include "store/record.h"
#include "suandian/store/v1/record.pb-c.h"

/* A blob before compression, and slots of a plan: bounds against a damaged file. */
#define RECORD_BLOB_MAX ((size_t)64 << 20)
#define RECORD_SLOTS_MAX 16384

/* protobuf-c's strings are not const; packing does not write. */
static inline char *record_text(const char *s)
{
	return (char *)(uintptr_t)s;
}
static inline ProtobufCBinaryData record_bytes(const uint8_t *p, size_t n)
{
	return (ProtobufCBinaryData){.len = n, .data = (uint8_t *)(uintptr_t)p};
}

/* Copies into a field of n bytes; false if it does not fit. */
static inline bool record_take_text(char *to, size_t n, const char *from)
{
	size_t len = strlen(from);

	if (len >= n)
		return false;
	memcpy(to, from, len + 1);
	return true;
}
static inline bool record_take_hash(uint8_t to[32], const ProtobufCBinaryData *from)
{
	if (from->len != 32)
		return false;
	memcpy(to, from->data, 32);
	return true;
}

int record_pack(const ProtobufCMessage *m, struct buf *out);
/* Unpacks into a. */
int record_unpack(const ProtobufCMessageDescriptor *type, const uint8_t *p, size_t len,
		  struct arena *a, ProtobufCMessage **ret);

int record_encode_event(const struct event *e, struct arena *a, struct buf *out);
int record_decode_event(const uint8_t *p, size_t len, struct arena *a, struct event *ret);
int record_encode_plan(const struct plan *p, struct arena *a, struct buf *out);
int record_decode_plan(const uint8_t *p, size_t len, struct arena *a, struct plan *ret);
int record_encode_decision(const struct decision *d, struct buf *out);
int record_decode_decision(const uint8_t *p, size_t len, struct arena *a, struct decision *ret);
int record_encode_peak(const struct ledger_peak *p, struct buf *out);
int record_decode_peak(const uint8_t *p, size_t len, struct arena *a, struct ledger_peak *ret);
int record_encode_job(const struct compute_job *j, struct buf *out);
int record_decode_job(const uint8_t *p, size_t len, struct arena *a, struct compute_job *ret);
int record_encode_snapshot(const struct ledger_blob *b, struct arena *a, struct buf *out);
int record_decode_snapshot(const uint8_t *p, size_t len, struct arena *a, struct ledger_blob *ret);
int record_encode_instruction(const struct instruction *in, struct arena *a, struct buf *out);
int record_decode_instruction(const uint8_t *p, size_t len, struct arena *a,
			      struct instruction *ret);
int record_encode_day_flag(const struct day_flag *f, struct buf *out);
int record_decode_day_flag(const uint8_t *p, size_t len, struct arena *a, struct day_flag *ret);
