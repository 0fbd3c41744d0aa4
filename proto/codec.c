#include "proto/codec.h"

#include <string.h>

#include "base/require.h"
#include "proto/frame.h"

#define ENVELOPE (&suandian__v1__envelope__descriptor)

/* ---- Decoding -------------------------------------------------------------------------------- */

/* What the arena aligns to: a limit in whole units is never crossed by rounding up. */
#define ARENA_UNIT ((size_t)16)

struct budget {
	struct arena *arena;
	size_t limit; /* of arena->used */
	bool exhausted;
};

static void *budget_alloc(void *data, size_t size)
{
	struct budget *b = data;
	void *p = NULL;

	/* counted as the arena counts, with its alignment: small strings are most of what a hostile
	 * frame costs */
	if (b->arena->used <= b->limit && size <= b->limit - b->arena->used)
		p = arena_alloc(b->arena, size);
	if (!p) {
		b->exhausted = true;
		return NULL;
	}
	return p;
}

static void budget_free(void *data, void *p)
{
	(void)data;
	(void)p; /* the arena is freed as a whole */
}

/* protobuf-c gives no reason; the first bytes let a person compare with what the peer meant to send. */
static int fault_undecodable(struct fault *f, const ProtobufCMessageDescriptor *type,
			     const uint8_t *body, size_t len)
{
	char hex[2 * 16 + 1] = "";
	size_t shown = len < 16 ? len : 16;

	for (size_t i = 0; i < shown; i++) {
		hex[2 * i] = "0123456789abcdef"[body[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[body[i] & 15];
	}
	hex[2 * shown] = '\0';
	return fault_set(f, ERR_MALFORMED, "%zu bytes are no %s: %s%s", len, type->name, hex,
			 shown < len ? "…" : "");
}

int codec_decode_message(struct arena *a, const ProtobufCMessageDescriptor *type,
			 const uint8_t *body, size_t len, ProtobufCMessage **ret,
			 struct fault *ret_fault)
{
	struct budget b = {.arena = a};
	ProtobufCAllocator allocator = {budget_alloc, budget_free, &b};
	ProtobufCMessage *message;

	b.limit = a->used + CODEC_BUDGET(len) / ARENA_UNIT * ARENA_UNIT;
	message = protobuf_c_message_unpack(type, &allocator, len, body);
	if (!message && b.exhausted)
		return fault_set(ret_fault, ERR_FULL,
				 "%s of %zu bytes needs more than %zu bytes of memory", type->name,
				 len, CODEC_BUDGET(len));
	if (!message)
		return fault_undecodable(ret_fault, type, body, len);
	*ret = message;
	return 0;
}

int codec_decode(struct arena *a, const uint8_t *body, size_t len, Suandian__V1__Envelope **ret,
		 struct fault *ret_fault)
{
	ProtobufCMessage *message = NULL;
	int r;

	if (len > FRAME_BODY_MAX)
		return fault_set(ret_fault, ERR_MALFORMED,
				 "%s of %zu bytes, at most %zu are allowed", ENVELOPE->name, len,
				 FRAME_BODY_MAX);
	r = codec_decode_message(a, ENVELOPE, body, len, &message, ret_fault);
	if (r == 0)
		*ret = (Suandian__V1__Envelope *)message;
	return r;
}

/* ---- Which body ------------------------------------------------------------------------------ */

static const ProtobufCFieldDescriptor *body_field(uint32_t number)
{
	const ProtobufCFieldDescriptor *field;

	field = protobuf_c_message_descriptor_get_field(ENVELOPE, number);
	return field && (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) ? field : NULL;
}

uint32_t codec_body_number(const Suandian__V1__Envelope *env)
{
	if (env->body_case != SUANDIAN__V1__ENVELOPE__BODY__NOT_SET)
		return (uint32_t)env->body_case;
	for (unsigned i = env->base.n_unknown_fields; i > 0; i--) {
		const ProtobufCMessageUnknownField *field = &env->base.unknown_fields[i - 1];

		if (field->wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
			return field->tag;
	}
	return 0;
}

bool codec_body_is_known(uint32_t number)
{
	return body_field(number) != NULL;
}

const char *codec_body_name(uint32_t number)
{
	const ProtobufCFieldDescriptor *field = body_field(number);

	return field ? field->name : NULL;
}

/* ---- Encoding -------------------------------------------------------------------------------- */

int codec_encode(struct buf *out, const Suandian__V1__Envelope *env)
{
	size_t len = protobuf_c_message_get_packed_size(&env->base);
	uint8_t *p;
	size_t prefix;

	if (len < FRAME_BODY_MIN || len > FRAME_BODY_MAX)
		return ERR_INVALID;
	p = buf_reserve(out, FRAME_PREFIX_MAX + len);
	if (!p)
		return out->err;
	prefix = frame_put_prefix(p, len);
	/* Packing is not told the room; another size than announced is a message changed meanwhile. */
	REQUIRE(protobuf_c_message_pack(&env->base, p + prefix) == len);
	buf_commit(out, prefix + len);
	return 0;
}

int codec_error_code(const char *name)
{
#define X(id, number, text_name, text)                                                             \
	if (strcmp(name, text_name) == 0)                                                          \
		return id;
	ERR_LIST(X)
#undef X
	return -EPROTO;
}

/* ---- Cycles ---------------------------------------------------------------------------------- */

/* Types on the way from the root; we have some dozens of types, no path is longer. */
struct path {
	const ProtobufCMessageDescriptor *type;
	const struct path *up;
};

static bool path_has(const struct path *path, const ProtobufCMessageDescriptor *type)
{
	for (; path; path = path->up)
		if (path->type == type)
			return true;
	return false;
}

/* The depth is that of our own types, not of any input.
 * NOLINTNEXTLINE(misc-no-recursion) */
static const ProtobufCMessageDescriptor *find_cycle(const ProtobufCMessageDescriptor *type,
						    const struct path *up)
{
	struct path here = {type, up};

	if (path_has(up, type))
		return type;
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCMessageDescriptor *found;

		if (type->fields[i].type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		found = find_cycle(type->fields[i].descriptor, &here);
		if (found)
			return found;
	}
	return NULL;
}

const ProtobufCMessageDescriptor *codec_find_cycle(const ProtobufCMessageDescriptor *root)
{
	return find_cycle(root, NULL);
}
