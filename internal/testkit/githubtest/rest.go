package githubtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// call is a request to REST while it is answered.
type call struct {
	*Server
	w          *World
	r          *http.Request
	q          url.Values
	base       string // of the URLs in answers
	now        time.Time
	who        who
	path       string          // below the repository
	repo       *repository     // nil: none
	shown      json.RawMessage // the repository, which stands in many places
	items      map[string]bool // what the answer holds
	badRequest string          // the parameter that is wrong
}

// rest answers a request to REST.
func (s *Server) rest(r *http.Request, now time.Time) answer {
	path, enterprise := strings.CutPrefix(r.URL.Path, "/api/v3")
	c := &call{Server: s, w: s.world, r: r, q: r.URL.Query(), base: s.URL, now: now, items: map[string]bool{}}
	if enterprise {
		c.base += "/api/v3"
	}
	path = strings.Trim(path, "/")
	c.who = s.identify(r.Header.Get("Authorization"), now)
	if !c.who.ok && !c.who.missing && !(c.who.app && strings.HasPrefix(path, "app/")) {
		return c.finished(problem(http.StatusUnauthorized, "Bad credentials"), bucket{}, "")
	}
	name := "core"
	if c.who.missing {
		name = anonymous
	}
	if path == "rate_limit" {
		b, _ := s.take(name, 0, now)
		return c.finished(c.rateLimit(), b, name)
	}
	b, left := s.take(name, 1, now)
	if !left {
		return c.finished(problem(http.StatusForbidden, "API rate limit exceeded for user ID 1001."), b, name)
	}
	s.world.mu.Lock()
	a := c.route(path)
	s.world.mu.Unlock()
	if c.badRequest != "" {
		a = invalid("Request", c.badRequest)
	}
	if a.items = c.items; a.status == http.StatusOK && r.Method == http.MethodGet {
		if a.tag(r); a.status == http.StatusNotModified && c.who.ok {
			b, _ = s.take(name, -1, now) // costs nothing
		}
	}
	return c.finished(a, b, name)
}

// finished adds the headers that all answers have.
func (c *call) finished(a answer, b bucket, name string) answer {
	a.header.Set("X-GitHub-Media-Type", "github.v3; format=json")
	a.header.Set("X-GitHub-Request-Id", "0000:0000:0000000:0000000:00000000")
	a.header.Set("X-Accepted-GitHub-Permissions", "metadata=read")
	c.mu.Lock()
	defer c.mu.Unlock()
	if name != "" && !c.unlimited {
		b.headers(name, a.header)
	}
	if !c.expires.IsZero() && c.who.ok {
		a.header.Set("GitHub-Authentication-Token-Expiration", c.expires.UTC().Format("2006-01-02 15:04:05 MST"))
	}
	return a
}

func (c *call) rateLimit() answer {
	list := map[string]any{}
	for _, name := range []string{"core", "graphql", "search"} {
		b, _ := c.take(name, 0, c.now)
		list[name] = map[string]any{"limit": b.limit, "remaining": b.limit - b.used, "used": b.used, "reset": b.reset.Unix()}
	}
	if !c.limits() {
		return problem(http.StatusNotFound, "Rate limiting is not enabled.")
	}
	return reply(http.StatusOK, map[string]any{"resources": list, "rate": list["core"]})
}

// route finds who answers. The world is locked meanwhile.
func (c *call) route(path string) answer {
	part := strings.Split(path, "/")
	switch {
	case part[0] == "app":
		return c.app(part[1:])
	case part[0] == "repos" && len(part) >= 3:
		repo, renamed := c.w.find(part[1] + "/" + part[2])
		if repo == nil || !c.sees(repo) {
			return problem(http.StatusNotFound, "Not Found")
		}
		rest := part[3:]
		if renamed {
			return c.moved(repo, rest)
		}
		return c.inside(repo, rest)
	case part[0] == "repositories" && len(part) >= 2:
		id, err := strconv.ParseInt(part[1], 10, 64)
		if repo := c.w.byID(id); err == nil && repo != nil && c.sees(repo) {
			return c.inside(repo, part[2:])
		}
	}
	return problem(http.StatusNotFound, "Not Found")
}

