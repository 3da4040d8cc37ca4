package dora_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// seeds is how many histories the tests make up.
func seeds() uint64 {
	if os.Getenv("RUTTER_TEST_ALL") == "1" {
		return 2000
	}
	return 200
}

// past is a history made up at random: two repositories, each deployed by a
// service of its own, with all that befalls a repository.
type past struct {
	*rand.Rand
	dora.Events
	services []dora.Service
	from, to time.Time
	zone     *time.Location
	by       dora.By

	owner map[string]*dora.Change // who brought a commit of the tracked branch, where the events need not say so
	heads map[string]string       // the tip of the tracked branch of each repository

	now          time.Time
	count        int
	main         map[string][]string // first-parent history of each repository, oldest first
	releases     map[string]string   // tip of its release branch
	apart        [][2]time.Time      // from the first commit of a release branch until it was merged
	begun        map[string]time.Time
	deployed     map[string][]string
	commitsAlone map[string]bool // repositories without pull requests
}

var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham"}

// invent makes up a history of so many steps. The same seed gives the same one.
func invent(seed uint64, steps int) *past {
	start := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	p := &past{
		Rand: rand.New(rand.NewPCG(seed, 17)), from: start, now: start,
		owner: map[string]*dora.Change{}, heads: map[string]string{},
		main: map[string][]string{}, releases: map[string]string{}, begun: map[string]time.Time{}, deployed: map[string][]string{}, commitsAlone: map[string]bool{},
	}
	p.zone, _ = time.LoadLocation(zones[p.IntN(len(zones))])
	p.by = []dora.By{dora.Week, dora.Month}[p.IntN(2)]
	p.commitsAlone["beta"] = p.IntN(3) == 0
	for i, repo := range []string{"alpha", "beta"} {
		s := dora.Service{Name: repo, Repos: []string{repo}, Source: dora.File, Team: []string{"red", "blue"}[p.IntN(i+1)], CountRedeploys: p.IntN(5) == 0}
		if p.IntN(3) == 0 {
			s.Source = dora.GitHubDeployments
		}
		s.Failures = &dora.Failures{Ignore: []string{"drill"}, NoReverts: p.IntN(8) == 0}
		if p.IntN(4) == 0 {
			s.Failures.LinkWindow = []time.Duration{time.Hour, 72 * time.Hour, dora.Unlimited}[p.IntN(3)]
		}
		if p.IntN(8) == 0 {
			s.Bots = []string{"include", "only"}[p.IntN(2)]
		}
		p.services = append(p.services, s)
		p.push(repo, p.commit(repo, p.now))
	}
	for range steps {
		p.now = p.now.Add(p.pause())
		repo := []string{"alpha", "beta"}[p.IntN(2)]
		switch n := p.IntN(100); {
		case n < 40 && !p.commitsAlone[repo]:
			p.pull(repo)
		case n < 50:
			p.push(repo, p.commit(repo, p.now, p.tip(repo)))
			if p.IntN(4) == 0 {
				p.Commits[len(p.Commits)-1].Reverts = []string{recent(p, p.main[repo][:len(p.main[repo])-1], 5)}
			}
		case n < 58:
			p.release(repo)
		case n < 90:
			p.deploy(repo)
		default:
			p.incident(repo)
		}
	}
	p.to = p.now.Add(p.pause()).Truncate(time.Second)
	for _, repo := range []string{"alpha", "beta"} {
		p.heads[repo] = p.tip(repo)
		p.Collected = append(p.Collected, dora.Collected{Source: "file", Repo: repo, Resource: dora.ResourceCommits, Head: p.tip(repo), From: p.from, To: p.to})
	}
	return p
}

// pause is the time to the next event: often none, sometimes days.
func (p *past) pause() time.Duration {
	limits := []int{1, 600, 6 * 3600, 6 * 3600, 40 * 3600, 100 * 3600}
	return p.upTo(limits[p.IntN(len(limits))])
}

func (p *past) upTo(seconds int) time.Duration {
	return time.Duration(p.IntN(seconds)) * time.Second
}

func (p *past) tip(repo string) string { return p.main[repo][len(p.main[repo])-1] }

func (p *past) sha() string {
	p.count++
	return fmt.Sprintf("%012x", p.count*7919)
}

