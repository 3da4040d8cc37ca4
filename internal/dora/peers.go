package dora

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// ComparisonSchema names the shape of a Comparison, for readers of the JSON.
const ComparisonSchema = "rutter.comparison/1"

// Peer is another tool that measures delivery.
type Peer string

// The tools whose definitions As follows. What each does was read in its code;
// the reader of each names the files.
const (
	DevLake    Peer = "devlake"
	FourKeys   Peer = "fourkeys"
	GitLab     Peer = "gitlab"
	Middleware Peer = "middleware"
)

// Peers are the tools that As knows.
func Peers() []Peer { return []Peer{DevLake, FourKeys, GitLab, Middleware} }

// ErrPeer is the error of As for a tool that it does not know.
var ErrPeer = errors.New("no such tool to compare with")

// Comparison is what another tool would say of the same services and periods,
// beside our own report of them.
type Comparison struct {
	Schema   string            `json:"schema"`
	Peer     Peer              `json:"peer"`
	AsOf     time.Time         `json:"as_of"`
	TimeZone string            `json:"time_zone"`
	By       By                `json:"by"`
	Services []ServiceCompared `json:"services"` // as in Report
}

// ServiceCompared is one service in the eyes of both.
type ServiceCompared struct {
	Service     string           `json:"service"`
	Environment string           `json:"environment"`
	Source      Source           `json:"source"`
	Overall     PeriodCompared   `json:"overall"` // the whole range; says why the values differ
	Periods     []PeriodCompared `json:"periods"`
	Sample      bool             `json:"-"` // the data is made up
}

// PeriodCompared is a period of Report, counted by the definitions of the peer.
type PeriodCompared struct {
	Period              *string   `json:"period"`
	From                time.Time `json:"from"`
	To                  time.Time `json:"to"`
	Partial             bool      `json:"partial"`
	DeploymentFrequency Compared  `json:"deployment_frequency"`
	LeadTime            Compared  `json:"lead_time"`
	ChangeFailRate      Compared  `json:"change_fail_rate"`
	RecoveryTime        Compared  `json:"recovery_time"`
}

// Unit is what a value of a Comparison counts.
type Unit string

// The units.
const (
	Seconds     Unit = "seconds"
	Ratio       Unit = "ratio" // of 1; the definitions of some peers allow more than 1
	DaysPerWeek Unit = "days_per_week"
	PerWeek     Unit = "per_week"
	PerDay      Unit = "per_day"
)

// Figure is a value with the number of things that it rests on: deployments for
// a frequency and a rate, changes or incidents for a time.
type Figure struct {
	Value  Number `json:"value"`
	N      int    `json:"n"`
	Reason Reason `json:"reason,omitempty"` // why there is no value
}

// Compared is a metric as the peer counts it, beside ours in the same unit. A
// peer that shows 0 where it has nothing shows 0 here too, with an N of 0.
type Compared struct {
	Figure
	Unit    Unit      `json:"unit"`
	Ours    Figure    `json:"ours"`
	Because []Because `json:"because,omitempty"` // in Overall alone: it holds for every period
}

// Because is one way in which the definitions differ.
type Because struct {
	Rule string `json:"rule"` // of metrics.md, which we follow: metrics/C2
	Text string `json:"text"`
}

// As counts the snapshots by the definitions of another tool. Range, periods,
// zone, coverage and environments are those of our report, so only the
// definitions differ. Where the events lack what a definition needs, there is a
// reason and no value.
func As(p Peer, snapshots []Snapshot, opts Options) (Comparison, error) {
	rules, ok := peerRules[p]
	if !ok {
		var names []string
		for _, p := range Peers() {
			names = append(names, string(p))
		}
		return Comparison{}, fmt.Errorf("%w: %q; known: %s", ErrPeer, p, strings.Join(names, ", "))
	}
	l := NewLedger(snapshots)
	c, in, by := l.frame(opts)
	ours := l.Report(opts)
	all := Comparison{Schema: ComparisonSchema, Peer: p, AsOf: ours.AsOf, TimeZone: ours.TimeZone, By: by, Services: []ServiceCompared{}}
	for i, s := range l.snapshots {
		r := ours.Services[i]
		one := ServiceCompared{
			Service: *r.Service, Environment: r.Environment, Source: r.Source, Periods: []PeriodCompared{}, Sample: r.Sample,
		}
		b := l.books[i]
		m := s.material(c, b.within(in))
		read := rules.read(m)
		for _, p := range r.Periods {
			one.Periods = append(one.Periods, rules.compare(b, read, in, p, false))
		}
		one.Overall = rules.compare(b, read, in, r.Overall, true)
		one.Overall.DeploymentFrequency.Because = rules.frequency
		one.Overall.LeadTime.Because = slices.Concat(m.remarks, rules.leadTime)
		one.Overall.ChangeFailRate.Because = slices.Concat(m.unknown(), rules.failRate)
		one.Overall.RecoveryTime.Because = slices.Concat(m.unknown(), rules.recovery)
		all.Services = append(all.Services, one)
	}
	return all, nil
}

// within is the part of a range that a book of one service covers.
func (b *book) within(in span) span {
	if len(b.spans) == 0 {
		return span{}
	}
	return in.and(b.spans[0])
}

// peerReader counts the deployments, changes and incidents of one service the
// way a tool does. Whole says that the span is the whole range: some tools show
// 0 for a week or month without data, and nothing for a range without.
type peerReader interface {
	frequency(in span, whole bool) Figure
	leadTime(in span, whole bool) Figure
	failRate(in span, whole bool) Figure
	recovery(in span, whole bool) Figure
}

// peerRule is what is to know of a tool.
type peerRule struct {
	read                                    func(*material) peerReader
	unit                                    Unit // of the frequency
	frequency, leadTime, failRate, recovery []Because
}

