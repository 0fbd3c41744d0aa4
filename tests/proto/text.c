#include "text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"

static void write_message(const ProtobufCMessage *m, int depth, struct buf *out);

static void write_quoted(const uint8_t *p, size_t n, struct buf *out)
{
	buf_append(out, "\"", 1);
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n')
			buf_printf(out, "\\n");
		else if (p[i] == '\r')
			buf_printf(out, "\\r");
		else if (p[i] == '\t')
			buf_printf(out, "\\t");
		else if (p[i] == '"' || p[i] == '\'' || p[i] == '\\')
			buf_printf(out, "\\%c", p[i]);
		else if (p[i] < 0x20 || p[i] >= 0x7f)
			buf_printf(out, "\\%03o", p[i]);
		else
			buf_append(out, &p[i], 1);
	}
	buf_append(out, "\"", 1);
}

/* The shortest of 15 and 17 digits that reads back as the same number. */
static void write_double(double x, struct buf *out)
{
	char s[40];

	if (isnan(x)) {
		buf_printf(out, "nan");
		return;
	}
	snprintf(s, sizeof(s), "%.15g", x);
	if (strtod(s, NULL) != x)
		snprintf(s, sizeof(s), "%.17g", x);
	buf_printf(out, "%s", s);
}

static void write_enum(const ProtobufCEnumDescriptor *e, int value, struct buf *out)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(e, value);

	if (v)
		buf_printf(out, "%s", v->name);
	else
		buf_printf(out, "%d", value);
}

static void write_scalar(const ProtobufCFieldDescriptor *f, const void *p, struct buf *out)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_INT32:
		buf_printf(out, "%" PRId32, *(const int32_t *)p);
		break;
	case PROTOBUF_C_TYPE_UINT32:
		buf_printf(out, "%" PRIu32, *(const uint32_t *)p);
		break;
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_INT64:
		buf_printf(out, "%" PRId64, *(const int64_t *)p);
		break;
	case PROTOBUF_C_TYPE_UINT64:
		buf_printf(out, "%" PRIu64, *(const uint64_t *)p);
		break;
	case PROTOBUF_C_TYPE_DOUBLE:
		write_double(*(const double *)p, out);
		break;
	case PROTOBUF_C_TYPE_BOOL:
		buf_printf(out, "%s", *(const protobuf_c_boolean *)p ? "true" : "false");
		break;
	case PROTOBUF_C_TYPE_ENUM:
		write_enum(f->descriptor, *(const int *)p, out);
		break;
	case PROTOBUF_C_TYPE_STRING: {
		const char *s = *(char *const *)p;
		write_quoted((const uint8_t *)s, strlen(s), out);
		break;
	}
	case PROTOBUF_C_TYPE_BYTES: {
		const ProtobufCBinaryData *b = p;
		write_quoted(b->data, b->len, out);
		break;
	}
	default:
		abort();
	}
}

static void write_value(const ProtobufCFieldDescriptor *f, const void *p, int depth,
			struct buf *out)
{
	buf_printf(out, "%*s%s", 2 * depth, "", f->name);
	if (f->type == PROTOBUF_C_TYPE_MESSAGE) {
		buf_printf(out, " {\n");
		write_message(*(const ProtobufCMessage *const *)p, depth + 1, out);
		buf_printf(out, "%*s}\n", 2 * depth, "");
		return;
	}
	buf_printf(out, ": ");
	write_scalar(f, p, out);
	buf_printf(out, "\n");
}

static bool is_default(const ProtobufCFieldDescriptor *f, const void *p)
{
	static const uint8_t zeros[sizeof(ProtobufCBinaryData)];

	if (f->type == PROTOBUF_C_TYPE_STRING)
		return *(char *const *)p == NULL || **(char *const *)p == '\0';
	if (f->type == PROTOBUF_C_TYPE_BYTES)
		return ((const ProtobufCBinaryData *)p)->len == 0;
	return memcmp(p, zeros, field_size(f->type)) == 0;
}

static void write_message(const ProtobufCMessage *m, int depth, struct buf *out)
{
	const char *base = (const char *)m;

	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		const void *p = base + f->offset;

		if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			size_t n = *(const size_t *)(base + f->quantifier_offset);
			for (size_t k = 0; k < n; k++)
				write_value(f, *(char *const *)p + k * field_size(f->type), depth,
					    out);
		} else if (field_is_oneof(f)) {
			if (*(const uint32_t *)(base + f->quantifier_offset) == f->id)
				write_value(f, p, depth, out);
		} else if (!is_default(f, p)) {
			write_value(f, p, depth, out);
		}
	}
}

void text_write(const ProtobufCMessage *m, struct buf *out)
{
	write_message(m, 0, out);
}
