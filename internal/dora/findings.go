package dora

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
)

// findings says what a reader should know of the data behind the range
// (metrics, section 9), in the order of the codes. What lies outside the range
// is left out.
func (t *teller) findings() []Finding {
	names := map[diag.Code][]string{}
	for _, n := range t.notes {
		if n.at.IsZero() || t.has(n.at) {
			names[n.code] = append(names[n.code], n.name)
		}
	}
	list := t.shares()
	for code, of := range names {
		message, hint := explain(code, len(of), listed(of))
		if code == diag.UnmappedEnv && len(t.live) == 0 {
			hint = "no deployment counts; if " + likely(of) + " is production, write deployments: {environment: " + likely(of) + "}"
		}
		list = append(list, Finding{code, len(of), message, hint})
	}
	slices.SortFunc(list, func(a, b Finding) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return list
}

// likely is the environment that is production by the looks of its name, else
// the one that is deployed to most.
func likely(names []string) string {
	times := map[string]int{}
	for _, n := range names {
		times[n]++
	}
	return slices.MaxFunc(slices.Sorted(maps.Keys(times)), func(a, b string) int {
		looks := func(n string) int {
			n = strings.ToLower(n)
			if strings.Contains(n, "prod") && !strings.Contains(n, "pre") || strings.Contains(n, "live") {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(looks(a), looks(b)), cmp.Compare(times[a], times[b]), strings.Compare(b, a))
	})
}

// listed writes the first few of several names, each once, in order.
func listed(names []string) string {
	const most = 5
	names = slices.Clone(names)
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(s string) bool { return s == "" })
	rest := len(names) - most
	text := strings.Join(names[:min(most, len(names))], ", ")
	if rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}

// are puts a number before a noun and its verb: "1 deployment is", "2
// deployments are". Singular and plural of the verb are split by a slash.
func are(n int, noun, verb string) string {
	one, many, _ := strings.Cut(verb, "/")
	if n == 1 {
		return "1 " + noun + " " + one
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return fmt.Sprintf("%d %sies %s", n, stem, many)
	}
	return fmt.Sprintf("%d %ss %s", n, noun, many)
}

// explain words a finding of n cases; the names are listed already.
func explain(code diag.Code, n int, names string) (message, hint string) {
	if names != "" {
		names = ": " + names
	}
	switch code {
	case diag.UnresolvableSHA:
		return are(n, "deployment", "is of a commit/are of commits") + " that the history does not hold" + names,
			"collect the whole history, or give the commit that was deployed; until then they count as deployments and deliver no change"
	case diag.UnknownStatus:
		return are(n, "deployment", "has/have") + " no status that says how it ended, and did not count" + names,
			"report success or failure for every deployment"
	case diag.NoBaseline:
		return are(n, "change", "was/were") + " delivered by or before the first known deployment, so without a lead time" + names,
			"nothing to do: without an earlier deployment nobody knows when they were delivered"
	case diag.NotInHistory:
		return are(n, "merged change", "is not in the history, and never counts/are not in the history, and never count") + " as delivered" + names,
			"collect the commits of the branches that changes are merged to, or give landing_sha"
	case diag.ImplausibleDate:
		return are(n, "change", "has/have") + " an author date that cannot be right; the committer date stands in" + names,
			"check the clock of the machine that made the commit"
	case diag.EndBeforeStart:
		return are(n, "change", "was/were") + " deployed before the first commit, and left out of lead time" + names,
			"check the clocks of the machines that commit and deploy"
	case diag.CoverageGap:
		return "the data does not prove the whole range" + names, coverageHint(names)
	case diag.TruncatedList:
		return are(n, "list", "of changed files is/of changed files are") + " missing or cut off, and what has no list belongs to the service" + names,
			"give the changed files of each change"
	case diag.UnattributedIncident:
		return are(n, "incident", "is/are") + " linked to no deployment, and not in the change fail rate" + names,
			`write "Caused by #12" (or the commit, or "deployment 7") into the issue, name it in failures.yaml, or widen failures.link_window`
	case diag.UnmeasuredEvidence:
		return are(n, "deployment", "has/have") + " signs of a failure, such as a rollback, a revert or a hotfix; failures are not measured" + names,
			"add failures: {} to the metrics of the service page, and three more metrics are measured"
	case diag.OverBeforeItBegan:
		return are(n, "incident", "was/were") + " over before it began, by its times, and counts as over at once" + names,
			"mend the times of the incident where it is kept"
	case diag.PathsMatchNothing:
		return "no changed file matches the paths of the service, so no change is one of its" + names,
			"look at paths: include and exclude; they begin at the root of the repository, such as pay/**"
	case diag.UnknownVerdict:
		return are(n, "entry", "of failures.yaml names/of failures.yaml name") + " no deployment that is known" + names,
			`write the id or the tag of a deployment, its commit (7 digits or more), or a change that it brought, "#12"`
	case diag.PartialRollout:
		return are(n, "deployment", "did/did") + " not reach every environment of the group" + names,
			"look at the deployments that failed; the last success counts as the end"
	case diag.ProxySource:
		return "merges stand in for deployments: these figures end when a change is merged, not when it runs in production",
			"tag releases, or report deployments, and name that source"
	case diag.DuplicateSource:
		return are(n, "deployment", "of another source is/of other sources are") + " not counted" + names,
			"choose the source that is true with deployments.source"
	case diag.UnmappedEnv:
		return are(n, "deployment", "went/went") + " to environments that are not counted" + names,
			"if one of them is production, name it in deployments.environment"
	case diag.NoMatchingTag:
		return "no tag matches the pattern" + names, "set deployments.pattern, or push a tag"
	}
	return "the times of " + are(n, "deployment", "are those of its commit/are those of their commits") + names,
		"use annotated tags: they say when they were made"
}

// coverageHint knows a way out of the commonest gaps.
func coverageHint(reasons string) string {
	switch {
	case strings.Contains(reasons, ShallowClone):
		return "fetch the whole history: `git fetch --unshallow`, or on GitHub `fetch-depth: 0` for actions/checkout; until then lead time is not measured"
	case strings.Contains(reasons, NoCoverageRecord):
		return `add a line such as {"type":"coverage","repo":"…","from":"…","to":"…"} to the events`
	}
	return "collect again; periods that nothing is known of have no value"
}

// shares are the findings about parts of the changes delivered in the range
// (DQ15, DQ16, DQ17).
func (t *teller) shares() []Finding {
	units := within(t.delivered, t.span, deliveredAt)
	bots := len(within(t.bots, t.span, deliveredAt))
	var included, pulls, unreviewed, directs int
	for _, u := range units {
		switch {
		case u.kind == direct:
			directs++
		case u.kind == pull:
			pulls++
			if !u.reviewed {
				unreviewed++
			}
		}
		if u.bot {
			included++
		}
	}
	list := []Finding{}
	add := func(code diag.Code, n, of int, message, hint string) {
		percent := (100*n + of/2) / of
		list = append(list, Finding{code, n, fmt.Sprintf(message, n, of, percent), hint})
	}
	if of, n := len(units)+bots, included+bots; 5*n > of { // more than 20 %
		add(diag.BotShare, n, of, "%d of %d delivered changes (%d %%) are by bots", "bots: exclude, include or only says which of them lead time counts")
	}
	if unreviewed > 0 {
		add(diag.Unreviewed, unreviewed, pulls, "%d of %d delivered changes (%d %%) had no review, and no pickup and review time", "nothing to do if that is how the team works")
	}
	if directs > 0 {
		add(diag.DirectCommits, directs, len(units), "%d of %d delivered changes (%d %%) are commits that belong to no pull request", "nothing to do if that is how the team works")
	}
	return list
}
