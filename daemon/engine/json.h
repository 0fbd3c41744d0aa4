/* Canonical JSON, as the bodies of the audit chain are written: keys in ascending byte order, no blanks, integers
 * only, texts in UTF-8 with the escapes that JSON demands and no others. The same facts give the same bytes.
 * Owner's thread. */
#pragma once

#include "base/buf.h"

#define JSON_MAX_DEPTH 4
#define JSON_KEY_MAX 32

struct json {
	struct buf *out;
	int depth;
	struct {
		char close;
		bool any;
		char last[JSON_KEY_MAX]; /* key before, "" = none */
	} level[JSON_MAX_DEPTH];
};

void json_begin(struct json *j, struct buf *out); /* opens the object */
void json_end(struct json *j);			  /* closes it; all inner ones are closed */
/* Inside an object. Keys must ascend (REQUIRE). */
void json_i64(struct json *j, const char *key, int64_t v);
void json_u64(struct json *j, const char *key, uint64_t v);
void json_bool(struct json *j, const char *key, bool v);
/* Invalid UTF-8 is written byte by byte as U+FFFD. NULL is "". */
void json_text(struct json *j, const char *key, const char *s);
void json_hex(struct json *j, const char *key, const uint8_t *p, size_t n);
void json_open_object(struct json *j, const char *key);
void json_open_array(struct json *j, const char *key);
void json_close(struct json *j);
/* Inside an array. */
void json_item_u64(struct json *j, uint64_t v);
void json_item_text(struct json *j, const char *s);
