package github

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// issue is what the APIs say of an issue.
type issue struct {
	number                   int64
	title, body, url         string
	state, reason            string // as REST spells them
	created, updated, closed moment
	labels                   []string
	unlabelled               []string // labels that were taken away
	manyUnlabelled           bool     // there are more of those
}

// incident makes a record of it. An error says why it cannot be one.
func (i issue) incident(repo string, now time.Time) (dora.Incident, error) {
	if i.number <= 0 || i.created.IsZero() || i.updated.IsZero() {
		return dora.Incident{}, errors.New("it has no number, no time of creation or none of its last update")
	}
	if err := possible(now, i.created, i.updated, i.closed); err != nil {
		return dora.Incident{}, err
	}
	r := dora.Incident{
		ID: strconv.FormatInt(i.number, 10), Repo: repo, Title: i.title, URL: i.url, OpenedAt: i.created.Time,
		Labels: distinct(i.labels), CausedBy: cause(i.body), State: "open", UpdatedAt: i.updated.Time,
	}
	if i.state == "closed" {
		r.State, r.ResolvedAt = "closed", i.closed.Time // the last close (metrics/X6)
		if i.reason == "duplicate" || i.reason == "not_planned" {
			r.State = i.reason
		}
	}
	return r, nil
}

// wanted reports whether an issue has one of the labels, or had it: a record
// with the label must not stay when the label is gone.
func (i issue) wanted(labels []string) bool {
	has := func(list []string) bool {
		return slices.ContainsFunc(list, func(l string) bool { return holdsFold(labels, l) })
	}
	return i.manyUnlabelled || has(i.labels) || has(i.unlabelled)
}

// holdsFold reports whether a list has a label; GitHub's do not differ by case.
func holdsFold(list []string, label string) bool {
	return slices.ContainsFunc(list, func(l string) bool { return strings.EqualFold(l, label) })
}

// issueWalk is the state of the incidents of a repository.
type issueWalk struct {
	V       int       `json:"v"`
	Since   int64     `json:"since,omitempty"`  // start of the last proof
	Labels  []string  `json:"labels,omitempty"` // that it holds for
	Number  int64     `json:"number,omitempty"` // of the newest listing
	Size    int       `json:"size,omitempty"`
	Good    int       `json:"good,omitempty"`
	Skipped []string  `json:"skipped,omitempty"`
	Lost    bool      `json:"lost,omitempty"`
	Run     *issueRun `json:"run,omitempty"`
}

// issueRun is a run that is going on: a walk for each label that is to be
// listed, then one over all that was updated.
type issueRun struct {
	Start    int64    `json:"start,omitempty"`  // date of the first answer
	Labels   []string `json:"labels,omitempty"` // that the run is for
	Todo     []string `json:"todo,omitempty"`   // labels to list; the first is being listed
	Updates  bool     `json:"updates,omitempty"`
	Full     bool     `json:"full,omitempty"` // all labels are listed, as one pass
	From     int64    `json:"from,omitempty"` // the walk goes on with what was updated then or later
	At       string   `json:"at,omitempty"`   // within that second
	Items    int      `json:"items,omitempty"`
	Last     string   `json:"last,omitempty"` // what the last page named
	Idle     int      `json:"idle,omitempty"`
	Retry    []string `json:"retry,omitempty"`
	Unproven bool     `json:"unproven,omitempty"`
}

// issueAsk is the question for a page of a walk.
type issueAsk struct {
	label  string // "": issues with any labels or none
	labels []string
	from   int64
	at     string
	size   int
}

// issueBatch is the answer.
type issueBatch struct {
	issues  []issue
	wrong   []string
	named   []string
	reached moment // update of the last one
	at      string
	more    bool
	short   bool // the source counts more than it shows
	off     bool // issues are switched off
	date    time.Time
}

// issueLister reads issues, oldest update first.
type issueLister interface {
	page(ctx context.Context, q issueAsk) (issueBatch, error)
	bare(ctx context.Context, q issueAsk) (issueBatch, error)
	one(ctx context.Context, number string) (issueBatch, error)
}

var issueSizes = []int{100, 50, 25, 5, 1}

// issues reads a page of the issues that are incidents. An issue that is updated
// while the list is read moves to the end, where the walk has not been yet, and
// each request begins at the last update that the one before showed. So nothing
// is missed, whatever is moved or deleted meanwhile (rel/A16).
func (c *Client) issues(ctx context.Context, r Repository, w Want, data []byte) (Page, error) {
	var l issueLister = gqlIssues{c, r}
	if c.options.API == "rest" {
		l = restIssues{c, r}
	}
	var s issueWalk
	if !recall(data, &s, &s.V) {
		s = issueWalk{V: stateVersion}
	}
	s.begin(w)
	if len(s.Run.Retry) > 0 {
		return s.again(ctx, l, r)
	}
	b, err := s.fetch(ctx, c, l)
	var gone *GoneError
	if c.options.API == "rest" && errors.As(err, &gone) && gone.Status == 410 { // so REST says that issues are off
		b, err = issueBatch{off: true, date: c.meter.now()}, nil
	}
	if err != nil {
		return Page{}, err
	}
	if s.Run.Start == 0 {
		s.Run.Start = b.date.Unix()
		if s.Run.Full {
			s.Number = max(s.Number+1, s.Run.Start)
		}
	}
	page := Page{At: b.date}
	if s.Run.Full && !b.off {
		page.Pass = s.Number
	}
	s.keepIssues(&page, b, r.Name)
	if b.off {
		return s.off(page, r)
	}
	if !s.advance(b) {
		return keep(page, &s)
	}
	return s.done(page, r)
}

