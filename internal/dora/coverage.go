package dora

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The reasons that a Coverage gives. ShallowClone also says that lead time
// cannot be measured (metrics/G6).
const (
	ShallowClone     = "shallow_clone"
	NoTag            = "no_matching_tag"
	NoCoverageRecord = "no_coverage_record"
	CollectionGap    = "collection_gap"
	CollectionPart   = "collection_incomplete"
	NoCommonSpan     = "no_common_span" // two sources cover no instant together

	// Why a source could not be read to its end.
	NotCollected  = "not_collected"     // nothing was ever asked
	RateLimited   = "rate_limited"      // the limit came first; the next run goes on
	Interrupted   = "interrupted"       // the run was stopped; the next one goes on
	AccessDenied  = "access_denied"     // the token may not read it
	NoAccess      = "no_access_or_gone" // the source says there is no such thing, or hides it
	Unavailable   = "unavailable"       // errors and time-outs, also when tried again
	Malformed     = "malformed_answer"  // an answer that is none
	Unproven      = "list_changed"      // a list that would not hold still, or whose length is not what the source says
	ItemsMissing  = "items_missing"     // single items that could not be read
	APICap        = "api_cap"           // the source lists no more, however it is asked
	TruncatedPart = "truncated_lists"   // lists inside items are cut off by the source
)

// AsOf is the instant up to which events are known: the latest end of a
// coverage record, else the latest time in them. Author dates do not count,
// since a clock may be years off. It is zero for no events.
func (e Events) AsOf() time.Time {
	var latest time.Time
	for _, c := range e.Collected {
		latest = later(latest, c.To)
	}
	if !latest.IsZero() {
		return latest.UTC()
	}
	e.times(nil, func(t time.Time) { latest = later(latest, t) })
	for _, i := range e.Incidents {
		latest = later(later(latest, i.OpenedAt), later(i.ResolvedAt, i.RestoredAt))
	}
	return latest.UTC()
}

// times visits the times of events in the given repositories; nil: in all.
func (e Events) times(repos map[string]bool, visit func(time.Time)) {
	in := func(repo string) bool { return repos == nil || repos[repo] }
	for _, c := range e.Commits {
		if in(c.Repo) {
			visit(c.CommitterDate)
		}
	}
	for _, d := range e.Deployments {
		if in(d.Repo) {
			visit(d.CreatedAt)
			visit(d.FinishedAt)
			for _, s := range d.Statuses {
				visit(s.At)
			}
		}
	}
	for _, c := range e.Changes {
		if in(c.Repo) {
			visit(c.CreatedAt)
			visit(c.MergedAt)
		}
	}
}

// Coverage is the span that the coverage records prove for a service: what all
// of its repositories and all of their resources have in common. Without such
// records it reaches from the first event of the service to the as-of time, and
// is partial: a week without deployments may as well be a week that nobody
// recorded.
func (e Events) Coverage(s Service) Coverage {
	repos := s.repositories(e)
	type part struct{ repo, source, resource string }
	parts := map[part][]Collected{}
	proved := map[string]bool{}
	for _, c := range e.Collected {
		if repos[c.Repo] {
			p := part{c.Repo, c.Source, c.Resource}
			parts[p] = append(parts[p], c)
			proved[c.Repo] = true
		}
	}
	if len(parts) == 0 {
		return e.unproved(repos)
	}
	c := Coverage{Status: Complete, Reasons: []string{}}
	for _, records := range parts {
		c = c.And(joined(records))
	}
	if len(proved) < len(repos) {
		c = c.And(Coverage{Status: Partial, From: c.From, To: c.To, Reasons: []string{NoCoverageRecord}})
	}
	return c
}

// unproved is the coverage of events without coverage records.
func (e Events) unproved(repos map[string]bool) Coverage {
	var from time.Time
	e.times(repos, func(t time.Time) { from = first(from, t) })
	if from.IsZero() {
		return Coverage{Status: Uncovered, Reasons: []string{NoCoverageRecord}}
	}
	return Coverage{Status: Partial, From: from.UTC(), To: e.AsOf(), Reasons: []string{NoCoverageRecord}}
}

// joined is the coverage of one resource, collected in several runs.
func joined(records []Collected) Coverage {
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b Collected) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), strings.Compare(a.Status, b.Status))
	})
	c := Coverage{Status: Complete, From: records[0].From.UTC(), To: records[0].To.UTC()}
	for _, r := range records {
		if r.From.After(c.To) {
			c.Status, c.Reasons = worse(c.Status, Partial), append(c.Reasons, CollectionGap)
		}
		if s := CoverageStatus(r.Status); s != "" && s != Complete {
			c.Status = worse(c.Status, s)
			if len(r.Reasons) == 0 {
				c.Reasons = append(c.Reasons, CollectionPart)
			}
		}
		c.Reasons = append(c.Reasons, r.Reasons...)
		c.To = later(c.To, r.To.UTC())
	}
	return c
}

// And is what both coverages prove: nothing, where their spans have no instant
// in common.
func (c Coverage) And(o Coverage) Coverage {
	reasons := append(slices.Clone(c.Reasons), o.Reasons...)
	both := Coverage{Status: worse(c.Status, o.Status), From: later(c.From, o.From), To: first(c.To, o.To)}
	if both.To.Before(both.From) {
		both = Coverage{Status: Uncovered}
		reasons = append(reasons, NoCommonSpan)
	}
	slices.Sort(reasons)
	both.Reasons = slices.Compact(reasons)
	return both
}

// worse is the status that promises less. A status that is not known promises
// nothing.
func worse(a, b CoverageStatus) CoverageStatus {
	order := []CoverageStatus{Complete, Partial, Stale}
	rank := func(s CoverageStatus) int {
		if i := slices.Index(order, s); i >= 0 {
			return i
		}
		return len(order)
	}
	if r := max(rank(a), rank(b)); r < len(order) {
		return order[r]
	}
	return Uncovered
}

// RunsOf names the runs of one workflow as a resource of their own: a
// repository may deploy several services, each by its own workflow.
func RunsOf(workflow string) string { return ResourceWorkflowRuns + " " + workflow }

// Needs are the resources of a repository that the figures of the service rest
// on. Pulls says whether the repository's host has pull requests and issues.
func (s Service) Needs(pulls bool) []string {
	needs := []string{ResourceCommits}
	switch s.Source {
	case GitHubDeployments:
		needs = append(needs, ResourceDeployments)
	case Releases:
		needs = append(needs, ResourceReleases, ResourceTags) // tags say which commit was released
	case Workflow:
		needs = append(needs, RunsOf(s.Workflow))
	case Tags:
		needs = append(needs, ResourceTags)
	case Merge:
		needs = append(needs, ResourceMerges)
	}
	if pulls {
		needs = append(needs, ResourceChanges)
		if s.Failures != nil {
			needs = append(needs, ResourceIncidents)
		}
	}
	return needs
}
