package github

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// restIssues reads issues over REST, which lists pull requests among them.
type restIssues struct {
	*Client
	repo Repository
}

// restIssue is an issue of REST.
type restIssue struct {
	Number             int64
	Title, Body, State string
	StateReason        string `json:"state_reason"`
	HTMLURL            string `json:"html_url"`
	CreatedAt          moment `json:"created_at"`
	UpdatedAt          moment `json:"updated_at"`
	ClosedAt           moment `json:"closed_at"`
	Labels             []*label
	PullRequest        *struct{} `json:"pull_request"`
}

func (l restIssues) list(ctx context.Context, q issueAsk) ([]restIssue, issueBatch, error) {
	path := "repos/" + l.repo.Name + "/issues?state=all&sort=updated&direction=asc"
	if q.from != 0 {
		path += "&since=" + seconds(q.from).Format(time.RFC3339)
	}
	if q.label != "" {
		path += "&labels=" + url.QueryEscape(q.label)
	}
	list, next, more, a, err := restPage[restIssue](ctx, l.Client, path, q.at, q.size)
	b := issueBatch{at: next, more: more, date: a.Date}
	for _, n := range list {
		b.named, b.reached = append(b.named, strconv.FormatInt(n.Number, 10)), n.UpdatedAt
	}
	return list, b, err
}

func (l restIssues) page(ctx context.Context, q issueAsk) (issueBatch, error) {
	list, b, err := l.list(ctx, q)
	if err != nil {
		return issueBatch{}, err
	}
	for _, n := range list {
		if n.PullRequest != nil {
			continue
		}
		i, err := l.issue(ctx, n, q.labels)
		if err != nil {
			return issueBatch{}, err
		}
		b.issues = append(b.issues, i)
	}
	return b, nil
}

func (l restIssues) bare(ctx context.Context, q issueAsk) (issueBatch, error) {
	_, b, err := l.list(ctx, q)
	b.wrong = b.named
	if err != nil && divisible(err) {
		q.at = beyond(q.at)
		_, b, err = l.list(ctx, q)
		b = issueBatch{wrong: []string{""}, at: q.at, more: true, date: b.date}
	}
	return b, err
}

func (l restIssues) one(ctx context.Context, number string) (issueBatch, error) {
	var n restIssue
	a, err := l.get(ctx, "repos/"+l.repo.Name+"/issues/"+number, &n)
	if missing(err) || n.PullRequest != nil {
		return issueBatch{}, nil
	}
	if err != nil {
		return issueBatch{}, err
	}
	i, err := l.issue(ctx, n, nil)
	return issueBatch{issues: []issue{i}, named: []string{number}, date: a.Date}, err
}

// issue makes an issue of it. Whether one without any of the labels had one
// before, only its history tells.
func (l restIssues) issue(ctx context.Context, n restIssue, labels []string) (issue, error) {
	i := issue{
		number: n.Number, title: n.Title, body: n.Body, url: n.HTMLURL, state: n.State, reason: n.StateReason,
		created: n.CreatedAt, updated: n.UpdatedAt, closed: n.ClosedAt,
		labels: texts(n.Labels, func(l *label) string { return l.Name }),
	}
	if i.wanted(labels) || n.Number <= 0 {
		return i, nil
	}
	events, err := restAll[restEvent](ctx, l.Client, fmt.Sprintf("repos/%s/issues/%d/timeline", l.repo.Name, n.Number))
	if err != nil && !missing(err) {
		return issue{}, fmt.Errorf("the history of #%d: %w", n.Number, err)
	}
	for _, e := range events {
		if e.Event == "unlabeled" {
			i.unlabelled = append(i.unlabelled, e.Label.Name)
		}
	}
	return i, nil
}
