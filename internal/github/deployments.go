package github

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// settling is for how long each run reads deployments again, whatever became of
// them; pending is for how long those are looked at that have not ended
// (rel/A18).
const (
	settling = 7 * 24 * time.Hour
	pending  = 90 * 24 * time.Hour
)

// deployment is what the APIs say of a deployment.
type deployment struct {
	id                    int64  // 0: not said
	node                  string // its id for GraphQL
	environment, ref, sha string
	created, updated      moment
	statuses              []dora.StatusAt
}

// name is the id of the record.
func (d deployment) name() string {
	if d.id > 0 {
		return strconv.FormatInt(d.id, 10)
	}
	return d.node
}

// record makes a record of it. An error says why it cannot be one.
func (d deployment) record(repo string, now time.Time) (dora.Deployment, error) {
	if d.name() == "" || d.created.IsZero() {
		return dora.Deployment{}, errors.New("it has no id or no time of creation")
	}
	if err := possible(now, d.created, d.updated); err != nil {
		return dora.Deployment{}, err
	}
	r := dora.Deployment{
		ID: d.name(), Repo: repo, Environment: d.environment, Ref: d.ref, SHA: d.sha, CreatedAt: d.created.Time,
		Statuses: d.statuses, Source: dora.GitHubDeployments, UpdatedAt: d.updated.Time,
	}
	for _, s := range r.Statuses {
		if s.At.IsZero() {
			return dora.Deployment{}, errors.New("one of its statuses has no time")
		}
		if err := possible(now, moment{Time: s.At}); err != nil {
			return dora.Deployment{}, err
		}
		if s.At.After(r.UpdatedAt) {
			r.UpdatedAt = s.At
		}
	}
	chronological(r.Statuses)
	r.Status, r.FinishedAt = outcome(r.Statuses)
	return r, nil
}

// chronological orders statuses by time. Of those of one second, only the order
// of the list tells which came first; it may begin with the newest.
func chronological(list []dora.StatusAt) {
	if n := len(list); n > 0 && list[0].At.After(list[n-1].At) {
		slices.Reverse(list)
	}
	slices.SortStableFunc(list, func(a, b dora.StatusAt) int { return a.At.Compare(b.At) })
}

// outcome follows metrics/D2: the first success counts, whatever came later.
// Without one the last failure does, unless it was tried again since.
func outcome(statuses []dora.StatusAt) (dora.Status, time.Time) {
	last, ended := dora.Pending, time.Time{}
	for _, s := range statuses {
		switch s.Status {
		case dora.Success:
			return dora.Success, s.At
		case dora.Failure, dora.Errored:
			last, ended = s.Status, s.At
		case dora.Inactive:
			if last == dora.Pending {
				last = dora.Inactive
			}
		default:
			last, ended = dora.Pending, time.Time{}
		}
	}
	return last, ended
}

// statusOf reads a state of either API.
func statusOf(state string) dora.Status {
	switch strings.ToLower(state) {
	case "success":
		return dora.Success
	case "failure":
		return dora.Failure
	case "error":
		return dora.Errored
	case "inactive":
		return dora.Inactive
	case "pending", "queued", "in_progress", "waiting":
		return dora.Pending
	}
	return dora.Unknown
}

// tracked is a deployment to look at in every run: one that has not ended, or
// the one that an environment runs, since the next one ends it.
type tracked struct {
	ID          string `json:"id"`
	Node        string `json:"node,omitempty"`
	At          int64  `json:"at"`            // its creation
	Environment string `json:"env,omitempty"` // that it runs in; "": it has not ended
	Live        bool   `json:"live,omitempty"`
	Asked       bool   `json:"asked,omitempty"` // in this pass
}

// The limits of what is watched.
const (
	maxPending = 500
	maxLive    = 40
)

// asked notes that deployments were read in this pass, or are not to be.
func (s *walk) asked(list []tracked) {
	for _, asked := range list {
		for i := range s.Watched {
			if s.Watched[i].ID == asked.ID {
				s.Watched[i].Asked = true
			}
		}
	}
}

