package github

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// hub is a server with one repository, acme/pay, that tests change while it is
// read.
type hub struct {
	*httptest.Server
	t     testing.TB
	clock *scriptClock

	mu          sync.Mutex
	pulls       []*hubPull
	deployments []*hubDeployment
	issues      []*hubIssue
	releases    []*hubRelease
	runs        []*hubRun
	last        int // number or id that was given last
	log         []string
	fault       func(n int, question string) int // a status instead of an answer, 0: none; n counts from 1
	before      func(n int)                      // what happens before the n-th answer
	alter       func(question string, answer any) any
	poison      map[string]bool // "pull 7", "deployment 3", "issue 5", "run 9": answers with it fail
	hidden      int             // pull requests that are counted and not listed
	issuesOff   bool
}

type hubPull struct {
	N                                       int
	Title, Body, Head, Login                string
	Bot, Draft                              bool
	Created, Updated, Merged, Closed, Ready int64
	Commits                                 int
	Reviews                                 []int64
	Labels                                  []string
}

type hubDeployment struct {
	ID               int
	Environment      string
	Created, Updated int64
	Statuses         []dora.StatusAt
}

type hubIssue struct {
	N                        int
	Title, Body, Reason      string
	Created, Updated, Closed int64
	Labels, Had              []string
	Pull                     bool // what REST lists among issues
}

type hubRelease struct {
	Tag                        string
	Draft, Pre                 bool
	Created, Published, Update int64
}

// hubRun is a run with its attempts.
type hubRun struct {
	ID       int
	Created  int64
	Attempts []hubAttempt
}

type hubAttempt struct {
	Started, Updated   int64
	Status, Conclusion string
}

func newHub(t testing.TB) *hub {
	h := &hub{t: t, clock: &scriptClock{now: scriptStart}, poison: map[string]bool{}}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hub) client(edit ...func(*Options)) *Client {
	h.t.Helper()
	o := Options{APIURL: h.URL + "/api/v3/", Credentials: Token(canary), Clock: h.clock}
	for _, e := range edit {
		e(&o)
	}
	c, err := newClient(o, defaultTimeouts, noProxy, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	c.jitter = func() float64 { return 0 }
	return c
}

func overREST(o *Options) { o.API = "rest" }

// repository is what the preflight finds.
func (h *hub) repository() Repository {
	return Repository{ID: 1, NodeID: "R_1", Name: "acme/pay", Asked: "acme/pay", Branch: "main", CreatedAt: scriptStart.AddDate(-1, 0, 0)}
}

func (h *hub) now() int64 { return h.clock.Now().Unix() }

// pass lets time pass.
func (h *hub) pass(d time.Duration) { _ = h.clock.Sleep(h.t.Context(), d) }

func (h *hub) next() int { h.last++; return h.last }

func (h *hub) asked() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.log)
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var question struct {
		Query     string
		Variables map[string]any
	}
	_ = json.NewDecoder(r.Body).Decode(&question)
	name := strings.TrimPrefix(r.URL.Path, "/api/v3/repos/acme/pay/") + "?" + r.URL.RawQuery
	if question.Query != "" {
		name, _, _ = strings.Cut(strings.TrimPrefix(question.Query, "query "), "(")
		name += fmt.Sprintf(" %v", question.Variables)
	}
	h.log = append(h.log, name)
	n := len(h.log)
	if h.before != nil {
		h.before(n)
	}
	w.Header().Set("Date", h.clock.Now().Format(http.TimeFormat))
	if h.fault != nil {
		if status := h.fault(n, name); status != 0 {
			w.WriteHeader(status)
			return
		}
	}
	a := &hubAnswer{hub: h, header: w.Header(), status: 200}
	var body any
	if question.Query != "" {
		body = map[string]any{"data": a.graphql(name, question.Variables)}
	} else {
		body = a.rest(strings.TrimPrefix(r.URL.Path, "/api/v3/repos/acme/pay/"), r.URL.Query())
	}
	if h.alter != nil {
		body = h.alter(name, body)
	}
	w.WriteHeader(a.status)
	if a.status == 200 {
		_ = json.NewEncoder(w).Encode(body)
	}
}

// hubAnswer is an answer in the making.
type hubAnswer struct {
	*hub
	header http.Header
	status int
}

// touches fails the answer where it would show an item that is poison.
func (a *hubAnswer) touches(kind string, id int, bare bool) {
	if !bare && a.poison[fmt.Sprintf("%s %d", kind, id)] {
		a.status = 502
	}
}

