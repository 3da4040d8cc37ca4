package dora

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
)

// kind is what a change came as.
type kind uint8

const (
	pull   kind = iota // a merged pull request (metrics/C1)
	direct             // a commit that belongs to no pull request (metrics/C1)
	commit             // a commit of a repository without pull requests (metrics/G2)
)

// unit is a change: what lead time is counted for, and what waits.
type unit struct {
	key      string // the same in every book that holds it
	name     string // for findings
	kind     kind
	bot      bool
	reviewed bool
	odd      bool      // its author dates cannot be right
	proxy    bool      // delivered by its own merge (metrics/G8)
	node     int32     // of its landing commit; -1: not in the history
	start    time.Time // metrics/L1, G3; moved to end for a small skew (metrics/L4)
	ready    time.Time
	review   time.Time
	landed   time.Time
	end      time.Time // when it was delivered (metrics/L2); zero: not yet

	repo         string
	pull         *Change   // nil: a commit
	copies       []int32   // commits that say they were picked from it (metrics/C6)
	by           int32     // position of the deployment that delivered it; -1: none
	based        bool      // delivered by the baseline or before it (metrics/C7)
	linked       bool      // it closes an incident
	watched      time.Time // since when its service is covered: nothing is said to wait before
	carrier      string    // name of the deployment that delivered it
	carrierSigns []sign    // that the deployment failed
}

// deliver finds the first deployment that reaches the change, or a copy of it
// (metrics/C2, C6).
func (u *unit) deliver(owner []int32) {
	u.by = -1
	if u.node >= 0 {
		u.by = owner[u.node]
	}
	for _, n := range u.copies {
		if by := owner[n]; by >= 0 && (u.by < 0 || by < u.by) {
			u.by = by
		}
	}
}

// reverts are what a change says that it takes back.
func (u unit) reverts(g *graph) []string {
	var names []string
	if u.pull != nil {
		names = u.pull.Reverts
	}
	if u.node >= 0 {
		for _, sha := range g.commits[u.node].Reverts {
			if !slices.Contains(names, sha) {
				names = append(names[:len(names):len(names)], sha)
			}
		}
	}
	return names
}

// url is the address of a pull request; "" of a commit.
func (u unit) url() string {
	if u.pull == nil {
		return ""
	}
	return u.pull.URL
}

// seconds is the lead time.
func (u unit) seconds() int64 { return seconds(u.start, u.end) }

// stages cuts the lead time of a pull request into coding, pickup, review and
// deploy (metrics/L3). Each border lies between the one before and the end, so
// that the parts are never negative and add up to the whole. Without review,
// pickup and review are meaningless.
func (u unit) stages() [4]int64 {
	landed := u.landed
	if u.proxy {
		landed = u.end // a merge that counts as a deployment leaves no time for one
	}
	borders := [...]time.Time{u.start, u.ready, u.review, landed, u.end}
	if !u.reviewed {
		borders[2] = u.ready
	}
	for i := 1; i < len(borders); i++ {
		borders[i] = later(borders[i-1], earlier(borders[i], u.end))
	}
	var parts [4]int64
	for i := range parts {
		parts[i] = seconds(borders[i], borders[i+1])
	}
	return parts
}

const (
	maxSkew      = 300 * time.Second    // metrics/L4
	maxCommitAge = 365 * 24 * time.Hour // metrics/L1
	maxFiles     = 3000                 // metrics/C9: longer lists are cut off by the API
)

// firstDate is when git was born: no commit is older (metrics/L1, G3).
var firstDate = time.Date(2005, time.April, 7, 0, 0, 0, 0, time.UTC)

// commitStart is the author date of a commit, or the committer date where the
// author date cannot be right (metrics/G3).
func commitStart(author, committer time.Time) (start time.Time, plausible bool) {
	author, committer = known(author, committer), known(committer, author)
	if author.After(committer) || author.Before(firstDate) {
		return committer.UTC(), false
	}
	return author.UTC(), true
}

