#include <zlib.h>

#include "store/record_priv.h"

int record_encode_snapshot(const struct ledger_blob *b, struct arena *a, struct buf *out)
{
	Suandian__Store__V1__Snapshot m = SUANDIAN__STORE__V1__SNAPSHOT__INIT;
	uLongf n = compressBound(b->len);
	uint8_t *packed = arena_alloc(a, n);

	if (b->len > RECORD_BLOB_MAX || !packed ||
	    compress2(packed, &n, b->data, b->len, Z_DEFAULT_COMPRESSION) != Z_OK)
		return -ENOMEM;
	m.size = b->len;
	m.zlib = record_bytes(packed, n);
	return record_pack(&m.base, out);
}

int record_decode_snapshot(const uint8_t *p, size_t len, struct arena *a, struct ledger_blob *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__snapshot__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Snapshot *m = (const Suandian__Store__V1__Snapshot *)base;
	if (m->size > RECORD_BLOB_MAX)
		return ERR_CORRUPT;
	uLongf n = (uLongf)m->size;
	uint8_t *data = arena_alloc(a, m->size ? m->size : 1);
	if (!data)
		return -ENOMEM;
	r = uncompress(data, &n, m->zlib.data, m->zlib.len);
	if (r == Z_MEM_ERROR)
		return -ENOMEM;
	if (r != Z_OK || n != m->size)
		return ERR_CORRUPT;
	ret->data = data;
	ret->len = m->size;
	return 0;
}
