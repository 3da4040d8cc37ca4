package github

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// moment is a time of an answer. What is no time makes its item wrong, not the
// whole page (rel/A14).
type moment struct {
	time.Time
	wrong bool
}

func (m *moment) UnmarshalJSON(data []byte) error {
	*m = moment{}
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	var text string
	if json.Unmarshal(data, &text) != nil {
		m.wrong = true
		return nil
	}
	t, err := time.Parse(time.RFC3339, text)
	m.Time, m.wrong = t.UTC().Truncate(time.Second), err != nil
	if m.wrong {
		m.Time = time.Time{}
	}
	return nil
}

// earliest is before all times that GitHub can know. It runs since 2008, but
// imports keep older ones.
var earliest = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)

// possible checks times of an item, by the clock of the server.
func possible(now time.Time, times ...moment) error {
	for _, t := range times {
		switch {
		case t.wrong:
			return fmt.Errorf("one of its times is none")
		case t.IsZero():
		case t.Before(earliest), t.After(now.Add(24 * time.Hour)):
			return fmt.Errorf("the time %s cannot be right", t.Format(time.RFC3339))
		}
	}
	return nil
}

// actor is who did something; nil for accounts that are gone.
type actor struct {
	Login string `json:"login"`
	Type  string `json:"__typename"` // GraphQL
	Kind  string `json:"type"`       // REST
}

// ghost is whom GitHub shows in the place of an account that is gone.
const ghost = "ghost"

// name is the login as REST spells it: GraphQL leaves out the end of bots.
func (a *actor) name() string {
	switch {
	case a == nil || a.Login == "":
		return ghost
	case a.Type == "Bot" && !strings.HasSuffix(a.Login, botEnd):
		return a.Login + botEnd
	}
	return a.Login
}

// bot follows metrics/C10, without the configured names.
func (a *actor) bot() bool {
	return a != nil && (a.Type == "Bot" || a.Kind == "Bot" || strings.HasSuffix(a.Login, botEnd))
}

const botEnd = "[bot]"

// connection is a list of GraphQL, or its beginning.
type connection[T any] struct {
	Total int `json:"totalCount"`
	Page  struct {
		More bool   `json:"hasNextPage"`
		End  string `json:"endCursor"`
	} `json:"pageInfo"`
	Nodes []*T `json:"nodes"` // nil ones could not be read
}

// The fields of a connection that every query asks for.
const paging = " totalCount pageInfo{hasNextPage endCursor} "

// short reports whether the source lists less than it counts.
func (c connection[T]) short() bool { return len(c.Nodes) < c.Total }

// container is an item that has lists.
type container struct {
	*Client
	id, kind string
}

// more asks for the rest of a list, of which have is the beginning.
func more[T any](ctx context.Context, of container, list, nodes string, have *connection[T]) error {
	for have.Page.More {
		var got struct {
			Node *struct{ List connection[T] }
		}
		if _, err := of.ask(ctx, of.kind, moreOf(of.kind, list, nodes), map[string]any{"id": of.id, "after": have.Page.End}, &got); err != nil {
			return err
		}
		if got.Node == nil || len(got.Node.List.Nodes) == 0 || got.Node.List.Page.More && got.Node.List.Page.End == have.Page.End {
			return &MalformedError{What: of.at(list), Reason: "a page that was announced is not there"}
		}
		have.Nodes = append(have.Nodes, got.Node.List.Nodes...)
		have.Total, have.Page = got.Node.List.Total, got.Node.List.Page
	}
	return nil
}

// texts picks a text of each node that could be read.
func texts[T any](nodes []*T, text func(*T) string) []string {
	var found []string
	for _, n := range nodes {
		if n != nil {
			found = append(found, text(n))
		}
	}
	return found
}

// distinct sorts a list: the APIs order labels and links differently.
func distinct(list []string) []string {
	list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	slices.Sort(list)
	if len(list) == 0 {
		return nil
	}
	return slices.Compact(list)
}

// What the texts of pull requests and issues say of others. Only whole names of
// commits count, since a short one may come to mean several.
var (
	revertsPull   = regexp.MustCompile(`(?mi)^[ \t]*reverts[ \t]+([\w.-]+/[\w.-]+)?#([1-9][0-9]{0,17})\b`)
	revertsCommit = regexp.MustCompile(`(?mi)^[ \t]*this reverts commit ([0-9a-f]{64}|[0-9a-f]{40})\b`)
	revertBranch  = regexp.MustCompile(`^(?:[^/]+[:/])?revert-([1-9][0-9]{0,17})-`)
	closesIssue   = regexp.MustCompile(`(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+(?:([\w.-]+/[\w.-]+)?#|https?://[^/\s]+/([\w.-]+/[\w.-]+)/issues/)([1-9][0-9]{0,17})\b`)
	causedBy      = regexp.MustCompile(`(?i)\bcaused[ \t]+by:?[ \t]+(?:((?:[\w.-]+/[\w.-]+)?#[1-9][0-9]{0,17})\b|([0-9a-f]{64}|[0-9a-f]{40})\b|deployment[ \t]+#?(https?://[^\s<>"')\]]+|[\w.-]*\w))`)
)

// reverts lists what a pull request takes back (metrics/X1). Its own repository
// is left out of the names, so that they stay true when it is renamed; a branch
// that GitHub made for a revert tells that a former name is meant.
func reverts(r Repository, head, body string) []string {
	var found []string
	branch := ""
	if m := revertBranch.FindStringSubmatch(head); m != nil {
		branch = m[1]
		found = append(found, branch)
	}
	for _, m := range revertsPull.FindAllStringSubmatch(body, -1) {
		if m[1] == "" || m[2] == branch || strings.EqualFold(m[1], r.Name) || strings.EqualFold(m[1], r.Asked) {
			found = append(found, m[2])
		} else {
			found = append(found, m[1]+"#"+m[2])
		}
	}
	for _, m := range revertsCommit.FindAllStringSubmatch(body, -1) {
		found = append(found, strings.ToLower(m[1]))
	}
	return distinct(found)
}

// closes lists the issues that a text closes by GitHub's words. REST says
// nothing else about that.
func closes(repo, body string) []string {
	var found []string
	for _, m := range closesIssue.FindAllStringSubmatch(body, -1) {
		found = append(found, cmp.Or(m[1], m[2], repo)+"#"+m[3])
	}
	return distinct(found)
}

// cause is what an issue says it was caused by, in the first such words: a pull
// request as "#12" or "acme/pay#12", a commit, or a deployment by its id or
// address (metrics/X1).
func cause(body string) string {
	m := causedBy.FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	if m[2] != "" {
		return strings.ToLower(m[2])
	}
	return cmp.Or(m[1], strings.TrimRight(m[3], ".,;:!?"))
}
