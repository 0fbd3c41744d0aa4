#include "model/site_fault.h"

#include <stdio.h>

#define PATH_MAX_B 96

void site_fault(struct site_checker *c, const char *at, int i, const char *key, const char *fmt,
		...)
{
	char path[PATH_MAX_B], text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (i < 0)
		snprintf(path, sizeof(path), "%s%s%s", at, at[0] && key[0] ? "." : "", key);
	else
		snprintf(path, sizeof(path), "%s[%d]%s%s", at, i, key[0] ? "." : "", key);
	c->n++;
	c->cb(c->arg, path, text);
}

const char *site_generator_list(const struct site *s, int i, int *ret_i)
{
	enum asset_kind kind = generator_kind(&s->generators[i]);

	*ret_i = 0;
	for (int k = 0; k < i; k++)
		*ret_i += generator_kind(&s->generators[k]) == kind;
	return asset_kind_name(kind);
}
