#include "api/refusal.h"

#include <stdio.h>

int refuse(struct refusal *r, int code, const char *field, const char *fmt, ...)
{
	va_list args;

	snprintf(r->field, sizeof(r->field), "%s", field);
	r->fault.code = code;
	va_start(args, fmt);
	vsnprintf(r->fault.text, sizeof(r->fault.text), fmt, args);
	va_end(args);
	return code;
}

int refuse_at(struct refusal *r, const char *field, size_t i, const char *sub, const char *text)
{
	char path[sizeof(r->field)];

	snprintf(path, sizeof(path), "%s[%zu]%s%s", field, i, *sub ? "." : "", sub);
	return refuse(r, ERR_INVALID, path, "%s", text);
}
