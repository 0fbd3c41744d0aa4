#include "ctl/cmd.h"

#include <inttypes.h>
#include <string.h>

#include "base/sha256.h"
#include "ctl/ctl.h"
#include "ctl/instructview.h"
#include "ctl/message.h"
#include "suandian/v1/envelope.pb-c.h"

static const char *hex(char ret[SHA256_HEX_LEN], const ProtobufCBinaryData *b)
{
	ret[0] = '\0';
	if (b->len == SHA256_LEN)
		sha256_hex(b->data, ret);
	return ret;
}

int cmd_config_show(struct ctl *c)
{
	Suandian__V1__GetConfig body = SUANDIAN__V1__GET_CONFIG__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	const Suandian__V1__ConfigText *m;
	char hash[SHA256_HEX_LEN];
	int r = ctl_connect(c, NULL);

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_GET_CONFIG;
	env.get_config = &body;
	r = r ? r : ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_CONFIG_TEXT, &answer);
	if (r)
		return r;
	m = answer->config_text;
	if (c->json)
		return ctl_print_json(c, message_json(&m->base));
	/* comments, so that what is printed is a configuration again */
	out_line(&c->out, STYLE_DIM, "# %s, defaults included", m->path);
	out_line(&c->out, STYLE_DIM, "# sha256 %s, reloads %" PRIu64, hex(hash, &m->hash),
		 m->reloads);
	out_lines(&c->out, m->text);
	return CTL_OK;
}

static int ask_diff(struct ctl *c, const Suandian__V1__ConfigDiff **ret)
{
	Suandian__V1__DiffConfig body = SUANDIAN__V1__DIFF_CONFIG__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r = ctl_connect(c, NULL);

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_DIFF_CONFIG;
	env.diff_config = &body;
	r = r ? r : ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_CONFIG_DIFF, &answer);
	if (r == CTL_OK)
		*ret = answer->config_diff;
	return r;
}

static void print_change(const struct ctl *c, const Suandian__V1__ConfigChange *x)
{
	bool restart = strcmp(x->effect, "restart") == 0;

	if (*x->before)
		out_line(&c->out, STYLE_BAD, "-%s: %s", x->path, x->before);
	if (*x->after)
		out_line(&c->out, STYLE_GOOD, "+%s: %s", x->path, x->after);
	out_line(&c->out, restart ? STYLE_WARN : STYLE_DIM, "   # %s",
		 restart ? "at the next start only" : "at once");
}

/* CTL_REFUSED if the files are wrong. */
static int print_diff(struct ctl *c, const Suandian__V1__ConfigDiff *m)
{
	char hash[SHA256_HEX_LEN];

	for (size_t i = 0; i < m->n_faults; i++)
		out_line(&c->err, STYLE_BAD, "%s", m->faults[i]);
	if (m->n_faults > 0)
		return ctl_fail(c, ERR_INVALID, "the files are wrong, %zu fault%s", m->n_faults,
				m->n_faults == 1 ? "" : "s");
	if (m->n_changes == 0) {
		out_line(&c->out, STYLE_PLAIN, "the files say what is in force");
		return CTL_OK;
	}
	out_line(&c->out, STYLE_BOLD, "--- in force %.12s", hex(hash, &m->old_hash));
	out_line(&c->out, STYLE_BOLD, "+++ on disk  %.12s", hex(hash, &m->new_hash));
	for (size_t i = 0; i < m->n_changes; i++)
		print_change(c, m->changes[i]);
	return CTL_OK;
}

int cmd_config_diff(struct ctl *c)
{
	const Suandian__V1__ConfigDiff *m;
	int r = ask_diff(c, &m);

	if (r)
		return r;
	if (!c->json)
		return print_diff(c, m);
	r = ctl_print_json(c, message_json(&m->base));
	return r == CTL_OK && m->n_faults > 0 ? CTL_REFUSED : r;
}

int cmd_config_reload(struct ctl *c)
{
	Suandian__V1__ReloadConfig body = SUANDIAN__V1__RELOAD_CONFIG__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__ConfigDiff *m;
	int r = ask_diff(c, &m);

	if (r)
		return r;
	if (!c->json)
		r = print_diff(c, m);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_RELOAD_CONFIG;
	env.reload_config = &body;
	return r ? r : instructview_send(c, &env, "in force");
}