func (r peerRule) compare(b *book, read peerReader, all span, p Period, whole bool) PeriodCompared {
	d := p.Deployments
	count, _ := d.Count.Get()
	often := map[Unit]Number{DaysPerWeek: d.MedianDaysPerWeek, PerWeek: d.PerWeek, PerDay: d.PerWeek}[r.unit]
	if v, ok := often.Get(); ok && r.unit == PerDay {
		often = Num(v / 7)
	}
	c := PeriodCompared{
		Period: p.Period, From: p.From, To: p.To, Partial: p.Partial,
		DeploymentFrequency: Compared{Unit: r.unit, Ours: figure(often, int(count), cmp.Or(d.Reason, OutsideCoverage))},
		LeadTime:            Compared{Unit: Seconds, Ours: figure(p.LeadTime.P50, p.LeadTime.N, p.LeadTime.Reason)},
		ChangeFailRate:      Compared{Unit: Ratio, Ours: figure(p.ChangeFailRate.Value, p.ChangeFailRate.N, p.ChangeFailRate.Reason)},
		RecoveryTime:        Compared{Unit: Seconds, Ours: figure(p.RecoveryTime.P50, p.RecoveryTime.N, p.RecoveryTime.Reason)},
	}
	in := b.within(all.and(span{p.From, p.To}))
	if in.empty() {
		none := Figure{Reason: b.why()}
		c.DeploymentFrequency.Figure, c.LeadTime.Figure, c.ChangeFailRate.Figure, c.RecoveryTime.Figure = none, none, none, none
		return c
	}
	c.DeploymentFrequency.Figure = read.frequency(in, whole)
	c.LeadTime.Figure = read.leadTime(in, whole)
	c.ChangeFailRate.Figure = read.failRate(in, whole)
	c.RecoveryTime.Figure = read.recovery(in, whole)
	return c
}

// figure keeps the reason only where there is no value.
func figure(v Number, n int, why Reason) Figure {
	if _, ok := v.Get(); ok {
		return Figure{Value: v, N: n}
	}
	return Figure{N: n, Reason: cmp.Or(why, NoData)}
}

// or0 is what a tool shows that takes nothing for zero.
func or0(v Number, n int) Figure {
	value, _ := v.Get()
	return Figure{Value: Num(value), N: n}
}

// material is what is known of one service, before any definition.
type material struct {
	Service
	calendar
	span      // the covered part of the range
	attempts  []attempt
	pulls     []Change // merged ones
	graph     *graph
	incidents []Incident // by the time they began; duplicates and false alarms too
	known     bool       // whether there was any is known
	cut       bool       // the history is cut off
	remarks   []Because  // what in the data keeps lead time from being measured
}

// remark says what the data lacks for lead time.
func (m *material) remark(rule, format string, args ...any) {
	m.remarks = append(m.remarks, Because{"metrics/" + rule, fmt.Sprintf(format, args...)})
}

// unknown says that the data lacks incidents.
func (m *material) unknown() []Because {
	if m.known {
		return nil
	}
	return []Because{{"metrics/X0", "it counts incidents; the events have none, and do not say that there were none"}}
}

func (s Snapshot) material(c calendar, in span) *material {
	asOf := known(s.asOf, s.coverage.To)
	repos := s.service.repositories(s.events)
	m := &material{
		Service: s.service, calendar: c, span: in,
		attempts: s.service.collect(s.events, asOf, &book{}),
		graph:    newGraph(s.events, repos),
		known:    s.service.Failures != nil,
		cut:      slices.Contains(s.coverage.Reasons, ShallowClone),
	}
	slices.SortFunc(m.attempts, func(a, b attempt) int { return strings.Compare(a.key, b.key) })
	for _, p := range s.service.pulls(s.events, repos) {
		if !p.MergedAt.IsZero() && !p.MergedAt.After(asOf) {
			m.pulls = append(m.pulls, p)
		}
	}
	for _, c := range s.events.Collected {
		m.known = m.known || repos[c.Repo] && c.Resource == ResourceIncidents
	}
	newest := map[string]Incident{}
	for _, i := range s.events.Incidents {
		all := len(i.Services) == 0 && i.Repo == ""
		if i.OpenedAt.IsZero() || i.OpenedAt.After(asOf) || !all && !slices.Contains(i.Services, s.service.Name) && !repos[i.Repo] {
			continue
		}
		if i.ResolvedAt = known(i.ResolvedAt, i.RestoredAt); i.State == "open" || i.ResolvedAt.After(asOf) || i.ResolvedAt.Before(i.OpenedAt) {
			i.ResolvedAt = time.Time{}
		}
		key := i.Repo + "\x00" + cmp.Or(i.ID, i.OpenedAt.String())
		if old, seen := newest[key]; !seen || cmp.Or(old.UpdatedAt.Compare(i.UpdatedAt), old.ResolvedAt.Compare(i.ResolvedAt), strings.Compare(old.CausedBy, i.CausedBy)) < 0 {
			newest[key] = i
		}
	}
	for _, i := range newest {
		m.incidents = append(m.incidents, i)
	}
	slices.SortFunc(m.incidents, func(a, b Incident) int {
		return cmp.Or(a.OpenedAt.Compare(b.OpenedAt), strings.Compare(a.Repo, b.Repo), strings.Compare(a.ID, b.ID))
	})
	m.known = m.known || len(m.incidents) > 0
	return m
}

// shipment is a deployment as a peer sees it.
type shipment struct {
	key, repo, environment, sha, ref string
	began, at                        time.Time
	node                             int32
	succeeded                        bool
}