// begin starts a run, unless one is going on for the same labels.
func (s *issueWalk) begin(w Want) {
	labels := distinct(slices.Clone(w.Labels))
	full := w.Full || s.Since == 0 || s.Lost
	if run := s.Run; run != nil && slices.Equal(run.Labels, labels) && (run.Full || !w.Full) {
		return
	}
	s.Run = &issueRun{Labels: labels, Full: full}
	if full {
		s.Run.Todo, s.Skipped, s.Lost = labels, nil, false
		s.Run.Updates = s.Since != 0 || len(labels) == 0 // labels that were taken away since show nowhere else
		return
	}
	for _, l := range labels {
		if !holdsFold(s.Labels, l) {
			s.Run.Todo = append(s.Run.Todo, l)
		}
	}
	s.Run.Retry, s.Skipped = s.Skipped, nil
	s.Run.Updates = true
	if len(s.Run.Todo) == 0 {
		s.Run.From = s.Since - int64(overlap/time.Second)
	}
}

// fetch reads the next page, as fetch of walk does.
func (s *issueWalk) fetch(ctx context.Context, c *Client, l issueLister) (issueBatch, error) {
	sizes := walk{Size: s.Size, Good: s.Good, Run: &walkRun{At: s.Run.At}}
	defer func() { s.Size, s.Good = sizes.Size, sizes.Good }()
	for {
		q := issueAsk{labels: s.Run.Labels, from: s.Run.From, at: s.Run.At, size: sizes.sizeOf(issueSizes)}
		if len(s.Run.Todo) > 0 {
			q.label = s.Run.Todo[0]
		}
		try := ctx
		if q.size > 1 {
			try = c.tries(ctx, 2)
		}
		b, err := l.page(try, q)
		switch {
		case err == nil:
			sizes.grow(issueSizes)
			return b, nil
		case !divisible(err):
			return issueBatch{}, err
		case sizes.shrink(issueSizes):
		default:
			b, bareErr := l.bare(ctx, q)
			if bareErr != nil {
				return issueBatch{}, err
			}
			return b, nil
		}
	}
}

// keepIssues puts the incidents of a batch into a page.
func (s *issueWalk) keepIssues(page *Page, b issueBatch, repo string) {
	s.Run.Items += len(b.named)
	page.Items = s.Run.Items
	for _, id := range b.wrong {
		s.skip(id)
	}
	for _, i := range b.issues {
		record, err := i.incident(repo, b.date)
		switch {
		case err != nil && i.number > 0:
			s.skip(strconv.FormatInt(i.number, 10))
			continue
		case err != nil:
			s.skip("")
			continue
		}
		s.Skipped = slices.DeleteFunc(s.Skipped, func(id string) bool { return id == record.ID })
		if i.wanted(s.Run.Labels) {
			page.Events.Incidents = append(page.Events.Incidents, record)
		}
	}
}

func (s *issueWalk) skip(id string) {
	w := walk{Skipped: s.Skipped, Lost: s.Lost}
	w.skip(id)
	s.Skipped, s.Lost = w.Skipped, w.Lost
}

// advance moves on behind a page. It reports whether the run is over.
func (s *issueWalk) advance(b issueBatch) bool {
	run := s.Run
	names := b.at
	if n := len(b.named); n > 0 {
		names = b.named[0] + " " + b.named[n-1]
	}
	if run.Idle++; names != run.Last {
		run.Idle = 0
	}
	run.Last = names
	stuck := b.more && (run.Idle >= trials || b.at == "" || b.at == run.At)
	run.Unproven = run.Unproven || stuck || b.short
	switch reached := b.reached.Unix(); {
	case b.more && !stuck && !b.reached.IsZero() && reached > run.From:
		run.From, run.At = reached, ""
		return false
	case b.more && !stuck:
		run.At = b.at // the page is all of one second
		return false
	}
	run.From, run.At, run.Last, run.Idle = 0, "", "", 0
	if len(run.Todo) > 0 {
		run.Todo = run.Todo[1:]
	} else {
		run.Updates = false
	}
	if len(run.Todo) == 0 && run.Updates {
		run.From = s.Since - int64(overlap/time.Second)
		return false
	}
	return len(run.Todo) == 0
}

