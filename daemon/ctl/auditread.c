#include "ctl/auditread.h"

#include <string.h>

#define CHAIN_ROOT "suandian-audit-v1"

/* SHA-256 of (previous hash ‖ seq be64 ‖ len be32 ‖ body), after the hash of CHAIN_ROOT; see admin.proto. */
static bool fits(const struct audit_read *chain, const Suandian__V1__AuditRecord *r)
{
	struct sha256 *h = sha256_new();
	uint8_t number[12], hash[SHA256_LEN];

	if (!h)
		return false;
	for (size_t i = 0; i < 8; i++)
		number[i] = (uint8_t)(r->seq >> (56 - 8 * i));
	for (size_t i = 0; i < 4; i++)
		number[8 + i] = (uint8_t)(r->body.len >> (24 - 8 * i));
	sha256_update(h, chain->last, SHA256_LEN);
	sha256_update(h, number, sizeof(number));
	sha256_update(h, r->body.data, r->body.len);
	sha256_final(h, hash);
	return r->hash.len == SHA256_LEN && memcmp(hash, r->hash.data, SHA256_LEN) == 0;
}

/* The first record of a read in the middle can only be believed. */
static bool chain_take(struct audit_read *chain, const Suandian__V1__AuditRecord *r)
{
	bool ok = r->hash.len == SHA256_LEN &&
		  (!chain->known || (r->seq == chain->seq + 1 && fits(chain, r)));

	chain->known = true;
	chain->seq = r->seq;
	chain->read++;
	chain->broken += !ok;
	memset(chain->last, 0, SHA256_LEN);
	if (r->hash.len == SHA256_LEN)
		memcpy(chain->last, r->hash.data, SHA256_LEN);
	return ok;
}

static int begin(struct ctl *c, uint64_t from_seq, uint32_t limit)
{
	Suandian__V1__ReadAudit body = SUANDIAN__V1__READ_AUDIT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.from_seq = from_seq;
	body.limit = limit;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_READ_AUDIT;
	env.read_audit = &body;
	return ctl_stream(c, &env);
}

int audit_read_run(struct ctl *c, struct audit_read *a)
{
	const Suandian__V1__Envelope *part;
	bool goes_on = true;
	int r;

	/* what stands before the first record */
	a->known = a->from_seq <= 1;
	sha256(CHAIN_ROOT, strlen(CHAIN_ROOT), a->last);
	r = begin(c, a->from_seq ? a->from_seq : 1, a->limit);
	if (r)
		return r;
	while ((r = ctl_next(c, SUANDIAN__V1__ENVELOPE__BODY_AUDIT_CHUNK, &part)) == 1) {
		for (size_t i = 0; i < part->audit_chunk->n_records; i++) {
			const Suandian__V1__AuditRecord *record = part->audit_chunk->records[i];
			bool ok = chain_take(a, record);

			goes_on = goes_on && a->visit(a->arg, record, ok);
		}
	}
	return -r;
}

/* Its time; −1: there is no record of that number. */
static int time_of(struct ctl *c, uint64_t seq, int64_t *ret)
{
	const Suandian__V1__Envelope *part;
	int r = begin(c, seq, 1);

	*ret = -1;
	if (r)
		return r;
	while ((r = ctl_next(c, SUANDIAN__V1__ENVELOPE__BODY_AUDIT_CHUNK, &part)) == 1) {
		for (size_t i = 0; i < part->audit_chunk->n_records; i++) {
			const ProtobufCBinaryData *b = &part->audit_chunk->records[i]->body;
			json_t *body = json_loadb((const char *)b->data, b->len, 0, NULL);

			*ret = json_integer_value(json_object_get(body, "t_ms"));
			json_decref(body);
		}
	}
	return -r;
}

int audit_read_first(struct ctl *c, int64_t from_ms, uint64_t *ret_seq)
{
	uint64_t lo = 1, hi = 1;
	int64_t t = 0;
	int r = CTL_OK;

	/* a number that lies beyond, by doubling; then between the two */
	while (r == CTL_OK && (r = time_of(c, hi, &t)) == CTL_OK && t >= 0 && t < from_ms) {
		lo = hi + 1;
		hi *= 2;
	}
	while (r == CTL_OK && lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		r = time_of(c, mid, &t);
		if (t >= 0 && t < from_ms)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret_seq = lo;
	return r;
}
