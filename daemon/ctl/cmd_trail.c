/* The audit chain as a story: what was done with a thing, by whom, and who approved it. */
#include "ctl/cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/auditread.h"
#include "ctl/format.h"
#include "ctl/message.h"
#include "ctl/table.h"

struct trail {
	struct ctl *c;
	const char *asset; /* NULL = all */
	char site[128];	   /* of it */
	int64_t from_ms, to_ms;
	struct table *table;
	json_t *array;
	size_t n;
};

static const char *text_of(const json_t *body, const char *key)
{
	const char *s = json_string_value(json_object_get(body, key));

	return s ? s : "";
}

static int64_t number_of(const json_t *body, const char *key)
{
	return json_integer_value(json_object_get(body, key));
}

/* Of an asset: what names it, its site (modes, events), or all sites. */
static bool concerns(const struct trail *t, const json_t *body)
{
	const char *kind = text_of(body, "kind");
	const char *asset = text_of(body, "asset"), *target = text_of(body, "target");
	const char *site = text_of(body, "site");

	if (!t->asset)
		return strcmp(kind, "renewal") != 0;
	if (strcmp(asset, t->asset) == 0 || strcmp(target, t->asset) == 0)
		return true;
	if (strcmp(kind, "mode") == 0)
		return !*target || strcmp(target, t->site) == 0;
	if (strcmp(kind, "event") == 0)
		return strcmp(site, t->site) == 0 || strcmp(target, t->site) == 0;
	return strcmp(kind, "configuration") == 0 || strcmp(site, t->asset) == 0;
}

/* "set point -1500000 W" of a decision's action. */
static void say_action(char *out, size_t n, const json_t *body)
{
	const json_t *action = json_object_get(body, "action");
	const json_t *value = json_object_get(action, "value");

	if (json_is_integer(value))
		snprintf(out, n, "%s %s", text_of(action, "kind"),
			 format_power(json_integer_value(value)).s);
	else
		snprintf(out, n, "%s", text_of(action, "kind"));
}

static void say_what(char *out, size_t n, const json_t *body)
{
	const char *kind = text_of(body, "kind");

	if (*text_of(body, "say"))
		snprintf(out, n, "%s", text_of(body, "say"));
	else if (strcmp(kind, "decision") == 0)
		say_action(out, n, body);
	else if (strcmp(kind, "decision_end") == 0)
		snprintf(out, n, "decision %" PRId64 " %s", number_of(body, "id"),
			 text_of(body, "state"));
	else if (strcmp(kind, "event") == 0)
		snprintf(out, n, "event %s %s", text_of(body, "external_id"),
			 text_of(body, "phase"));
	else if (strcmp(kind, "plan") == 0)
		snprintf(out, n, "plan %" PRId64 " %s", number_of(body, "id"),
			 text_of(body, "how"));
	else if (strcmp(kind, "refusal") == 0)
		snprintf(out, n, "%s refused", text_of(body, "request"));
	else
		snprintf(out, n, "%s", kind);
}

/* Why: a person's reason, else the code of the daemon's with its event or limit. */
static void say_why(char *out, size_t n, const json_t *body)
{
	const char *text = text_of(body, "text"), *reason = text_of(body, "reason");
	const char *limit = text_of(body, "limit"), *why = text_of(body, "why");

	snprintf(out, n, "%s%s%s%s%s%s", reason, *reason && *limit ? ", " : "", limit,
		 (*reason || *limit) && *text ? "; " : "", text, why);
}

/* The one who asked and, where there were two, the one who approved. */
static void say_who(char *out, size_t n, const json_t *body)
{
	const char *who = text_of(body, "who"), *by = text_of(body, "by");
	const char *ended_by = text_of(body, "ended_by");
	const char *state = text_of(body, "state");
	bool refused = strcmp(state, "refused") == 0;

	snprintf(out, n, "%s%s%s%s%s", *who ? who : "suandiand", *by ? " + " : "", by,
		 *ended_by && !*by && !refused && strcmp(ended_by, who) != 0 ? ", ended by " : "",
		 *ended_by && !*by && !refused && strcmp(ended_by, who) != 0 ? ended_by : "");
}

static void add_row(struct trail *t, uint64_t seq, const json_t *body)
{
	char what[200], why[300], who[200];
	const char *move = text_of(body, "move");

	say_what(what, sizeof(what), body);
	say_why(why, sizeof(why), body);
	say_who(who, sizeof(who), body);
	table_cell(t->table, STYLE_DIM, "%" PRIu64, seq);
	table_cell(t->table, STYLE_PLAIN, "%s",
		   format_seconds(t->c->zone, number_of(body, "t_ms")).s);
	table_cell(t->table, STYLE_BOLD, "%s%s%s", what, *move ? ": " : "", move);
	table_cell(t->table, STYLE_PLAIN, "%s", who);
	table_cell(t->table, STYLE_PLAIN, "%s", why);
}

static bool take(void *arg, const Suandian__V1__AuditRecord *r, bool fits)
{
	struct trail *t = arg;
	json_t *body = json_loadb((const char *)r->body.data, r->body.len, 0, NULL);
	int64_t at = number_of(body, "t_ms");

	(void)fits; /* counted by the reader */
	if (body && at >= t->from_ms && at < t->to_ms && concerns(t, body)) {
		t->n++;
		if (t->c->json)
			json_array_append_new(
				t->array,
				json_pack("{s:I,s:O}", "seq", (json_int_t)r->seq, "body", body));
		else
			add_row(t, r->seq, body);
	}
	json_decref(body);
	return true;
}

static void begin_table(struct table *t)
{
	table_init(t);
	table_column(t, ALIGN_RIGHT, "record");
	table_column(t, ALIGN_LEFT, "when");
	table_column(t, ALIGN_LEFT, "what");
	table_column(t, ALIGN_LEFT, "who");
	table_column(t, ALIGN_LEFT, "why");
}

static int finish(struct trail *t, int r, const struct audit_read *read)
{
	if (r == CTL_OK && t->c->json)
		r = ctl_print_json(t->c, json_pack("{s:O,s:I}", "records", t->array, "broken",
						   (json_int_t)read->broken));
	else if (r == CTL_OK && t->n == 0)
		out_line(&t->c->out, STYLE_PLAIN, "no record of it");
	else if (r == CTL_OK)
		table_print(t->table, &t->c->out, 0);
	if (r == CTL_OK && read->broken)
		r = ctl_fail(t->c, ERR_CORRUPT,
			     "%" PRIu64 " of %" PRIu64 " records do not fit the chain",
			     read->broken, read->read);
	return r;
}

int cmd_audit_trail(struct ctl *c)
{
	struct table table;
	struct trail t = {.c = c,
			  .asset = args_text(&c->args, OPT_ASSET, NULL),
			  .table = &table,
			  .array = json_array()};
	struct audit_read read = {.visit = take, .arg = &t};
	int r = ctl_connect(c, t.asset);

	begin_table(&table);
	snprintf(t.site, sizeof(t.site), "%.*s", (int)strcspn(t.asset ? t.asset : "", "/"),
		 t.asset ? t.asset : "");
	t.from_ms = r ? 0 : ctl_time(c, OPT_FROM, 0);
	t.to_ms = r ? 0 : ctl_time(c, OPT_TO, INT64_MAX);
	if (r == CTL_OK && t.from_ms > 0)
		r = audit_read_first(c, t.from_ms, &read.from_seq);
	r = r ? r : audit_read_run(c, &read);
	r = finish(&t, r, &read);
	json_decref(t.array);
	table_fini(&table);
	return r;
}
