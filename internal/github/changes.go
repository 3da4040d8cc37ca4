package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// pull is what the APIs say of a pull request.
type pull struct {
	number                           int64
	title, body, url, head, base     string
	author                           *actor
	created, updated, merged, closed moment
	ready                            moment // first "ready for review"; zero: none, or still a draft
	landed                           string // commit that the merge made
	labels, closes, files, truncated []string
	commits                          []dora.ChangeCommit
	reviews                          []review
}

// review is one that was submitted; pending ones have no time.
type review struct {
	At     moment `json:"submittedAt"`
	Author *actor `json:"author"`
}

// change makes a record of it. An error says why it cannot be one.
func (p pull) change(r Repository, now time.Time) (dora.Change, error) {
	if p.number <= 0 || p.created.IsZero() {
		return dora.Change{}, errors.New("it has no number or no time of creation")
	}
	if err := possible(now, p.created, p.updated, p.merged, p.closed, p.ready); err != nil {
		return dora.Change{}, err
	}
	c := dora.Change{
		Repo: r.Name, ID: strconv.FormatInt(p.number, 10), Title: p.title, Author: p.author.name(), Bot: p.author.bot(),
		CreatedAt: p.created.Time, ReadyAt: p.ready.Time, MergedAt: p.merged.Time, UpdatedAt: p.updated.Time,
		Commits: p.commits, Files: p.files, Labels: distinct(p.labels), Closes: distinct(p.closes), Truncated: distinct(p.truncated),
		HeadRef: p.head, BaseRef: p.base, URL: p.url, Reverts: reverts(r, p.head, p.body), State: "open",
	}
	switch {
	case !p.merged.IsZero():
		c.State, c.LandingSHA = "merged", p.landed // of one that is not merged, GitHub names the trial merge
	case !p.closed.IsZero():
		c.State = "closed"
	}
	for _, r := range p.reviews {
		if err := possible(now, r.At); err != nil {
			return dora.Change{}, fmt.Errorf("a review: %w", err)
		}
		if r.At.IsZero() || r.Author.name() == c.Author {
			continue
		}
		c.Reviews = append(c.Reviews, dora.Review{At: r.At.Time, Bot: r.Author.bot()})
	}
	slices.SortStableFunc(c.Reviews, func(a, b dora.Review) int { return a.At.Compare(b.At) })
	if i := slices.IndexFunc(c.Reviews, func(r dora.Review) bool { return !r.Bot }); i >= 0 {
		c.FirstReviewAt = c.Reviews[i].At // metrics/L3
	}
	for _, k := range c.Commits {
		if k.SHA == "" || k.AuthorDate.IsZero() || k.CommitterDate.IsZero() {
			return dora.Change{}, errors.New("one of its commits has no name or no date")
		}
	}
	return c, nil
}

// pulls lists pull requests over GraphQL.
type pulls struct {
	*Client
	repo  Repository
	files bool
}

func (l pulls) traits() traits { return traits{sizes: []int{50, 25, 12, 6, 3, 1}, counted: true} }

// order is that of a phase: by creation for the listing, which nothing moves,
// and the newest updates first for what is new.
func (l pulls) order(q ask) map[string]any {
	v := map[string]any{"field": "CREATED_AT", "direction": "ASC"}
	if q.phase == news {
		v = map[string]any{"field": "UPDATED_AT", "direction": "DESC"}
	}
	v["size"] = q.size
	if q.at != "" {
		v["after"] = q.at
	}
	return v
}

func (l pulls) page(ctx context.Context, q ask) (batch, error) {
	var got struct {
		Repository struct{ PullRequests connection[pullNode] }
	}
	v := l.order(q)
	v["files"] = l.files
	a, err := l.askOf(ctx, l.repo, pullsQuery, v, &got)
	if err != nil {
		return batch{}, err
	}
	list := got.Repository.PullRequests
	b := batch{at: list.Page.End, more: list.Page.More, total: list.Total, date: a.Date}
	for _, n := range list.Nodes {
		if n != nil && q.known(n.UpdatedAt) {
			b.name(n.Number, n.CreatedAt, n.UpdatedAt)
			continue
		}
		if err := l.add(ctx, &b, n); err != nil {
			return batch{}, err
		}
	}
	return b, nil
}

// name adds what stands for an item to a batch, and returns its id.
func (b *batch) name(number int64, created, at moment) string {
	id := ""
	if number > 0 {
		id = strconv.FormatInt(number, 10)
	}
	b.items, b.reached = append(b.items, listed{id, created.Time}), at.Time
	return id
}

// add adds a node to a batch, with the rest of its lists.
func (l pulls) add(ctx context.Context, b *batch, n *pullNode) error {
	if n == nil {
		b.wrong = append(b.wrong, "")
		return nil
	}
	p, err := n.whole(ctx, l.Client, l.files)
	if err != nil {
		return err
	}
	b.addPull(p, l.repo)
	return nil
}

// addPull adds a pull request, or notes that it is none.
func (b *batch) addPull(p pull, r Repository) {
	id := b.name(p.number, p.created, p.updated)
	c, err := p.change(r, b.date)
	if err != nil {
		b.wrong = append(b.wrong, id)
		return
	}
	b.read = append(b.read, id)
	b.events.Changes = append(b.events.Changes, c)
}

