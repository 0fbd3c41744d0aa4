#include "ctl/message.h"

#include <math.h>
#include <string.h>

#include "ctl/format.h"
#include "ctl/width.h"
#include "suandian/v1/envelope.pb-c.h"

struct pending {
	const ProtobufCMessage *message;
	json_t *object; /* borrowed: it stands in the tree already */
};

struct work {
	struct pending *at;
	size_t n, size;
};

static bool work_add(struct work *w, const ProtobufCMessage *m, json_t *object)
{
	if (w->n == w->size) {
		size_t size = w->size ? 2 * w->size : 64;
		struct pending *at = reallocarray(w->at, size, sizeof(*at));

		if (!at)
			return false;
		w->at = at;
		w->size = size;
	}
	w->at[w->n++] = (struct pending){m, object};
	return true;
}

/* ---- Keys ---------------------------------------------------------------------------------------- */

static const char *level_key(Suandian__V1__AssetKind kind)
{
	switch (kind) {
	case SUANDIAN__V1__ASSET_KIND__ASSET_QUEUE:
		return "level_device_s";
	case SUANDIAN__V1__ASSET_KIND__ASSET_COOLING:
		return "level_millicelsius";
	default:
		return "level_wh";
	}
}

static const char *key_of(const ProtobufCMessage *m, const char *field)
{
	static const struct {
		const char *field, *key;
	} keys[] = {
		{"cost", "cost_e4cny"},
		{"objective", "objective_e4cny"},
		{"price_buy", "price_buy_e4cny_per_kwh"},
		{"price_sell", "price_sell_e4cny_per_kwh"},
		{"marginal_price", "marginal_price_e4cny_per_kwh"},
		{"pay_price", "pay_price_e4cny_per_kwh"},
		{"penalty_price", "penalty_price_e4cny_per_kwh"},
		{"shadow_price", "shadow_price_e4cny"},
	};

	if (m->descriptor == &suandian__v1__asset_series__descriptor && strcmp(field, "level") == 0)
		return level_key(((const Suandian__V1__AssetSeries *)m)->kind);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].field, field) == 0)
			return keys[i].key;
	return field;
}

/* ---- Values -------------------------------------------------------------------------------------- */

json_t *message_text(const char *s)
{
	struct buf safe;
	json_t *text;

	if (!s)
		return json_null();
	buf_init(&safe, 0);
	width_put_safe_lines(&safe, s);
	text = json_string(buf_str(&safe));
	buf_fini(&safe);
	return text;
}

static json_t *hex(const uint8_t *p, size_t n)
{
	struct buf b;
	json_t *text;

	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%02x", p[i]);
	text = json_string(buf_str(&b));
	buf_fini(&b);
	return text;
}

void message_put_hex(json_t *obj, const char *key, const uint8_t *p, size_t n)
{
	json_object_set_new(obj, key, hex(p, n));
}

static json_t *submessage(struct work *w, const ProtobufCMessage *m)
{
	json_t *object;

	if (!m)
		return json_null();
	object = json_object();
	if (object && !work_add(w, m, object)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *value_json(struct work *w, const ProtobufCFieldDescriptor *f, const void *p)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return json_integer(*(const int32_t *)p);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return json_integer(*(const uint32_t *)p);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return json_integer((json_int_t) * (const int64_t *)p);
	case PROTOBUF_C_TYPE_DOUBLE:
		return isfinite(*(const double *)p) ? json_real(*(const double *)p) : json_null();
	case PROTOBUF_C_TYPE_FLOAT:
		return isfinite(*(const float *)p) ? json_real((double)*(const float *)p)
						   : json_null();
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)p);
	case PROTOBUF_C_TYPE_ENUM:
		if (f->descriptor == &suandian__v1__unit__descriptor)
			return json_string(format_unit_key(*(const Suandian__V1__Unit *)p));
		return json_string(format_enum(f->descriptor, *(const int *)p).s);
	case PROTOBUF_C_TYPE_STRING:
		return message_text(*(const char *const *)p);
	case PROTOBUF_C_TYPE_BYTES: {
		const ProtobufCBinaryData *b = p;

		return hex(b->data, b->len);
	}
	case PROTOBUF_C_TYPE_MESSAGE:
		break;
	}
	return submessage(w, *(const ProtobufCMessage *const *)p);
}

static size_t size_of(const ProtobufCFieldDescriptor *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return 4;
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_ENUM:
		return sizeof(int);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	default:
		return 8;
	}
}

static json_t *field_json(struct work *w, const ProtobufCMessage *m,
			  const ProtobufCFieldDescriptor *f)
{
	const char *base = (const char *)m, *at = base + f->offset;
	json_t *array;
	size_t n;

	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return value_json(w, f, at);
	array = json_array();
	n = *(const size_t *)(base + f->quantifier_offset);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array,
				      value_json(w, f, *(const char *const *)at + i * size_of(f)));
	return array;
}

static bool is_set(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	return !(f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) ||
	       *(const uint32_t *)((const char *)m + f->quantifier_offset) == f->id;
}

json_t *message_json(const ProtobufCMessage *m)
{
	struct work w = {0};
	json_t *root = submessage(&w, m);

	for (size_t i = 0; i < w.n; i++) {
		struct pending job = w.at[i];

		for (unsigned k = 0; k < job.message->descriptor->n_fields; k++) {
			const ProtobufCFieldDescriptor *f = &job.message->descriptor->fields[k];

			if (is_set(job.message, f))
				json_object_set_new(job.object, key_of(job.message, f->name),
						    field_json(&w, job.message, f));
		}
	}
	free(w.at);
	return root;
}
