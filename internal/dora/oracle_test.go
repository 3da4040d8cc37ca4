package dora_test

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// oracle works out the figures of services once more, from the text of the
// specification and with no regard for cost. It knows from the history itself
// which commits came with which pull request.
type oracle struct {
	past    *past
	service dora.Service
	graph   map[string]dora.Commit
	live    []*delivery // in the order of metrics/D7, redeploys too
	tracked map[string]bool
	base    int         // the first whose commit is known
	tries   []time.Time // that failed
	work    []*work
}

// delivery is a deployment that succeeded.
type delivery struct {
	id, sha          string
	created, done    time.Time
	redeploy, counts bool
	back             bool
	maturing         bool
	confirmed        bool
	failed, rework   bool
	incidentEnds     []time.Time // zero: open
	repairs          []time.Time
	holds            map[string]bool // the commits that it contains
}

// work is a change: a pull request or a commit.
type work struct {
	pull       *dora.Change // nil: a commit
	commit     dora.Commit
	landings   []string // the original first, then its copies
	by         int      // index of the deployment that delivered it; -1: none
	start, end time.Time
	measured   bool // delivered after the baseline, by no bot, at a time that can be
}

// consult gives one oracle for each service; incidents may concern both.
func consult(p *past) []*oracle {
	var list []*oracle
	for _, s := range p.services {
		o := &oracle{past: p, service: s, graph: map[string]dora.Commit{}}
		for _, c := range p.Commits {
			if c.Repo == s.Name {
				o.graph[c.SHA] = c
			}
		}
		o.tracked = o.within(p.heads[s.Name])
		o.deployments()
		o.classes()
		o.changes()
		o.deliver()
		list = append(list, o)
	}
	for _, o := range list {
		o.evidence()
	}
	for _, i := range p.Incidents {
		accuse(list, i)
	}
	return list
}

// deployments follows D1, D2, D7 and D9.
func (o *oracle) deployments() {
	for _, d := range o.past.Deployments {
		if d.Repo != o.service.Name || !slices.Contains([]string{"", "production", "prod", "live"}, strings.ToLower(d.Environment)) {
			continue
		}
		if d.Source != "" && d.Source != o.service.Source {
			continue
		}
		statuses := d.Statuses
		if len(statuses) == 0 {
			statuses = []dora.StatusAt{{Status: d.Status, At: d.FinishedAt}}
		}
		var done, failed time.Time
		for _, s := range statuses {
			switch {
			case s.At.After(o.past.to):
			case s.Status == dora.Success && (done.IsZero() || s.At.Before(done)):
				done = s.At
			case s.Status == dora.Failure || s.Status == dora.Errored:
				failed = s.At
			}
		}
		if !done.IsZero() {
			o.live = append(o.live, &delivery{id: d.ID, sha: d.SHA, created: d.CreatedAt, done: done})
		} else if !failed.IsZero() {
			o.tries = append(o.tries, failed)
		}
	}
	slices.SortFunc(o.live, func(a, b *delivery) int {
		return cmp.Or(a.done.Compare(b.done), a.created.Compare(b.created), strings.Compare(a.id, b.id))
	})
}

// within are all commits that a commit contains, itself too.
func (o *oracle) within(sha string) map[string]bool {
	seen := map[string]bool{}
	for next := []string{sha}; len(next) > 0; next = next[1:] {
		c, known := o.graph[next[0]]
		if !known || seen[c.SHA] {
			continue
		}
		seen[c.SHA] = true
		next = append(next, c.Parents...)
	}
	return seen
}

// first is the position of the first deployment of a commit, -1 for none.
func (o *oracle) first(sha string, before int) int {
	return slices.IndexFunc(o.live[:before], func(d *delivery) bool { return d.sha == sha })
}

