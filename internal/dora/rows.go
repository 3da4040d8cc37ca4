package dora

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// family is what an omission would have counted as.
type family uint8

const (
	ofDeploys    family = iota // a deployment
	ofChangeRows               // a change, for lead time
	ofFailures                 // an incident, for fail rate
)

// omission is something that was collected and is left out by a rule.
type omission struct {
	of  family
	key string // the same in every book that holds it
	row Row
}

func (b *book) omit(of family, key string, row Row) {
	row.At, row.From, row.To = row.At.UTC(), row.From.UTC(), row.To.UTC()
	b.omitted = append(b.omitted, omission{of, key, row})
}

// leave notes a change that lead time leaves out.
func (b *book) leave(u unit, at time.Time, rule, why string) {
	r := u.row()
	r.At, r.Included, r.Rule, r.Why = at, false, rule, why
	b.omit(ofChangeRows, u.key, r)
}

// row is a change as explanations list it.
func (u unit) row() Row {
	r := Row{Kind: ChangeRow, ID: u.name, Repo: u.repo, At: u.end, Included: true, Rule: "C2"}
	if u.pull != nil {
		r.Title, r.URL = u.pull.Title, u.pull.URL
	}
	if !u.start.IsZero() {
		r.From = u.start
	}
	if !u.end.IsZero() {
		r.To, r.Seconds = u.end, Num(float64(u.seconds()))
		if u.carrier != "" {
			r.Why = "first delivered by " + u.carrier
		}
	}
	return r
}

// parts are the stages of a pull request (metrics/L3).
func (u unit) parts() *RowParts {
	switch {
	case u.kind == pull:
		s := u.stages()
		p := &RowParts{Coding: Num(float64(s[0])), Deploy: Num(float64(s[3]))}
		if u.reviewed {
			p.Pickup, p.Review = Num(float64(s[1])), Num(float64(s[2]))
		}
		return p
	case u.proxy:
		return &RowParts{Deploy: Num(0)}
	}
	return nil
}

// row is a deployment as explanations list it.
func (d deployment) row(rule, why string) Row {
	return Row{Kind: DeploymentRow, ID: d.name(), Repo: d.repo, Title: refTitle(d), URL: d.url, At: d.doneAt, Rule: rule, Why: why}
}

// refTitle is what was deployed, where the deployment has another name.
func refTitle(d deployment) string {
	if d.ref == d.id {
		return ""
	}
	return shortened(d.ref)
}

func (s sign) evidence() Evidence {
	return Evidence{Kind: s.kind, Confidence: s.confidence(), By: s.by, URL: s.url, At: s.at, Until: s.restored}
}

func evidences(signs []sign) []Evidence {
	var list []Evidence
	for _, s := range signs {
		list = append(list, s.evidence())
	}
	return list
}

// Query names the number that an explanation is of.
type Query struct {
	Metric        handbook.Metric
	Service, Team string // one of them; neither: the organisation
	Period        string // 2026-03 or 2026-W12; "": the whole range
}

// ErrQuery is wrapped by the errors of a Query that asks for nothing there is.
var ErrQuery = errors.New("nothing to explain")

// Explain gives the rows behind one number of the report that Compute makes of
// the same snapshots and options. The error wraps ErrQuery and says what there
// is.
func Explain(snapshots []Snapshot, q Query, opts Options) (Explanation, error) {
	return NewLedger(snapshots).Explain(q, opts)
}

