#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

struct entry {
	int code;
	const char *name, *text;
};

static const struct entry entries[] = {
#define X(id, number, name, text) {number, name, text},
	ERR_LIST(X)
#undef X
};

static const struct entry *find(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if (entries[i].code == code)
			return &entries[i];
	return NULL;
}

/* errno values are far below this; keeps the negation away from INT_MIN too */
static bool is_errno(int code)
{
	return code < 0 && code > -1000;
}

const char *err_name(int code)
{
	const struct entry *e = find(code);
	const char *name;

	if (code == 0)
		return "OK";
	if (e)
		return e->name;
	name = is_errno(code) ? strerrorname_np(-code) : NULL;
	return name ? name : "UNKNOWN";
}

const char *err_text(int code)
{
	const struct entry *e = find(code);
	const char *text;

	if (code == 0)
		return "success";
	if (e)
		return e->text;
	text = is_errno(code) ? strerrordesc_np(-code) : NULL;
	return text ? text : "unknown error";
}

static const char ellipsis[] = "…";

/* Formats "prefix" or "prefix: tail" into f->text. Works on a copy: arguments may point into f->text. */
__attribute__((format(printf, 3, 0))) static void put(struct fault *f, const char *tail,
						      const char *fmt, va_list ap)
{
	char text[sizeof(f->text) * 2];
	int n = vsnprintf(text, sizeof(f->text), fmt, ap);
	size_t len = n < 0 ? 0 : (size_t)n;

	if (n < 0)
		text[0] = '\0';
	if (len >= sizeof(f->text)) {
		tail = NULL;
		text[sizeof(f->text) - 1] = '\0';
	}
	if (tail) {
		snprintf(text + len, sizeof(text) - len, ": %s", tail);
		len += 2 + strlen(tail);
	}
	if (len >= sizeof(f->text))
		memcpy(text + utf8_cut(text, sizeof(f->text) - sizeof(ellipsis)), ellipsis,
		       sizeof(ellipsis));
	memcpy(f->text, text, sizeof(f->text));
}

int fault_set(struct fault *f, int code, const char *fmt, ...)
{
	va_list ap;

	if (!f)
		return code;
	va_start(ap, fmt);
	put(f, NULL, fmt, ap);
	va_end(ap);
	f->code = code;
	return code;
}

int fault_prefix(struct fault *f, const char *fmt, ...)
{
	char tail[sizeof(f->text)];
	va_list ap;

	if (!f || f->code == 0)
		return 0;
	memcpy(tail, f->text, sizeof(tail));
	va_start(ap, fmt);
	put(f, tail, fmt, ap);
	va_end(ap);
	return f->code;
}