// classes follows D8, as far as it decides what is counted and what goes back.
func (o *oracle) classes() {
	for i, d := range o.live {
		d.holds = o.within(d.sha)
		if i > 0 {
			current := o.live[i-1]
			idx := o.first(d.sha, i)
			switch {
			case d.sha == current.sha:
				d.redeploy = true
			case idx >= 0:
				d.back = idx < o.first(current.sha, i)
			default:
				d.back = current.holds[d.sha]
			}
		}
		d.counts = !d.redeploy || o.service.CountRedeploys
		window := o.window()
		d.maturing = window >= 0 && o.past.to.Sub(d.done) < window
	}
	// What a deployment of an unknown commit held is unknown too (C8), so it is no baseline.
	o.base = slices.IndexFunc(o.live, func(d *delivery) bool { return len(d.holds) > 0 })
}

func (o *oracle) window() time.Duration {
	if w := o.service.Failures.LinkWindow; w != 0 {
		return w
	}
	return 24 * time.Hour
}

// changes follows C1, C3, C6 and, in a repository without pull requests, G2.
func (o *oracle) changes() {
	pulls := 0
	for i := range o.past.Changes {
		c := &o.past.Changes[i]
		if c.Repo != o.service.Name {
			continue
		}
		pulls++
		if c.MergedAt.IsZero() {
			continue
		}
		w := &work{pull: c}
		for _, k := range o.past.Commits {
			if k.SHA == c.LandingSHA || k.Pull == c.ID && o.graph[c.LandingSHA].SHA == "" {
				w.landings = append([]string{k.SHA}, w.landings...)
			}
		}
		for _, k := range o.past.Commits {
			if slices.Contains(k.Picked, c.LandingSHA) {
				w.landings = append(w.landings, k.SHA)
			}
		}
		o.work = append(o.work, w)
	}
	for _, c := range o.past.Commits {
		if c.Repo != o.service.Name || len(c.Parents) > 1 {
			continue
		}
		if pulls == 0 || o.past.owner[c.SHA] == nil && slices.Contains(o.past.main[c.Repo], c.SHA) {
			o.work = append(o.work, &work{commit: c, landings: []string{c.SHA}})
		}
	}
}

// deliver follows C2, C7, C10, L1, L2, L4 and G3.
func (o *oracle) deliver() {
	for _, w := range o.work {
		w.by = slices.IndexFunc(o.live, func(d *delivery) bool {
			return slices.ContainsFunc(w.landings, func(sha string) bool { return d.holds[sha] })
		})
		w.start = w.begun()
		if w.by <= o.base {
			continue
		}
		w.end = o.live[w.by].done
		if late := w.start.Sub(w.end); late > 300*time.Second {
			continue
		} else if late > 0 {
			w.start = w.end
		}
		bot := w.pull != nil && w.pull.Bot
		w.measured = o.service.Bots == "include" || bot == (o.service.Bots == "only")
	}
}

var git = time.Date(2005, time.April, 7, 0, 0, 0, 0, time.UTC)

// begun is the start of a change.
func (w *work) begun() time.Time {
	if w.pull == nil {
		if w.commit.AuthorDate.After(w.commit.CommitterDate) || w.commit.AuthorDate.Before(git) {
			return w.commit.CommitterDate
		}
		return w.commit.AuthorDate
	}
	start := w.pull.CreatedAt
	plausible := func(at time.Time) bool {
		return !at.After(w.pull.MergedAt) && !at.Before(git) && w.pull.CreatedAt.Sub(at) <= 365*24*time.Hour
	}
	for _, c := range w.pull.Commits {
		at := c.AuthorDate
		if !plausible(at) {
			at = c.CommitterDate
		}
		if !c.Merge && plausible(at) && at.Before(start) {
			start = at
		}
	}
	return start
}

// called finds the change that a text names: #12, 12, repo#12 or a commit.
func (o *oracle) called(name string) *work {
	for _, w := range o.work {
		if w.pull != nil && slices.Contains([]string{w.pull.ID, "#" + w.pull.ID, w.pull.Repo + "#" + w.pull.ID, w.pull.LandingSHA}, name) {
			return w
		}
		if slices.Contains(w.landings[:min(1, len(w.landings))], name) {
			return w
		}
	}
	return nil
}

