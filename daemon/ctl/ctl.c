#include "ctl/ctl.h"

#include <stdarg.h>
#include <string.h>

#include "ctl/format.h"
#include "ctl/message.h"
#include "proto/codec.h"

/* ---- Saying what went wrong --------------------------------------------------------------------- */

static int exit_of(int code)
{
	switch (code) {
	case ERR_TIMEOUT:
	case ERR_CLOSED:
	case ERR_MALFORMED:
		return CTL_UNREACHABLE;
	default:
		return code <= ERR_MALFORMED ? CTL_REFUSED : CTL_UNREACHABLE;
	}
}

static void say(const struct ctl *c, const char *kind, const char *code, const char *text)
{
	json_t *root;

	if (!c->json) {
		out_part(&c->err, STYLE_BAD, "suandianctl: ");
		out_line(&c->err, STYLE_PLAIN, "%s%s%s", kind, *kind ? ": " : "", text);
		return;
	}
	root = json_pack("{s:{s:s,s:o}}", "error", "code", code, "text", message_text(text));
	(void)json_dumpf(root, c->err.file, JSON_COMPACT);
	out_end(&c->err);
	json_decref(root);
}

int ctl_fail(const struct ctl *c, int code, const char *fmt, ...)
{
	int status = exit_of(code);
	struct fault f;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(f.text, sizeof(f.text), fmt, ap);
	va_end(ap);
	if (status == CTL_REFUSED && c->quiet)
		return status;
	say(c, status == CTL_REFUSED ? err_name(code) : "", err_name(code), f.text);
	return status;
}

int ctl_usage(const struct ctl *c, const char *fmt, ...)
{
	const struct command *command = c->args.command;
	struct fault f;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(f.text, sizeof(f.text), fmt, ap);
	va_end(ap);
	say(c, "", "USAGE", f.text);
	if (!c->json)
		out_line(&c->err, STYLE_DIM, "Try: suandianctl%s%s --help", command ? " " : "",
			 command ? command->name : "");
	return CTL_USAGE;
}

static int fail_call(const struct ctl *c, int code, const struct fault *f)
{
	if (code == ERR_TIMEOUT)
		return ctl_fail(c, code, "%s: no answer within %s", c->socket,
				format_span(c->timeout_ms).s);
	return ctl_fail(c, code, "%s", f->code ? f->text : err_text(code));
}

/* ---- Asking the daemon ---------------------------------------------------------------------------- */

static int fail_connect(const struct ctl *c, int code, const struct fault *f)
{
	if (code == ERR_TIMEOUT)
		return fail_call(c, code, f);
	if (code == -ENOENT || code == -ECONNREFUSED)
		return ctl_fail(c, code, "%s; is suandiand running?", f->text);
	return ctl_fail(c, code, "%s", f->text);
}

static int check_kind(const struct ctl *c, int expected, const Suandian__V1__Envelope *answer)
{
	const char *name = codec_body_name(codec_body_number(answer));

	if ((int)answer->body_case == expected)
		return CTL_OK;
	return ctl_fail(c, ERR_MALFORMED, "%s: an answer of the wrong kind: %s", c->socket,
			name ? name : "unknown");
}

/* The connection keeps an answer only until the next question. */
static int copy_answer(struct ctl *c, const Suandian__V1__Envelope *answer,
		       const Suandian__V1__Envelope **ret)
{
	size_t n = protobuf_c_message_get_packed_size(&answer->base);
	uint8_t *bytes = arena_alloc(&c->arena, n);
	Suandian__V1__Envelope *copy;
	struct fault f = {0};
	int r = -ENOMEM;

	if (bytes) {
		protobuf_c_message_pack(&answer->base, bytes);
		r = codec_decode(&c->arena, bytes, n, &copy, &f);
	}
	if (r < 0)
		return fail_call(c, r, &f);
	*ret = copy;
	return CTL_OK;
}

int ctl_call(struct ctl *c, Suandian__V1__Envelope *request, int expected,
	     const Suandian__V1__Envelope **ret)
{
	const Suandian__V1__Envelope *answer = NULL;
	struct fault f = {0};
	int r = client_sync_call(c->sync, request, c->timeout_ms, &answer, &f);

	if (r < 0 || !answer)
		return fail_call(c, r < 0 ? r : ERR_MALFORMED, &f);
	r = check_kind(c, expected, answer);
	return r ? r : copy_answer(c, answer, ret);
}

int ctl_stream(struct ctl *c, Suandian__V1__Envelope *request)
{
	struct fault f = {0};
	int r = client_sync_stream(c->sync, request, &f);

	return r < 0 ? fail_call(c, r, &f) : CTL_OK;
}

