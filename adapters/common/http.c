#include "common/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/require.h"
#include "common/http_priv.h"

#define CONNECT_MAX_MS 10000
#define IDLE_MAX_S 118L /* a kept connection is not trusted for longer */

/* ---- The end of a call --------------------------------------------------------------------------------- */

static void free_call(struct http_call *c)
{
	curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->headers);
	curl_slist_free_all(c->resolve);
	buf_fini(&c->body);
	free(c);
}

static void note_answer(struct http_call *c)
{
	const char *type = NULL;

	(void)curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &c->status);
	(void)curl_easy_getinfo(c->easy, CURLINFO_CONTENT_TYPE, &type);
	(void)snprintf(c->content_type, sizeof(c->content_type), "%s", type ? type : "");
}

static void end_call(struct http_call *c, CURLcode result)
{
	struct http *h = c->http;

	if (c->is_ended)
		return;
	c->is_ended = true;
	timer_stop(&c->limit);
	note_answer(c);
	http_translate(c, result);
	(void)curl_multi_remove_handle(h->multi, c->easy);
	list_remove(&c->node);
	list_insert(&h->ended, &c->node);
	loop_defer(h->loop, &h->tell);
}

/* For a reason of ours. */
static void abort_call(struct http_call *c, int code, const char *why)
{
	if (c->code == 0) {
		c->code = code;
		(void)fault_set(&c->fault, code, "%s: %s", c->base, why);
	}
	end_call(c, CURLE_OK);
}

static void abort_all(struct http *h, int code)
{
	while (!list_is_empty(&h->calls))
		abort_call(list_entry(h->calls.next, struct http_call, node), code, err_text(code));
}

void http_collect(struct http *h)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left))) {
		struct http_call *c = NULL;
		CURLcode result = m->data.result; /* m is no more once its handle is removed */

		if (m->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&c);
		end_call(c, result);
	}
}

static void tell_one(struct http_call *c)
{
	struct http_answer a = {
		.code = c->code,
		.fault = c->code ? &c->fault : NULL,
		.status = c->status,
		.content_type = c->content_type,
		.body = buf_peek(&c->body),
		.n = buf_avail(&c->body),
	};

	c->is_told = true;
	c->done(c->arg, &a);
}

static void shut(struct http *h)
{
	h->shut = true;
	/* It speaks to nobody while it goes, but for the sockets that it closes. */
	(void)curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, NULL);
	(void)curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, NULL);
	(void)curl_multi_cleanup(h->multi);
	http_sockets_fini(h);
	group_seal(&h->handles);
}

static void tell(void *arg)
{
	struct http *h = arg;

	if (h->error < 0) {
		abort_all(h, h->error);
		h->error = 0;
	}
	list_foreach(it, &h->ended)
	{
		struct http_call *c = list_entry(it, struct http_call, node);

		list_remove(it);
		h->n--;
		tell_one(c);
		free_call(c);
	}
	/* what done() ended has deferred this once more */
	if (h->closing && !h->shut && list_is_empty(&h->ended))
		shut(h);
}

/* ---- While it runs ------------------------------------------------------------------------------------- */

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct http_call *c = arg;

	if (buf_append(&c->body, p, size * n) == 0)
		return size * n;
	c->code = c->body.err;
	(void)fault_set(&c->fault, c->code, "%s: the answer is larger than %zu bytes", c->base,
			c->body.cap);
	return 0;
}

static size_t on_head(char *p, size_t size, size_t n, void *arg)
{
	struct http_call *c = arg;

	(void)p;
	c->head_b += size * n;
	if (c->head_b <= HTTP_HEAD_MAX_B)
		return size * n;
	c->code = ERR_FULL;
	(void)fault_set(&c->fault, c->code, "%s: the head of the answer is too large", c->base);
	return 0;
}

static void expired(void *arg)
{
	abort_call(arg, ERR_TIMEOUT, "no answer in time");
}

/* ---- A call -------------------------------------------------------------------------------------------- */

static int add_line(struct curl_slist **list, const char *text)
{
	struct curl_slist *l = curl_slist_append(*list, text);

	if (!l)
		return -ENOMEM;
	*list = l;
	return 0;
}

static int set_url(struct http_call *c, const struct http_ask *ask)
{
	struct buf b;
	int r;

	buf_init(&b, HTTP_URL_MAX_B);
	r = buf_printf(&b, "%s%s", ask->to->base, ask->path ? ask->path : "");
	if (r == 0 && curl_easy_setopt(c->easy, CURLOPT_URL, buf_str(&b)) != CURLE_OK)
		r = -ENOMEM;
	buf_fini(&b);
	return r == ERR_FULL ? ERR_INVALID : r;
}

static int set_address(struct http_call *c, const struct endpoint *e)
{
	struct buf b;
	int r;

	if (*e->unix_path)
		(void)curl_easy_setopt(c->easy, CURLOPT_UNIX_SOCKET_PATH, e->unix_path);
	if (!e->is_name)
		return 0;
	if (!*e->addresses)
		return ERR_INVALID;
	buf_init(&b, 1024);
	r = buf_printf(&b, "%s:%u:%s", e->host, e->port, e->addresses);
	if (r == 0)
		r = add_line(&c->resolve, buf_str(&b));
	buf_fini(&b);
	(void)curl_easy_setopt(c->easy, CURLOPT_RESOLVE, c->resolve);
	return r;
}