// holder is the deployment that delivered a commit which is no change of its
// own, such as one that a pull request was rebased to.
func (o *oracle) holder(sha string) int {
	return slices.IndexFunc(o.live, func(d *delivery) bool { return d.holds[sha] })
}

// delivered is the deployment that delivered what a text names.
func (o *oracle) delivered(name string) int {
	if w := o.called(name); w != nil {
		return w.by
	}
	return o.holder(name)
}

func (w *work) reverts() []string {
	if w.pull != nil {
		return w.pull.Reverts
	}
	return w.commit.Reverts
}

// revert reports whether a change takes back another which is no revert itself.
func (o *oracle) revert(w *work) bool {
	for _, name := range w.reverts() {
		target := o.called(name)
		return target == nil || !o.revert(target)
	}
	return false
}

// counted is the deployment itself or, for a redeploy that is not counted, the
// one that it repeats.
func (o *oracle) counted(i int) int {
	for i >= 0 && !o.live[i].counts {
		i--
	}
	return i
}

// evidence follows X1, X2 and X7, without incidents.
func (o *oracle) evidence() {
	blame := func(i int, repair *delivery, confirmed bool) {
		d := o.live[o.counted(i)]
		d.failed, d.confirmed = true, d.confirmed || confirmed
		d.repairs = append(d.repairs, repair.done)
	}
	for i, d := range o.live {
		if !d.back {
			continue
		}
		d.rework = true
		last := -1
		for k := range o.live[:i] {
			if o.live[k].sha == d.sha {
				last = k
			}
		}
		if last < 0 {
			for k := range o.live[:i] {
				if d.holds[o.live[k].sha] {
					last = k
				}
			}
		}
		blame(last+1, d, true)
	}
	for _, w := range o.work {
		if w.by < 0 {
			continue
		}
		d := o.live[w.by]
		linked := false
		if o.revert(w) {
			name := w.reverts()[0]
			by := o.delivered(name)
			linked = by >= 0
			if by >= 0 && by < w.by && !o.service.Failures.NoReverts {
				d.rework = true
				if by > o.base { // nobody knows which deployment delivered what the baseline holds
					blame(by, d, true)
				}
			}
		}
		if w.pull == nil || w.by == o.base || !slices.Contains(w.pull.Labels, "hotfix") && !strings.HasPrefix(w.pull.HeadRef, "hotfix") {
			continue
		}
		d.rework = true
		for _, i := range o.past.Incidents {
			linked = linked || o.closes(w, i)
		}
		if before := o.counted(w.by - 1); !linked && before >= 0 {
			blame(before, d, false)
		}
	}
}

// closes reports whether a change closes an incident (metrics/X6, X7).
func (o *oracle) closes(w *work, i dora.Incident) bool {
	return w.pull != nil && real(i) && slices.Contains(w.pull.Closes, i.Repo+"#"+i.ID)
}

// real follows X6.
func real(i dora.Incident) bool {
	return i.DuplicateOf == "" && i.State != "duplicate" && i.State != "not_planned" && !slices.Contains(i.Labels, "drill")
}