func stamp(n int64) any {
	if n == 0 {
		return nil
	}
	return time.Unix(n, 0).UTC().Format(time.RFC3339)
}

func at(n int64) time.Time { return seconds(n) }

func sha(n int) string { return fmt.Sprintf("%040x", n) }

type object = map[string]any

// connect makes a connection of a sorted list, whose cursors are values.
func connect[T any](list []T, v object, key func(T) string, node func(T) any, extra int) object {
	size := int(v["size"].(float64))
	after, _ := v["after"].(string)
	start := 0
	if after != "" {
		for start < len(list) && key(list[start]) <= after {
			start++
		}
	}
	end := min(len(list), start+size)
	nodes := []any{}
	for _, item := range list[start:end] {
		nodes = append(nodes, node(item))
	}
	cursor := after
	if end > start {
		cursor = key(list[end-1])
	}
	return object{"totalCount": len(list) + extra, "pageInfo": object{"hasNextPage": end < len(list), "endCursor": cursor}, "nodes": nodes}
}

// all is a connection on one page.
func all[T any](list []T, node func(T) any) object {
	nodes := []any{}
	for _, item := range list {
		nodes = append(nodes, node(item))
	}
	return object{"totalCount": len(list), "pageInfo": object{"hasNextPage": false, "endCursor": "end"}, "nodes": nodes}
}

// order is a key that sorts by a time and an id.
func order(at int64, id int, falling bool) string {
	if falling {
		return fmt.Sprintf("c%012d %09d", 999999999999-at, 999999999-id)
	}
	return fmt.Sprintf("c%012d %09d", at, id)
}

func sorted[T any](list []T, key func(T) string) []T {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	return list
}

func (a *hubAnswer) graphql(name string, v object) any {
	falling := v["direction"] == "DESC"
	op, _, _ := strings.Cut(name, " ")
	switch op {
	case "Changes", "ChangesBare":
		key := func(p *hubPull) string {
			if v["field"] == "UPDATED_AT" {
				return order(p.Updated, p.N, falling)
			}
			return order(p.Created, p.N, falling)
		}
		return object{"repository": object{"pullRequests": connect(sorted(a.pulls, key), v, key, func(p *hubPull) any {
			a.touches("pull", p.N, op == "ChangesBare")
			return a.pull(p)
		}, a.hidden)}}
	case "Change":
		i := slices.IndexFunc(a.pulls, func(p *hubPull) bool { return p.N == int(v["number"].(float64)) })
		a.touches("pull", a.pulls[i].N, false)
		return object{"repository": object{"pullRequest": a.pull(a.pulls[i])}}
	case "More":
		p := a.pulls[slices.IndexFunc(a.pulls, func(p *hubPull) bool { return fmt.Sprint("PR_", p.N) == v["id"] })]
		from, _ := strconv.Atoi(v["after"].(string))
		return object{"node": object{"list": a.commits(p, from, from+100)}}
	case "Deployments", "DeploymentsBare":
		key := func(d *hubDeployment) string { return order(d.Created, d.ID, falling) }
		got := object{"repository": object{"deployments": connect(sorted(a.deployments, key), v, key, func(d *hubDeployment) any {
			a.touches("deployment", d.ID, op == "DeploymentsBare")
			return a.deployment(d)
		}, 0)}}
		if v["again"] == true {
			got["nodes"] = a.again(v)
		}
		return got
	case "DeploymentsAgain":
		return object{"nodes": a.again(v)}
	case "Incidents", "IncidentsBare":
		key := func(i *hubIssue) string { return order(i.Updated, i.N, false) }
		list := slices.DeleteFunc(sorted(a.issues, key), func(i *hubIssue) bool { return i.Pull || !a.listed(i, v["since"], v["labels"]) })
		return object{"repository": object{"hasIssuesEnabled": !a.issuesOff, "issues": connect(list, v, key, func(i *hubIssue) any {
			a.touches("issue", i.N, op == "IncidentsBare")
			return a.issue(i)
		}, 0)}}
	case "Incident":
		i := slices.IndexFunc(a.issues, func(i *hubIssue) bool { return i.N == int(v["number"].(float64)) })
		a.touches("issue", a.issues[i].N, false)
		return object{"repository": object{"issue": a.issue(a.issues[i])}}
	}
	a.t.Errorf("the hub has no answer for %s", name)
	return nil
}