func (m *material) shipment(a attempt, at time.Time) shipment {
	return shipment{
		key: a.key, repo: a.Repo, environment: strings.ToLower(a.Environment), sha: a.SHA, ref: a.Ref,
		began: known(a.CreatedAt, at).UTC(), at: at.UTC(), node: m.graph.node(a.SHA), succeeded: true,
	}
}

func sortShipments(list []shipment) {
	slices.SortFunc(list, func(a, b shipment) int {
		return cmp.Or(a.at.Compare(b.at), a.began.Compare(b.began), strings.Compare(a.key, b.key))
	})
}

func shippedAt(s shipment) time.Time { return s.at }

// steps calls visit with each successful deployment to an environment and the
// one before it, the zero one for the first.
func steps(list []shipment, visit func(before, s shipment)) {
	last := map[string]shipment{}
	for _, s := range list {
		place := s.repo + "\x00" + s.environment
		visit(last[place], s)
		last[place] = s
	}
}

// weekly counts the days with a deployment in each week of a span, weeks that it
// cuts off included.
func (m *material) weekly(list []shipment, in span) []int64 {
	var weeks []int64
	for _, w := range m.slots(in, Week) {
		days := map[int64]bool{}
		for _, s := range within(list, w.and(in), shippedAt) {
			days[m.day(s.at)] = true
		}
		weeks = append(weeks, int64(len(days)))
	}
	return weeks
}

// dates is the number of dates that a span touches.
func (m *material) dates(in span) int {
	return int(m.day(in.to.Add(-time.Second)) - m.day(in.from) + 1)
}

// timed is a duration that belongs to an instant.
type timed struct {
	at    time.Time
	value int64
}

func valuesIn(list []timed, in span) []int64 {
	var values []int64
	for _, t := range list {
		if in.has(t.at) {
			values = append(values, t.value)
		}
	}
	return values
}

// medianOfDays is the median of the medians of the days.
func (m *material) medianOfDays(list []timed, in span) (Number, int) {
	days := map[int64][]int64{}
	n := 0
	for _, t := range list {
		if in.has(t.at) {
			n++
			days[m.day(t.at)] = append(days[m.day(t.at)], t.value)
		}
	}
	var medians []float64
	for _, values := range days {
		v, _ := median(values).Get()
		medians = append(medians, v)
	}
	if n == 0 {
		return Number{}, 0
	}
	slices.Sort(medians)
	half := len(medians) / 2
	if len(medians)%2 == 1 {
		return Num(medians[half]), n
	}
	return Num((medians[half-1] + medians[half]) / 2), n
}

// lowerMedian is the greatest value that no more than half of the others lie
// below: 2 of 1, 2, 3, 4.
func lowerMedian(values []int64) Number {
	if len(values) == 0 {
		return Number{}
	}
	slices.Sort(values)
	return Num(float64(values[(len(values)-1)/2]))
}

// between lists the commits that a new head reaches and an old one does not,
// like git log old..new. An old head of -1 reaches nothing. Both are followed
// together, children before parents, so that only what lies between is visited.
func (g *graph) between(old, head int32) []int32 {
	if head < 0 {
		return nil
	}
	g.number()
	q := &frontier{graph: g, reached: map[int32]bool{}, pending: map[int32]bool{}}
	q.push(head, false)
	if old >= 0 {
		q.push(old, true)
	}
	var list []int32
	for q.fresh > 0 {
		n := heap.Pop(q).(int32)
		delete(q.pending, n)
		behind := q.reached[n]
		if !behind {
			q.fresh--
			list = append(list, n)
		}
		for _, p := range g.parents[n] {
			if g.generation[p] < g.generation[n] { // not so in a cycle of a forged file
				q.push(p, behind)
			}
		}
	}
	return list
}

// frontier are the commits that between has yet to look at.
type frontier struct {
	graph   *graph
	list    []int32
	pending map[int32]bool
	reached map[int32]bool // by the old head
	fresh   int            // pending, and not reached by the old head
}

func (q *frontier) push(n int32, old bool) {
	switch {
	case !q.pending[n]:
		q.pending[n], q.reached[n] = true, old
		if !old {
			q.fresh++
		}
		heap.Push(q, n)
	case old && !q.reached[n]:
		q.reached[n] = true
		q.fresh--
	}
}

// The methods of heap.Interface: children come before their parents.
func (q *frontier) Len() int { return len(q.list) }
func (q *frontier) Less(i, j int) bool {
	return q.graph.generation[q.list[i]] > q.graph.generation[q.list[j]]
}
func (q *frontier) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }
func (q *frontier) Push(n any)    { q.list = append(q.list, n.(int32)) }
func (q *frontier) Pop() any {
	n := q.list[len(q.list)-1]
	q.list = q.list[:len(q.list)-1]
	return n
}

// latest is the last deployment before an instant, or at it where equal; -1: it
// is before them all.
func latest(list []shipment, t time.Time, equal bool) int {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].at.Before(t) || equal && list[i].at.Equal(t) {
			return i
		}
	}
	return -1
}

