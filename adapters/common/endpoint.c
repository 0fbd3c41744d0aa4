#include "common/endpoint.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/num.h"

#define ADDRESSES_MAX 4

/* ---- From a URL -------------------------------------------------------------------------------------- */

/* The part into out; "" if the URL has none. */
static int take_part(CURLU *u, CURLUPart part, unsigned flags, char *out, size_t n)
{
	char *text = NULL;
	size_t len;

	*out = '\0';
	if (curl_url_get(u, part, &text, flags) != CURLUE_OK)
		return 0;
	len = strlen(text);
	if (len < n)
		memcpy(out, text, len + 1);
	curl_free(text);
	return len < n ? 0 : ERR_FULL;
}

static bool has_part(CURLU *u, CURLUPart part)
{
	char *text = NULL;
	bool has = curl_url_get(u, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return has;
}

static bool is_address(const char *host)
{
	struct in6_addr a;

	return inet_pton(AF_INET, host, &a) == 1 || inet_pton(AF_INET6, host, &a) == 1 ||
	       strcasecmp(host, "localhost") == 0;
}

static void strip_brackets(char *host)
{
	size_t n = strlen(host);

	if (n < 2 || host[0] != '[' || host[n - 1] != ']')
		return;
	memmove(host, host + 1, n - 2);
	host[n - 2] = '\0';
}

static int take_host(CURLU *u, struct endpoint *e)
{
	char port[8];
	int64_t number;

	if (take_part(u, CURLUPART_HOST, 0, e->host, sizeof(e->host)) < 0 || !*e->host)
		return ERR_INVALID;
	strip_brackets(e->host);
	e->is_name = !is_address(e->host);
	if (take_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, port, sizeof(port)) < 0 ||
	    num_parse_i64(port, 1, UINT16_MAX, &number) < 0)
		return ERR_INVALID;
	e->port = (uint16_t)number;
	return 0;
}

static int take_all(CURLU *u, const char *url, struct endpoint *e, struct fault *f)
{
	char scheme[16];
	size_t n;

	if (curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK)
		return fault_set(f, ERR_INVALID, "is no URL such as http://127.0.0.1:9090");
	(void)take_part(u, CURLUPART_SCHEME, 0, scheme, sizeof(scheme));
	e->is_tls = strcmp(scheme, "https") == 0;
	if (!e->is_tls && strcmp(scheme, "http") != 0)
		return fault_set(f, ERR_INVALID, "begins with neither http:// nor https://");
	if (has_part(u, CURLUPART_QUERY) || has_part(u, CURLUPART_FRAGMENT))
		return fault_set(f, ERR_INVALID, "must not have a query or fragment");
	if (take_host(u, e) < 0)
		return fault_set(f, ERR_INVALID, "has no such host or port");
	if (take_part(u, CURLUPART_URL, 0, e->base, sizeof(e->base)) < 0)
		return fault_set(f, ERR_INVALID, "is too long");
	for (n = strlen(e->base); n > 0 && e->base[n - 1] == '/'; n--)
		e->base[n - 1] = '\0';
	return 0;
}

int endpoint_parse(const char *url, const char *unix_path, struct endpoint *ret, struct fault *f)
{
	struct endpoint e = {0};
	size_t n = unix_path ? strlen(unix_path) : 0;
	CURLU *u;
	int r;

	if (n >= sizeof(e.unix_path) || (n > 0 && unix_path[0] != '/'))
		return fault_set(f, ERR_INVALID,
				 "the unix socket is no absolute path of at most 107 bytes");
	u = curl_url();
	if (!u)
		return fault_set(f, -ENOMEM, "%s", err_text(-ENOMEM));
	r = take_all(u, url, &e, f);
	curl_url_cleanup(u);
	if (r < 0)
		return r;
	if (n > 0) {
		memcpy(e.unix_path, unix_path, n + 1);
		e.is_name = false;
	}
	*ret = e;
	return 0;
}

/* ---- Its address ------------------------------------------------------------------------------------- */

static void add_address(struct buf *b, const struct addrinfo *a)
{
	char text[NI_MAXHOST];
	bool is_v6 = a->ai_family == AF_INET6;

	if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) !=
	    0)
		return;
	(void)buf_printf(b, "%s%s%s%s", buf_avail(b) ? "," : "", is_v6 ? "[" : "", text,
			 is_v6 ? "]" : "");
}

int endpoint_resolve(struct endpoint *e, struct fault *f)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
	struct addrinfo *list = NULL;
	struct buf b;
	int n = 0, r;

	if (!e->is_name)
		return 0;
	/* Whatever the resolver takes for an address asks nobody; AI_ADDRCONFIG refuses even those where there is
	 * only a loopback interface. */
	r = getaddrinfo(e->host, NULL, &hints, &list);
	if (r != 0) {
		hints.ai_flags = 0;
		r = getaddrinfo(e->host, NULL, &hints, &list);
	}
	if (r != 0)
		return fault_set(f, ERR_NOTFOUND, "%s: %s", e->host, gai_strerror(r));
	buf_init(&b, sizeof(e->addresses) - 1);
	for (const struct addrinfo *a = list; a && n < ADDRESSES_MAX; a = a->ai_next, n++)
		add_address(&b, a);
	freeaddrinfo(list);
	r = b.err ? b.err : buf_avail(&b) > 0 ? 0 : ERR_NOTFOUND;
	if (r == 0)
		(void)snprintf(e->addresses, sizeof(e->addresses), "%s", buf_str(&b));
	buf_fini(&b);
	return r < 0 ? fault_set(f, r, "%s: no address", e->host) : 0;
}