// again answers nodes(ids:); what is gone is null.
func (a *hubAnswer) again(v object) []any {
	nodes := []any{}
	for _, id := range v["watched"].([]any) {
		i := slices.IndexFunc(a.deployments, func(d *hubDeployment) bool { return fmt.Sprint("D_", d.ID) == id })
		if i < 0 {
			nodes = append(nodes, nil)
			continue
		}
		a.touches("deployment", a.deployments[i].ID, false)
		nodes = append(nodes, a.deployment(a.deployments[i]))
	}
	return nodes
}

func (a *hubAnswer) listed(i *hubIssue, since, labels any) bool {
	if s, ok := since.(string); ok && s != "" {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			a.t.Errorf("since %q: %v", s, err)
		}
		if i.Updated < t.Unix() {
			return false
		}
	}
	switch l := labels.(type) {
	case string:
		return l == "" || slices.Contains(i.Labels, l)
	case []any:
		return slices.ContainsFunc(l, func(l any) bool { return slices.Contains(i.Labels, l.(string)) })
	}
	return true
}

func (a *hubAnswer) author(login string, bot bool) any {
	switch {
	case login == "":
		return nil
	case bot:
		return object{"login": strings.TrimSuffix(login, "[bot]"), "__typename": "Bot"}
	}
	return object{"login": login, "__typename": "User"}
}

func label1(l string) any { return object{"name": l} }

func (p *hubPull) state() string {
	switch {
	case p.Merged != 0:
		return "MERGED"
	case p.Closed != 0:
		return "CLOSED"
	}
	return "OPEN"
}

func (a *hubAnswer) pull(p *hubPull) any {
	var merge any
	if p.Merged != 0 {
		merge = object{"oid": sha(p.N)}
	}
	ready := []int64{}
	if p.Ready != 0 {
		ready = append(ready, p.Ready)
	}
	return object{
		"id": fmt.Sprint("PR_", p.N), "number": p.N, "title": p.Title, "body": p.Body, "url": fmt.Sprint("https://x/pull/", p.N), "state": p.state(),
		"isDraft": p.Draft, "createdAt": stamp(p.Created), "updatedAt": stamp(p.Updated), "mergedAt": stamp(p.Merged), "closedAt": stamp(p.Closed),
		"headRefName": p.Head, "baseRefName": "main", "author": a.author(p.Login, p.Bot), "mergeCommit": merge,
		"labels":                  all(p.Labels, label1),
		"closingIssuesReferences": all([]int{}, func(int) any { return nil }),
		"commits":                 a.commits(p, 0, 50),
		"reviews": all(p.Reviews, func(at int64) any {
			return object{"submittedAt": stamp(at), "author": a.author("dev-9", false)}
		}),
		"timelineItems": all(ready, func(at int64) any { return object{"createdAt": stamp(at)} }),
	}
}

func (a *hubAnswer) commits(p *hubPull, from, to int) object {
	to = min(to, p.Commits)
	nodes := []any{}
	for i := from; i < to; i++ {
		nodes = append(nodes, object{"commit": object{
			"oid": sha(p.N*1000 + i), "authoredDate": stamp(p.Created + int64(i)), "committedDate": stamp(p.Created + int64(i)), "parents": object{"totalCount": 1},
		}})
	}
	return object{"totalCount": p.Commits, "pageInfo": object{"hasNextPage": to < p.Commits, "endCursor": fmt.Sprint(to)}, "nodes": nodes}
}

func (a *hubAnswer) deployment(d *hubDeployment) any {
	return object{
		"id": fmt.Sprint("D_", d.ID), "databaseId": d.ID, "environment": d.Environment, "commitOid": sha(d.ID),
		"createdAt": stamp(d.Created), "updatedAt": stamp(d.Updated), "ref": object{"name": "main"},
		"statuses": all(d.Statuses, func(s dora.StatusAt) any {
			return object{"state": strings.ToUpper(string(s.Status)), "createdAt": stamp(s.At.Unix())}
		}),
	}
}

func (a *hubAnswer) issue(i *hubIssue) any {
	state, reason := "OPEN", any(nil)
	if i.Closed != 0 {
		state, reason = "CLOSED", strings.ToUpper(cmp.Or(i.Reason, "completed"))
	}
	return object{
		"id": fmt.Sprint("I_", i.N), "number": i.N, "title": i.Title, "body": i.Body, "url": fmt.Sprint("https://x/issues/", i.N), "state": state,
		"stateReason": reason, "createdAt": stamp(i.Created), "updatedAt": stamp(i.Updated), "closedAt": stamp(i.Closed), "labels": all(i.Labels, label1),
		"timelineItems": all(i.Had, func(l string) any { return object{"label": object{"name": l}} }),
	}
}