func (c *call) sees(r *repository) bool { return !r.private || c.who.ok }

// moved says where a repository that was renamed is (rel/A8).
func (c *call) moved(r *repository, rest []string) answer {
	to := c.base + "/" + strings.Join(append([]string{"repositories", strconv.FormatInt(r.id, 10)}, rest...), "/")
	if c.r.URL.RawQuery != "" {
		to += "?" + c.r.URL.RawQuery
	}
	a := reply(http.StatusMovedPermanently, map[string]any{"message": "Moved Permanently", "url": to, "documentation_url": "https://docs.github.com/rest"})
	a.header.Set("Location", to)
	return a
}

// app answers what an App asks about itself.
func (c *call) app(part []string) answer {
	if !c.who.app {
		return problem(http.StatusUnauthorized, "A JSON web token could not be decoded")
	}
	switch path := strings.Join(part, "/"); {
	case path == "installations" && c.r.Method == http.MethodGet:
		return c.page(1, func(int) any { return c.installation() })
	case path == "installations/"+installation+"/access_tokens" && c.r.Method == http.MethodPost:
		token, until := c.grant(c.now)
		return reply(http.StatusCreated, map[string]any{
			"token": token, "expires_at": stamp(until), "permissions": map[string]any{"metadata": "read"}, "repository_selection": "all",
		})
	}
	return problem(http.StatusNotFound, "Not Found")
}

// installation is the one of the App.
const installation = "4711"

// inside answers what is asked about a repository.
func (c *call) inside(r *repository, part []string) answer {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		return problem(http.StatusNotFound, "Not Found")
	}
	c.repo, c.path = r, strings.Join(part, "/")
	if len(part) == 0 {
		return reply(http.StatusOK, c.repository(r))
	}
	switch part[0] {
	case "pulls":
		return c.pulls(part[1:])
	case "issues":
		return c.issues(part[1:])
	case "deployments":
		return c.deployments(part[1:])
	case "releases":
		return c.releases(part[1:])
	case "tags":
		tags := slices.Clone(r.tags)
		slices.SortFunc(tags, func(a, b *tag) int { return strings.Compare(b.name, a.name) })
		return c.page(len(tags), func(i int) any { return c.tagOf(tags[i]) })
	case "branches":
		return c.branch(strings.Join(part[1:], "/"))
	case "actions":
		return c.actions(part[1:])
	}
	return problem(http.StatusNotFound, "Not Found")
}

// number reads the number in a path; 0 for none.
func number(part []string) int64 {
	if len(part) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(part[0], 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// one of the given words, or the first where the parameter is not set.
func (c *call) one(name string, words ...string) string {
	got := c.q.Get(name)
	switch {
	case got == "":
		return words[0]
	case !slices.Contains(words, got):
		c.badRequest = name
	}
	return got
}

// page answers with a page of n items.
func (c *call) page(n int, item func(i int) any) answer {
	first, last := c.window(n)
	list := make([]any, 0, last-first)
	for i := first; i < last; i++ {
		list = append(list, item(i))
	}
	a := reply(http.StatusOK, list)
	c.link(a.header, n)
	return a
}

// paging reads page and per_page, which is 100 at most.
func (c *call) paging() (page, size int) {
	page, size = 1, 30
	if n, err := strconv.Atoi(c.q.Get("page")); err == nil && n > 0 {
		page = n
	}
	if n, err := strconv.Atoi(c.q.Get("per_page")); err == nil && n > 0 {
		size = min(n, 100)
	}
	return page, size
}

func (c *call) window(n int) (first, last int) {
	page, size := c.paging()
	if page > n/size+1 {
		return n, n
	}
	return min((page-1)*size, n), min(page*size, n)
}

// link sets the header that leads to the other pages, by the id of the
// repository as GitHub's does.
func (c *call) link(h http.Header, n int) {
	page, size := c.paging()
	pages := (n + size - 1) / size
	to := func(page int, rel string) string {
		q := url.Values{}
		for k, v := range c.q {
			q[k] = v
		}
		q.Set("page", strconv.Itoa(page))
		path := strings.TrimPrefix(strings.TrimPrefix(c.r.URL.Path, "/api/v3"), "/")
		if c.repo != nil {
			path = fmt.Sprintf("repositories/%d/%s", c.repo.id, c.path)
		}
		return fmt.Sprintf("<%s/%s?%s>; rel=\"%s\"", c.base, path, q.Encode(), rel)
	}
	var list []string
	if page > 1 && pages > 0 {
		list = append(list, to(min(page-1, pages), "prev"))
	}
	if page < pages {
		list = append(list, to(page+1, "next"), to(pages, "last"))
	}
	if page > 1 {
		list = append(list, to(1, "first"))
	}
	if len(list) > 0 {
		h.Set("Link", strings.Join(list, ", "))
	}
}

// ordered sorts a copy of a list, by time and then id, turned round for "desc".
func ordered[T any](list []T, descending bool, at func(T) time.Time, id func(T) int64) []T {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b T) int {
		order := cmp.Or(at(a).Compare(at(b)), cmp.Compare(id(a), id(b)))
		if descending {
			order = -order
		}
		return order
	})
	return list
}