// accuse blames deployments for an incident, and marks those that fixed it.
func accuse(list []*oracle, i dora.Incident) {
	if !real(i) {
		return
	}
	over := func(o *oracle) time.Time {
		var end time.Time
		for _, at := range []time.Time{i.RestoredAt, i.ResolvedAt} {
			if !at.IsZero() && !at.After(o.past.to) && (end.IsZero() || at.Before(end)) {
				end = at
			}
		}
		for _, w := range o.work {
			if !o.closes(w, i) || w.by <= o.base {
				continue
			}
			o.live[w.by].rework = true
			if at := o.live[w.by].done; !at.Before(i.OpenedAt) && (end.IsZero() || at.Before(end)) {
				end = at
			}
		}
		return end
	}
	var best *delivery
	var end time.Time
	for _, o := range list {
		if i.Repo != o.service.Name && !slices.Contains(i.Services, o.service.Name) {
			continue
		}
		restored := over(o)
		if i.CausedBy != "" {
			by := o.counted(slices.IndexFunc(o.live, func(d *delivery) bool { return d.id == i.CausedBy }))
			if by < 0 {
				if by = o.delivered(i.CausedBy); by == o.base {
					by = -1 // as above
				}
			}
			if by = o.counted(by); by >= 0 {
				d := o.live[by]
				d.failed, d.confirmed, d.incidentEnds = true, true, append(d.incidentEnds, d.ended(i.OpenedAt, restored))
			}
			continue
		}
		var last *delivery
		for _, d := range o.live {
			age := i.OpenedAt.Sub(d.done)
			if d.counts && age >= 0 && (o.window() < 0 || age <= o.window()) {
				last = d
			}
		}
		if last != nil && (best == nil || last.done.After(best.done)) { // of one instant: the first service by name
			best, end = last, restored
		}
	}
	if best != nil {
		best.failed = true
		best.incidentEnds = append(best.incidentEnds, best.ended(i.OpenedAt, end))
	}
}

// ended is the end of an incident of a deployment: when it is over, or when a
// repair of that deployment is live (metrics/X5).
func (d *delivery) ended(opened, over time.Time) time.Time {
	for _, at := range d.repairs {
		if !at.Before(opened) && (over.IsZero() || at.Before(over)) {
			over = at
		}
	}
	return over
}

// restored follows X5: zero while it is open.
func (d *delivery) restored() time.Time {
	var end time.Time
	for _, at := range d.incidentEnds {
		if at.IsZero() {
			return at
		}
		if at.After(end) {
			end = at
		}
	}
	if len(d.incidentEnds) == 0 {
		end = slices.MinFunc(d.repairs, time.Time.Compare)
	}
	return end
}