// changeStart is the earlier one of the creation of a pull request and the
// earliest date of its own commits, before they were squashed (metrics/L1).
func changeStart(c Change) (start time.Time, plausible bool) {
	start, plausible = c.CreatedAt, true
	fits := func(t time.Time) bool {
		return !t.After(c.MergedAt) && !t.Before(firstDate) && !t.Before(c.CreatedAt.Add(-maxCommitAge))
	}
	for _, k := range c.Commits {
		if k.Merge {
			continue
		}
		date := k.AuthorDate
		if !fits(date) {
			plausible = false
			date = k.CommitterDate
		}
		if fits(date) {
			start = earlier(start, date)
		}
	}
	return start.UTC(), plausible
}

// units lists the changes of the service: pull requests and direct commits of a
// repository that has change records (metrics/C1), every commit that is no
// merge of one that has none (metrics/G2).
func (s Service) units(e Events, repos map[string]bool, g *graph, b *book) []unit {
	pulls := s.pulls(e, repos)
	taken := map[string]bool{} // commits that belong to a pull request
	hasPulls := map[string]bool{}
	list := make([]unit, 0, len(pulls)+len(g.commits))
	find := newFinder(g, pulls)
	passed := s.promotions(pulls, find)
	for i := range pulls {
		c := &pulls[i]
		hasPulls[c.Repo] = true
		if c.MergedAt.IsZero() || !b.asOf.IsZero() && c.MergedAt.After(b.asOf) { // metrics/T2
			continue
		}
		node, copies := find.landing(c)
		takeCommits(*c, node, g, taken)
		u := newPull(c, node, b.asOf)
		switch {
		case s.promotes(c):
			b.leave(u, c.MergedAt, "C5", "it only passes on what other changes brought to "+c.HeadRef)
			continue
		case !s.touches(*c, b):
			b.leave(u, c.MergedAt, "C9", "it touches no path of the service")
			continue
		}
		u.copies = copies
		if p := passed.of(c, g, node); p >= 0 {
			u.node = p
		}
		list = append(list, u)
	}
	if touched := slices.ContainsFunc(list, func(u unit) bool { return u.pull != nil && len(u.pull.Files) > 0 }); !touched && len(s.Include) > 0 {
		if slices.ContainsFunc(pulls, func(c Change) bool { return len(c.Files) > 0 && !c.MergedAt.IsZero() }) {
			b.note(diag.PathsMatchNothing, time.Time{}, s.Name, strings.Join(s.Include, ", "))
		}
	}
	var onMainline []bool
	if len(hasPulls) > 0 {
		onMainline = g.mainline()
	}
	for i, c := range g.commits {
		u := unit{kind: commit, repo: c.Repo, by: -1}
		if hasPulls[c.Repo] {
			if !onMainline[i] || taken[c.SHA] {
				continue
			}
			u.kind = direct
		}
		if len(c.Parents) > 1 || c.AuthorDate.IsZero() && c.CommitterDate.IsZero() {
			continue // metrics/C4: a merge is no change; and a landing commit without a record is a pull request's
		}
		var plausible bool
		u.start, plausible = commitStart(c.AuthorDate, c.CommitterDate)
		u.key, u.name, u.node, u.landed = c.Repo+"\x00"+c.SHA, short(c.SHA), int32(i), known(c.CommitterDate, c.AuthorDate).UTC()
		u.odd = !plausible
		list = append(list, u)
	}
	return list
}

// short is how findings name a commit.
func short(sha string) string { return sha[:min(len(sha), 10)] }

