#include "model/network.h"

#include <string.h>

const char *limit_kind_name(enum limit_kind k)
{
	static const char *const names[] = {"feeder", "section", "vpp"};

	return (unsigned)k < ARRAY_SIZE(names) ? names[k] : "?";
}

int64_t shared_limit_import_w(const struct shared_limit *l)
{
	return max_i64(l->import_max_w - l->margin_w, 0);
}

int64_t shared_limit_export_w(const struct shared_limit *l)
{
	return l->export_max_w == INT64_MAX ? INT64_MAX : max_i64(l->export_max_w - l->margin_w, 0);
}

static size_t find_site(const struct site *sites, size_t n_sites, const char *id)
{
	size_t i = 0;

	while (i < n_sites && strcmp(sites[i].id, id) != 0)
		i++;
	return i;
}

/* One group of the two; sites that are not there join nothing. */
static void join(size_t *group, size_t n, size_t a, size_t b)
{
	size_t to, from;

	if (a >= n || b >= n || group[a] == group[b])
		return;
	to = group[a] < group[b] ? group[a] : group[b];
	from = group[a] < group[b] ? group[b] : group[a];
	for (size_t i = 0; i < n; i++) {
		if (group[i] == from)
			group[i] = to;
	}
}

void network_groups(const struct network *net, const struct site *sites, size_t n_sites,
		    size_t *ret_group)
{
	for (size_t i = 0; i < n_sites; i++)
		ret_group[i] = i;
	for (int l = 0; l < net->n_limits; l++) {
		const struct shared_limit *x = &net->limits[l];

		for (int k = 1; k < x->n_sites; k++)
			join(ret_group, n_sites, find_site(sites, n_sites, x->sites[0]),
			     find_site(sites, n_sites, x->sites[k]));
	}
	for (int l = 0; l < net->n_links; l++)
		join(ret_group, n_sites, find_site(sites, n_sites, net->links[l].from),
		     find_site(sites, n_sites, net->links[l].to));
}