// Explain is Explain for snapshots that are in a ledger.
func (l *Ledger) Explain(q Query, opts Options) (Explanation, error) {
	var none Explanation
	if !q.Metric.Known() {
		return none, fmt.Errorf("%w: there is no metric %q", ErrQuery, q.Metric)
	}
	b, head, err := l.subject(q)
	if err != nil {
		return none, err
	}
	c, in, by := l.Only(func(s Service) bool {
		return (q.Service == "" || s.Name == q.Service) && (q.Team == "" || s.Team == q.Team)
	}).frame(opts)
	t := b.teller(c, in)
	p := in
	name := (*string)(nil)
	if q.Period != "" {
		found := false
		slots := c.slots(in, by)
		for _, s := range slots {
			if s.name == q.Period {
				name, p, found = &s.name, s.span, true
			}
		}
		if !found {
			if len(slots) == 0 {
				return none, fmt.Errorf("%w: the data holds no period", ErrQuery)
			}
			return none, fmt.Errorf("%w: there is no period %q; they go from %s to %s", ErrQuery, q.Period, slots[0].name, slots[len(slots)-1].name)
		}
	}
	e := Explanation{
		Schema: ExplanationSchema, Metric: q.Metric, Service: head.Service, Team: head.Team, Environment: head.Environment,
		Source: head.Source, Period: name, From: p.from.UTC(), To: p.to.UTC(), AsOf: b.asOf, Coverage: head.Coverage, Sample: head.Sample,
		TimeZone: c.zone.String(), zone: c.zone, Values: []Stat{}, Steps: []string{}, Rows: []Row{},
	}
	t.explain(&e, t.period(name, p), p.and(in))
	for i := range e.Rows {
		e.Rows[i] = l.publish(e.Rows[i])
	}
	slices.SortStableFunc(e.Rows, func(a, b Row) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID), strings.Compare(a.Repo, b.Repo), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Why, b.Why))
	})
	e.Collected = len(e.Rows)
	for _, r := range e.Rows {
		if r.Included {
			e.Included++
		}
	}
	e.Excluded = e.Collected - e.Included
	return e, nil
}

// publish takes away of a row what the service does not show.
func (l *Ledger) publish(r Row) Row {
	how, known := l.published[r.Repo]
	if !known {
		how = l.strictest
	}
	if how == PublishNumbers || how == PublishLinks {
		r.Title = ""
	}
	if how == PublishNumbers {
		r.URL = ""
		for i := range r.Evidence {
			r.Evidence[i].URL = ""
		}
	}
	return r
}

// explain fills in rows, values and arithmetic of one period.
func (t *teller) explain(e *Explanation, p Period, in span) {
	switch e.Metric {
	case handbook.DeploymentFrequency:
		t.explainFrequency(e, p.Deployments, in)
	case handbook.ChangeFailRate:
		t.explainFailRate(e, p.ChangeFailRate, in)
	case handbook.RecoveryTime:
		t.explainRecovery(e, p.RecoveryTime, in)
	case handbook.ReworkRate:
		t.explainRework(e, p.ReworkRate, in)
	default:
		t.explainLeadTime(e, p.LeadTime, in)
	}
}

// leftOut adds the rows of a family that were left out in a span.
func (t *teller) leftOut(e *Explanation, of family, in span) {
	for _, o := range t.omitted {
		if o.of == of && in.has(o.row.At) {
			e.Rows = append(e.Rows, o.row)
		}
	}
}

func (e *Explanation) value(name, unit string, v Number) {
	e.Values = append(e.Values, Stat{name, v, unit})
}

func (e *Explanation) step(format string, args ...any) {
	e.Steps = append(e.Steps, fmt.Sprintf(format, args...))
}

func (t *teller) explainFrequency(e *Explanation, d Deployments, in span) {
	for _, live := range t.deployed(in) {
		r := live.row("F1", "a "+live.class.String()+" deployment")
		if live.class == empty {
			r.Why = "another commit, though it brings no new change"
		}
		r.Class, r.Included = live.class.String(), true
		e.Rows = append(e.Rows, r)
	}
	t.leftOut(e, ofDeploys, in)
	e.Reason = d.Reason
	e.value("count", "count", d.Count)
	e.value("per_week", "per week", d.PerWeek)
	e.value("days", "count", d.Days)
	n := len(t.deployed(in))
	e.step("%s counted", plural(n, "deployment"))
	if n > 0 {
		low, high := Poisson(n)
		e.step("interval of that count by chance alone, 95 %% (Poisson): %s to %s", plain(low), plain(high))
	}
	if v, ok := d.PerWeek.Get(); ok && e.Period != nil {
		e.step("%d × 7 ÷ %s = %s a week", n, plural(int(t.days(in)), "day"), plain(v))
	} else if ok {
		weeks, sum := 0, 0
		for _, w := range t.weeks {
			if in.covers(w.span) {
				weeks, sum = weeks+1, sum+w.count
			}
		}
		e.step("%d of them in %s: %d ÷ %d = %s a week", sum, plural(weeks, "complete week"), sum, weeks, plain(v))
	}
}