func (c *call) pulls(part []string) answer {
	if len(part) == 0 {
		return c.pullList()
	}
	p := c.repo.pull(int(number(part)))
	if p == nil {
		return problem(http.StatusNotFound, "Not Found")
	}
	c.items[p.item()] = true
	if len(part) == 1 {
		return reply(http.StatusOK, c.pull(p, true))
	}
	switch part[1] {
	case "commits":
		return c.page(min(len(p.commits), maxCommits), func(i int) any { return c.commit(p.commits[i]) })
	case "reviews":
		return c.page(len(p.reviews), func(i int) any { return c.review(p, p.reviews[i]) })
	case "files":
		return c.page(min(p.files, maxFiles), func(i int) any { return c.file(p, i) })
	}
	return problem(http.StatusNotFound, "Not Found")
}

func (c *call) pullList() answer {
	state := c.one("state", "open", "closed", "all")
	sort := c.one("sort", "created", "updated", "popularity", "long-running")
	direction := c.one("direction", "", "asc", "desc")
	if direction == "" { // as GitHub has it
		direction = "desc"
		if c.q.Get("sort") != "" && sort != "created" {
			direction = "asc"
		}
	}
	list := slices.DeleteFunc(slices.Clone(c.repo.pulls), func(p *pull) bool {
		return state == "open" && !p.closed.IsZero() || state == "closed" && p.closed.IsZero()
	})
	list = ordered(list, direction == "desc", func(p *pull) time.Time {
		if sort == "updated" {
			return p.updated
		}
		return p.created
	}, func(p *pull) int64 { return p.id })
	return c.page(len(list), func(i int) any {
		c.items[list[i].item()] = true
		return c.pull(list[i], false)
	})
}

// either is an issue or a pull request: issues are listed with both.
type either struct {
	issue *issue
	pull  *pull
}

func (e either) facts() (id int64, labels []string, open bool, created, updated time.Time) {
	if p := e.pull; p != nil {
		return p.id, p.labels, p.closed.IsZero(), p.created, p.updated
	}
	i := e.issue
	return i.id, i.labels, i.open, i.created, i.updated
}

func (e either) item() string {
	if e.pull != nil {
		return e.pull.item()
	}
	return e.issue.item()
}

func (c *call) issues(part []string) answer {
	if len(part) == 0 {
		return c.issueList()
	}
	n := int(number(part))
	e := either{c.repo.issue(n), c.repo.pull(n)}
	if e.issue == nil && e.pull == nil {
		return problem(http.StatusNotFound, "Not Found")
	}
	c.items[e.item()] = true
	if len(part) == 1 {
		return reply(http.StatusOK, c.issue(e))
	}
	if part[1] != "timeline" && part[1] != "events" {
		return problem(http.StatusNotFound, "Not Found")
	}
	var events []*event
	if e.pull != nil {
		events = e.pull.events
	} else {
		events = e.issue.events
	}
	return c.page(len(events), func(i int) any { return c.event(events[i]) })
}