func (l pulls) bare(ctx context.Context, q ask) (batch, error) {
	var got struct {
		Repository struct {
			PullRequests connection[struct {
				Number               int64
				CreatedAt, UpdatedAt moment
			}]
		}
	}
	a, err := l.askOf(ctx, l.repo, barePullsQuery, l.order(q), &got)
	if err != nil {
		return batch{}, err
	}
	list := got.Repository.PullRequests
	b := batch{at: list.Page.End, more: list.Page.More, total: list.Total, date: a.Date}
	for _, n := range list.Nodes {
		id := ""
		if n != nil {
			id = b.name(n.Number, n.CreatedAt, n.UpdatedAt)
		}
		b.wrong = append(b.wrong, id)
	}
	return b, nil
}

func (l pulls) one(ctx context.Context, id string) (batch, error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return batch{}, nil
	}
	var got struct {
		Repository struct{ PullRequest *pullNode }
	}
	a, err := l.askOf(ctx, l.repo, pullQuery, map[string]any{"number": number, "files": l.files}, &got)
	if missing(err) {
		return batch{}, nil
	}
	if err != nil {
		return batch{}, err
	}
	b := batch{date: a.Date}
	return b, l.add(ctx, &b, got.Repository.PullRequest)
}

// pullNode is a pull request of GraphQL.
type pullNode struct {
	ID                                       string
	Number                                   int64
	Title, Body, URL, State                  string
	IsDraft                                  bool
	CreatedAt, UpdatedAt, MergedAt, ClosedAt moment
	HeadRefName, BaseRefName                 string
	Author                                   *actor
	MergeCommit                              *struct{ OID string }
	Labels                                   connection[label]
	ClosingIssuesReferences                  connection[closedNode]
	Commits                                  connection[commitNode]
	Reviews                                  connection[review]
	TimelineItems                            connection[struct{ CreatedAt moment }]
	Files                                    connection[fileNode]
}

// label is a label of an issue or a pull request.
type label struct{ Name string }

type fileNode struct{ Path string }

type closedNode struct {
	Number     int64
	Repository struct{ NameWithOwner string }
}

type commitNode struct {
	Commit struct {
		OID                         string
		AuthoredDate, CommittedDate moment
		Parents                     struct{ TotalCount int }
	}
}

// commit is a commit of a change. Where one of its dates is none, as git allows,
// the other stands for it.
func (n commitNode) commit() dora.ChangeCommit {
	k := n.Commit
	return changeCommit(k.OID, k.AuthoredDate, k.CommittedDate, k.Parents.TotalCount)
}

func changeCommit(sha string, authored, committed moment, parents int) dora.ChangeCommit {
	if !storable(authored.Time) {
		authored = committed
	}
	if !storable(committed.Time) {
		committed = authored
	}
	return dora.ChangeCommit{SHA: sha, AuthorDate: authored.Time, CommitterDate: committed.Time, Merge: parents > 1}
}

// storable reports whether a date of a commit can be written down. It may well be
// wrong: metrics/L1 deals with that.
func storable(t time.Time) bool { return t.Year() > 1 && t.Year() < 10000 }

// whole makes a pull of it, and asks for what is left of its lists.
func (n *pullNode) whole(ctx context.Context, c *Client, files bool) (pull, error) {
	p := pull{
		number: n.Number, title: n.Title, body: n.Body, url: n.URL, head: n.HeadRefName, base: n.BaseRefName, author: n.Author,
		created: n.CreatedAt, updated: n.UpdatedAt, merged: n.MergedAt, closed: n.ClosedAt,
	}
	if n.MergeCommit != nil {
		p.landed = n.MergeCommit.OID
	}
	if events := n.TimelineItems.Nodes; !n.IsDraft && len(events) > 0 && events[0] != nil {
		p.ready = events[0].CreatedAt
	}
	of := container{c, n.ID, "PullRequest"}
	err := cmp.Or(
		more(ctx, of, "labels", labelNodes, &n.Labels),
		more(ctx, of, "closingIssuesReferences", closedNodes, &n.ClosingIssuesReferences),
		more(ctx, of, "commits", commitNodes, &n.Commits),
		more(ctx, of, "reviews", reviewNodes, &n.Reviews),
	)
	if err == nil && files {
		err = more(ctx, of, "files", fileNodes, &n.Files)
	}
	if err != nil {
		return pull{}, fmt.Errorf("the lists of #%d: %w", n.Number, err)
	}
	p.labels = texts(n.Labels.Nodes, func(l *label) string { return l.Name })
	p.closes = texts(n.ClosingIssuesReferences.Nodes, func(i *closedNode) string {
		return i.Repository.NameWithOwner + "#" + strconv.FormatInt(i.Number, 10)
	})
	p.files = texts(n.Files.Nodes, func(f *fileNode) string { return f.Path })
	for _, k := range n.Commits.Nodes {
		if k != nil {
			p.commits = append(p.commits, k.commit())
		}
	}
	for _, r := range n.Reviews.Nodes {
		if r != nil {
			p.reviews = append(p.reviews, *r)
		}
	}
	for name, short := range map[string]bool{"commits": n.Commits.short(), "reviews": n.Reviews.short(), "files": files && n.Files.short()} {
		if short {
			p.truncated = append(p.truncated, name)
		}
	}
	return p, nil
}