// plain writes a number with as many digits as say something.
func plain(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (t *teller) explainLeadTime(e *Explanation, l LeadTime, in span) {
	part, index := stageOf(e.Metric, l)
	e.Reason = part.Reason
	var values []int64
	for _, u := range within(t.delivered, in, deliveredAt) {
		r := u.row()
		r.Parts = u.parts()
		r.Evidence = evidences(u.carrierSigns)
		if index >= 0 {
			v := r.Parts.at(index)
			if s, ok := v.Get(); ok {
				r.Seconds = v
				values = append(values, int64(s))
			} else {
				r.Included, r.Rule, r.Seconds, r.Why = false, "L3", Number{}, "no review, so nothing lies before or after it"
				if u.kind != pull {
					r.Why = "a commit without a pull request, which has no stages"
				}
			}
		} else {
			values = append(values, u.seconds())
		}
		e.Rows = append(e.Rows, r)
	}
	t.leftOut(e, ofChangeRows, in)
	e.value("p50", "seconds", part.P50)
	e.value("p75", "seconds", part.P75)
	e.value("p90", "seconds", part.P90)
	if index < 0 {
		e.value("mean", "seconds", l.Mean)
	}
	slices.Sort(values)
	e.percentiles(values, part)
}

// percentiles shows how metrics/S1 comes to its values.
func (e *Explanation) percentiles(values []int64, part Stage) {
	if len(values) == 0 {
		return
	}
	e.step("n = %d, sorted from %d s to %d s", len(values), values[0], values[len(values)-1])
	for _, p := range []struct {
		name string
		of   float64
		v    Number
	}{{"p50", .5, part.P50}, {"p75", .75, part.P75}, {"p90", .9, part.P90}} {
		v, ok := p.v.Get()
		if !ok {
			continue
		}
		h := float64(float64(len(values)-1) * p.of)
		i := int(h)
		if i+1 >= len(values) || float64(i) == h {
			e.step("%s: value %d of %d = %s s", p.name, i+1, len(values), plain(v))
			continue
		}
		e.step("%s: value %d is %d s, value %d is %d s; %s of the way between them = %s s", p.name, i+1, values[i], i+2, values[i+1], plain(h-float64(i)), plain(v))
	}
}

// stageOf is the part of lead time that a metric names, and its place among the
// stages; -1: the whole.
func stageOf(m handbook.Metric, l LeadTime) (Stage, int) {
	switch m {
	case handbook.LeadTimeCoding:
		return l.Stages.Coding, 0
	case handbook.LeadTimePickup:
		return l.Stages.Pickup, 1
	case handbook.LeadTimeReview:
		return l.Stages.Review, 2
	case handbook.LeadTimeDeploy:
		return l.Stages.Deploy, 3
	}
	return Stage{N: l.N, P50: l.P50, P75: l.P75, P90: l.P90, Reason: l.Reason}, -1
}

func (p *RowParts) at(i int) Number {
	if p == nil {
		return Number{}
	}
	return [...]Number{p.Coding, p.Pickup, p.Review, p.Deploy}[i]
}

func (t *teller) explainFailRate(e *Explanation, f FailRate, in span) {
	e.Reason = f.Reason
	e.value("value", "ratio", f.Value)
	e.value("low", "ratio", f.Low)
	e.value("high", "ratio", f.High)
	e.value("failed", "count", f.Failed)
	e.value("confirmed", "count", f.Confirmed)
	e.value("inferred", "count", f.Inferred)
	t.judge(e, in, func(d deployment) Row {
		r := d.row("X3", "no sign that it failed")
		r.Evidence = evidences(d.signs)
		switch {
		case d.failed():
			r.Rule, r.Why = "X2", "it failed: "+d.because()
		case d.byHand.failed != "":
			r.Why = "it did not fail, says " + byHand + ": " + d.byHand.failed
		case d.young:
			r.Why += " so far; an incident may still be linked to it"
		}
		return r
	})
	t.leftOut(e, ofFailures, in)
	e.ratio("failed", f.Failed, f.N, f.Value, f.Low, f.High)
}

// judge adds the deployments of a span, each with what of says of it, and those
// that were left out.
func (t *teller) judge(e *Explanation, in span, of func(deployment) Row) {
	for _, d := range t.deployed(in) {
		r := of(d)
		r.Class, r.Included = d.class.String(), d.measured
		if !d.measured {
			r.Rule, r.Why = "X0", "its service has no rules for failures"
		}
		e.Rows = append(e.Rows, r)
	}
	t.leftOut(e, ofDeploys, in)
}

// because words the strongest evidence that a deployment failed.
func (d deployment) because() string {
	s := d.signs[0]
	switch s.kind {
	case Explicit:
		if s.by == byHand {
			return d.byHand.failed
		}
		return s.by + " names it as the cause"
	case Rollback:
		return s.by + " went back to what was live before"
	case Reverted:
		return s.by + " took back a change of it"
	case Hotfix:
		return "the hotfix " + s.by + " came with the next deployment"
	case InWindow:
		return s.by + " began soon after it went live"
	}
	return s.by + " repairs something"
}

// ratio shows a share with its interval.
func (e *Explanation) ratio(what string, k Number, n int, v, low, high Number) {
	share, ok := v.Get()
	if !ok {
		return
	}
	count, _ := k.Get()
	l, _ := low.Get()
	h, _ := high.Get()
	e.step("%s %s ÷ %d counted = %s", plain(count), what, n, plain(share))
	e.step("Wilson interval, 95 %%: %s to %s", plain(l), plain(h))
}

func (t *teller) explainRework(e *Explanation, w Rework, in span) {
	e.Reason = w.Reason
	e.value("value", "ratio", w.Value)
	e.value("low", "ratio", w.Low)
	e.value("high", "ratio", w.High)
	e.value("rework", "count", w.Rework)
	t.judge(e, in, func(d deployment) Row {
		r := d.row("X7", "no sign that it repaired anything")
		r.Evidence = evidences(d.repairs)
		switch {
		case len(d.repairs) > 0:
			r.Why = d.repaired()
		case d.byHand.rework != "":
			r.Why = "no rework, says " + byHand + ": " + d.byHand.rework
		}
		return r
	})
	e.ratio("rework", w.Rework, w.N, w.Value, w.Low, w.High)
}

// repaired words why a deployment is rework.
func (d deployment) repaired() string {
	s := d.repairs[0]
	switch s.kind {
	case Rollback:
		return "rework: it went back to what was live before"
	case Reverted:
		return "rework: it brought " + s.by + ", which takes back a delivered change"
	case Hotfix:
		return "rework: it brought the hotfix " + s.by
	case Fix:
		return "rework: it brought " + s.by + ", which closes an incident"
	}
	return "rework: " + d.byHand.rework
}

func (t *teller) explainRecovery(e *Explanation, v Recovery, in span) {
	e.Reason = v.Reason
	e.value("p50", "seconds", v.P50)
	e.value("more_than", "seconds", v.More)
	e.value("resolved_p50", "seconds", v.ResolvedP50)
	e.value("open", "count", v.Open)
	live, _ := t.judged(in)
	var times []lifetime
	for _, d := range live {
		if !d.failed() {
			continue
		}
		r := d.row("X5", "service was restored")
		r.Class, r.Included, r.Evidence = d.class.String(), true, evidences(d.signs)
		r.From, r.To = d.liveAt, d.restored
		life := lifetimeOf(d.liveAt, d.restored, t.asOf)
		times = append(times, life)
		r.Seconds = Num(float64(life.seconds))
		if life.open {
			r.Rule, r.Why = "X6", "not restored yet: it counts as longer than this"
		}
		e.Rows = append(e.Rows, r)
	}
	e.survival(times)
}

// survival shows how metrics/X6 comes to its median.
func (e *Explanation) survival(times []lifetime) {
	if len(times) == 0 {
		return
	}
	over, open, median, more, _ := survived(times)
	e.step("%d restored, %d open", over, open)
	going := 1.0
	for i := 0; i < len(times) && len(e.Steps) < 40; {
		at, atRisk, ends := times[i].seconds, len(times)-i, 0
		for ; i < len(times) && times[i].seconds == at; i++ {
			if !times[i].open {
				ends++
			}
		}
		if ends == 0 {
			continue
		}
		going = float64(going * float64(atRisk-ends) / float64(atRisk))
		e.step("after %d s: %d of %d at risk are over, %s still going on", at, ends, atRisk, plain(going))
		if going <= .5+1e-12 {
			break
		}
	}
	if v, ok := median.Get(); ok {
		e.step("the share falls to one half or below after %s s: that is the median", plain(v))
	} else if v, ok := more.Get(); ok {
		e.step("the share never falls to one half: the median is more than %s s, the longest time seen", plain(v))
	}
}
