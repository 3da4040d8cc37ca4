package events

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// Write writes events as NDJSON: coverage, commits, deployments, changes, then
// incidents, each sorted by repository or service, time and id. The events are
// not changed.
func Write(w io.Writer, e dora.Events) error {
	out := bufio.NewWriter(w)
	err := cmp.Or(
		writeAll(out, e.Collected, coverageLine, func(a, b dora.Collected) int {
			return cmp.Or(strings.Compare(a.Repo, b.Repo), strings.Compare(a.Source, b.Source), strings.Compare(a.Resource, b.Resource), a.From.Compare(b.From))
		}),
		writeAll(out, e.Commits, commitLine, func(a, b dora.Commit) int {
			return cmp.Or(strings.Compare(a.Repo, b.Repo), a.CommitterDate.Compare(b.CommitterDate), strings.Compare(a.SHA, b.SHA))
		}),
		writeAll(out, e.Deployments, deploymentLine, func(a, b dora.Deployment) int {
			return cmp.Or(strings.Compare(a.Service, b.Service), strings.Compare(a.Repo, b.Repo), a.CreatedAt.Compare(b.CreatedAt), a.FinishedAt.Compare(b.FinishedAt), strings.Compare(a.ID, b.ID))
		}),
		writeAll(out, e.Changes, changeLine, func(a, b dora.Change) int {
			return cmp.Or(strings.Compare(a.Repo, b.Repo), a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.ID, b.ID))
		}),
		writeAll(out, e.Incidents, incidentLine, func(a, b dora.Incident) int {
			return cmp.Or(a.OpenedAt.Compare(b.OpenedAt), strings.Compare(a.ID, b.ID))
		}),
		out.Flush(),
	)
	if err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	return nil
}

