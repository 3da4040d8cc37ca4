package dora

import (
	"cmp"
	"errors"
	"fmt"
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