func (c *call) issueList() answer {
	state := c.one("state", "open", "closed", "all")
	sort := c.one("sort", "created", "updated", "comments")
	descending := c.one("direction", "desc", "asc") == "desc"
	var since time.Time
	if text := c.q.Get("since"); text != "" {
		var err error
		if since, err = time.Parse(time.RFC3339, text); err != nil {
			c.badRequest = "since"
		}
	}
	var want []string
	if text := c.q.Get("labels"); text != "" {
		want = strings.Split(text, ",")
	}
	var all []either
	for _, i := range c.repo.issues {
		all = append(all, either{issue: i})
	}
	for _, p := range c.repo.pulls {
		all = append(all, either{pull: p})
	}
	list := slices.DeleteFunc(all, func(e either) bool {
		_, labels, open, _, updated := e.facts()
		for _, l := range want {
			if !contains(labels, l) {
				return true
			}
		}
		return state == "open" && !open || state == "closed" && open || updated.Before(since)
	})
	list = ordered(list, descending, func(e either) time.Time {
		_, _, _, created, updated := e.facts()
		if sort == "updated" {
			return updated
		}
		return created
	}, func(e either) int64 { id, _, _, _, _ := e.facts(); return id })
	return c.page(len(list), func(i int) any {
		c.items[list[i].item()] = true
		return c.issue(list[i])
	})
}

func (c *call) deployments(part []string) answer {
	if len(part) == 0 {
		list := slices.DeleteFunc(slices.Clone(c.repo.deployments), func(d *deployment) bool {
			for name, value := range map[string]string{"environment": d.environment, "ref": d.ref, "sha": d.sha} {
				if want := c.q.Get(name); want != "" && want != value {
					return true
				}
			}
			return false
		})
		list = ordered(list, true, func(d *deployment) time.Time { return d.created }, func(d *deployment) int64 { return d.id })
		return c.page(len(list), func(i int) any {
			c.items[list[i].item()] = true
			return c.deployment(list[i])
		})
	}
	i := slices.IndexFunc(c.repo.deployments, func(d *deployment) bool { return d.id == number(part) })
	if i < 0 {
		return problem(http.StatusNotFound, "Not Found")
	}
	d := c.repo.deployments[i]
	c.items[d.item()] = true
	switch {
	case len(part) == 1:
		return reply(http.StatusOK, c.deployment(d))
	case part[1] == "statuses":
		n := len(d.statuses)
		return c.page(n, func(i int) any { return c.status(d, d.statuses[n-1-i]) })
	}
	return problem(http.StatusNotFound, "Not Found")
}

func (c *call) releases(part []string) answer {
	if len(part) == 0 {
		if page, size := c.paging(); (page-1)*size >= 10_000 {
			return problem(http.StatusUnprocessableEntity, "Only the first 10000 results are available.")
		}
		list := ordered(c.repo.releases, true, func(l *release) time.Time { return l.created }, func(l *release) int64 { return l.id })
		return c.page(len(list), func(i int) any {
			c.items[list[i].item()] = true
			return c.release(list[i])
		})
	}
	for _, l := range c.repo.releases {
		if l.id == number(part) {
			c.items[l.item()] = true
			return reply(http.StatusOK, c.release(l))
		}
	}
	return problem(http.StatusNotFound, "Not Found")
}

func (c *call) actions(part []string) answer {
	switch {
	case len(part) == 3 && part[0] == "workflows" && part[2] == "runs":
		return c.runList(func(n *run) bool { return n.file == part[1] }, part[1] == "deploy.yml")
	case len(part) == 1 && part[0] == "runs":
		return c.runList(func(*run) bool { return true }, true)
	case len(part) >= 2 && part[0] == "runs":
		i := slices.IndexFunc(c.repo.runs, func(n *run) bool { return n.id == number(part[1:]) })
		if i < 0 {
			break
		}
		n := c.repo.runs[i]
		c.items[n.item()] = true
		if len(part) == 2 {
			return reply(http.StatusOK, c.run(n, len(n.attempts)))
		}
		if k := int(number(part[3:])); len(part) == 4 && part[2] == "attempts" && k >= 1 && k <= len(n.attempts) {
			return reply(http.StatusOK, c.run(n, k))
		}
	}
	return problem(http.StatusNotFound, "Not Found")
}

