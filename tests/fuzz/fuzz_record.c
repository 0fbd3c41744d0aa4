/* Records of the store. Input: kind, length of the key, key, value; kind LEDGER_KINDS is a batch of the journal.
 * What decodes must encode, come back as the same bytes, and have the key it was found under. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "model/sample.h"
#include "store/record.h"

#define CAP ((size_t)128 << 20)

static void require(bool x)
{
	if (!x)
		abort();
}

/* Unknown fields and odd encodings are not kept, so it is the second encoding that must be stable. */
static void check_record(enum ledger_kind kind, const struct record *in, struct arena *a)
{
	struct ledger_op op, again;
	struct buf first, second;
	uint8_t key[16];
	struct record back = {.key = key};

	if (record_decode(kind, in, a, &op) != 0)
		return;
	buf_init(&first, 0);
	buf_init(&second, 0);
	require(record_encode(&op, key, &back.key_len, &first) == 0);
	if (kind != LEDGER_META) /* its key is 0 whatever it was found under */
		require(back.key_len == in->key_len && memcmp(key, in->key, in->key_len) == 0);
	back.value = buf_peek(&first);
	back.len = buf_avail(&first);
	require(record_decode(kind, &back, a, &again) == 0);
	require(record_encode(&again, key, &back.key_len, &second) == 0);
	require(buf_avail(&first) == buf_avail(&second) &&
		memcmp(buf_peek(&first), buf_peek(&second), buf_avail(&first)) == 0);
	buf_fini(&first);
	buf_fini(&second);
}

static void check_batch(const uint8_t *p, size_t n, struct arena *a)
{
	struct sample_batch b, again;
	struct buf out;

	if (record_decode_batch(p, n, a, &b) != 0)
		return;
	buf_init(&out, 0);
	require(record_encode_batch(&b, &out) == 0);
	require(record_decode_batch(buf_peek(&out), buf_avail(&out), a, &again) == 0);
	require(again.n == b.n && again.epoch == b.epoch && again.seq == b.seq);
	require(b.n == 0 || (memcmp(again.point, b.point, b.n * sizeof(*b.point)) == 0 &&
			     memcmp(again.t_ms, b.t_ms, b.n * sizeof(*b.t_ms)) == 0 &&
			     memcmp(again.value, b.value, b.n * sizeof(*b.value)) == 0 &&
			     memcmp(again.quality, b.quality, b.n) == 0));
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;

	if (size < 2 || (size_t)(data[1] % 17) + 2 > size)
		return 0;
	size_t key_len = data[1] % 17;
	struct record r = {.key = data + 2,
			   .key_len = key_len,
			   .value = data + 2 + key_len,
			   .len = size - 2 - key_len};
	unsigned kind = data[0] % (LEDGER_KINDS + 1);
	arena_init(&a, CAP);
	if (kind < LEDGER_KINDS)
		check_record((enum ledger_kind)kind, &r, &a);
	else
		check_batch(r.value, r.len, &a);
	arena_fini(&a);
	return 0;
}