// commit adds a commit; its author began it up to two days before.
func (p *past) commit(repo string, at time.Time, parents ...string) string {
	c := dora.Commit{Repo: repo, SHA: p.sha(), Parents: parents, AuthorDate: at.Add(-p.upTo(48 * 3600)), CommitterDate: at}
	switch p.IntN(30) {
	case 0:
		c.AuthorDate = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	case 1:
		c.AuthorDate = at.AddDate(10, 0, 0)
	}
	p.Commits = append(p.Commits, c)
	return c.SHA
}

func (p *past) push(repo, sha string) { p.main[repo] = append(p.main[repo], sha) }

// recent is one of the last so many of a list.
func recent[T any](p *past, list []T, many int) T {
	return list[len(list)-1-p.IntN(min(many, len(list)))]
}

// pull adds a pull request: merged in one of three ways, or still open, or
// merged to a commit that is gone.
func (p *past) pull(repo string) {
	p.count++
	c := &dora.Change{Repo: repo, ID: fmt.Sprint(p.count), Title: "Change", CreatedAt: p.now.Add(-p.upTo(72 * 3600)), BaseRef: "main"}
	var earlier []*dora.Change
	for i := range p.Changes {
		if o := &p.Changes[i]; o.Repo == repo && o.LandingSHA != "" {
			earlier = append(earlier, o)
		}
	}
	for range 1 + p.IntN(4) {
		at := c.CreatedAt.Add(p.upTo(60*3600) - 48*time.Hour)
		if at.After(p.now) {
			at = p.now
		}
		k := dora.ChangeCommit{SHA: p.sha(), AuthorDate: at, CommitterDate: at.Add(min(p.upTo(7200), p.now.Sub(at))), Merge: p.IntN(6) == 0}
		switch p.IntN(25) {
		case 0:
			k.AuthorDate = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
		case 1:
			k.AuthorDate = p.now.AddDate(12, 0, 0)
		case 2:
			k.AuthorDate = c.CreatedAt.AddDate(-1, 0, -p.IntN(3))
		}
		c.Commits = append(c.Commits, k)
	}
	c.Bot = p.IntN(6) == 0
	if p.IntN(2) == 0 {
		c.ReadyAt = c.CreatedAt.Add(min(p.upTo(90000), p.now.Sub(c.CreatedAt)))
	}
	if p.IntN(3) > 0 {
		c.FirstReviewAt = c.CreatedAt.Add(p.upTo(200000))
		c.Reviews = []dora.Review{{At: c.FirstReviewAt}, {At: c.CreatedAt, Bot: true}}
	}
	switch p.IntN(12) {
	case 0:
		c.Labels = []string{"hotfix"}
	case 1:
		c.HeadRef = "hotfix/now"
	case 2, 3:
		if len(earlier) > 0 {
			o := recent(p, earlier, 4)
			c.Reverts = []string{[]string{o.ID, o.LandingSHA, repo + "#" + o.ID}[p.IntN(3)]}
		}
	case 4, 5:
		if len(p.Incidents) > 0 {
			if i := recent(p, p.Incidents, 3); i.Repo == repo {
				c.Closes = []string{repo + "#" + i.ID}
				if p.IntN(3) == 0 {
					c.Labels = []string{"hotfix"}
				}
			}
		}
	}
	if p.IntN(10) > 0 {
		p.land(repo, c)
	}
	p.Changes = append(p.Changes, *c)
}