// peerRules are the tools, with the differences that readers meet first.
var peerRules = map[Peer]peerRule{
	DevLake: {
		read: newDevLake, unit: DaysPerWeek,
		frequency: []Because{
			{"metrics/F1", "the lower median of the days with a deployment in a week, weeks that the range cuts off included; we take whole weeks"},
			{"metrics/D8", "the same commit again counts"},
			{"metrics/D2", "the last status decides, and inactive alone is success; we take any success"},
		},
		leadTime: []Because{
			{"metrics/C1", "pull requests alone; bots and promotions count, commits without a pull request do not"},
			{"metrics/C2", "what is new since the deployment before, of each deployment by the time it began; we go by everything delivered before"},
			{"metrics/L1", "coding, open and deploy times are rounded up to minutes and added; a part below zero is left out"},
			{"metrics/S1", "the lower median: 2 of 1, 2, 3, 4"},
			{"metrics/F2", "a week or month without a delivery is shown as 0"},
		},
		failRate: []Because{
			{"metrics/X2", "an incident falls on the latest deployment before it, however long ago; what it names as its cause is not read"},
			{"metrics/X1", "rollbacks, reverts and hotfixes are no sign of failure"},
			{"metrics/X6", "duplicates and false alarms count as incidents"},
		},
		recovery: []Because{
			{"metrics/X5", "from the deployment to the end of each incident, in whole minutes; we take each deployment once, and a repair ends it too"},
			{"metrics/X6", "what is not resolved is left out"},
			{"metrics/F2", "a week or month without a failure is shown as 0"},
		},
	},
	FourKeys: {
		read: newFourKeys, unit: DaysPerWeek,
		frequency: []Because{
			{"metrics/F1", "the median of the days with a deployment in a week, weeks that the range cuts off included; its own weeks begin on Sunday, these are ours"},
			{"metrics/D2", "each status success is a deployment"},
			{"metrics/D8", "the same commit again counts"},
		},
		leadTime: []Because{
			{"metrics/C2", "the commits of the push whose head was deployed; what was pushed before it since the last deployment has no lead time"},
			{"metrics/C1", "each commit counts, from its committer date: a squashed pull request is one commit, made at its merge"},
			{"metrics/D8", "the same push counts again when its head is deployed again, as in a rollback"},
			{"metrics/L7", "whole minutes; what comes to none is left out as automated"},
			{"metrics/S4", "0 where there is nothing"},
		},
		failRate: []Because{
			{"metrics/X3", "incidents by deployments: two incidents of one deployment count twice, and so does one of a commit that was deployed twice; it can be more than 1"},
			{"metrics/X2", "an incident counts only if its text names the commit that caused it"},
			{"metrics/S4", "0 where there is nothing"},
		},
		recovery: []Because{
			{"metrics/X5", "of all incidents that began in the period, from the deployment of the commit named as cause or else from the opening, in whole hours; recovery_time.incidents of our report is closest"},
			{"metrics/X6", "what is not resolved is left out"},
		},
	},
	GitLab: {
		read: newGitLab, unit: PerDay,
		frequency: []Because{
			{"metrics/F1", "deployments by calendar days; ours is the weekly rate of whole weeks by 7"},
			{"metrics/D8", "the same commit again counts"},
			{"metrics/D5", "each environment counts by itself"},
		},
		leadTime: []Because{
			{"metrics/L1", "from the merge, not from the first commit: lead_time.views.merge_to_deploy of our report is closest"},
			{"metrics/S2", "the median of the medians of days, so a day with one change weighs as much as one with many"},
			{"metrics/C7", "the first deployment takes all that was merged to its branch before"},
			{"metrics/C1", "merge requests alone; bots count"},
		},
		failRate: []Because{
			{"metrics/X3", "incidents opened by deployments done, whatever caused them; it can be more than 1, and without a deployment it divides by 1"},
			{"metrics/X4", "an incident counts when it is opened, not in the period of the deployment"},
		},
		recovery: []Because{
			{"metrics/X5", "from opening to closing an incident, the median of the medians of days; recovery_time.incidents of our report is closest"},
			{"metrics/X6", "open incidents are left out; an incident counts on the day it is closed"},
		},
	},
	Middleware: {
		read: newMiddleware, unit: PerWeek,
		frequency: []Because{
			{"metrics/F1", "an average in whole numbers, rounded down, over weeks that the range cuts off too, or seven times that of a day if more"},
			{"metrics/D3", "a run counts when it starts, and once however often it is tried again"},
			{"metrics/D8", "the same commit again counts"},
		},
		leadTime: []Because{
			{"metrics/L5", "the mean, in the period of the merge; we take the median, in the period of the delivery"},
			{"metrics/C2", "a pull request is delivered by the first run on its branch that starts after its merge, whatever commit that carries"},
			{"metrics/L3", "without a review the time from opening to merge is left out; a review is taken for an approval here, since the events do not say"},
			{"metrics/L1", "commits count from their committer date, which a rebase renews"},
			{"metrics/S4", "0 where there is nothing"},
		},
		failRate: []Because{
			{"metrics/D9", "runs that failed count as deployments, and incidents after them fall on them"},
			{"metrics/X2", "an incident falls on the latest run that started before it, however long ago, if both lie in the range"},
			{"metrics/S4", "0 where there is nothing"},
		},
		recovery: []Because{
			{"metrics/X5", "the mean from opening to resolving, of all incidents resolved in the period; recovery_time.incidents of our report is closest, and a median"},
			{"metrics/X6", "open incidents are left out"},
		},
	},
}

// devLake follows apache/incubator-devlake: lead time
// backend/plugins/dora/tasks/change_lead_time_calculator.go with
// backend/plugins/refdiff/tasks/deployment_commit_diff_calculator.go, incidents
// backend/plugins/dora/tasks/incident_deploy_connector.go, statuses
// backend/plugins/github_graphql/tasks/deployment_extractor.go and
// deployment_convertor.go, and what is shown grafana/dashboards/DORA.json with
// its report of 2023.
type devLake struct {
	*material
	list   []shipment
	cycles []timed
	broken map[int]bool // positions in list
	times  []timed      // from deployment to resolution, at the deployment
}