// again tries an issue that could not be read in the last run.
func (s *issueWalk) again(ctx context.Context, l issueLister, r Repository) (Page, error) {
	id := s.Run.Retry[0]
	b, err := l.one(ctx, id)
	if err != nil && !divisible(err) {
		return Page{}, err
	}
	s.Run.Retry = s.Run.Retry[1:]
	if err != nil {
		s.skip(id)
	}
	page := Page{At: b.date}
	s.keepIssues(&page, b, r.Name)
	return keep(page, s)
}

// off ends the run of a repository without issues. They may be switched on
// again, with all that was there before, so nothing counts as read.
func (s *issueWalk) off(page Page, r Repository) (Page, error) {
	page.Done, page.Status = true, dora.Complete
	page.From, page.To = span(r.CreatedAt, page.At)
	s.Run = nil
	return keep(page, s)
}

// done ends the run with what it proved.
func (s *issueWalk) done(page Page, r Repository) (Page, error) {
	run := s.Run
	broken := len(s.Skipped) > 0 || s.Lost
	page.Done = true
	page.From, page.To = span(r.CreatedAt, seconds(run.Start))
	page.Status, page.Reasons = worth(run.Unproven, broken)
	page.EndsPass = run.Full && !broken && !run.Unproven
	s.Lost = s.Lost || run.Unproven
	s.Since, s.Labels, s.Run = run.Start, run.Labels, nil
	return keep(page, s)
}

// gqlIssues reads issues over GraphQL.
type gqlIssues struct {
	*Client
	repo Repository
}

// issueNode is an issue of GraphQL.
type issueNode struct {
	Number                         int64
	Title, Body, URL, State        string
	StateReason                    string
	CreatedAt, UpdatedAt, ClosedAt moment
	ID                             string
	Labels                         connection[label]
	TimelineItems                  connection[struct{ Label label }]
}

type issuesAnswer struct {
	Repository struct {
		HasIssuesEnabled bool
		Issues           connection[issueNode]
	}
}

func (l gqlIssues) list(ctx context.Context, text string, q issueAsk) (issueBatch, []*issueNode, error) {
	v := map[string]any{"size": q.size}
	if q.at != "" {
		v["after"] = q.at
	}
	if q.from != 0 {
		v["since"] = seconds(q.from).Format(time.RFC3339)
	}
	if q.label != "" {
		v["labels"] = []string{q.label}
	}
	var got issuesAnswer
	a, err := l.askOf(ctx, l.repo, text, v, &got)
	if err != nil {
		return issueBatch{}, nil, err
	}
	list := got.Repository.Issues
	b := issueBatch{at: list.Page.End, more: list.Page.More, date: a.Date, off: !got.Repository.HasIssuesEnabled}
	b.short = q.at == "" && !b.more && list.Total > len(list.Nodes)
	for _, n := range list.Nodes {
		if n != nil {
			b.named, b.reached = append(b.named, strconv.FormatInt(n.Number, 10)), n.UpdatedAt
		}
	}
	return b, list.Nodes, nil
}

func (l gqlIssues) page(ctx context.Context, q issueAsk) (issueBatch, error) {
	b, nodes, err := l.list(ctx, issuesQuery, q)
	for _, n := range nodes {
		if n == nil {
			b.wrong = append(b.wrong, "")
			continue
		}
		i, err := l.issue(ctx, n)
		if err != nil {
			return issueBatch{}, err
		}
		b.issues = append(b.issues, i)
	}
	return b, err
}

func (l gqlIssues) bare(ctx context.Context, q issueAsk) (issueBatch, error) {
	b, _, err := l.list(ctx, bareIssuesQuery, q)
	b.wrong = b.named
	return b, err
}

func (l gqlIssues) one(ctx context.Context, number string) (issueBatch, error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return issueBatch{}, nil
	}
	var got struct {
		Repository struct{ Issue *issueNode }
	}
	a, err := l.askOf(ctx, l.repo, issueQuery, map[string]any{"number": n}, &got)
	if missing(err) || err == nil && got.Repository.Issue == nil {
		return issueBatch{}, nil
	}
	if err != nil {
		return issueBatch{}, err
	}
	i, err := l.issue(ctx, got.Repository.Issue)
	return issueBatch{issues: []issue{i}, named: []string{number}, date: a.Date}, err
}

func (l gqlIssues) issue(ctx context.Context, n *issueNode) (issue, error) {
	if err := more(ctx, container{l.Client, n.ID, "Issue"}, "labels", labelNodes, &n.Labels); err != nil {
		return issue{}, fmt.Errorf("the labels of #%d: %w", n.Number, err)
	}
	return issue{
		number: n.Number, title: n.Title, body: n.Body, url: n.URL, state: strings.ToLower(n.State), reason: strings.ToLower(n.StateReason),
		created: n.CreatedAt, updated: n.UpdatedAt, closed: n.ClosedAt,
		labels:         texts(n.Labels.Nodes, func(l *label) string { return l.Name }),
		unlabelled:     texts(n.TimelineItems.Nodes, func(e *struct{ Label label }) string { return e.Label.Name }),
		manyUnlabelled: n.TimelineItems.Page.More,
	}, nil
}