// page cuts a page out of a list of REST.
func (a *hubAnswer) page(list []any, q url.Values) any {
	size, _ := strconv.Atoi(q.Get("per_page"))
	page, _ := strconv.Atoi(q.Get("page"))
	start := min(len(list), (page-1)*size)
	end := min(len(list), start+size)
	if end < len(list) {
		a.header.Set("Link", fmt.Sprintf(`<https://x/?page=%d>; rel="next"`, page+1))
	}
	return append([]any{}, list[start:end]...)
}

func (a *hubAnswer) rest(path string, q url.Values) any {
	parts := strings.Split(path, "/")
	id := 0
	if len(parts) > 1 {
		id, _ = strconv.Atoi(parts[1])
	}
	show := func(list []any) any { return a.page(list, q) }
	switch {
	case path == "pulls":
		key := func(p *hubPull) string {
			if q.Get("sort") == "updated" {
				return order(p.Updated, p.N, q.Get("direction") == "desc")
			}
			return order(p.Created, p.N, q.Get("direction") == "desc")
		}
		var list []any
		for _, p := range sorted(a.pulls, key) {
			list = append(list, a.restPull(p))
		}
		return show(list)
	case parts[0] == "pulls" || parts[0] == "issues" && len(parts) == 3 && a.isPull(id):
		return a.inPull(id, parts, q)
	case path == "deployments":
		key := func(d *hubDeployment) string { return order(d.Created, d.ID, true) }
		var list []any
		for _, d := range sorted(a.deployments, key) {
			list = append(list, a.restDeployment(d))
		}
		return show(list)
	case parts[0] == "deployments":
		i := slices.IndexFunc(a.deployments, func(d *hubDeployment) bool { return d.ID == id })
		if i < 0 {
			a.status = 404
			return nil
		}
		a.touches("deployment", id, false)
		if len(parts) == 2 {
			return a.restDeployment(a.deployments[i])
		}
		var list []any
		for _, s := range slices.Backward(a.deployments[i].Statuses) {
			list = append(list, object{"state": s.Status, "created_at": stamp(s.At.Unix())})
		}
		return show(list)
	case path == "issues":
		if a.issuesOff {
			a.status = 410
			return nil
		}
		key := func(i *hubIssue) string { return order(i.Updated, i.N, false) }
		var list []any
		for _, i := range sorted(a.issues, key) {
			if a.listed(i, q.Get("since"), q.Get("labels")) {
				list = append(list, a.restIssue(i))
			}
		}
		return show(list)
	case parts[0] == "issues":
		i := slices.IndexFunc(a.issues, func(i *hubIssue) bool { return i.N == id })
		if len(parts) == 2 {
			a.touches("issue", id, false)
			return a.restIssue(a.issues[i])
		}
		var list []any
		for _, l := range a.issues[i].Had {
			list = append(list, object{"event": "unlabeled", "created_at": stamp(a.issues[i].Updated), "label": label1(l)})
		}
		return show(list)
	case path == "releases":
		var list []any
		for _, r := range sorted(a.releases, func(r *hubRelease) string { return order(r.Created, len(r.Tag), true) + r.Tag }) {
			list = append(list, object{"tag_name": r.Tag, "html_url": "https://x/" + r.Tag, "draft": r.Draft, "prerelease": r.Pre,
				"created_at": stamp(r.Created), "published_at": stamp(r.Published), "updated_at": stamp(r.Update)})
		}
		return show(list)
	case path == "actions/workflows/deploy.yml/runs":
		return a.search(q)
	case parts[0] == "actions" && parts[1] == "runs":
		id, _ = strconv.Atoi(parts[2])
		i := slices.IndexFunc(a.runs, func(r *hubRun) bool { return r.ID == id })
		if i < 0 {
			a.status = 404
			return nil
		}
		a.touches("run", id, false)
		attempt := len(a.runs[i].Attempts)
		if len(parts) == 5 {
			attempt, _ = strconv.Atoi(parts[4])
		}
		return a.attempt(a.runs[i], attempt)
	}
	a.t.Errorf("the hub has no answer for %s", path)
	a.status = 404
	return nil
}

func (a *hubAnswer) isPull(n int) bool {
	return slices.ContainsFunc(a.pulls, func(p *hubPull) bool { return p.N == n })
}