func newDevLake(m *material) peerReader {
	d := &devLake{material: m, broken: map[int]bool{}}
	for _, a := range m.attempts {
		var success, ended time.Time
		var last Status
		for _, s := range a.steps {
			last = s.Status
			switch s.Status {
			case Success:
				success = s.At
			case Inactive:
				ended = s.At
			}
		}
		if at := known(success, ended); !at.IsZero() && (last == Success || last == Inactive) {
			d.list = append(d.list, m.shipment(a, at))
		}
	}
	sortShipments(d.list)
	d.deliver()
	for _, i := range m.incidents {
		at := latest(d.list, i.OpenedAt, false)
		if at < 0 {
			continue
		}
		d.broken[at] = true
		if m.span.has(i.ResolvedAt) {
			d.times = append(d.times, timed{d.list[at].at, seconds(d.list[at].at, i.ResolvedAt) / 60 * 60})
		}
	}
	return d
}

// deliver gives each pull request to the deployment that began first of those
// that have its commit and whose predecessor has not.
func (d *devLake) deliver() {
	if len(d.pulls) == 0 {
		d.remark("C1", "it counts pull requests, and the events have none")
		return
	}
	carrier := map[int32]shipment{}
	steps(d.list, func(before, s shipment) {
		if before.key == "" {
			return
		}
		for _, n := range d.graph.between(before.node, s.node) {
			if c, seen := carrier[n]; !seen || cmp.Or(s.began.Compare(c.began), strings.Compare(s.key, c.key)) < 0 {
				carrier[n] = s
			}
		}
	})
	for _, p := range d.pulls {
		s, ok := carrier[d.graph.node(p.LandingSHA)]
		if !ok {
			continue
		}
		var first time.Time
		for _, c := range p.Commits {
			if first.IsZero() || c.AuthorDate.Before(first) {
				first = c.AuthorDate
			}
		}
		cycle := minutesUp(p.CreatedAt, p.MergedAt) + minutesUp(p.MergedAt, s.at)
		if !first.IsZero() {
			cycle += minutesUp(first, p.CreatedAt)
		}
		d.cycles = append(d.cycles, timed{s.at, cycle})
	}
}

// minutesUp is the time from a to b in seconds, rounded up to minutes; 0 where
// that is negative.
func minutesUp(a, b time.Time) int64 {
	return 60 * max(0, int64(math.Ceil(float64(seconds(a, b))/60)))
}

func (d *devLake) frequency(in span, _ bool) Figure {
	return figure(lowerMedian(d.weekly(d.list, in)), len(within(d.list, in, shippedAt)), NoData)
}

func (d *devLake) leadTime(in span, whole bool) Figure {
	switch {
	case len(d.pulls) == 0:
		return Figure{Reason: NotInSource}
	case d.cut:
		return Figure{Reason: NotMeasured}
	}
	return charted(valuesIn(d.cycles, in), whole)
}

// charted is a median that the charts by month show as 0 where it does not
// exist.
func charted(values []int64, whole bool) Figure {
	if whole {
		return figure(lowerMedian(values), len(values), NoData)
	}
	return or0(lowerMedian(values), len(values))
}

func (d *devLake) failRate(in span, _ bool) Figure {
	if !d.known {
		return Figure{Reason: NotInSource}
	}
	n, broken := 0, 0
	for i, s := range d.list {
		if in.has(s.at) {
			n++
			if d.broken[i] {
				broken++
			}
		}
	}
	if n == 0 || len(d.incidents) == 0 { // then it asks whether incidents were collected
		return Figure{N: n, Reason: NoData}
	}
	return Figure{Value: Num(float64(broken) / float64(n)), N: n}
}

func (d *devLake) recovery(in span, whole bool) Figure {
	if !d.known {
		return Figure{Reason: NotInSource}
	}
	return charted(valuesIn(d.times, in), whole)
}

// fourKeys follows dora-team/fourkeys: queries/deployments.sql,
// queries/changes.sql, queries/incidents.sql, METRICS.md and
// dashboard/fourkeys_dashboard.json, of which the numbers are those that its
// buckets rest on. That a deployment has only the commits of the last push is
// said in its issue 46. The time of a commit in a push event is the committer
// date (GitLab: app/models/commit.rb of gitlabhq/gitlabhq, hook_attrs).
type fourKeys struct {
	*material
	list    []shipment
	rows    []timed // lead times, at the deployment
	links   []timed // incidents by deployment, at the deployment
	restore []timed // of incidents, at the time they began
	guessed int     // deployments whose push the events do not tell
}

func newFourKeys(m *material) peerReader {
	f := &fourKeys{material: m}
	for _, a := range m.attempts {
		for _, s := range a.steps {
			if s.Status == Success && !s.At.IsZero() {
				f.list = append(f.list, m.shipment(a, s.At))
			}
		}
	}
	sortShipments(f.list)
	landed := map[string]Change{}
	for _, p := range m.pulls {
		if p.LandingSHA != "" {
			landed[p.LandingSHA] = p
		}
	}
	first := map[string]time.Time{} // deployment of each commit
	at := map[string][]time.Time{}
	for _, s := range f.list {
		pushed := map[string]time.Time{s.sha: {}}
		if p, ok := landed[s.sha]; ok {
			pushed = f.push(p, s.node)
			for _, t := range pushed {
				if minutes := seconds(t, s.at) / 60; minutes > 0 {
					f.rows = append(f.rows, timed{s.at, minutes * 60})
				}
			}
		} else if m.span.has(s.at) {
			f.guessed++
		}
		for sha := range pushed {
			at[sha] = append(at[sha], s.at)
			if _, seen := first[sha]; !seen {
				first[sha] = s.at
			}
		}
	}
	if f.guessed > 0 {
		m.remark("C2", "%d of %d deployments were of a commit with which no pull request landed; the events do not tell what was pushed with it, so these have no lead time here", f.guessed, len(within(f.list, m.span, shippedAt)))
	}
	for _, i := range m.incidents {
		began := i.OpenedAt
		if i.CausedBy != "" {
			for _, t := range at[i.CausedBy] {
				f.links = append(f.links, timed{at: t})
			}
			if t, ok := first[i.CausedBy]; ok {
				began = earlier(began, t)
			}
		}
		if !i.ResolvedAt.IsZero() {
			f.restore = append(f.restore, timed{began, seconds(began, i.ResolvedAt) / 3600 * 3600})
		}
	}
	return f
}

