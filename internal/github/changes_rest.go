package github

import (
	"context"
	"fmt"
)

// What REST lists of a pull request, at most.
const (
	maxCommits = 250
	maxFiles   = 3000
)

// restPulls lists pull requests over REST, which tells their commits, reviews
// and files one by one.
type restPulls struct {
	*Client
	repo  Repository
	files bool
}

func (l restPulls) traits() traits { return traits{sizes: []int{10, 5, 1}} }

func (l restPulls) path() string { return "repos/" + l.repo.Name + "/" }

// restPull is a pull request of REST.
type restPull struct {
	Number             int64
	Title, Body, State string
	HTMLURL            string `json:"html_url"`
	Draft              bool
	CreatedAt          moment `json:"created_at"`
	UpdatedAt          moment `json:"updated_at"`
	MergedAt           moment `json:"merged_at"`
	ClosedAt           moment `json:"closed_at"`
	MergeCommitSHA     string `json:"merge_commit_sha"`
	User               *actor
	Head, Base         struct{ Ref string }
	Labels             []*label
	Commits            int // not in lists
	ChangedFiles       int `json:"changed_files"` // not in lists
}

// list reads a page of pull requests without what is inside.
func (l restPulls) list(ctx context.Context, q ask) ([]restPull, batch, error) {
	order, size := "sort=created&direction=asc", q.size
	switch q.phase {
	case news:
		order = "sort=updated&direction=desc"
	case verifying:
		size = 100
	}
	list, next, more, a, err := restPage[restPull](ctx, l.Client, l.path()+"pulls?state=all&"+order, q.at, size)
	return list, batch{at: next, more: more, date: a.Date}, err
}

func (l restPulls) page(ctx context.Context, q ask) (batch, error) {
	list, b, err := l.list(ctx, q)
	if err != nil {
		return batch{}, err
	}
	for _, n := range list {
		if q.phase == verifying || q.known(n.UpdatedAt) {
			b.name(n.Number, n.CreatedAt, n.UpdatedAt)
			continue
		}
		if err := l.add(ctx, &b, n); err != nil {
			return batch{}, err
		}
	}
	return b, nil
}

func (l restPulls) bare(ctx context.Context, q ask) (batch, error) {
	list, b, err := l.list(ctx, q)
	for _, n := range list {
		b.wrong = append(b.wrong, b.name(n.Number, n.CreatedAt, n.UpdatedAt))
	}
	if err != nil && divisible(err) {
		q.at = beyond(q.at)
		_, b, err = l.list(ctx, q)
		return b.before(q.at), err
	}
	return b, err
}

func (l restPulls) one(ctx context.Context, id string) (batch, error) {
	var n restPull
	a, err := l.get(ctx, l.path()+"pulls/"+id, &n)
	if missing(err) {
		return batch{}, nil
	}
	if err != nil {
		return batch{}, err
	}
	b := batch{date: a.Date}
	return b, l.add(ctx, &b, n)
}

// add adds a pull request with what is inside.
func (l restPulls) add(ctx context.Context, b *batch, n restPull) error {
	p := pull{
		number: n.Number, title: n.Title, body: n.Body, url: n.HTMLURL, head: n.Head.Ref, base: n.Base.Ref, author: n.User,
		created: n.CreatedAt, updated: n.UpdatedAt, merged: n.MergedAt, closed: n.ClosedAt, landed: n.MergeCommitSHA,
		closes: closes(l.repo.Name, n.Body), labels: texts(n.Labels, func(l *label) string { return l.Name }),
	}
	if n.Number > 0 {
		switch err := l.fill(ctx, n, &p); {
		case missing(err):
			b.wrong = append(b.wrong, b.name(n.Number, n.CreatedAt, n.UpdatedAt))
			return nil
		case err != nil:
			return fmt.Errorf("the lists of #%d: %w", n.Number, err)
		}
	}
	b.addPull(p, l.repo)
	return nil
}

// fill reads the lists of a pull request.
func (l restPulls) fill(ctx context.Context, n restPull, p *pull) error {
	path := fmt.Sprintf("%spulls/%d/", l.path(), n.Number)
	commits, err := restAll[restCommit](ctx, l.Client, path+"commits")
	if err != nil {
		return err
	}
	for _, k := range commits {
		p.commits = append(p.commits, changeCommit(k.SHA, k.Commit.Author.Date, k.Commit.Committer.Date, len(k.Parents)))
	}
	reviews, err := restAll[restReview](ctx, l.Client, path+"reviews")
	if err != nil {
		return err
	}
	for _, r := range reviews {
		p.reviews = append(p.reviews, review{At: r.SubmittedAt, Author: r.User})
	}
	if !n.Draft {
		if p.ready, err = l.ready(ctx, n.Number); err != nil {
			return err
		}
	}
	if l.files {
		files, err := restAll[struct{ Filename string }](ctx, l.Client, path+"files")
		if err != nil {
			return err
		}
		for _, f := range files {
			p.files = append(p.files, f.Filename)
		}
	}
	return l.cutOff(ctx, n.Number, p)
}

type restCommit struct {
	SHA    string
	Commit struct {
		Author, Committer struct{ Date moment }
	}
	Parents []struct{ SHA string }
}

type restReview struct {
	SubmittedAt moment `json:"submitted_at"`
	User        *actor
}

// restEvent is an entry of the timeline of an issue or a pull request.
type restEvent struct {
	Event     string
	CreatedAt moment `json:"created_at"`
	Label     label
}

// ready is when a pull request first was no draft any more.
func (l restPulls) ready(ctx context.Context, number int64) (moment, error) {
	events, err := restAll[restEvent](ctx, l.Client, fmt.Sprintf("%sissues/%d/timeline", l.path(), number))
	for _, e := range events {
		if e.Event == "ready_for_review" {
			return e.CreatedAt, err
		}
	}
	return moment{}, err
}

// cutOff notes the lists that are longer than what REST shows of them.
func (l restPulls) cutOff(ctx context.Context, number int64, p *pull) error {
	if len(p.commits) < maxCommits && len(p.files) < maxFiles {
		return nil
	}
	var n restPull
	if _, err := l.get(ctx, fmt.Sprintf("%spulls/%d", l.path(), number), &n); err != nil {
		return err
	}
	if n.Commits > len(p.commits) {
		p.truncated = append(p.truncated, "commits")
	}
	if l.files && n.ChangedFiles > len(p.files) {
		p.truncated = append(p.truncated, "files")
	}
	return nil
}