// land merges a pull request.
func (p *past) land(repo string, c *dora.Change) {
	c.MergedAt = p.now
	base := recent(p, p.main[repo], 3)
	switch p.IntN(4) {
	case 0: // a merge
		parent := base
		for i := range c.Commits {
			p.Commits = append(p.Commits, dora.Commit{Repo: repo, SHA: c.Commits[i].SHA, Parents: []string{parent}, AuthorDate: c.Commits[i].AuthorDate, CommitterDate: c.Commits[i].CommitterDate})
			c.Commits[i].Merge = false
			parent = c.Commits[i].SHA
			p.owner[parent] = c
		}
		c.LandingSHA = p.commit(repo, p.now, p.tip(repo), parent)
	case 1: // a rebase, which leaves out merges and keeps authors' dates
		for i, k := range c.Commits {
			if k.Merge && i < len(c.Commits)-1 {
				continue
			}
			c.Commits[i].Merge = false
			sha := p.commit(repo, p.now, p.tip(repo))
			p.Commits[len(p.Commits)-1].AuthorDate = k.AuthorDate
			p.push(repo, sha)
			p.owner[sha], c.LandingSHA = c, sha
		}
		return
	default:
		c.LandingSHA = p.commit(repo, p.now, p.tip(repo))
		switch p.IntN(12) {
		case 0: // the history was written anew, and its commit has the number
			p.Commits[len(p.Commits)-1].Pull = c.ID
			p.push(repo, c.LandingSHA)
			p.owner[c.LandingSHA] = c
			c.LandingSHA = p.sha()
			return
		case 1: // the commit is nowhere
			p.Commits = p.Commits[:len(p.Commits)-1]
			return
		}
	}
	p.owner[c.LandingSHA] = c
	p.push(repo, c.LandingSHA)
}

// release picks a recent change onto the release branch, begins that branch
// anew, or merges it back.
func (p *past) release(repo string) {
	tip := p.releases[repo]
	if tip == "" || p.IntN(4) == 0 {
		tip, p.begun[repo] = recent(p, p.main[repo], 6), p.now
		delete(p.releases, repo)
	}
	if p.IntN(4) == 0 && p.releases[repo] != "" {
		p.push(repo, p.commit(repo, p.now, p.tip(repo), tip))
		p.apart = append(p.apart, [2]time.Time{p.begun[repo], p.now})
		delete(p.releases, repo)
		return
	}
	p.releases[repo] = p.commit(repo, p.now, tip)
	if picked := recent(p, p.main[repo], 4); p.owner[picked] != nil && p.owner[picked].LandingSHA == picked && !p.commitsAlone[repo] {
		p.Commits[len(p.Commits)-1].Picked = []string{picked}
	}
}

// deploy adds a deployment: mostly of the newest commit, and mostly good.
func (p *past) deploy(repo string) {
	p.count++
	d := dora.Deployment{ID: fmt.Sprintf("d%d", p.count), Repo: repo, CreatedAt: p.now, SHA: p.tip(repo)}
	before := p.deployed[repo]
	switch n := p.IntN(100); {
	case n < 12:
		d.SHA = recent(p, p.main[repo], 8)
	case n < 24 && len(before) > 0:
		d.SHA = recent(p, before, 4)
	case n < 30 && len(before) > 0:
		d.SHA = before[len(before)-1]
	case n < 33:
		d.SHA = p.sha() // in no history
	case n < 42 && p.releases[repo] != "":
		d.SHA = p.releases[repo]
	}
	if p.IntN(12) == 0 {
		d.Environment = []string{"staging", "Prod", "LIVE"}[p.IntN(3)]
	}
	done := p.now.Add(p.upTo([]int{1, 300, 7200}[p.IntN(3)]))
	status := dora.Success
	if p.IntN(6) == 0 {
		status = []dora.Status{dora.Failure, dora.Errored, dora.Inactive, dora.Unknown, dora.Pending}[p.IntN(5)]
	}
	if status == dora.Success && d.Environment != "staging" {
		p.deployed[repo] = append(before, d.SHA)
	}
	if p.service(repo).Source == dora.GitHubDeployments {
		d.Source = dora.GitHubDeployments
		if p.IntN(15) == 0 {
			d.Source = dora.Releases
		}
		d.Status = status
		done = done.Add(time.Second) // which of two statuses of one second is the last, nobody knows
		d.Statuses = []dora.StatusAt{{Status: dora.Pending, At: p.now}, {Status: status, At: done}}
		if status == dora.Success {
			switch p.IntN(4) {
			case 0:
				d.Status = dora.Inactive
				d.Statuses = append(d.Statuses, dora.StatusAt{Status: dora.Inactive, At: done.Add(p.upTo(90000))})
			case 1:
				d.Statuses = append(d.Statuses, dora.StatusAt{Status: dora.Success, At: done.Add(p.upTo(90000))})
			case 2:
				d.Statuses = append(d.Statuses, dora.StatusAt{Status: dora.Failure, At: p.now.Add(time.Second)})
			}
		}
	} else {
		d.Status, d.FinishedAt = status, done
	}
	p.Deployments = append(p.Deployments, d)
}