// push lists the commits that came to the branch with a pull request, with their
// times: its own and the merge commit, the one that they were squashed to, or
// those that a rebase wrote anew.
func (m *material) push(p Change, landing int32) map[string]time.Time {
	list := map[string]time.Time{p.LandingSHA: p.MergedAt}
	if landing < 0 {
		return list
	}
	record := func(n int32) {
		c := m.graph.commits[n]
		list[c.SHA] = known(c.CommitterDate, c.AuthorDate)
	}
	record(landing)
	if len(m.graph.commits[landing].Parents) > 1 {
		for _, n := range m.graph.between(m.graph.firstParent(landing), landing) {
			record(n)
		}
		return list
	}
	dates := map[int64]int{}
	for _, c := range p.Commits {
		dates[c.AuthorDate.Unix()]++
	}
	for n := landing; n >= 0 && len(m.graph.commits[n].Parents) == 1; n = m.graph.firstParent(n) {
		date := m.graph.commits[n].AuthorDate.Unix()
		if dates[date] == 0 {
			break
		}
		dates[date]--
		record(n)
	}
	return list
}

func (f *fourKeys) frequency(in span, _ bool) Figure {
	return figure(median(f.weekly(f.list, in)), len(within(f.list, in, shippedAt)), NoData)
}

func (f *fourKeys) leadTime(in span, _ bool) Figure {
	if f.guessed > 0 && f.guessed == len(within(f.list, f.span, shippedAt)) {
		return Figure{Reason: NotInSource}
	}
	values := valuesIn(f.rows, in)
	return or0(median(values), len(values))
}

func (f *fourKeys) failRate(in span, _ bool) Figure {
	if !f.known {
		return Figure{Reason: NotInSource}
	}
	n := len(within(f.list, in, shippedAt))
	if n == 0 {
		return or0(Number{}, 0)
	}
	return Figure{Value: Num(float64(len(valuesIn(f.links, in))) / float64(n)), N: n}
}

func (f *fourKeys) recovery(in span, _ bool) Figure {
	if !f.known {
		return Figure{Reason: NotInSource}
	}
	values := valuesIn(f.restore, in)
	return figure(median(values), len(values), NoData)
}

// gitLab follows GitLab: doc/user/analytics/dora_metrics.md and
// app/services/deployments/link_merge_requests_service.rb of gitlabhq/gitlabhq,
// and ee/app/models/dora/ (each metric has its file) with
// ee/app/services/dora/aggregate_metrics_service.rb, which copies such as
// diffblue/gitlab have.
type gitLab struct {
	*material
	list  []shipment
	leads []timed
	times []timed // of incidents, at their end
}

func newGitLab(m *material) peerReader {
	g := &gitLab{material: m}
	for _, a := range m.attempts {
		if how, at := a.outcome(); how == succeeded {
			g.list = append(g.list, m.shipment(a, at))
		}
	}
	sortShipments(g.list)
	landed := map[string][]Change{}
	for _, p := range m.pulls {
		landed[p.LandingSHA] = append(landed[p.LandingSHA], p)
	}
	linked := map[string]bool{} // to an environment, once
	link := func(p Change, s shipment) {
		key := strings.Join([]string{s.environment, p.Repo, p.ID}, "\x00")
		if !linked[key] {
			linked[key] = true
			g.leads = append(g.leads, timed{s.at, max(0, seconds(p.MergedAt, s.at))})
		}
	}
	steps(g.list, func(before, s shipment) {
		if before.key == "" {
			for _, p := range m.pulls {
				if p.Repo == s.repo && s.ref != "" && p.BaseRef == s.ref && !p.MergedAt.After(s.at) {
					link(p, s)
				}
			}
			return
		}
		for _, n := range m.graph.between(before.node, s.node) {
			for _, p := range landed[m.graph.commits[n].SHA] {
				link(p, s)
			}
		}
	})
	if len(m.pulls) == 0 {
		m.remark("C1", "it counts merge requests, and the events have none")
	}
	for _, i := range m.incidents {
		if !i.ResolvedAt.IsZero() {
			g.times = append(g.times, timed{i.ResolvedAt, seconds(i.OpenedAt, i.ResolvedAt)})
		}
	}
	return g
}

func (g *gitLab) frequency(in span, _ bool) Figure {
	n := len(within(g.list, in, shippedAt))
	return Figure{Value: Num(float64(n) / float64(g.dates(in))), N: n}
}

func (g *gitLab) leadTime(in span, _ bool) Figure {
	switch {
	case len(g.pulls) == 0:
		return Figure{Reason: NotInSource}
	case g.cut:
		return Figure{Reason: NotMeasured}
	}
	v, n := g.medianOfDays(g.leads, in)
	return figure(v, n, NoData)
}

func (g *gitLab) failRate(in span, _ bool) Figure {
	if !g.known {
		return Figure{Reason: NotInSource}
	}
	n, opened := len(within(g.list, in, shippedAt)), 0
	for _, i := range g.incidents {
		if in.has(i.OpenedAt) {
			opened++
		}
	}
	if n == 0 && opened == 0 {
		return Figure{Reason: NoData}
	}
	return Figure{Value: Num(float64(opened) / float64(max(n, 1))), N: n}
}

