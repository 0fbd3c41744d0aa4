#include "ctl/cmd.h"

#include <inttypes.h>
#include <string.h>

#include "ctl/auditread.h"
#include "ctl/format.h"
#include "ctl/message.h"
#include "suandian/v1/envelope.pb-c.h"

/* ---- audit verify -------------------------------------------------------------------------------- */

static void put_hex(char ret[SHA256_HEX_LEN], const ProtobufCBinaryData *b)
{
	ret[0] = '\0';
	if (b->len == SHA256_LEN)
		sha256_hex(b->data, ret);
}

static bool count(void *arg, const Suandian__V1__AuditRecord *r, bool fits)
{
	(void)arg;
	(void)r;
	(void)fits;
	return true;
}

/* The records since then, computed again here: of the first one only what comes after it. */
static int verify_since(struct ctl *c, struct audit_read *ret)
{
	int r;

	*ret = (struct audit_read){.visit = count};
	if (!args_has(&c->args, OPT_FROM))
		return CTL_OK;
	r = audit_read_first(c, ctl_time(c, OPT_FROM, 0), &ret->from_seq);
	/* one before it, so that the first is computed, too */
	ret->extra = ret->from_seq > 1;
	ret->from_seq -= ret->extra;
	return r ? r : audit_read_run(c, ret);
}

static uint64_t since(const struct audit_read *a)
{
	return a->read - a->extra;
}

static json_t *verdict_json(const struct ctl *c, const Suandian__V1__AuditVerdict *v,
			    const struct audit_read *a)
{
	json_t *o = message_json(&v->base);

	if (args_has(&c->args, OPT_FROM))
		json_object_set_new(o, "records_since", json_integer((json_int_t)since(a)));
	return o;
}

int cmd_audit_verify(struct ctl *c)
{
	Suandian__V1__VerifyAudit body = SUANDIAN__V1__VERIFY_AUDIT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	const Suandian__V1__AuditVerdict *v;
	struct audit_read read = {0};
	char head[SHA256_HEX_LEN];
	int r = ctl_connect(c, NULL);

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_VERIFY_AUDIT;
	env.verify_audit = &body;
	r = r ? r : ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_AUDIT_VERDICT, &answer);
	if (r)
		return r;
	v = answer->audit_verdict;
	r = v->ok ? verify_since(c, &read) : CTL_OK;
	if (r)
		return r;
	put_hex(head, &v->head);
	if (c->json) {
		r = ctl_print_json(c, verdict_json(c, v, &read));
	} else if (v->ok) {
		out_part(&c->out, STYLE_GOOD, "chain ok");
		out_part(&c->out, STYLE_PLAIN, ": %" PRIu64 " records, head %s", v->records, head);
		if (args_has(&c->args, OPT_FROM))
			out_part(&c->out, STYLE_PLAIN,
				 "; %" PRIu64 " since %s, computed again here", since(&read),
				 format_time(c->zone, ctl_time(c, OPT_FROM, 0)).s);
		out_end(&c->out);
	} else {
		out_part(&c->out, STYLE_BAD, "chain broken");
		out_line(&c->out, STYLE_PLAIN, " at record %" PRIu64 " of %" PRIu64 ": %s",
			 v->bad_seq, v->records, v->text);
	}
	return r == CTL_OK && (!v->ok || read.broken) ? CTL_REFUSED : r;
}

/* ---- audit read ---------------------------------------------------------------------------------- */

struct reading {
	struct ctl *c;
	json_t *array;
};

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

static bool show(void *arg, const Suandian__V1__AuditRecord *r, bool ok)
{
	struct reading *reading = arg;

	if (reading->c->json)
		json_array_append_new(reading->array, record_json(reading->c, r, ok));
	else
		print_record(reading->c, r, ok);
	return true;
}

int cmd_audit_read(struct ctl *c)
{
	struct reading reading = {.c = c};
	struct audit_read a = {.visit = show, .arg = &reading};
	int r = ctl_connect(c, NULL);

	if (r)
		return r;
	a.from_seq = (uint64_t)args_number(&c->args, OPT_FIRST, 1);
	a.limit = (uint32_t)min_i64(args_number(&c->args, OPT_LIMIT, 0), UINT32_MAX);
	reading.array = json_array();
	r = audit_read_run(c, &a);
	if (r == CTL_OK && c->json)
		r = ctl_print_json(c, json_pack("{s:O,s:I}", "records", reading.array, "broken",
						(json_int_t)a.broken));
	json_decref(reading.array);
	if (r == CTL_OK && a.broken)
		r = ctl_fail(c, ERR_CORRUPT,
			     "%" PRIu64 " of %" PRIu64 " records do not fit the chain", a.broken,
			     a.read);
	return r;
}