// unask begins a pass.
func (s *walk) unask() {
	for i := range s.Watched {
		s.Watched[i].Asked = false
	}
}

// waiting reports whether some are still to be read in this pass.
func (s *walk) waiting() bool {
	return slices.ContainsFunc(s.Watched, func(w tracked) bool { return !w.Asked })
}

// look watches what a page brought, and no longer what has ended.
func (s *walk) look(b batch) {
	if len(b.read) == 0 && len(b.gone) == 0 {
		return
	}
	seen := map[string]bool{}
	for _, id := range append(b.read, b.gone...) {
		seen[id] = true
	}
	s.Watched = slices.DeleteFunc(s.Watched, func(w tracked) bool { return seen[w.ID] })
	for i, w := range b.watch {
		if !slices.ContainsFunc(b.watch[i+1:], func(later tracked) bool { return later.ID == w.ID }) {
			s.Watched = append(s.Watched, w)
		}
	}
	slices.SortFunc(s.Watched, func(a, b tracked) int { return cmp.Or(cmp.Compare(b.At, a.At), strings.Compare(a.ID, b.ID)) })
	live, open, of := 0, 0, map[string]int{}
	oldest := b.date.Add(-pending).Unix()
	s.Watched = slices.DeleteFunc(s.Watched, func(w tracked) bool {
		if w.Live {
			live++
			of[w.Environment]++
			return live > maxLive || of[w.Environment] > 2 // the one before is ended a moment after the next one begins
		}
		if w.At < oldest {
			return true
		}
		open++
		s.Crowd = s.Crowd || open > maxPending
		return open > maxPending
	})
}

func (b *batch) nameDeployment(d deployment) {
	b.items, b.reached = append(b.items, listed{d.name(), d.created.Time}), d.created.Time
}

// addDeployment adds a deployment to a batch, or notes that it is none. What is
// watched is no item of the list.
func (b *batch) addDeployment(d deployment, repo string, item bool) {
	if item {
		b.nameDeployment(d)
	}
	r, err := d.record(repo, b.date)
	if err != nil {
		b.wrong = append(b.wrong, d.name())
		return
	}
	b.read = append(b.read, r.ID)
	b.events.Deployments = append(b.events.Deployments, r)
	w := tracked{ID: r.ID, Node: d.node, At: r.CreatedAt.Unix(), Asked: true}
	n := len(r.Statuses)
	switch {
	case r.Status == dora.Pending:
		b.watch = append(b.watch, w)
	case r.Status == dora.Success && r.Statuses[n-1].Status == dora.Success:
		w.Live, w.Environment = true, r.Environment
		b.watch = append(b.watch, w)
	}
}

// deployments lists deployments over GraphQL.
type deployments struct {
	*Client
	repo Repository
}

func (l deployments) traits() traits {
	return traits{sizes: []int{100, 50, 25, 12, 6, 3, 1}, counted: true, settle: settling}
}

func (l deployments) order(q ask) map[string]any {
	v := map[string]any{"direction": "ASC", "size": q.size}
	if q.phase == news {
		v["direction"] = "DESC"
	}
	if q.at != "" {
		v["after"] = q.at
	}
	return v
}

func (l deployments) page(ctx context.Context, q ask) (batch, error) {
	var got struct {
		Nodes      []*deploymentNode
		Repository struct{ Deployments connection[deploymentNode] }
	}
	ids := make([]string, 0, len(q.watched))
	for _, w := range q.watched {
		ids = append(ids, cmp.Or(w.Node, w.ID))
	}
	v := l.order(q)
	v["watched"], v["again"] = ids, len(ids) > 0
	text := deploymentsQuery
	if q.size == 0 {
		text, v = deploymentNodesQuery, map[string]any{"watched": ids}
	}
	a, err := l.askOf(ctx, l.repo, text, v, &got)
	if err != nil {
		return batch{}, err
	}
	list := got.Repository.Deployments
	b := batch{at: list.Page.End, more: list.Page.More, total: list.Total, date: a.Date}
	for i, n := range got.Nodes {
		if i >= len(q.watched) {
			break
		}
		if n == nil || n.ID == "" {
			b.gone = append(b.gone, q.watched[i].ID)
			continue
		}
		if err := l.add(ctx, &b, n, false); err != nil {
			return batch{}, err
		}
	}
	for _, n := range list.Nodes {
		if n == nil {
			b.wrong = append(b.wrong, "")
			continue
		}
		if q.known(n.CreatedAt) {
			b.nameDeployment(n.deployment())
			continue
		}
		if err := l.add(ctx, &b, n, true); err != nil {
			return batch{}, err
		}
	}
	return b, nil
}

