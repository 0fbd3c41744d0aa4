/* Encoded operations of the ledger, one after the other in a buffer: kind, length of key, length of value, both.
 * What is submitted to the ledger waits in this form. Header only. */
#pragma once

#include <string.h>

#include "store/record.h"

struct put_head {
	uint32_t len;
	uint8_t kind, key_len;
};

/* 0 or -ENOMEM, and then `out` is as before. */
static inline int puts_add(struct buf *out, const struct ledger_op *op)
{
	struct put_head head = {.kind = (uint8_t)op->kind};
	size_t before = out->len, key_len;
	uint8_t key[16];
	struct buf value;
	int r;

	buf_init(&value, 0);
	r = record_encode(op, key, &key_len, &value);
	if (r == 0 && buf_avail(&value) > UINT32_MAX)
		r = -ENOMEM;
	if (r == 0) {
		head.len = (uint32_t)buf_avail(&value);
		head.key_len = (uint8_t)key_len;
		(void)buf_append(out, &head, sizeof(head));
		(void)buf_append(out, key, key_len);
		r = buf_append(out, buf_peek(&value), buf_avail(&value));
	}
	buf_fini(&value);
	if (r) {
		out->len = before;
		out->err = 0;
		return -ENOMEM;
	}
	return 0;
}

/* The operation at *at, which moves on; false at the end. */
static inline bool puts_next(const struct buf *puts, size_t *at, enum ledger_kind *ret_kind,
			     struct record *ret)
{
	const uint8_t *p = buf_peek(puts) + *at;
	struct put_head head;

	if (*at == buf_avail(puts))
		return false;
	memcpy(&head, p, sizeof(head));
	*ret_kind = (enum ledger_kind)head.kind;
	*ret = (struct record){.key = p + sizeof(head),
			       .key_len = head.key_len,
			       .value = p + sizeof(head) + head.key_len,
			       .len = head.len};
	*at += sizeof(head) + head.key_len + head.len;
	return true;
}