// figures are the values of a period by name; those that do not exist are not
// there.
func figures(list []*oracle, from, to time.Time) map[string]float64 {
	in := func(at time.Time) bool { return !at.Before(from) && at.Before(to) }
	f := map[string]float64{}
	days := map[string]bool{}
	var lead, merged []float64
	stages := map[string][]float64{}
	var ended, open, gaps, waiting []float64
	var every []time.Time
	for _, o := range list {
		for _, d := range o.live {
			if d.counts {
				every = append(every, d.done)
			}
		}
	}
	slices.SortFunc(every, time.Time.Compare)
	for i, at := range every {
		if i > 0 && in(at) {
			gaps = append(gaps, at.Sub(every[i-1]).Seconds())
		}
	}
	for _, o := range list {
		for _, d := range o.live {
			switch {
			case !in(d.done):
				continue
			case d.redeploy:
				f["redeploys"]++
			}
			if !d.counts {
				continue
			}
			f["deployments"]++
			days[d.done.In(o.past.zone).Format(time.DateOnly)] = true
			if d.maturing {
				f["maturing"]++
			}
			if d.rework {
				f["rework"]++
			}
			if !d.failed {
				continue
			}
			f["failed"]++
			if d.confirmed {
				f["confirmed"]++
			}
			if at := d.restored(); at.IsZero() {
				open = append(open, o.past.to.Sub(d.done).Seconds())
			} else {
				ended = append(ended, max(0, at.Sub(d.done).Seconds()))
			}
		}
		for _, at := range o.tries {
			if in(at) && len(o.live) > 0 && !at.Before(o.live[0].done) {
				f["failed attempts"]++
			}
		}
		for _, w := range o.work {
			if end := earlier(to, o.past.to); o.base >= 0 && o.live[0].done.Before(to) && w.waits(o, end) {
				waiting = append(waiting, end.Sub(w.landed()).Seconds())
			}
			if !w.measured || !in(w.end) {
				continue
			}
			lead = append(lead, w.end.Sub(w.start).Seconds())
			merged = append(merged, max(0, w.end.Sub(w.landed()).Seconds()))
			if w.pull != nil {
				w.stages(o.past.to, stages)
			}
		}
	}
	f["days"], f["gap"] = float64(len(days)), quantile(gaps, .5)
	f["waiting"], f["oldest"], f["age"] = float64(len(waiting)), quantile(waiting, 1), quantile(waiting, .5)
	f["changes"], f["from merge n"] = float64(len(lead)), float64(len(merged))
	f["p50"], f["p75"], f["p90"] = quantile(lead, .5), quantile(lead, .75), quantile(lead, .9)
	f["mean"], f["from merge"] = mean(lead), quantile(merged, .5)
	f["low"], f["high"] = bounds(lead)
	for _, stage := range []string{"coding", "pickup", "review", "deploy"} {
		f[stage+" n"] = float64(len(stages[stage]))
		f[stage+" p50"], f[stage+" p90"] = quantile(stages[stage], .5), quantile(stages[stage], .9)
	}
	f["ended"], f["open"] = float64(len(ended)), float64(len(open))
	f["recovery"], f["more"] = survival(ended, open)
	f["recovery of the ended"] = quantile(ended, .5)
	f["inferred"] = f["failed"] - f["confirmed"]
	f["fail rate"], f["fail low"], f["fail high"] = wilson(f["failed"], f["deployments"])
	f["rework rate"], f["rework low"], f["rework high"] = wilson(f["rework"], f["deployments"])
	for name, v := range f {
		if math.IsNaN(v) || v == 0 { // what is not there, the report has as null or 0
			delete(f, name)
		}
	}
	return f
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// landed is when a change came to the tracked branch.
func (w *work) landed() time.Time {
	if w.pull == nil {
		return w.commit.CommitterDate
	}
	return w.pull.MergedAt
}

// waits reports whether a change had landed and was not delivered at an instant
// (metrics/L6).
func (w *work) waits(o *oracle, at time.Time) bool {
	bot := w.pull != nil && w.pull.Bot
	if o.service.Bots != "include" && bot != (o.service.Bots == "only") || len(w.landings) == 0 || o.graph[w.landings[0]].SHA == "" {
		return false
	}
	if w.pull == nil && !o.tracked[w.commit.SHA] && w.by < 0 {
		return false // on a branch that is neither merged nor deployed
	}
	return !w.landed().After(at) && (w.by < 0 || w.by > o.base && o.live[w.by].done.After(at))
}

// stages follows L3.
func (w *work) stages(asOf time.Time, into map[string][]float64) {
	clamp := func(at, low time.Time) time.Time {
		switch {
		case at.Before(low):
			return low
		case at.After(w.end):
			return w.end
		}
		return at
	}
	c := w.pull
	ready := c.ReadyAt
	if ready.IsZero() {
		ready = c.CreatedAt
	}
	t1 := clamp(ready, w.start)
	add := func(stage string, d time.Duration) { into[stage] = append(into[stage], d.Seconds()) }
	add("coding", t1.Sub(w.start))
	t2 := t1
	reviewed := !c.FirstReviewAt.IsZero() && !c.FirstReviewAt.After(asOf)
	if reviewed {
		t2 = clamp(c.FirstReviewAt, t1)
	}
	t3 := clamp(c.MergedAt, t2)
	if reviewed {
		add("pickup", t2.Sub(t1))
		add("review", t3.Sub(t2))
	}
	add("deploy", w.end.Sub(t3))
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	return sum / float64(len(list))
}

// quantile follows S1.
func quantile(list []float64, p float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(list))
	h := float64(len(s)-1) * p
	i := int(math.Floor(h))
	return s[i] + (h-float64(i))*(s[min(i+1, len(s)-1)]-s[i])
}

// bounds are the order statistics of S3: the narrowest pair of ranks between
// which the median lies with 95 %.
func bounds(list []float64) (low, high float64) {
	n := len(list)
	below, total := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(n))
	rank := 0
	for k := 1; k <= n/2; k++ { // the median is below rank k if fewer than k are below it
		below.Add(below, new(big.Int).Binomial(int64(n), int64(k-1)))
		if new(big.Int).Mul(below, big.NewInt(40)).Cmp(total) <= 0 {
			rank = k
		}
	}
	if rank == 0 {
		return math.NaN(), math.NaN()
	}
	s := slices.Sorted(slices.Values(list))
	return s[rank-1], s[n-rank]
}