func (l deployments) add(ctx context.Context, b *batch, n *deploymentNode, item bool) error {
	if err := more(ctx, container{l.Client, n.ID, "Deployment"}, "statuses", statusNodes, &n.Statuses); err != nil {
		return err
	}
	b.addDeployment(n.deployment(), l.repo.Name, item)
	return nil
}

func (l deployments) bare(ctx context.Context, q ask) (batch, error) {
	var got struct {
		Repository struct{ Deployments connection[deploymentNode] }
	}
	a, err := l.askOf(ctx, l.repo, bareDeploymentsQuery, l.order(q), &got)
	if err != nil {
		return batch{}, err
	}
	list := got.Repository.Deployments
	b := batch{at: list.Page.End, more: list.Page.More, total: list.Total, date: a.Date}
	for _, n := range list.Nodes {
		var d deployment
		if n != nil {
			d = n.deployment()
			b.nameDeployment(d)
		}
		b.wrong = append(b.wrong, d.name())
	}
	return b, nil
}

func (l deployments) one(ctx context.Context, id string) (batch, error) {
	if _, err := strconv.ParseInt(id, 10, 64); err == nil {
		return restDeployments(l).one(ctx, id) // GraphQL finds none by its number
	}
	return l.page(ctx, ask{phase: news, watched: []tracked{{ID: id, Node: id}}})
}

// deploymentNode is a deployment of GraphQL.
type deploymentNode struct {
	ID                   string
	DatabaseID           int64 `json:"databaseId"`
	Environment          string
	CommitOID            string `json:"commitOid"`
	CreatedAt, UpdatedAt moment
	Ref                  *struct{ Name string }
	Statuses             connection[struct {
		State     string
		CreatedAt moment
	}]
}

func (n *deploymentNode) deployment() deployment {
	d := deployment{
		id: n.DatabaseID, node: n.ID, environment: n.Environment, sha: n.CommitOID, created: n.CreatedAt, updated: n.UpdatedAt,
	}
	if d.id == 0 {
		d.id = idOfNode(n.ID)
	}
	if n.Ref != nil {
		d.ref = n.Ref.Name
	}
	for _, s := range n.Statuses.Nodes {
		if s != nil {
			d.statuses = append(d.statuses, dora.StatusAt{Status: statusOf(s.State), At: s.CreatedAt.Time})
		}
	}
	return d
}

// idOfNode reads the id of the database out of one of GraphQL, whose own field
// for it ends at 2^31: after the kind, MessagePack of [0, repository, id]. 0
// where it is anything else.
func idOfNode(node string) int64 {
	_, packed, _ := strings.Cut(node, "_")
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(packed, "="))
	if err != nil || len(data) < 2 || data[0] != 0x93 || data[1] != 0 {
		return 0
	}
	_, rest := unpackNumber(data[2:])
	n, rest := unpackNumber(rest)
	if len(rest) > 0 || n > 1<<62 {
		return 0
	}
	return int64(n)
}

// unpackNumber reads an unsigned number of MessagePack, of 32 or 64 bits; it is
// 0 where there is none.
func unpackNumber(data []byte) (uint64, []byte) {
	switch {
	case len(data) >= 5 && data[0] == 0xce:
		return uint64(binary.BigEndian.Uint32(data[1:])), data[5:]
	case len(data) >= 9 && data[0] == 0xcf:
		return binary.BigEndian.Uint64(data[1:]), data[9:]
	}
	return 0, data
}
