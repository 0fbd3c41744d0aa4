#include "ctl/cmd.h"

#include <inttypes.h>
#include <string.h>

#include "base/sha256.h"
#include "ctl/ctl.h"
#include "ctl/message.h"
#include "suandian/v1/envelope.pb-c.h"

/* ---- audit verify -------------------------------------------------------------------------------- */

static void put_hex(char ret[SHA256_HEX_LEN], const ProtobufCBinaryData *b)
{
	ret[0] = '\0';
	if (b->len == SHA256_LEN)
		sha256_hex(b->data, ret);
}

int cmd_audit_verify(struct ctl *c)
{
	Suandian__V1__VerifyAudit body = SUANDIAN__V1__VERIFY_AUDIT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	const Suandian__V1__AuditVerdict *v;
	char head[SHA256_HEX_LEN];
	int r = ctl_connect(c, NULL);

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_VERIFY_AUDIT;
	env.verify_audit = &body;
	r = r ? r : ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_AUDIT_VERDICT, &answer);
	if (r)
		return r;
	v = answer->audit_verdict;
	put_hex(head, &v->head);
	if (c->json) {
		r = ctl_print_json(c, message_json(&v->base));
	} else if (v->ok) {
		out_part(&c->out, STYLE_GOOD, "chain ok");
		out_line(&c->out, STYLE_PLAIN, ": %" PRIu64 " records, head %s", v->records, head);
	} else {
		out_part(&c->out, STYLE_BAD, "chain broken");
		out_line(&c->out, STYLE_PLAIN, " at record %" PRIu64 " of %" PRIu64 ": %s",
			 v->bad_seq, v->records, v->text);
	}
	return r == CTL_OK && !v->ok ? CTL_REFUSED : r;
}

/* ---- audit read ---------------------------------------------------------------------------------- */

#define CHAIN_ROOT "suandian-audit-v1"

/* What is known of the chain so far. */
struct chain {
	bool known; /* the record before was seen, or there is none */
	uint8_t last[SHA256_LEN];
	uint64_t seq; /* of the record before */
	uint64_t read, broken;
};

/* SHA-256 of (previous hash ‖ seq be64 ‖ len be32 ‖ body), after the hash of CHAIN_ROOT; see admin.proto. */
static bool fits(const struct chain *chain, const Suandian__V1__AuditRecord *r)
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
static bool chain_take(struct chain *chain, const Suandian__V1__AuditRecord *r)
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

static const char *body_text(struct ctl *c, const Suandian__V1__AuditRecord *r)
{
	const char *text = arena_printf(&c->arena, "%.*s", (int)r->body.len,
					r->body.data ? (const char *)r->body.data : "");

	return text ? text : "";
}

static json_t *record_json(struct ctl *c, const Suandian__V1__AuditRecord *r, bool ok)
{
	json_t *body = json_loadb((const char *)r->body.data, r->body.len, 0, NULL);
	json_t *o = json_pack("{s:I,s:o,s:b}", "seq", (json_int_t)r->seq, "body",
			      body ? body : message_text(body_text(c, r)), "fits", ok);

	message_put_hex(o, "hash", r->hash.data, r->hash.len);
	return o;
}

static void print_record(struct ctl *c, const Suandian__V1__AuditRecord *r, bool ok)
{
	char hash[SHA256_HEX_LEN];

	put_hex(hash, &r->hash);
	out_part(&c->out, STYLE_BOLD, "%6" PRIu64, r->seq);
	out_part(&c->out, ok ? STYLE_DIM : STYLE_BAD, "  %.12s%s  ", hash,
		 ok ? "" : " DOES NOT FIT");
	out_line(&c->out, STYLE_PLAIN, "%s", body_text(c, r));
}

static int read_records(struct ctl *c, struct chain *chain, json_t *array)
{
	const Suandian__V1__Envelope *part;
	int r;

	while ((r = ctl_next(c, SUANDIAN__V1__ENVELOPE__BODY_AUDIT_CHUNK, &part)) == 1) {
		for (size_t i = 0; i < part->audit_chunk->n_records; i++) {
			const Suandian__V1__AuditRecord *record = part->audit_chunk->records[i];
			bool ok = chain_take(chain, record);

			if (c->json)
				json_array_append_new(array, record_json(c, record, ok));
			else
				print_record(c, record, ok);
		}
	}
	return -r;
}

int cmd_audit_read(struct ctl *c)
{
	Suandian__V1__ReadAudit body = SUANDIAN__V1__READ_AUDIT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct chain chain = {0};
	json_t *array;
	int r = ctl_connect(c, NULL);

	if (r)
		return r;
	body.from_seq = (uint64_t)args_number(&c->args, OPT_FIRST, 1);
	body.limit = (uint32_t)min_i64(args_number(&c->args, OPT_LIMIT, 0), UINT32_MAX);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_READ_AUDIT;
	env.read_audit = &body;
	/* what stands before the first record */
	chain.known = body.from_seq <= 1;
	sha256(CHAIN_ROOT, strlen(CHAIN_ROOT), chain.last);
	array = json_array();
	r = ctl_stream(c, &env);
	r = r ? r : read_records(c, &chain, array);
	if (r == CTL_OK && c->json)
		r = ctl_print_json(c, json_pack("{s:O,s:I}", "records", array, "broken",
						(json_int_t)chain.broken));
	json_decref(array);
	if (r == CTL_OK && chain.broken)
		r = ctl_fail(c, ERR_CORRUPT,
			     "%" PRIu64 " of %" PRIu64 " records do not fit the chain",
			     chain.broken, chain.read);
	return r;
}