// survival is the Kaplan-Meier median, in exact fractions; where more than half
// go on for ever, more is the longest time that was seen (metrics/X6).
func survival(ended, open []float64) (median, more float64) {
	all := slices.Concat(ended, open)
	if len(all) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(ended)
	share := big.NewRat(1, 1)
	for _, t := range slices.Compact(slices.Clone(ended)) {
		atRisk, ends := int64(0), int64(0)
		for _, v := range all {
			if v >= t {
				atRisk++
			}
		}
		for _, v := range ended {
			if v == t {
				ends++
			}
		}
		if share.Mul(share, big.NewRat(atRisk-ends, atRisk)).Cmp(big.NewRat(1, 2)) <= 0 {
			return t, math.NaN()
		}
	}
	return math.NaN(), slices.Max(all)
}

// wilson follows S3.
func wilson(k, n float64) (rate, low, high float64) {
	const z = 1.959963984540054
	p := k / n
	middle := (p + z*z/2/n) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/4/n/n)
	return p, max(0, middle-half), min(1, middle+half)
}

// reported are the same values of a report.
func reported(p dora.Period) map[string]float64 {
	f := map[string]float64{"changes": float64(p.LeadTime.N), "from merge n": float64(p.LeadTime.Views.MergeToDeploy.N), "ended": float64(p.RecoveryTime.N), "waiting": float64(p.LeadTime.Waiting.N)}
	for name, n := range map[string]dora.Number{
		"deployments": p.Deployments.Count, "redeploys": p.Deployments.Redeploys, "failed attempts": p.Deployments.FailedAttempts, "days": p.Deployments.Days,
		"p50": p.LeadTime.P50, "p75": p.LeadTime.P75, "p90": p.LeadTime.P90, "mean": p.LeadTime.Mean, "low": p.LeadTime.Low, "high": p.LeadTime.High,
		"from merge": p.LeadTime.Views.MergeToDeploy.P50, "gap": p.Deployments.MedianGap, "oldest": p.LeadTime.Waiting.Oldest, "age": p.LeadTime.Waiting.MedianAge,
		"failed": p.ChangeFailRate.Failed, "confirmed": p.ChangeFailRate.Confirmed, "inferred": p.ChangeFailRate.Inferred, "maturing": p.ChangeFailRate.Maturing,
		"fail rate": p.ChangeFailRate.Value, "fail low": p.ChangeFailRate.Low, "fail high": p.ChangeFailRate.High,
		"open": p.RecoveryTime.Open, "recovery": p.RecoveryTime.P50, "more": p.RecoveryTime.More, "recovery of the ended": p.RecoveryTime.ResolvedP50,
		"rework": p.ReworkRate.Rework, "rework rate": p.ReworkRate.Value, "rework low": p.ReworkRate.Low, "rework high": p.ReworkRate.High,
	} {
		if v, ok := n.Get(); ok {
			f[name] = v
		}
	}
	for name, s := range map[string]dora.Stage{"coding": p.LeadTime.Stages.Coding, "pickup": p.LeadTime.Stages.Pickup, "review": p.LeadTime.Stages.Review, "deploy": p.LeadTime.Stages.Deploy} {
		f[name+" n"] = float64(s.N)
		if v, ok := s.P50.Get(); ok {
			f[name+" p50"], f[name+" p90"] = v, value(s.P90)
		}
	}
	for name, v := range f {
		if v == 0 {
			delete(f, name)
		}
	}
	return f
}

func TestMetrics_C2_AgreesWithTheOracle(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, seed uint64, p *past) {
		first, about := disagreement(p)
		if first == "" {
			return
		}
		p.shrink(func() bool { _, now := disagreement(p); return now == about })
		last, _ := disagreement(p)
		t.Errorf("%s\nwithout the events that this does not need:\n%s\n%v", first, last, p)
	})
}