func (g *gitLab) recovery(in span, _ bool) Figure {
	if !g.known {
		return Figure{Reason: NotInSource}
	}
	v, n := g.medianOfDays(g.times, in)
	return figure(v, n, NoData)
}

// middleware follows middlewarehq/middleware, below
// backend/analytics_server/mhq/service/: deployments/analytics.py,
// deployments/deployment_pr_mapper.py, merge_to_deploy_broker/mtd_handler.py,
// code/lead_time.py, code/sync/etl_code_analytics.py, incidents/incidents.py and
// workflows/sync/etl_github_actions_handler.py. For a service whose merges stand
// in for deployments, its own proxy is each merged pull request.
type middleware struct {
	*material
	list  []shipment // failed ones too
	live  []shipment
	leads []timed // at the merge
	hit   map[int]bool
	times []timed // of incidents, at their end
}

func newMiddleware(m *material) peerReader {
	w := &middleware{material: m, hit: map[int]bool{}}
	if m.Source == Merge {
		for _, p := range m.pulls {
			at := p.MergedAt.UTC()
			w.list = append(w.list, shipment{key: p.Repo + "\x00" + p.ID, repo: p.Repo, ref: p.BaseRef, began: at, at: at, succeeded: true})
		}
	} else {
		w.run()
	}
	sortShipments(w.list)
	for _, s := range w.list {
		if s.succeeded {
			w.live = append(w.live, s)
		}
	}
	if len(m.pulls) == 0 {
		m.remark("C1", "it counts pull requests, and the events have none")
	}
	w.deliver()
	covered := func(s shipment) bool { return m.span.has(s.at) }
	for _, i := range m.incidents {
		if at := latest(w.list, i.OpenedAt, true); at >= 0 && covered(w.list[at]) && m.span.has(i.OpenedAt) {
			w.hit[at] = true
		}
		if !i.ResolvedAt.IsZero() {
			w.times = append(w.times, timed{i.ResolvedAt, seconds(i.OpenedAt, i.ResolvedAt)})
		}
	}
	return w
}

// run lists the runs: each once, as its last attempt was, at its start.
func (w *middleware) run() {
	last := map[string]attempt{}
	var keys []string
	for _, a := range w.attempts {
		key := strings.Join([]string{a.Service, a.Repo, a.Environment, cmp.Or(a.ID, a.key)}, "\x00")
		if old, seen := last[key]; !seen {
			keys = append(keys, key)
		} else if old.Attempt > a.Attempt {
			continue
		}
		last[key] = a
	}
	for _, key := range keys {
		a := last[key]
		how, at := a.outcome()
		if began := known(known(a.CreatedAt, at), a.began()); !began.IsZero() {
			s := w.shipment(a, began)
			s.succeeded = how == succeeded
			w.list = append(w.list, s)
		}
	}
}

// deliver gives each pull request to the first successful run that starts after
// its merge, on its branch or on one that its branch was merged to.
func (w *middleware) deliver() {
	bases := map[string]bool{}
	for _, p := range w.pulls {
		bases[p.Repo+"\x00"+p.BaseRef] = true
	}
	slices.SortStableFunc(w.pulls, func(a, b Change) int { return a.MergedAt.Compare(b.MergedAt) })
	done := map[int]time.Time{}
	var open []int // merged, and not delivered yet
	next := 0
	for _, s := range w.live {
		if w.Source == Merge {
			break
		}
		for ; next < len(w.pulls) && !w.pulls[next].MergedAt.After(s.at); next++ {
			open = append(open, next)
		}
		last := map[string]time.Time{} // merge of each branch into another
		into := map[string][]int{}
		for _, i := range open {
			p := w.pulls[i]
			if p.Repo != s.repo {
				continue
			}
			base := p.BaseRef
			if !bases[s.repo+"\x00"+s.ref] { // a tag, or a source that names no branch: it carries them all
				base = s.ref
			}
			into[base] = append(into[base], i)
			last[p.HeadRef] = later(last[p.HeadRef], p.MergedAt)
		}
		last[s.ref] = s.at
		seen := map[string]bool{}
		for queue := []string{s.ref}; len(queue) > 0; queue = queue[1:] {
			branch := queue[0]
			if seen[branch] {
				continue
			}
			seen[branch] = true
			for _, i := range into[branch] {
				if p := w.pulls[i]; !p.MergedAt.After(last[branch]) {
					done[i] = s.at
					queue = append(queue, p.HeadRef)
				}
			}
		}
		open = slices.DeleteFunc(open, func(i int) bool { return !done[i].IsZero() })
	}
	for i, p := range w.pulls {
		deployed, ok := done[i]
		if w.Source == Merge {
			deployed, ok = p.MergedAt, true
		}
		if !ok {
			continue
		}
		var first time.Time
		for _, c := range p.Commits {
			if at := known(c.CommitterDate, c.AuthorDate); first.IsZero() || at.Before(first) {
				first = at
			}
		}
		lead := seconds(p.MergedAt, deployed)
		if !first.IsZero() {
			lead += max(0, seconds(first, p.CreatedAt))
		}
		if u := newPull(&p, -1, time.Time{}); u.reviewed {
			lead += seconds(u.ready, u.review) + max(0, seconds(u.review, p.MergedAt))
		}
		w.leads = append(w.leads, timed{p.MergedAt, lead})
	}
}

func (w *middleware) frequency(in span, _ bool) Figure {
	if w.Source == Merge && len(w.pulls) == 0 {
		return Figure{Reason: NotInSource}
	}
	n := len(within(w.live, in, shippedAt))
	each := n / max(1, len(w.slots(in, Week)))
	return Figure{Value: count(max(each, n/max(1, w.dates(in))*7)), N: n}
}