func (p *past) service(repo string) dora.Service {
	return p.services[slices.IndexFunc(p.services, func(s dora.Service) bool { return s.Name == repo })]
}

// incident adds one that is over, open, a duplicate, no incident at all, of both
// services, or one that names its cause.
func (p *past) incident(repo string) {
	p.count++
	i := dora.Incident{ID: fmt.Sprint(p.count), Repo: repo, OpenedAt: p.now}
	if p.IntN(4) > 0 {
		i.ResolvedAt = p.now.Add(p.upTo(200000))
	}
	if p.IntN(5) == 0 {
		i.RestoredAt = p.now.Add(p.upTo(50000))
	}
	switch n := p.IntN(16); {
	case n == 0 && len(p.Incidents) > 0:
		i.DuplicateOf = recent(p, p.Incidents, 3).ID
	case n == 1:
		i.State = []string{"duplicate", "not_planned"}[p.IntN(2)]
	case n == 2:
		i.Labels = []string{"drill"}
	case n < 5:
		i.Repo, i.Services = "", []string{"alpha", "beta"}
	case n < 9:
		i.CausedBy = p.someCause(repo)
	}
	p.Incidents = append(p.Incidents, i)
}

// someCause names a change that has landed or a deployment that succeeded.
func (p *past) someCause(repo string) string {
	var causes []string
	for _, c := range p.Changes {
		if c.Repo == repo && p.owner[c.LandingSHA] != nil {
			causes = append(causes, "#"+c.ID, c.LandingSHA)
		}
	}
	for _, d := range p.Deployments {
		if d.Repo == repo && d.Status == dora.Success && d.Environment == "" {
			causes = append(causes, d.ID)
		}
	}
	if len(causes) == 0 {
		return ""
	}
	return recent(p, causes, 12)
}

// snapshots are those of the services, up to the end or an earlier instant.
func (p *past) snapshots(e dora.Events, asOf time.Time) []dora.Snapshot {
	var list []dora.Snapshot
	for _, s := range p.services {
		list = append(list, dora.NewSnapshot(s, dora.Coverage{Status: dora.Complete, From: p.from, To: asOf}, asOf, e))
	}
	return list
}

func (p *past) compute(opts dora.Options) dora.Report {
	opts.Zone, opts.By = p.zone, p.by
	return dora.Compute(p.snapshots(p.Events, p.to), opts)
}

// all are the services, teams and organisation of a report.
func all(r dora.Report) []dora.ServiceReport {
	return append(append(slices.Clone(r.Services), r.Teams...), *r.Organisation)
}

func name(s dora.ServiceReport) string {
	switch {
	case s.Service != nil:
		return *s.Service
	case s.Team != nil:
		return "team " + *s.Team
	}
	return "organisation"
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// differ shows where two texts part.
func differ(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d: %s\nwant     %s\nafter %s", i, x[i], y[i], strings.Join(x[max(0, i-12):i], "\n"))
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(x), len(y))
}

// each runs a test on every history, in a few parts at the same time.
func each(t *testing.T, test func(t *testing.T, seed uint64, p *past)) {
	const parts = 4
	for part := range uint64(parts) {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			for seed := part; seed < seeds(); seed += parts {
				test(t, seed, invent(seed, 20+int(seed%5)*25))
				if t.Failed() {
					t.Fatalf("seed %d", seed)
				}
			}
		})
	}
}

// enough wants a comparison for every second history at least.
func enough(t *testing.T, compared uint64) {
	if compared < seeds()/2 && !t.Failed() {
		t.Errorf("%d comparisons for %d histories", compared, seeds())
	}
}

// The stages of a change add up to its lead time, to the second.
func TestMetrics_L3_StagesAddUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, seed uint64, p *past) {
		for _, s := range p.services {
			x, err := dora.Explain(p.snapshots(p.Events, p.to), dora.Query{Metric: handbook.LeadTime, Service: s.Name}, dora.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range x.Rows {
				total, ok := r.Seconds.Get()
				if !r.Included || !ok || r.Parts == nil {
					continue
				}
				sum, parts := 0.0, 0
				for _, part := range []dora.Number{r.Parts.Coding, r.Parts.Pickup, r.Parts.Review, r.Parts.Deploy} {
					if v, ok := part.Get(); ok {
						if v < 0 {
							t.Errorf("%s: a stage of %v seconds", r.ID, v)
						}
						sum, parts = sum+v, parts+1
					}
				}
				if parts == 4 && sum != total || sum > total {
					t.Errorf("%s: %d stages add up to %v, want %v", r.ID, parts, sum, total)
				}
			}
		}
	})
}