// runList lists runs, newest first. A search lists so many of what it counts
// and no more (rel/A17).
func (c *call) runList(of func(*run) bool, known bool) answer {
	if !known || len(c.repo.runs) == 0 {
		return problem(http.StatusNotFound, "Not Found")
	}
	within, ok := window(c.q.Get("created"))
	if !ok {
		return invalid("WorkflowRun", "created")
	}
	list := slices.DeleteFunc(slices.Clone(c.repo.runs), func(n *run) bool {
		a := n.latest()
		return !of(n) || !within(n.created) ||
			c.q.Get("branch") != "" && c.q.Get("branch") != n.branch ||
			c.q.Get("head_sha") != "" && c.q.Get("head_sha") != n.sha ||
			c.q.Get("event") != "" && c.q.Get("event") != "push" ||
			c.q.Get("actor") != "" && c.q.Get("actor") != n.actor.login ||
			c.q.Get("status") != "" && c.q.Get("status") != a.status() && c.q.Get("status") != a.conclusion
	})
	list = ordered(list, true, func(n *run) time.Time { return n.created }, func(n *run) int64 { return n.id })
	shown := len(list)
	for _, name := range []string{"actor", "branch", "created", "event", "head_sha", "status"} {
		if c.q.Get(name) != "" {
			shown = min(shown, c.runCap)
		}
	}
	first, last := c.window(shown)
	runs := make([]any, 0, last-first)
	for _, n := range list[first:last] {
		c.items[n.item()] = true
		runs = append(runs, c.run(n, len(n.attempts)))
	}
	a := reply(http.StatusOK, map[string]any{"total_count": len(list), "workflow_runs": runs})
	c.link(a.header, shown)
	return a
}

// window reads a span of search: "A..B", ">=A", ">A", "<=B", "<B" or a day. The
// last day of a span counts whole.
func window(text string) (within func(time.Time) bool, ok bool) {
	read := func(s string) (time.Time, time.Time, bool) {
		if s == "*" {
			return time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), true
		}
		if day, err := time.Parse(time.DateOnly, s); err == nil {
			return day, day.Add(24*time.Hour - time.Second), true
		}
		t, err := time.Parse(time.RFC3339, s)
		return t, t, err == nil
	}
	if text == "" {
		return func(time.Time) bool { return true }, true
	}
	if from, to, found := strings.Cut(text, ".."); found {
		low, _, ok1 := read(from)
		_, high, ok2 := read(to)
		return func(t time.Time) bool { return !t.Before(low) && !t.After(high) }, ok1 && ok2
	}
	for _, sign := range []string{">=", "<=", ">", "<", ""} {
		bound, found := strings.CutPrefix(text, sign)
		if !found {
			continue
		}
		low, high, ok := read(bound)
		return func(t time.Time) bool {
			switch sign {
			case ">=":
				return !t.Before(low)
			case "<=":
				return !t.After(high)
			case ">":
				return t.After(high)
			case "<":
				return t.Before(low)
			}
			return !t.Before(low) && !t.After(high)
		}, ok
	}
	return nil, false
}

// The names of items, for Fault.Poison.
func (p *pull) item() string       { return fmt.Sprintf("%s#%d", p.repo.fullName(), p.number) }
func (i *issue) item() string      { return fmt.Sprintf("%s#%d", i.repo.fullName(), i.number) }
func (d *deployment) item() string { return fmt.Sprintf("%s deployment %d", d.repo.fullName(), d.id) }
func (l *release) item() string    { return fmt.Sprintf("%s release %s", l.repo.fullName(), l.tag) }
func (n *run) item() string        { return fmt.Sprintf("%s run %d", n.repo.fullName(), n.id) }