func (w *middleware) leadTime(in span, _ bool) Figure {
	if len(w.pulls) == 0 {
		return Figure{Reason: NotInSource}
	}
	values := valuesIn(w.leads, in)
	return or0(average(values), len(values))
}

func average(values []int64) Number {
	if len(values) == 0 {
		return Number{}
	}
	return Num(mean(values))
}

func (w *middleware) failRate(in span, _ bool) Figure {
	if !w.known || w.Source == Merge && len(w.pulls) == 0 {
		return Figure{Reason: NotInSource}
	}
	n, hit := 0, 0
	for i, s := range w.list {
		if in.has(s.at) {
			n++
			if w.hit[i] {
				hit++
			}
		}
	}
	return Figure{Value: Num(float64(hit) / float64(max(n, 1))), N: n}
}

func (w *middleware) recovery(in span, _ bool) Figure {
	if !w.known {
		return Figure{Reason: NotInSource}
	}
	values := valuesIn(w.times, in)
	return figure(average(values), len(values), NoData)
}

// WriteJSON writes the comparison as Report.WriteJSON does the report.
func (c Comparison) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return fmt.Errorf("write comparison as JSON: %w", err)
	}
	return nil
}

// MarshalJSON writes the comparison with its keys in order.
func (c Comparison) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Schema   string            `json:"schema"`
		Peer     Peer              `json:"peer"`
		AsOf     instant           `json:"as_of"`
		TimeZone string            `json:"time_zone"`
		By       By                `json:"by"`
		Services []ServiceCompared `json:"services"`
	}{c.Schema, c.Peer, instant(c.AsOf), c.TimeZone, c.By, c.Services})
}

// MarshalJSON writes the period with its keys in order.
func (p PeriodCompared) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Period              *string  `json:"period"`
		From                instant  `json:"from"`
		To                  instant  `json:"to"`
		Partial             bool     `json:"partial"`
		DeploymentFrequency Compared `json:"deployment_frequency"`
		LeadTime            Compared `json:"lead_time"`
		ChangeFailRate      Compared `json:"change_fail_rate"`
		RecoveryTime        Compared `json:"recovery_time"`
	}{p.Period, instant(p.From), instant(p.To), p.Partial, p.DeploymentFrequency, p.LeadTime, p.ChangeFailRate, p.RecoveryTime})
}

// WriteTable writes the comparison for people, within 80 columns: the value of
// the peer and ours side by side, then why they differ.
func (c Comparison) WriteTable(w io.Writer) error {
	t := &tableWriter{w: bufio.NewWriter(w), zone: c.TimeZone, by: c.By}
	for _, s := range c.Services {
		t.compared(string(c.Peer), s)
	}
	if len(c.Services) == 0 {
		fmt.Fprintln(t.w, "No service: the events name none.")
	}
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write comparison as table: %w", err)
	}
	return nil
}

// often says in words what the frequency of a table counts.
var often = map[Unit]string{
	DaysPerWeek: "days with a deployment a week",
	PerWeek:     "deployments a week",
	PerDay:      "deployments a day",
}

func (t *tableWriter) compared(peer string, s ServiceCompared) {
	if t.begun {
		fmt.Fprintln(t.w)
	}
	t.begun, t.partial, t.reasons = true, false, map[Reason]bool{}
	t.wrap("", fmt.Sprintf("%s · %s · source: %s · as %s counts · by %s in %s", legible(s.Service), legible(s.Environment), s.Source, peer, t.by, t.zone))
	if s.Sample {
		t.wrap("", "Sample data: these deliveries are made up.")
	}
	fmt.Fprintln(t.w)
	const layout = "%-10s %6s %6s %9s %9s %6s %6s %9s %9s\n"
	fmt.Fprintf(t.w, "%-10s %13s %19s %13s %19s\n", "", "how often", "lead time", "fail rate", "recovery time")
	fmt.Fprintf(t.w, layout, string(t.by), "theirs", "ours", "theirs", "ours", "theirs", "ours", "theirs", "ours")
	for _, p := range append(s.Periods[:len(s.Periods):len(s.Periods)], s.Overall) {
		label := "all"
		if p.Period != nil {
			label = *p.Period
		}
		if p.Partial {
			label += " ~"
			t.partial = true
		}
		row := []any{label}
		for _, m := range p.metrics() {
			row = append(row, t.cell(m.Value, m.Reason, m.show), t.cell(m.Ours.Value, m.Ours.Reason, m.show))
		}
		fmt.Fprintf(t.w, layout, row...)
	}
	fmt.Fprintln(t.w)
	names := [...]string{"how often, in " + often[s.Overall.DeploymentFrequency.Unit], "lead time", "fail rate", "recovery time"}
	for i, m := range s.Overall.metrics() {
		t.wrap("", fmt.Sprintf("%s (n = %d, ours %d):", names[i], m.N, m.Ours.N))
		for _, b := range m.Because {
			t.wrap("  ", b.Rule+": "+b.Text)
		}
	}
	var legend []string
	for _, m := range marks {
		if t.reasons[m.reason] {
			legend = append(legend, "—"+m.mark+" "+m.text)
		}
	}
	if t.partial {
		legend = append(legend, "~ partial")
	}
	if len(legend) > 0 {
		t.wrap("", strings.Join(legend, " · "))
	}
}

func (p PeriodCompared) metrics() [4]Compared {
	return [...]Compared{p.DeploymentFrequency, p.LeadTime, p.ChangeFailRate, p.RecoveryTime}
}

// show writes a value in its unit.
func (c Compared) show(v float64) string {
	switch c.Unit {
	case Seconds:
		return humanSeconds(v)
	case Ratio:
		return share(v)
	}
	return plainNumber(v)
}
