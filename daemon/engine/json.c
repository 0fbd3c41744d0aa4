#include "engine/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/require.h"

static void open_level(struct json *j, char open, char close)
{
	REQUIRE(j->depth < JSON_MAX_DEPTH);
	j->level[j->depth].close = close;
	j->level[j->depth].any = false;
	j->level[j->depth].last[0] = '\0';
	j->depth++;
	buf_append(j->out, &open, 1);
}

void json_begin(struct json *j, struct buf *out)
{
	j->out = out;
	j->depth = 0;
	open_level(j, '{', '}');
}

void json_close(struct json *j)
{
	REQUIRE(j->depth > 0);
	j->depth--;
	buf_append(j->out, &j->level[j->depth].close, 1);
}

void json_end(struct json *j)
{
	json_close(j);
	REQUIRE(j->depth == 0);
}

static void separate(struct json *j)
{
	if (j->level[j->depth - 1].any)
		buf_append(j->out, ",", 1);
	j->level[j->depth - 1].any = true;
}

/* Length of the well-formed sequence at p (RFC 3629), 0 if there is none. */
static size_t sequence(const unsigned char *p)
{
	static const struct {
		unsigned char lo, hi, second_lo, second_hi, len;
	} rows[] = {
		{0x01, 0x7f, 0, 0, 1},	     {0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (p[0] < rows[i].lo || p[0] > rows[i].hi)
			continue;
		if (rows[i].len > 1 && (p[1] < rows[i].second_lo || p[1] > rows[i].second_hi))
			return 0;
		for (size_t k = 2; k < rows[i].len; k++) {
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		}
		return rows[i].len;
	}
	return 0;
}

static void write_text(struct json *j, const char *s)
{
	const unsigned char *p = (const unsigned char *)(s ? s : "");

	buf_append(j->out, "\"", 1);
	while (*p) {
		size_t n = sequence(p);

		if (n == 0)
			buf_append(j->out, "\xef\xbf\xbd", 3);
		else if (*p == '"' || *p == '\\')
			buf_printf(j->out, "\\%c", *p);
		else if (*p < 0x20)
			buf_printf(j->out, "\\u%04x", *p);
		else
			buf_append(j->out, p, n);
		p += n ? n : 1;
	}
	buf_append(j->out, "\"", 1);
}

static void write_key(struct json *j, const char *key)
{
	char *last = j->level[j->depth - 1].last;

	REQUIRE(j->depth > 0 && j->level[j->depth - 1].close == '}');
	REQUIRE(strlen(key) < JSON_KEY_MAX && strcmp(last, key) < 0);
	snprintf(last, JSON_KEY_MAX, "%s", key);
	separate(j);
	write_text(j, key);
	buf_append(j->out, ":", 1);
}

void json_i64(struct json *j, const char *key, int64_t v)
{
	write_key(j, key);
	buf_printf(j->out, "%" PRId64, v);
}

void json_u64(struct json *j, const char *key, uint64_t v)
{
	write_key(j, key);
	buf_printf(j->out, "%" PRIu64, v);
}

void json_bool(struct json *j, const char *key, bool v)
{
	write_key(j, key);
	buf_printf(j->out, "%s", v ? "true" : "false");
}

void json_text(struct json *j, const char *key, const char *s)
{
	write_key(j, key);
	write_text(j, s);
}

void json_hex(struct json *j, const char *key, const uint8_t *p, size_t n)
{
	write_key(j, key);
	buf_append(j->out, "\"", 1);
	for (size_t i = 0; i < n; i++)
		buf_printf(j->out, "%02x", p[i]);
	buf_append(j->out, "\"", 1);
}

void json_open_object(struct json *j, const char *key)
{
	write_key(j, key);
	open_level(j, '{', '}');
}

void json_open_array(struct json *j, const char *key)
{
	write_key(j, key);
	open_level(j, '[', ']');
}

static void begin_item(struct json *j)
{
	REQUIRE(j->depth > 0 && j->level[j->depth - 1].close == ']');
	separate(j);
}

void json_item_u64(struct json *j, uint64_t v)
{
	begin_item(j);
	buf_printf(j->out, "%" PRIu64, v);
}

void json_item_text(struct json *j, const char *s)
{
	begin_item(j);
	write_text(j, s);
}