// What is counted once in all is counted once in the periods, and rates keep
// within their bounds.
func TestMetrics_C2_PeriodsAddUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, seed uint64, p *past) {
		for _, s := range all(p.compute(dora.Options{})) {
			for what, of := range map[string]func(dora.Period) float64{
				"deployments":     func(p dora.Period) float64 { return value(p.Deployments.Count) },
				"redeploys":       func(p dora.Period) float64 { return value(p.Deployments.Redeploys) },
				"failed attempts": func(p dora.Period) float64 { return value(p.Deployments.FailedAttempts) },
				"changes":         func(p dora.Period) float64 { return float64(p.LeadTime.N) },
				"commits":         func(p dora.Period) float64 { return float64(p.LeadTime.Views.PerCommit.N) },
				"fail rate n":     func(p dora.Period) float64 { return float64(p.ChangeFailRate.N) },
				"failed":          func(p dora.Period) float64 { return value(p.ChangeFailRate.Failed) },
				"maturing":        func(p dora.Period) float64 { return value(p.ChangeFailRate.Maturing) },
				"recoveries":      func(p dora.Period) float64 { return float64(p.RecoveryTime.N) },
				"open":            func(p dora.Period) float64 { return value(p.RecoveryTime.Open) },
				"rework":          func(p dora.Period) float64 { return value(p.ReworkRate.Rework) },
			} {
				sum := 0.0
				for _, q := range s.Periods {
					sum += max(0, of(q))
				}
				if want := max(0, of(s.Overall)); sum != want {
					t.Errorf("%s: %s of the periods add up to %v, want %v", name(s), what, sum, want)
				}
			}
			if s.Service != nil && s.Overall.LeadTime.N > len(p.Changes)+len(p.Commits) {
				t.Errorf("%s: %d changes are delivered of %d", name(s), s.Overall.LeadTime.N, len(p.Changes)+len(p.Commits))
			}
			for _, q := range append(slices.Clone(s.Periods), s.Overall) {
				f, w := q.ChangeFailRate, q.ReworkRate
				if failed := value(f.Failed); failed > float64(f.N) || f.N > 0 && value(f.Confirmed)+value(f.Inferred) != failed {
					t.Errorf("%s: %v failed of %d, %v confirmed and %v inferred", name(s), failed, f.N, f.Confirmed, f.Inferred)
				}
				if v := value(f.Value); v < value(f.Low) || v > value(f.High) {
					t.Errorf("%s: the fail rate %v is outside %v to %v", name(s), v, f.Low, f.High)
				}
				if v := value(w.Value); v < value(w.Low) || v > value(w.High) || value(w.Rework) > float64(w.N) {
					t.Errorf("%s: the rework rate %v is outside %v to %v", name(s), v, w.Low, w.High)
				}
				if f.N > 0 && (f.N != w.N || float64(f.N) != value(q.Deployments.Count)) {
					t.Errorf("%s: %v deployments, %d in the fail rate, %d in the rework rate", name(s), q.Deployments.Count, f.N, w.N)
				}
				if value(f.Failed) >= 0 && float64(q.RecoveryTime.N)+value(q.RecoveryTime.Open) != value(f.Failed) {
					t.Errorf("%s: %d recovered and %v open of %v failed", name(s), q.RecoveryTime.N, q.RecoveryTime.Open, f.Failed)
				}
			}
		}
	})
}

