package github

import (
	"net/url"
	"strconv"
	"strings"
)

// nextPage returns the page number of the link to the next page; 0: there is
// none. Nothing but the number is taken from the address: where to ask is ours
// to know (rel/T16). It reads all header values and the forms that GitHub's
// proxies make of them: several headers, and rel without quotes (rel/A15).
func nextPage(headers []string) int {
	for _, h := range headers {
		for _, l := range splitLinks(h) {
			if l.next {
				return l.page
			}
		}
	}
	return 0
}

// link is one entry of a Link header.
type link struct {
	page int // 0: the address has no page number
	next bool
}

// splitLinks reads one header value: <address>; rel="next", <address>; …
// What it cannot read it leaves out.
func splitLinks(h string) []link {
	var links []link
	for {
		_, rest, ok := strings.Cut(h, "<")
		if !ok {
			return links
		}
		address, rest, ok := strings.Cut(rest, ">")
		if !ok {
			return links
		}
		parameters, following := rest, ""
		if i := strings.IndexByte(rest, '<'); i >= 0 { // addresses may hold commas, so these do not end an entry
			parameters, following = rest[:i], rest[i:]
		}
		links = append(links, link{page: pageOf(address), next: isNext(parameters)})
		h = following
	}
}

func pageOf(address string) int {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(u.Query().Get("page"))
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// isNext reports whether the parameters of a link have a rel that says next.
func isNext(parameters string) bool {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(p, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for _, rel := range strings.Fields(strings.Trim(value, "\", \t")) {
			if strings.EqualFold(rel, "next") {
				return true
			}
		}
	}
	return false
}