func (a *hubAnswer) inPull(n int, parts []string, q url.Values) any {
	i := slices.IndexFunc(a.pulls, func(p *hubPull) bool { return p.N == n })
	if i < 0 {
		a.status = 404
		return nil
	}
	p := a.pulls[i]
	a.touches("pull", n, false)
	var list []any
	if len(parts) == 2 {
		return a.restPull(p)
	}
	switch parts[2] {
	case "commits":
		for i := range min(p.Commits, maxCommits) {
			date := object{"date": stamp(p.Created + int64(i))}
			list = append(list, object{"sha": sha(p.N*1000 + i), "commit": object{"author": date, "committer": date}, "parents": []any{object{"sha": sha(1)}}})
		}
	case "reviews":
		for _, at := range p.Reviews {
			list = append(list, object{"submitted_at": stamp(at), "user": object{"login": "dev-9", "type": "User"}})
		}
	case "timeline":
		list = append(list, object{"event": "committed"})
		if p.Ready != 0 {
			list = append(list, object{"event": "ready_for_review", "created_at": stamp(p.Ready)})
		}
	}
	return a.page(list, q)
}

func (a *hubAnswer) restPull(p *hubPull) any {
	user := any(nil)
	if p.Login != "" {
		kind := "User"
		if p.Bot {
			kind = "Bot"
		}
		user = object{"login": p.Login, "type": kind}
	}
	var labels []any
	for _, l := range p.Labels {
		labels = append(labels, label1(l))
	}
	return object{
		"number": p.N, "title": p.Title, "body": p.Body, "state": "any", "html_url": fmt.Sprint("https://x/pull/", p.N), "draft": p.Draft,
		"created_at": stamp(p.Created), "updated_at": stamp(p.Updated), "merged_at": stamp(p.Merged), "closed_at": stamp(p.Closed),
		"merge_commit_sha": sha(p.N), "user": user, "head": object{"ref": p.Head}, "base": object{"ref": "main"}, "labels": labels, "commits": p.Commits,
	}
}

func (a *hubAnswer) restDeployment(d *hubDeployment) any {
	return object{"id": d.ID, "node_id": fmt.Sprint("D_", d.ID), "sha": sha(d.ID), "ref": "main", "environment": d.Environment,
		"created_at": stamp(d.Created), "updated_at": stamp(d.Updated)}
}

func (a *hubAnswer) restIssue(i *hubIssue) any {
	state := "open"
	if i.Closed != 0 {
		state = "closed"
	}
	var labels []any
	for _, l := range i.Labels {
		labels = append(labels, label1(l))
	}
	got := object{"number": i.N, "title": i.Title, "body": i.Body, "html_url": fmt.Sprint("https://x/issues/", i.N), "state": state,
		"state_reason": i.Reason, "created_at": stamp(i.Created), "updated_at": stamp(i.Updated), "closed_at": stamp(i.Closed), "labels": labels}
	if i.Pull {
		got["pull_request"] = object{}
	}
	return got
}

// search lists runs by the time of their creation, the first thousand of them.
func (a *hubAnswer) search(q url.Values) any {
	low, high, ok := strings.Cut(q.Get("created"), "..")
	from, err1 := time.Parse(time.RFC3339, low)
	to, err2 := time.Parse(time.RFC3339, high)
	if !ok || err1 != nil || err2 != nil {
		a.t.Errorf("created=%q", q.Get("created"))
	}
	var list []any
	for _, r := range sorted(a.runs, func(r *hubRun) string { return order(r.Created, r.ID, true) }) {
		if r.Created >= from.Unix() && r.Created <= to.Unix() {
			list = append(list, a.attempt(r, len(r.Attempts)))
		}
	}
	total := any(len(list))
	if len(list) > 2500 {
		total = "2,500+"
	}
	return object{"total_count": total, "workflow_runs": a.page(list[:min(len(list), 1000)], q)}
}

func (a *hubAnswer) attempt(r *hubRun, n int) any {
	t := r.Attempts[n-1]
	return object{"id": r.ID, "run_attempt": n, "head_branch": "main", "head_sha": sha(r.ID), "html_url": fmt.Sprint("https://x/runs/", r.ID),
		"status": t.Status, "conclusion": t.Conclusion, "created_at": stamp(r.Created), "run_started_at": stamp(t.Started), "updated_at": stamp(t.Updated)}
}

