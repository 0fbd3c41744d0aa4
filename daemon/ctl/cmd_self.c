#include "ctl/cmd.h"

#include <string.h>

#include "ctl/complete.h"
#include "ctl/ctl.h"

int cmd_completion(struct ctl *c)
{
	if (strcmp(c->args.operand[0], "zsh") == 0)
		complete_zsh(c->table, &c->out);
	else
		complete_bash(c->table, &c->out);
	return CTL_OK;
}

int cmd_version(struct ctl *c)
{
	if (c->json)
		return ctl_print_json(c, json_pack("{s:s,s:i,s:i}", "version", SUANDIAN_VERSION,
						   "api_major", CLIENT_API_MAJOR, "api_minor",
						   CLIENT_API_MINOR));
	out_line(&c->out, STYLE_PLAIN, "suandianctl " SUANDIAN_VERSION ", protocol %d.%d",
		 CLIENT_API_MAJOR, CLIENT_API_MINOR);
	return CTL_OK;
}