// newPull is the change of a pull request, as it was at an instant: a review
// after that is not known yet. The zero instant knows all.
func newPull(c *Change, node int32, asOf time.Time) unit {
	seen := func(t time.Time) bool { return asOf.IsZero() || !t.After(asOf) }
	u := unit{
		kind: pull, key: c.Repo + "\x00#" + c.ID, name: "#" + c.ID, node: node, repo: c.Repo, pull: c, by: -1,
		bot:   c.Bot || strings.HasSuffix(c.Author, "[bot]"),
		ready: known(c.ReadyAt, c.CreatedAt).UTC(), landed: c.MergedAt.UTC(), review: c.FirstReviewAt.UTC(),
	}
	if !seen(u.ready) {
		u.ready = c.CreatedAt.UTC()
	}
	if !seen(u.review) {
		u.review = time.Time{}
	}
	if u.review.IsZero() {
		for _, r := range c.Reviews {
			if !r.Bot && seen(r.At) { // metrics/C10
				u.review = first(u.review, r.At.UTC())
			}
		}
	}
	u.reviewed = !u.review.IsZero()
	var plausible bool
	u.start, plausible = changeStart(*c)
	u.odd = !plausible
	return u
}

// pulls returns one record of each pull request of the repositories, in the
// order of their keys.
func (s Service) pulls(e Events, repos map[string]bool) []Change {
	var list []Change
	for _, c := range e.Changes {
		if repos[c.Repo] {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b Change) int {
		return cmp.Or(strings.Compare(a.Repo, b.Repo), strings.Compare(a.ID, b.ID), compareRecords(b, a))
	})
	return slices.CompactFunc(list, func(a, b Change) bool { return a.Repo == b.Repo && a.ID == b.ID })
}

// compareRecords puts the record that tells less of a pull request first: one
// written before it was merged or reviewed. Between others the order only has
// to be the same whatever came first.
func compareRecords(a, b Change) int {
	c := cmp.Or(a.MergedAt.Compare(b.MergedAt), a.FirstReviewAt.Compare(b.FirstReviewAt), a.ReadyAt.Compare(b.ReadyAt),
		cmp.Compare(len(a.Commits), len(b.Commits)), cmp.Compare(len(a.Reviews), len(b.Reviews)), cmp.Compare(len(a.Files), len(b.Files)))
	if c != 0 {
		return c
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

// takeCommits marks the commits that a pull request brought to the mainline:
// its own, the landing commit, and those that a rebase wrote anew, which stand
// directly below the landing commit and keep their author dates.
func takeCommits(c Change, n int32, g *graph, taken map[string]bool) {
	dates := map[int64]int{}
	for _, k := range c.Commits {
		taken[k.SHA] = true
		if !k.Merge {
			dates[k.AuthorDate.Unix()]++
		}
	}
	if n < 0 {
		return
	}
	taken[g.commits[n].SHA] = true
	for len(g.commits[n].Parents) == 1 && dates[g.commits[n].AuthorDate.Unix()] > 0 {
		dates[g.commits[n].AuthorDate.Unix()]--
		taken[g.commits[n].SHA] = true
		if n = g.firstParent(n); n < 0 {
			return
		}
	}
}

// touches reports whether a pull request changes a path of the service
// (metrics/C9). One whose list of files is missing or cut off belongs to it.
func (s Service) touches(c Change, b *book) bool {
	if len(s.Include) == 0 && len(s.Exclude) == 0 {
		return true
	}
	if len(c.Files) == 0 || len(c.Files) >= maxFiles {
		b.note(diag.TruncatedList, c.MergedAt, c.Repo+"#"+c.ID, "#"+c.ID)
		return true
	}
	return slices.ContainsFunc(c.Files, s.holds)
}

// holds reports whether a path belongs to the service.
func (s Service) holds(path string) bool {
	in := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return matchPath(p, path) })
	}
	return (len(s.Include) == 0 || in(s.Include)) && !in(s.Exclude)
}

// measures reports whether lead time is counted for a change, bots considered
// (metrics/C10).
func (s Service) measures(u unit) bool {
	switch s.Bots {
	case "include":
		return true
	case "only":
		return u.bot
	}
	return !u.bot
}