// truth is what a store should hold of a list, by id.
func (h *hub) truth(resource string) map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	got := map[string]string{}
	put := func(id string, record any) {
		line, err := json.Marshal(record)
		if err != nil {
			h.t.Fatal(err)
		}
		got[id] = string(line)
	}
	switch resource {
	case dora.ResourceChanges:
		for _, p := range h.pulls {
			put(strconv.Itoa(p.N), p.want())
		}
	case dora.ResourceDeployments:
		for _, d := range h.deployments {
			put(strconv.Itoa(d.ID), d.want())
		}
	case dora.ResourceIncidents:
		for _, i := range h.issues {
			if !i.Pull && slices.Contains(i.Labels, "incident") {
				put(strconv.Itoa(i.N), i.want())
			}
		}
	case dora.ResourceReleases:
		for _, r := range h.releases {
			if !r.Draft && !r.Pre {
				put(r.Tag, dora.Deployment{ID: r.Tag, Ref: r.Tag, Repo: "acme/pay", URL: "https://x/" + r.Tag, Source: dora.Releases, Status: dora.Success,
					CreatedAt: at(r.Published), FinishedAt: at(r.Published), UpdatedAt: at(r.Update)})
			}
		}
	case dora.ResourceWorkflowRuns:
		for _, r := range h.runs {
			for n, t := range r.Attempts {
				put(fmt.Sprintf("%d/%d", r.ID, n+1), r.want(n+1, t))
			}
		}
	}
	return got
}

func (p *hubPull) want() dora.Change {
	c := dora.Change{
		Repo: "acme/pay", ID: strconv.Itoa(p.N), Title: p.Title, Author: cmp.Or(p.Login, "ghost"), Bot: p.Bot, URL: fmt.Sprint("https://x/pull/", p.N),
		CreatedAt: at(p.Created), UpdatedAt: at(p.Updated), MergedAt: at(p.Merged), HeadRef: p.Head, BaseRef: "main", State: strings.ToLower(p.state()),
		Labels: p.Labels,
	}
	if !p.Draft {
		c.ReadyAt = at(p.Ready)
	}
	if p.Merged != 0 {
		c.LandingSHA = sha(p.N)
	}
	for i := range p.Commits {
		c.Commits = append(c.Commits, dora.ChangeCommit{SHA: sha(p.N*1000 + i), AuthorDate: at(p.Created + int64(i)), CommitterDate: at(p.Created + int64(i))})
	}
	for _, r := range p.Reviews {
		c.Reviews = append(c.Reviews, dora.Review{At: at(r)})
	}
	if len(p.Reviews) > 0 {
		c.FirstReviewAt = at(p.Reviews[0])
	}
	return c
}

func (d *hubDeployment) want() dora.Deployment {
	r := dora.Deployment{
		ID: strconv.Itoa(d.ID), Repo: "acme/pay", Environment: d.Environment, Ref: "main", SHA: sha(d.ID), CreatedAt: at(d.Created), UpdatedAt: at(d.Updated),
		Source: dora.GitHubDeployments, Status: dora.Pending, Statuses: d.Statuses,
	}
	for _, s := range d.Statuses {
		if s.At.After(r.UpdatedAt) {
			r.UpdatedAt = s.At
		}
		if r.Status == dora.Pending && s.Status != dora.Inactive {
			r.Status = s.Status
			if s.Status != dora.Pending {
				r.FinishedAt = s.At
			}
		}
	}
	return r
}

func (i *hubIssue) want() dora.Incident {
	r := dora.Incident{ID: strconv.Itoa(i.N), Repo: "acme/pay", Title: i.Title, URL: fmt.Sprint("https://x/issues/", i.N), OpenedAt: at(i.Created),
		UpdatedAt: at(i.Updated), Labels: distinct(slices.Clone(i.Labels)), State: "open"}
	if i.Closed != 0 {
		r.State, r.ResolvedAt = cmp.Or(i.Reason, "closed"), at(i.Closed)
	}
	return r
}

func (r *hubRun) want(n int, t hubAttempt) dora.Deployment {
	d := dora.Deployment{ID: strconv.Itoa(r.ID), Attempt: n, Repo: "acme/pay", Workflow: "deploy.yml", Source: dora.Workflow, Ref: "main", SHA: sha(r.ID),
		URL: fmt.Sprint("https://x/runs/", r.ID), CreatedAt: at(r.Created), UpdatedAt: at(t.Updated), Status: dora.Pending}
	if n > 1 {
		d.CreatedAt = at(t.Started)
	}
	switch t.Conclusion {
	case "success", "failure":
		d.Status, d.FinishedAt = dora.Status(t.Conclusion), at(t.Updated)
	case "cancelled":
		d.Status = dora.Inactive
	}
	return d
}