int ctl_next(struct ctl *c, int expected, const Suandian__V1__Envelope **ret)
{
	struct fault f = {0};
	int r = client_sync_next(c->sync, c->timeout_ms, ret, &f);

	if (r < 0)
		return -fail_call(c, r, &f);
	if (r == 1 && check_kind(c, expected, *ret))
		return -CTL_UNREACHABLE;
	return r;
}

static int list_sites(struct ctl *c)
{
	Suandian__V1__ListSites body = SUANDIAN__V1__LIST_SITES__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer = NULL;
	int r;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_LIST_SITES;
	env.list_sites = &body;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_SITE_LIST, &answer);
	if (r == CTL_OK && answer)
		c->sites = answer->site_list;
	return r;
}

static int settle_zone(struct ctl *c, const char *thing)
{
	const Suandian__V1__SiteInfo *site = thing ? ctl_site(c, thing) : NULL;
	const char *name = c->default_zone;

	if (!site && c->sites->n_sites > 0)
		site = c->sites->sites[0];
	if (name)
		return zone_load(name, &c->zone) < 0
			       ? ctl_usage(c, "--timezone %s: no such zone here", name)
			       : CTL_OK;
	if (site && zone_load(site->zone, &c->zone) == 0)
		return CTL_OK;
	if (site)
		out_line(&c->err, STYLE_WARN,
			 "suandianctl: the zone %s is not known here: times are UTC", site->zone);
	return zone_load("UTC", &c->zone) < 0 ? ctl_usage(c, "this system has no time zones")
					      : CTL_OK;
}

int ctl_connect(struct ctl *c, const char *thing)
{
	struct client_options options = {
		.role = args_text(&c->args, OPT_ROLE, c->args.command->role),
		.name = "suandianctl",
		.build = "suandianctl " SUANDIAN_VERSION,
		.hello_timeout_ms = c->timeout_ms,
	};
	struct fault f = {0};
	int r = client_sync_connect(c->socket, &options, NULL, c->timeout_ms, &c->sync, &f);

	if (r < 0)
		return fail_connect(c, r, &f);
	c->now_ms = client_sync_welcome(c->sync)->server_time_ms;
	r = list_sites(c);
	return r ? r : settle_zone(c, thing);
}

const Suandian__V1__SiteInfo *ctl_site(const struct ctl *c, const char *thing)
{
	size_t n = strcspn(thing, "/");

	for (size_t i = 0; i < c->sites->n_sites; i++) {
		const Suandian__V1__SiteInfo *site = c->sites->sites[i];

		if (strlen(site->id) == n && memcmp(site->id, thing, n) == 0)
			return site;
	}
	return NULL;
}

const Suandian__V1__AssetInfo *ctl_asset(const struct ctl *c, const char *id)
{
	const Suandian__V1__SiteInfo *site = ctl_site(c, id);

	for (size_t i = 0; site && i < site->n_assets; i++)
		if (strcmp(site->assets[i]->id, id) == 0)
			return site->assets[i];
	return NULL;
}

/* ---- Reading options ------------------------------------------------------------------------------ */

int64_t ctl_time(const struct ctl *c, enum option_id id, int64_t otherwise)
{
	const struct arg *arg = &c->args.option[id];

	return arg->given ? times_resolve(&arg->time, c->zone, c->now_ms) : otherwise;
}

int ctl_check_interval(const struct ctl *c, int64_t from_ms, int64_t to_ms)
{
	if (from_ms < to_ms)
		return CTL_OK;
	return ctl_usage(c, "the end (%s) is not after the begin (%s)",
			 format_time(c->zone, to_ms).s, format_time(c->zone, from_ms).s);
}

/* ---- Output ---------------------------------------------------------------------------------------- */

static int print_json(const struct ctl *c, json_t *root, size_t flags)
{
	int r = root ? json_dumpf(root, c->out.file, flags | JSON_REAL_PRECISION(15)) : -1;

	json_decref(root);
	if (r < 0)
		return ctl_fail(c, -ENOMEM, "%s", err_text(-ENOMEM));
	out_end(&c->out);
	return CTL_OK;
}

int ctl_print_json(const struct ctl *c, json_t *root)
{
	return print_json(c, root, JSON_INDENT(2));
}

int ctl_print_json_line(const struct ctl *c, json_t *root)
{
	int r = print_json(c, root, JSON_COMPACT);

	(void)fflush(c->out.file);
	return r;
}