static int set_headers(struct http_call *c, const struct http_ask *ask)
{
	int r = 0;

	for (size_t i = 0; i < ask->n_headers && r == 0; i++)
		r = add_line(&c->headers, ask->headers[i]);
	(void)curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
	return r;
}

static void set_bounds(struct http_call *c, const struct http_ask *ask)
{
	CURL *e = c->easy;

	(void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(e, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
	(void)curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	(void)curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, IDLE_MAX_S);
	(void)curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)ask->timeout_ms);
	(void)curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
			       (long)min_i64(ask->timeout_ms, CONNECT_MAX_MS));
	(void)curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)ask->max_bytes);
}

static void set_callbacks(struct http_call *c)
{
	CURL *e = c->easy;

	(void)curl_easy_setopt(e, CURLOPT_PRIVATE, c);
	(void)curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->error);
	(void)curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(e, CURLOPT_WRITEDATA, c);
	(void)curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_head);
	(void)curl_easy_setopt(e, CURLOPT_HEADERDATA, c);
	(void)curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, http_open_socket);
	(void)curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, http_close_socket);
	(void)curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, c->http);
}

static int fill(struct http_call *c, const struct http_ask *ask)
{
	struct http *h = c->http;
	int r;

	set_bounds(c, ask);
	set_callbacks(c);
	if (curl_easy_setopt(c->easy, CURLOPT_USERAGENT, h->agent) != CURLE_OK)
		return -ENOMEM;
	if (*h->ca_file && curl_easy_setopt(c->easy, CURLOPT_CAINFO, h->ca_file) != CURLE_OK)
		return -ENOMEM;
	r = set_url(c, ask);
	if (r == 0)
		r = set_address(c, ask->to);
	return r < 0 ? r : set_headers(c, ask);
}

int http_get(struct http *h, const struct http_ask *ask, struct http_call **ret)
{
	struct http_call *c;
	int r = -ENOMEM;

	REQUIRE(ask->timeout_ms > 0 && ask->max_bytes > 0 && ask->done);
	if (h->closing)
		return ERR_CLOSED;
	if (h->n >= HTTP_CALLS_MAX)
		return ERR_FULL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->http = h;
	c->done = ask->done;
	c->arg = ask->arg;
	buf_init(&c->body, ask->max_bytes);
	timer_init(&c->limit, h->loop, "http call", expired, c);
	(void)snprintf(c->base, sizeof(c->base), "%s", ask->to->base);
	c->easy = curl_easy_init();
	if (c->easy)
		r = fill(c, ask);
	if (r == 0 && curl_multi_add_handle(h->multi, c->easy) != CURLM_OK)
		r = -ENOMEM;
	if (r < 0) {
		free_call(c);
		return r;
	}
	list_insert(&h->calls, &c->node);
	h->n++;
	timer_start_in(&c->limit, ask->timeout_ms);
	if (ret)
		*ret = c;
	return 0;
}

void http_cancel(struct http_call *c)
{
	REQUIRE(!c->is_told);
	c->code = ERR_CANCELED;
	(void)fault_set(&c->fault, c->code, "%s: %s", c->base, err_text(c->code));
	end_call(c, CURLE_OK);
}

/* ---- The client ---------------------------------------------------------------------------------------- */

static void all_closed(void *arg)
{
	struct http *h = arg;
	closed_cb closed = h->closed;
	void *closed_arg = h->closed_arg;

	defer_cancel(&h->tell);
	free(h->agent);
	free(h->ca_file);
	free(h);
	curl_global_cleanup();
	if (closed)
		closed(closed_arg);
}

int http_new(struct loop *loop, const struct http_options *o, struct http **ret)
{
	struct http *h = calloc(1, sizeof(*h));
	int r = -ENOMEM;

	if (!h)
		return r;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(h);
		return ERR_STATE;
	}
	h->loop = loop;
	h->agent = strdup(o->agent);
	h->ca_file = strdup(o->ca_file ? o->ca_file : "");
	h->multi = curl_multi_init();
	if (!h->agent || !h->ca_file || !h->multi)
		goto err;
	list_init(&h->calls);
	list_init(&h->ended);
	defer_init(&h->tell, tell, h);
	group_init(&h->handles, loop, "http", all_closed, h);
	http_sockets_init(h);
	(void)curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)HTTP_CONNECTIONS_MAX);
	(void)curl_multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
				(long)HTTP_CONNECTIONS_MAX);
	*ret = h;
	return 0;
err:
	if (h->multi)
		(void)curl_multi_cleanup(h->multi);
	free(h->agent);
	free(h->ca_file);
	free(h);
	curl_global_cleanup();
	return r;
}

void http_close(struct http *h, closed_cb closed, void *arg)
{
	if (h->closing)
		return;
	h->closing = true;
	h->closed = closed;
	h->closed_arg = arg;
	abort_all(h, ERR_CANCELED);
	loop_defer(h->loop, &h->tell);
}

int http_escape(const char *text, char *out, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t at = 0;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (at + 4 > n)
			return ERR_FULL;
		if (ascii_is_letter(*text) || ascii_is_digit(*text) || strchr("-._~", *text)) {
			out[at++] = *text;
			continue;
		}
		out[at++] = '%';
		out[at++] = hex[c >> 4];
		out[at++] = hex[c & 15];
	}
	if (at >= n)
		return ERR_FULL;
	out[at] = '\0';
	return 0;
}