// mutate changes something, as people do.
func (h *hub) mutate(r *rand.Rand) {
	h.pass(time.Duration(1+r.IntN(90)) * time.Second)
	now := h.now()
	switch r.IntN(12) {
	case 0, 1:
		h.addPull()
	case 2, 3:
		if len(h.pulls) > 0 {
			p := h.pulls[r.IntN(len(h.pulls))]
			p.Title, p.Updated = fmt.Sprint("title ", now), now
			if r.IntN(2) == 0 && p.Merged == 0 {
				p.Merged, p.Closed = now, now
			}
		}
	case 4:
		h.addDeployment("production")
	case 5:
		if d := h.pendingDeployment(); d != nil {
			h.status(d, dora.Success)
		}
	case 6:
		if len(h.deployments) > 3 && r.IntN(3) == 0 {
			i := r.IntN(len(h.deployments))
			h.deployments = slices.Delete(h.deployments, i, i+1)
		}
	case 7, 8:
		i := h.addIssue("incident")
		i.Pull = r.IntN(4) == 0
	case 9:
		if len(h.issues) > 0 {
			i := h.issues[r.IntN(len(h.issues))]
			i.Updated = now
			i.Closed = now * int64(r.IntN(2))
		}
	case 10:
		h.addRelease()
	case 11:
		h.addRun("success")
		if len(h.runs) > 0 {
			run := h.runs[r.IntN(len(h.runs))]
			if now-run.Created < 20*24*3600 {
				run.Attempts = append(run.Attempts, hubAttempt{now, now, "completed", "success"})
			}
		}
	}
}

func (h *hub) addPull() *hubPull {
	n := h.next()
	p := &hubPull{N: n, Title: fmt.Sprint("change ", n), Head: fmt.Sprint("branch-", n), Login: "dev-1", Created: h.now(), Updated: h.now(), Commits: 1 + n%3,
		Labels: []string{"a", "b"}}
	h.pulls = append(h.pulls, p)
	return p
}

func (h *hub) addDeployment(environment string) *hubDeployment {
	d := &hubDeployment{ID: h.next(), Environment: environment, Created: h.now(), Updated: h.now()}
	h.deployments = append(h.deployments, d)
	return d
}

func (h *hub) pendingDeployment() *hubDeployment {
	for _, d := range h.deployments {
		if len(d.Statuses) == 0 {
			return d
		}
	}
	return nil
}

// status adds a status. A success ends the deployments before it, as auto_inactive does.
func (h *hub) status(d *hubDeployment, s dora.Status) {
	now := h.now()
	d.Statuses, d.Updated = append(d.Statuses, dora.StatusAt{Status: s, At: at(now)}), now
	for _, o := range h.deployments {
		if n := len(o.Statuses); s == dora.Success && o != d && o.Environment == d.Environment && n > 0 && o.Statuses[n-1].Status == dora.Success {
			o.Statuses, o.Updated = append(o.Statuses, dora.StatusAt{Status: dora.Inactive, At: at(now)}), now
		}
	}
}

func (h *hub) addIssue(labels ...string) *hubIssue {
	n := h.next()
	i := &hubIssue{N: n, Title: fmt.Sprint("issue ", n), Created: h.now(), Updated: h.now(), Labels: labels}
	h.issues = append(h.issues, i)
	return i
}

func (h *hub) addRelease() *hubRelease {
	n := h.next()
	r := &hubRelease{Tag: fmt.Sprintf("v1.%d.0", n), Created: h.now(), Published: h.now(), Update: h.now(), Pre: n%7 == 0}
	h.releases = append(h.releases, r)
	return r
}

func (h *hub) addRun(conclusion string) *hubRun {
	now := h.now()
	r := &hubRun{ID: h.next(), Created: now, Attempts: []hubAttempt{{now, now, "completed", conclusion}}}
	h.runs = append(h.runs, r)
	return r
}

// fill makes a repository with a history of some weeks.
func (h *hub) fill(n int) {
	h.clock.now = scriptStart.AddDate(0, 0, -60)
	step := time.Duration(40*24) * time.Hour / time.Duration(n)
	for range n {
		h.pass(step)
		h.addPull()
		h.status(h.addDeployment("production"), dora.Success)
		h.addIssue("incident")
		h.addRelease()
		h.addRun("success")
	}
	h.clock.now = scriptStart
}