// disagreement says in which figures of which period Compute and the oracle
// differ, for the first such period, and which figures they are.
func disagreement(p *past) (text, about string) {
	oracles := consult(p)
	for _, s := range all(p.compute(dora.Options{})) {
		var of []*oracle
		for _, o := range oracles {
			if s.Service != nil && *s.Service == o.service.Name || s.Service == nil && (s.Team == nil || *s.Team == o.service.Team) {
				of = append(of, o)
			}
		}
		for _, q := range append(slices.Clone(s.Periods), s.Overall) {
			want, got := figures(of, q.From, q.To), reported(q)
			var lines, keys []string
			for key := range merged(want, got) {
				if a, b := got[key], want[key]; math.Abs(a-b) > 1e-6*max(1, math.Abs(b)) {
					keys, lines = append(keys, key), append(lines, fmt.Sprintf("%s: %v, by the oracle %v", key, a, b))
				}
			}
			if len(lines) > 0 {
				slices.Sort(lines)
				slices.Sort(keys)
				return fmt.Sprintf("%s from %v to %v:\n%s", name(s), q.From, q.To, strings.Join(lines, "\n")), strings.Join(keys, " ")
			}
		}
	}
	return "", ""
}

// shrink leaves out what a difference does not need. Changes stay: without them
// their commits would be changes.
func (p *past) shrink(still func() bool) {
	p.Incidents = needed(&p.Incidents, still)
	p.Deployments = needed(&p.Deployments, still)
}

func needed[T any](list *[]T, still func() bool) []T {
	for i := len(*list) - 1; i >= 0; i-- {
		whole := *list
		if *list = slices.Delete(slices.Clone(whole), i, i+1); !still() {
			*list = whole
		}
	}
	return *list
}

func merged(a, b map[string]float64) map[string]bool {
	keys := map[string]bool{}
	for key := range a {
		keys[key] = true
	}
	for key := range b {
		keys[key] = true
	}
	return keys
}

// String tells the history, for whoever looks into a difference.
func (p *past) String() string {
	var lines []string
	add := func(at time.Time, format string, args ...any) {
		lines = append(lines, at.Format("01-02 15:04:05 ")+fmt.Sprintf(format, args...))
	}
	for _, c := range p.Commits {
		add(c.CommitterDate, "%s commit %s on %v by %v%s", c.Repo, c.SHA, c.Parents, c.AuthorDate.Format(time.DateTime), tail(c.Reverts, c.Picked, c.Pull))
	}
	for _, c := range p.Changes {
		at := c.MergedAt
		if at.IsZero() {
			at = c.CreatedAt
		}
		add(at, "%s change #%s as %s of %d commits, created %v, merged %v%s", c.Repo, c.ID, c.LandingSHA, len(c.Commits), c.CreatedAt.Format(time.DateTime), !c.MergedAt.IsZero(), tail(c.Reverts, c.Closes, strings.Join(c.Labels, "")+c.HeadRef))
	}
	for _, d := range p.Deployments {
		add(d.CreatedAt, "%s deployment %s of %s to %q: %s at %v%s", d.Repo, d.ID, d.SHA, d.Environment, d.Status, d.FinishedAt.Format(time.DateTime), tail(nil, nil, fmt.Sprint(d.Statuses)))
	}
	for _, i := range p.Incidents {
		add(i.OpenedAt, "%s%v incident %s until %v, restored %v, cause %s, duplicate of %s, %s %v", i.Repo, i.Services, i.ID, i.ResolvedAt.Format(time.DateTime), i.RestoredAt.Format(time.DateTime), i.CausedBy, i.DuplicateOf, i.State, i.Labels)
	}
	slices.Sort(lines)
	return fmt.Sprintf("%d events until %v, %+v\n%s", len(lines), p.to, p.services, strings.Join(lines, "\n"))
}

func tail(a, b []string, c string) string {
	return strings.TrimRight(fmt.Sprintf(" %s %s %s", strings.Join(a, ","), strings.Join(b, ","), c), " ")
}