// Line is one event as Write writes it, without the line's end: the same bytes
// for the same event. The event is a Commit, Deployment, Change, Incident or
// Collected of package dora; any other type is a mistake of the caller.
func Line(event any) []byte {
	var line any
	switch e := event.(type) {
	case dora.Collected:
		line = coverageLine(e)
	case dora.Commit:
		line = commitLine(e)
	case dora.Deployment:
		line = deploymentLine(e)
	case dora.Change:
		line = changeLine(e)
	case dora.Incident:
		line = incidentLine(e)
	default:
		panic(fmt.Sprintf("events: %T is no event", event))
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(line); err != nil {
		panic(err) // texts, times and flags can always be written
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// writeAll writes the lines of a list in order. Records that compare equal are
// told apart by their lines, so that the order in the list never shows.
func writeAll[T any](w io.Writer, list []T, line func(T) any, compare func(a, b T) int) error {
	list = slices.Clone(list)
	var failed error
	encode := func(v T) []byte {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(line(v)); err != nil {
			failed = err
		}
		return b.Bytes()
	}
	slices.SortFunc(list, func(a, b T) int {
		if c := compare(a, b); c != 0 {
			return c
		}
		return bytes.Compare(encode(a), encode(b))
	})
	for _, v := range list {
		text := encode(v)
		if failed != nil {
			return failed
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// stamp writes a time; "" is left out.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func coverageLine(c dora.Collected) any {
	return struct {
		Type     string   `json:"type"`
		Source   string   `json:"source,omitempty"`
		Repo     string   `json:"repo"`
		Resource string   `json:"resource,omitempty"`
		Status   string   `json:"status,omitempty"`
		From     string   `json:"from"`
		To       string   `json:"to"`
		Reasons  []string `json:"reasons,omitempty"`
		Head     string   `json:"head,omitempty"`
		Private  bool     `json:"private,omitempty"`
	}{"coverage", c.Source, c.Repo, c.Resource, c.Status, stamp(c.From), stamp(c.To), c.Reasons, c.Head, c.Private}
}

func commitLine(c dora.Commit) any {
	return struct {
		Type          string   `json:"type"`
		Repo          string   `json:"repo"`
		SHA           string   `json:"sha"`
		Parents       []string `json:"parents"`
		AuthorDate    string   `json:"author_date"`
		CommitterDate string   `json:"committer_date"`
		Reverts       []string `json:"reverts,omitempty"`
		Picked        []string `json:"picked,omitempty"`
		Pull          string   `json:"pull,omitempty"`
	}{"commit", c.Repo, c.SHA, append([]string{}, c.Parents...), stamp(c.AuthorDate), stamp(c.CommitterDate), c.Reverts, c.Picked, c.Pull}
}

type statusLine struct {
	Status dora.Status `json:"status"`
	At     string      `json:"at"`
}

func deploymentLine(d dora.Deployment) any {
	var history []statusLine
	for _, s := range d.Statuses {
		history = append(history, statusLine{s.Status, stamp(s.At)})
	}
	return struct {
		Type        string       `json:"type"`
		ID          string       `json:"id"`
		Service     string       `json:"service,omitempty"`
		Repo        string       `json:"repo,omitempty"`
		Repos       []string     `json:"repos,omitempty"`
		Environment string       `json:"environment,omitempty"`
		Ref         string       `json:"ref,omitempty"`
		SHA         string       `json:"sha,omitempty"`
		CreatedAt   string       `json:"created_at,omitempty"`
		FinishedAt  string       `json:"finished_at,omitempty"`
		Status      dora.Status  `json:"status,omitempty"`
		Statuses    []statusLine `json:"statuses,omitempty"`
		Attempt     int          `json:"attempt,omitempty"`
		Source      dora.Source  `json:"source,omitempty"`
		Workflow    string       `json:"workflow,omitempty"`
		URL         string       `json:"url,omitempty"`
		Approximate bool         `json:"approximate,omitempty"`
		UpdatedAt   string       `json:"updated_at,omitempty"`
	}{"deployment", d.ID, d.Service, d.Repo, d.Repos, d.Environment, d.Ref, d.SHA, stamp(d.CreatedAt), stamp(d.FinishedAt),
		d.Status, history, d.Attempt, d.Source, d.Workflow, d.URL, d.Approximate, stamp(d.UpdatedAt)}
}

type changeCommitLine struct {
	SHA           string `json:"sha"`
	AuthorDate    string `json:"author_date"`
	CommitterDate string `json:"committer_date"`
	Merge         bool   `json:"merge"`
}

type reviewLine struct {
	At  string `json:"at"`
	Bot bool   `json:"bot"`
}

func changeLine(c dora.Change) any {
	var commits []changeCommitLine
	for _, k := range c.Commits {
		commits = append(commits, changeCommitLine{k.SHA, stamp(k.AuthorDate), stamp(k.CommitterDate), k.Merge})
	}
	var reviews []reviewLine
	for _, r := range c.Reviews {
		reviews = append(reviews, reviewLine{stamp(r.At), r.Bot})
	}
	return struct {
		Type          string             `json:"type"`
		Repo          string             `json:"repo"`
		ID            string             `json:"id"`
		Title         string             `json:"title,omitempty"`
		Author        string             `json:"author,omitempty"`
		Bot           bool               `json:"bot"`
		CreatedAt     string             `json:"created_at"`
		ReadyAt       string             `json:"ready_at,omitempty"`
		FirstReviewAt string             `json:"first_review_at,omitempty"`
		MergedAt      string             `json:"merged_at,omitempty"`
		LandingSHA    string             `json:"landing_sha,omitempty"`
		Commits       []changeCommitLine `json:"commits,omitempty"`
		Files         []string           `json:"files,omitempty"`
		Labels        []string           `json:"labels,omitempty"`
		HeadRef       string             `json:"head_ref,omitempty"`
		BaseRef       string             `json:"base_ref,omitempty"`
		URL           string             `json:"url,omitempty"`
		State         string             `json:"state,omitempty"`
		Reviews       []reviewLine       `json:"reviews,omitempty"`
		Reverts       []string           `json:"reverts,omitempty"`
		Closes        []string           `json:"closes,omitempty"`
		Truncated     []string           `json:"truncated,omitempty"`
		UpdatedAt     string             `json:"updated_at,omitempty"`
	}{"change", c.Repo, c.ID, c.Title, c.Author, c.Bot, stamp(c.CreatedAt), stamp(c.ReadyAt), stamp(c.FirstReviewAt), stamp(c.MergedAt),
		c.LandingSHA, commits, c.Files, c.Labels, c.HeadRef, c.BaseRef, c.URL, c.State, reviews, c.Reverts, c.Closes, c.Truncated, stamp(c.UpdatedAt)}
}

func incidentLine(i dora.Incident) any {
	return struct {
		Type        string   `json:"type"`
		ID          string   `json:"id"`
		Repo        string   `json:"repo,omitempty"`
		Services    []string `json:"services,omitempty"`
		Title       string   `json:"title,omitempty"`
		OpenedAt    string   `json:"opened_at"`
		ResolvedAt  string   `json:"resolved_at,omitempty"`
		RestoredAt  string   `json:"restored_at,omitempty"`
		Labels      []string `json:"labels,omitempty"`
		CausedBy    string   `json:"caused_by,omitempty"`
		DuplicateOf string   `json:"duplicate_of,omitempty"`
		URL         string   `json:"url,omitempty"`
		State       string   `json:"state,omitempty"`
		UpdatedAt   string   `json:"updated_at,omitempty"`
	}{"incident", i.ID, i.Repo, i.Services, i.Title, stamp(i.OpenedAt), stamp(i.ResolvedAt), stamp(i.RestoredAt), i.Labels, i.CausedBy, i.DuplicateOf, i.URL, i.State, stamp(i.UpdatedAt)}
}