// ledger stands for the store: the newer of two records wins, and a listing
// tells what is missing.
type ledger struct {
	t       testing.TB
	h       *hub
	want    Want
	state   []byte
	records map[string]string
	updated map[string]int64
	passes  map[string]int64
	missing map[string]bool
	last    Page
}

func newLedger(h *hub, resource string) *ledger {
	w := Want{Resource: resource, Labels: []string{"incident"}, Workflow: "deploy.yml"}
	var t testing.TB
	if h != nil {
		t = h.t
	}
	return &ledger{t: t, h: h, want: w, records: map[string]string{}, updated: map[string]int64{}, passes: map[string]int64{}, missing: map[string]bool{}}
}

func (l *ledger) count() int { return len(l.records) - len(l.missing) }

// step reads one page of the hub and keeps it.
func (l *ledger) step(c *Client) (Page, error) { return l.read(c, l.h.repository()) }

func (l *ledger) read(c *Client, r Repository) (Page, error) {
	w := l.want
	w.Count = l.count()
	page, err := c.Read(l.t.Context(), r, w, l.state)
	if err != nil {
		return page, err
	}
	l.want.Full = false
	l.state = page.State
	if len(l.state) > 60_000 {
		l.t.Errorf("a state of %d bytes", len(l.state))
	}
	for _, d := range page.Events.Deployments {
		id := d.ID
		if d.Attempt > 0 {
			id += fmt.Sprint("/", d.Attempt)
		}
		l.put(id, d.UpdatedAt, d, page.Pass)
	}
	for _, e := range page.Events.Changes {
		l.put(e.ID, e.UpdatedAt, e, page.Pass)
	}
	for _, e := range page.Events.Incidents {
		l.put(e.ID, e.UpdatedAt, e, page.Pass)
	}
	if page.EndsPass {
		if page.At.IsZero() || page.Pass == 0 {
			l.t.Errorf("a pass ends without its number or time: %+v", page)
		}
		for id := range l.records {
			if l.passes[id] != page.Pass {
				l.missing[id] = true
			}
		}
	}
	if !page.To.IsZero() {
		l.last = page
	}
	return page, nil
}

func (l *ledger) put(id string, updated time.Time, record any, pass int64) {
	line, err := json.Marshal(record)
	if err != nil {
		l.t.Fatal(err)
	}
	if pass != 0 {
		l.passes[id] = pass
	}
	delete(l.missing, id)
	if l.records[id] != "" && updated.Unix() < l.updated[id] {
		return
	}
	l.records[id], l.updated[id] = string(line), updated.Unix()
}

// sync reads pages until the run is done. It returns the number of requests.
func (l *ledger) sync(c *Client) int {
	l.t.Helper()
	before := l.h.asked()
	for range 10_000 {
		page, err := l.step(c)
		if err != nil {
			l.t.Fatalf("%s: %v", l.want.Resource, err)
		}
		if page.Done {
			return l.h.asked() - before
		}
	}
	l.t.Fatalf("%s: no end", l.want.Resource)
	return 0
}

// same compares what is held with the truth. Records that are gone upstream stay.
func (l *ledger) same() {
	l.t.Helper()
	want := l.h.truth(l.want.Resource)
	have := maps.Clone(l.records)
	for id, w := range want {
		if have[id] != w {
			l.t.Errorf("%s %s:\n got %s\nwant %s", l.want.Resource, id, have[id], w)
		}
	}
	for id := range have {
		if _, ok := want[id]; !ok && !l.missing[id] {
			l.t.Errorf("%s %s is not there any more, and not missing", l.want.Resource, id)
		}
	}
}

// complete fails unless the last run proved everything.
func (l *ledger) complete() {
	l.t.Helper()
	if p := l.last; p.Status != dora.Complete || len(p.Reasons) > 0 || !p.To.After(p.From) {
		l.t.Errorf("%s: %s %v from %v to %v; want complete\n%s", l.want.Resource, p.Status, p.Reasons, p.From, p.To, strings.Join(l.h.log, "\n"))
	}
}

var resources = []string{dora.ResourceChanges, dora.ResourceDeployments, dora.ResourceIncidents, dora.ResourceReleases, dora.ResourceWorkflowRuns}

// overBoth runs a test over both APIs.
func overBoth(t *testing.T, test func(t *testing.T, edit ...func(*Options))) {
	t.Run("graphql", func(t *testing.T) { t.Parallel(); test(t) })
	t.Run("rest", func(t *testing.T) { t.Parallel(); test(t, overREST) })
}
