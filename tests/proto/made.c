#include "made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"

#define ENVELOPE (&suandian__v1__envelope__descriptor)
uint32_t made_n_repeated = 3;

/* Members of the oneof that f belongs to, and f's place among them. */
static uint32_t oneof_size(const ProtobufCMessageDescriptor *type,
			   const ProtobufCFieldDescriptor *f, uint32_t *ret_place)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *other = &type->fields[i];

		if (!field_is_oneof(other) || other->quantifier_offset != f->quantifier_offset)
			continue;
		if (other == f && ret_place)
			*ret_place = n;
		n++;
	}
	return n;
}

uint32_t made_variants(const ProtobufCMessageDescriptor *type)
{
	uint32_t most = 1;

	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &type->fields[i];
		uint32_t n = field_is_oneof(f) ? oneof_size(type, f, NULL) : 1;
		most = n > most ? n : most;
		n = f->type == PROTOBUF_C_TYPE_MESSAGE ? made_variants(f->descriptor) : 1;
		most = n > most ? n : most;
	}
	return most;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* Sizes of all kinds, and both signs. */
static int64_t made_int(const ProtobufCFieldDescriptor *f, uint32_t i)
{
	int64_t x = (int64_t)(f->id * 37 + i * 1009) * (1 + (int64_t)(f->id % 5) * 40000);

	if (ends_with(f->name, "_ms"))
		return INT64_C(1752498000000) + f->id * 1000 + i * INT64_C(900000);
	return (f->id + i) % 2 ? -x : x;
}

static char *made_text(struct arena *a, const ProtobufCFieldDescriptor *f, uint32_t i)
{
	bool people = ends_with(f->name, "text") || ends_with(f->name, "name") ||
		      ends_with(f->name, "_zh") || ends_with(f->name, "note");

	return arena_printf(a, people ? "%s 算电 \"%u\"" : "%s-%u", f->name, i);
}

static uint32_t made_uint(const ProtobufCFieldDescriptor *f, uint32_t i)
{
	return f->id * 37 + i * 1009;
}

static int made_enum(const ProtobufCFieldDescriptor *f, uint32_t i)
{
	const ProtobufCEnumDescriptor *e = f->descriptor;

	/* 0 would not be on the wire */
	return e->values[1 + (f->id + i) % (e->n_values - 1)].value;
}

static bool put_bytes(struct arena *a, ProtobufCBinaryData *p)
{
	uint8_t *bytes = arena_alloc(a, 32);

	for (size_t k = 0; bytes && k < 32; k++)
		bytes[k] = (uint8_t)(k * 7);
	*p = (ProtobufCBinaryData){32, bytes};
	return bytes;
}

/* One element at p; false if the arena is full. */
static bool put_value(struct arena *a, const ProtobufCFieldDescriptor *f, void *p, uint32_t i,
		      uint32_t variant)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_INT32:
		*(int32_t *)p = (int32_t)(i % 2 ? made_uint(f, i) : -made_uint(f, i));
		return true;
	case PROTOBUF_C_TYPE_UINT32:
		*(uint32_t *)p = made_uint(f, i);
		return true;
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_INT64:
		*(int64_t *)p = made_int(f, i);
		return true;
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)p = (uint64_t)made_uint(f, i) << (f->id % 3 * 12);
		return true;
	case PROTOBUF_C_TYPE_DOUBLE:
		*(double *)p = (double)made_int(f, i) + 0.25 * i;
		return true;
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)p = true;
		return true;
	case PROTOBUF_C_TYPE_ENUM:
		*(int *)p = made_enum(f, i);
		return true;
	case PROTOBUF_C_TYPE_STRING:
		return (*(char **)p = made_text(a, f, i)) != NULL;
	case PROTOBUF_C_TYPE_BYTES:
		return put_bytes(a, p);
	case PROTOBUF_C_TYPE_MESSAGE:
		return (*(ProtobufCMessage **)p = made_message(a, f->descriptor, variant + i)) !=
		       NULL;
	default:
		/* a type of field that no message of ours had before */
		abort();
	}
}

static bool put_repeated(struct arena *a, const ProtobufCFieldDescriptor *f, char *m,
			 uint32_t variant)
{
	size_t size = field_size(f->type);
	char *p = arena_array(a, made_n_repeated, size);

	if (!p)
		return false;
	for (uint32_t i = 0; i < made_n_repeated; i++)
		if (!put_value(a, f, p + i * size, i, variant))
			return false;
	*(size_t *)(m + f->quantifier_offset) = made_n_repeated;
	*(char **)(m + f->offset) = p;
	return true;
}

static bool put_field(struct arena *a, const ProtobufCMessageDescriptor *type,
		      const ProtobufCFieldDescriptor *f, char *m, uint32_t variant)
{
	uint32_t place = 0;

	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		return put_repeated(a, f, m, variant);
	if (field_is_oneof(f)) {
		uint32_t n = oneof_size(type, f, &place);
		if (variant % n != place)
			return true;
		*(uint32_t *)(m + f->quantifier_offset) = f->id;
	}
	return put_value(a, f, m + f->offset, 0, variant);
}

ProtobufCMessage *made_message(struct arena *a, const ProtobufCMessageDescriptor *type,
			       uint32_t variant)
{
	ProtobufCMessage *m = arena_alloc(a, type->sizeof_message);

	if (!m)
		return NULL;
	type->message_init(m);
	for (unsigned i = 0; i < type->n_fields; i++)
		if (!put_field(a, type, &type->fields[i], (char *)m, variant))
			return NULL;
	return m;
}

const ProtobufCFieldDescriptor *made_body(unsigned i)
{
	for (unsigned k = 0; k < ENVELOPE->n_fields; k++)
		if (field_is_oneof(&ENVELOPE->fields[k]) && i-- == 0)
			return &ENVELOPE->fields[k];
	return NULL;
}

Suandian__V1__Envelope *made_envelope(struct arena *a, const ProtobufCFieldDescriptor *body,
				      uint32_t variant)
{
	Suandian__V1__Envelope *env = ARENA_NEW(a, Suandian__V1__Envelope);

	if (!env)
		return NULL;
	suandian__v1__envelope__init(env);
	env->id = body->id;
	env->body_case = (Suandian__V1__Envelope__BodyCase)body->id;
	return put_value(a, body, (char *)env + body->offset, 0, variant) ? env : NULL;
}
