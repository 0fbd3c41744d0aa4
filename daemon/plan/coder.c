#include "plan/coder.h"

#include <string.h>

void coder_fail(struct coder *c, int err)
{
	if (!c->err)
		c->err = err;
}

void coder_bytes(struct coder *c, uint8_t *b, size_t n)
{
	if (c->err)
		return;
	if (c->out) {
		coder_fail(c, buf_append(c->out, b, n));
		return;
	}
	if (c->n < n) {
		coder_fail(c, ERR_MALFORMED);
		return;
	}
	memcpy(b, c->p, n);
	c->p += n;
	c->n -= n;
}

void coder_word(struct coder *c, uint64_t *v, size_t size)
{
	uint8_t b[8] = {0};

	for (size_t i = 0; c->out && i < size; i++)
		b[i] = (uint8_t)(*v >> (8 * i));
	coder_bytes(c, b, size);
	if (c->out || c->err)
		return;
	*v = 0;
	for (size_t i = 0; i < size; i++)
		*v |= (uint64_t)b[i] << (8 * i);
}

void coder_i64(struct coder *c, int64_t *v)
{
	uint64_t w = (uint64_t)*v;

	coder_word(c, &w, 8);
	*v = (int64_t)w;
}

void coder_count(struct coder *c, uint32_t *v, uint32_t max)
{
	uint64_t w = *v;

	coder_word(c, &w, 4);
	if (w > max) {
		coder_fail(c, ERR_MALFORMED);
		w = 0;
	}
	*v = (uint32_t)w;
}

void coder_int(struct coder *c, int *v, int max)
{
	uint32_t w = (uint32_t)*v;

	coder_count(c, &w, (uint32_t)max);
	*v = (int)w;
}

void coder_bool(struct coder *c, bool *v)
{
	uint64_t w = *v;

	coder_word(c, &w, 1);
	if (w > 1)
		coder_fail(c, ERR_MALFORMED);
	*v = w == 1;
}

void coder_text(struct coder *c, char *text, size_t size)
{
	uint64_t len = c->out ? strnlen(text, size - 1) : 0;

	coder_word(c, &len, 2);
	if (len >= size) {
		coder_fail(c, ERR_MALFORMED);
		return;
	}
	coder_bytes(c, (uint8_t *)text, (size_t)len);
	if (c->out || c->err)
		return;
	text[len] = '\0';
	if (strlen(text) != len)
		coder_fail(c, ERR_MALFORMED);
}

void coder_series(struct coder *c, int64_t **v, uint32_t n)
{
	if (coder_is_reading(c)) {
		if (c->n / sizeof(int64_t) < n) {
			coder_fail(c, ERR_MALFORMED);
			return;
		}
		*v = ARENA_ARRAY(c->a, n, int64_t);
		if (!*v)
			coder_fail(c, -ENOMEM);
	}
	for (uint32_t i = 0; !c->err && i < n; i++)
		coder_i64(c, &(*v)[i]);
}

void coder_flags(struct coder *c, bool **v, uint32_t n)
{
	if (coder_is_reading(c)) {
		if (c->n < n) {
			coder_fail(c, ERR_MALFORMED);
			return;
		}
		*v = ARENA_ARRAY(c->a, n, bool);
		if (!*v)
			coder_fail(c, -ENOMEM);
	}
	for (uint32_t i = 0; !c->err && i < n; i++)
		coder_bool(c, &(*v)[i]);
}

void coder_i64s(struct coder *c, int64_t *const *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		coder_i64(c, fields[i]);
}

void coder_optional_series(struct coder *c, int64_t **v, uint32_t n)
{
	bool has = *v != NULL;

	coder_bool(c, &has);
	if (has)
		coder_series(c, v, n);
}