// Neither the order of the records, nor a record that came twice, nor the zone
// of a time changes a byte.
func TestMetrics_T2_ArrivalDoesNotMatter(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, seed uint64, p *past) {
		want := text(t, p.compute(dora.Options{}))
		p.Commits = again(p, p.Commits)
		p.Changes = again(p, p.Changes)
		p.Deployments = again(p, p.Deployments)
		p.Incidents = again(p, p.Incidents)
		p.Collected = again(p, p.Collected)
		if got := text(t, p.compute(dora.Options{})); got != want {
			t.Errorf("doubled and shuffled: %s", differ(got, want))
		}
		elsewhere := time.FixedZone("elsewhere", 5*3600+1800)
		p.move(func(at time.Time) time.Time { return at.In(elsewhere) })
		if got := text(t, p.compute(dora.Options{})); got != want {
			t.Errorf("in another zone: %s", differ(got, want))
		}
	})
}

// again doubles some of a list and shuffles it.
func again[T any](p *past, list []T) []T {
	list = slices.Clone(list)
	for range len(list) / 3 {
		list = append(list, list[p.IntN(len(list))])
	}
	p.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// move changes every time of the events that there is.
func (p *past) move(to func(time.Time) time.Time) {
	set := func(times ...*time.Time) {
		for _, at := range times {
			if !at.IsZero() {
				*at = to(*at)
			}
		}
	}
	for i := range p.Commits {
		set(&p.Commits[i].AuthorDate, &p.Commits[i].CommitterDate)
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		set(&c.CreatedAt, &c.ReadyAt, &c.FirstReviewAt, &c.MergedAt)
		c.Commits, c.Reviews = slices.Clone(c.Commits), slices.Clone(c.Reviews) // a doubled record shares them
		for j := range c.Commits {
			set(&c.Commits[j].AuthorDate, &c.Commits[j].CommitterDate)
		}
		for j := range c.Reviews {
			set(&c.Reviews[j].At)
		}
	}
	for i := range p.Deployments {
		d := &p.Deployments[i]
		set(&d.CreatedAt, &d.FinishedAt)
		d.Statuses = slices.Clone(d.Statuses)
		for j := range d.Statuses {
			set(&d.Statuses[j].At)
		}
	}
	for i := range p.Incidents {
		set(&p.Incidents[i].OpenedAt, &p.Incidents[i].ResolvedAt, &p.Incidents[i].RestoredAt)
	}
	for i := range p.Collected {
		set(&p.Collected[i].From, &p.Collected[i].To)
	}
}

// A period that lies whole in a range has one result, whatever the range.
func TestMetrics_T2_TheRangeDoesNotMatter(t *testing.T) {
	t.Parallel()
	var compared atomic.Uint64
	t.Cleanup(func() { enough(t, compared.Load()) })
	each(t, func(t *testing.T, seed uint64, p *past) {
		want := map[string]string{}
		whole := p.compute(dora.Options{})
		for _, s := range all(whole) {
			for _, q := range s.Periods {
				if !q.Partial {
					want[name(s)+" "+*q.Period] = text(t, q)
				}
			}
		}
		periods := whole.Organisation.Periods
		cut := periods[p.IntN(len(periods))].From.Add(p.upTo(20 * 86400)) // anywhere
		for _, opts := range []dora.Options{{From: cut}, {To: cut}, {From: cut.AddDate(0, 0, -21), To: cut.AddDate(0, 0, 21)}} {
			from, to := opts.From, opts.To
			if to.IsZero() {
				to = p.to.AddDate(1, 0, 0)
			}
			for _, s := range all(p.compute(opts)) {
				for _, q := range s.Periods {
					w, known := want[name(s)+" "+*q.Period]
					if !known || q.From.Before(from) || q.To.After(to) {
						continue
					}
					compared.Add(1)
					if got := text(t, q); got != w {
						t.Errorf("%s from %v to %v: %s", name(s), opts.From, opts.To, differ(got, w))
					}
				}
			}
		}
	})
}

// Data up to an instant is data in which nothing later has happened yet.
func TestMetrics_T2_AsOfIsTheEndOfTheData(t *testing.T) {
	t.Parallel()
	var compared atomic.Uint64
	t.Cleanup(func() { enough(t, compared.Load()) })
	each(t, func(t *testing.T, seed uint64, p *past) {
		asOf := p.from.Add(time.Duration(p.Float64() * float64(p.to.Sub(p.from)))).Truncate(time.Second)
		if slices.ContainsFunc(p.apart, func(a [2]time.Time) bool { return !asOf.Before(a[0]) && asOf.Before(a[1]) }) {
			return // the events do not say that the branch was not merged yet
		}
		early := p.until(asOf)
		for _, s := range p.services {
			mine := func(c dora.Change) bool { return c.Repo == s.Name }
			if slices.ContainsFunc(p.Changes, mine) && !slices.ContainsFunc(early.Changes, mine) {
				return // commits were the changes of the repository then (metrics/G3)
			}
		}
		compared.Add(1)
		opts := dora.Options{Zone: p.zone, By: p.by}
		got := text(t, dora.Compute(p.snapshots(p.Events, asOf), opts))
		if want := text(t, dora.Compute(p.snapshots(early, asOf), opts)); got != want {
			t.Errorf("as of %v: %s", asOf, differ(got, want))
		}
	})
}

// until is what was known at an instant.
func (p *past) until(end time.Time) dora.Events {
	var e dora.Events
	known := func(at *time.Time) {
		if at.After(end) {
			*at = time.Time{}
		}
	}
	for _, c := range p.Commits {
		if !c.CommitterDate.After(end) {
			e.Commits = append(e.Commits, c)
		}
	}
	for _, c := range p.Changes {
		if c.CreatedAt.After(end) {
			continue
		}
		if c.MergedAt.After(end) {
			c.LandingSHA = ""
		}
		known(&c.MergedAt)
		known(&c.ReadyAt)
		known(&c.FirstReviewAt)
		c.Reviews = slices.DeleteFunc(slices.Clone(c.Reviews), func(r dora.Review) bool { return r.At.After(end) })
		e.Changes = append(e.Changes, c)
	}
	for _, d := range p.Deployments {
		d.Statuses = slices.DeleteFunc(slices.Clone(d.Statuses), func(s dora.StatusAt) bool { return s.At.After(end) })
		if d.CreatedAt.After(end) || d.FinishedAt.After(end) {
			continue
		}
		if len(d.Statuses) > 0 {
			d.Status = slices.MaxFunc(d.Statuses, func(a, b dora.StatusAt) int { return a.At.Compare(b.At) }).Status
		}
		e.Deployments = append(e.Deployments, d)
	}
	for _, i := range p.Incidents {
		if i.OpenedAt.After(end) {
			continue
		}
		known(&i.ResolvedAt)
		known(&i.RestoredAt)
		e.Incidents = append(e.Incidents, i)
	}
	for _, c := range p.Collected {
		if !c.From.After(end) {
			c.To = end
			c.Head = p.headAt(c.Repo, end)
			e.Collected = append(e.Collected, c)
		}
	}
	return e
}

// headAt is the last commit of the tracked branch at an instant.
func (p *past) headAt(repo string, end time.Time) string {
	head := ""
	for _, sha := range p.main[repo] {
		i := slices.IndexFunc(p.Commits, func(c dora.Commit) bool { return c.SHA == sha })
		if !p.Commits[i].CommitterDate.After(end) {
			head = sha
		}
	}
	return head
}

// Two services of one repository and two teams: each counts its deployments and
// changes, the organisation counts them once.
func TestMetrics_S2_SharedDeploymentsCountOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, seed uint64, p *past) {
		single := p.compute(dora.Options{})
		twin := p.services[0]
		twin.Name, twin.Team = "twin", "green"
		p.services = append(p.services, twin)
		for i := range p.Incidents {
			if i := &p.Incidents[i]; len(i.Services) > 0 {
				i.Services = append(i.Services, "twin")
			}
		}
		double := p.compute(dora.Options{})
		a, b := *single.Organisation, *double.Organisation
		if got, want := text(t, b.Periods), text(t, a.Periods); got != want {
			t.Errorf("organisation: %s", differ(got, want))
		}
		if got, want := text(t, double.Services[2].Periods), text(t, double.Services[0].Periods); *double.Services[2].Service != "twin" || got != want {
			t.Errorf("twin: %s", differ(got, want))
		}
	})
}

// Nothing that is counted or measured is below zero, or no number.
func TestMetrics_Report_WritesNoNegativeNumber(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, seed uint64, p *past) {
		var b bytes.Buffer
		if err := p.compute(dora.Options{}).WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if strings.Contains(line, `": -`) || strings.Contains(line, "NaN") || strings.Contains(line, "Inf") {
				t.Errorf("a line of the report: %s", line)
			}
		}
	})
}
