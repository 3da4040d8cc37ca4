package dora

import (
	"math"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// Answer is where a value stands among the six answers of DORA's survey, worst
// to best, with the score that goes with it (metrics/B1). It compares nothing by
// itself: the survey asks people, and about a service as they see it.
type Answer struct {
	Step  int     // 1 to 6; 0 for a rate, which has a score alone
	Words string  // "one day to one week"; "" for a rate
	Score float64 // 0 to 10
	Mean  Number  // of all industries in the Quick Check
	Rate  Number  // the mean of a rate itself, 0 to 1
}

// ScaleSource is what an Answer is taken from; it stands beside each.
const ScaleSource = "DORA Quick Check, 2025 edition, all industries"

// durationAnswers are the borders of lead time and recovery, best first, each
// exclusive (metrics/B1; a month has 730 hours there, half a year 4,380).
var durationAnswers = []struct {
	hours float64
	words string
}{
	{1, "less than one hour"}, {24, "one hour to one day"}, {168, "one day to one week"}, {730, "one week to one month"}, {4380, "one month to six months"},
}

// AnswerOf is the answer that a value of the overall period stands for; false
// where there is none, or the sample is small (metrics/S4). Merges are no
// deployments: what they stand in for has no answer (metrics/D1).
func AnswerOf(m handbook.Metric, source Source, p Period) (a Answer, ok bool) {
	duration := func(n Number, mean float64) (Answer, bool) {
		v, known := n.Get()
		if !known {
			return Answer{}, false
		}
		a := Answer{Step: 1, Words: "more than six months", Mean: Num(mean)}
		for i, border := range durationAnswers {
			if v < border.hours*3600 {
				a.Step, a.Words = 6-i, border.words
				break
			}
		}
		a.Score = float64(2 * (a.Step - 1))
		return a, true
	}
	rate := func(n Number, of int, mean float64) (Answer, bool) {
		v, known := n.Get()
		if !known || of < 10 {
			return Answer{}, false
		}
		return Answer{Score: 10 - float64(10*v), Rate: Num(mean)}, true
	}
	switch m {
	case handbook.LeadTime:
		if source == Merge || p.LeadTime.N < 6 {
			return a, false
		}
		return duration(p.LeadTime.P50, 5.5)
	case handbook.RecoveryTime:
		if p.RecoveryTime.N < 6 {
			return a, false
		}
		return duration(p.RecoveryTime.P50, 7.4)
	case handbook.ChangeFailRate:
		return rate(p.ChangeFailRate.Value, p.ChangeFailRate.N, .19)
	case handbook.ReworkRate:
		return rate(p.ReworkRate.Value, p.ReworkRate.N, .22)
	case handbook.DeploymentFrequency:
		r, known := p.Deployments.PerWeek.Get()
		if !known || source == Merge {
			return a, false
		}
		a = frequencyAnswer(r)
		a.Mean = Num(4.8)
		return a, true
	}
	return a, false
}

// frequencyAnswer reads the six answers from a rate a week, with five working
// days in it. The survey leaves the border between the last two open; two
// deployments a working day are taken for "on demand" (metrics/B1).
func frequencyAnswer(perWeek float64) Answer {
	const hours = 168
	steps := []struct {
		least float64 // a week
		words string
	}{
		{10, "on demand, several times a day"}, {5, "between once an hour and once a day"}, {1, "between once a day and once a week"},
		{hours / 730.0, "between once a week and once a month"}, {hours / 4380.0, "between once a month and once in six months"},
	}
	for i, s := range steps {
		if perWeek >= s.least {
			return Answer{Step: 6 - i, Words: s.words, Score: float64(2 * (5 - i))}
		}
	}
	return Answer{Step: 1, Words: "less than once in six months"}
}

// A Scale is what values may be held against, for those who ask for it.
type Scale string

// The scales. The first is what pages show unless they are told otherwise.
const (
	Scale2025 Scale = "dora-2025" // the six answers of the survey (metrics/B1)
	Scale2024 Scale = "dora-2024" // the clusters of that year (metrics/B2)
	Scale2023 Scale = "dora-2023"
	NoScale   Scale = "none"
)

// level is one cluster of DORA's reports: hours of lead time and recovery,
// deployments a week, both from and to, and the fail rate in percent.
type level struct {
	name                      string
	lead, recovery, frequency [2]float64
	failed                    float64
}

const (
	aMonth    = 730.0  // hours
	halfAYear = 4380.0 // hours
	always    = 1e9
)

// clusters are those of the reports, best first (metrics/B2). A fail rate of
// 2024 is not in order: the medium cluster's is lower than the high one's.
var clusters = map[Scale][]level{
	Scale2023: {
		{"elite", [2]float64{0, 24}, [2]float64{0, 1}, [2]float64{10, always}, 5},
		{"high", [2]float64{24, 168}, [2]float64{1, 24}, [2]float64{1, 10}, 10},
		{"medium", [2]float64{168, aMonth}, [2]float64{24, 168}, [2]float64{168 / aMonth, 1}, 15},
		{"low", [2]float64{168, aMonth}, [2]float64{aMonth, halfAYear}, [2]float64{168 / aMonth, 1}, 64},
	},
	Scale2024: {
		{"elite", [2]float64{0, 24}, [2]float64{0, 1}, [2]float64{10, always}, 5},
		{"high", [2]float64{24, 168}, [2]float64{1, 24}, [2]float64{1, 10}, 20},
		{"medium", [2]float64{168, aMonth}, [2]float64{1, 24}, [2]float64{168 / aMonth, 1}, 10},
		{"low", [2]float64{aMonth, halfAYear}, [2]float64{168, aMonth}, [2]float64{168 / halfAYear, 168 / aMonth}, 40},
	},
}

// Nearest names the clusters of an earlier report that a value of the overall
// period is nearest to, best first; several where they say the same. It is
// empty where AnswerOf has none either, and for the rework rate, which those
// reports do not have. One metric says nothing of the others: there is no level
// of a service (metrics/B2, B3).
func Nearest(scale Scale, m handbook.Metric, source Source, p Period) []string {
	if _, ok := AnswerOf(m, source, p); !ok || m == handbook.ReworkRate {
		return nil
	}
	distance := func(l level) float64 {
		switch m {
		case handbook.LeadTime:
			v, _ := p.LeadTime.P50.Get()
			return outside(v/3600, l.lead)
		case handbook.RecoveryTime:
			v, _ := p.RecoveryTime.P50.Get()
			return outside(v/3600, l.recovery)
		case handbook.DeploymentFrequency:
			v, _ := p.Deployments.PerWeek.Get()
			return outside(v, l.frequency)
		}
		v, _ := p.ChangeFailRate.Value.Get()
		return math.Abs(float64(100*v) - l.failed)
	}
	best := math.Inf(1)
	var names []string
	for _, l := range clusters[scale] {
		switch d := distance(l); {
		case d < best:
			best, names = d, []string{l.name}
		case d == best:
			names = append(names, l.name)
		}
	}
	return names
}

// outside is how many times a value is below or above a range, as a logarithm; 0
// inside it. The upper border is exclusive.
func outside(v float64, in [2]float64) float64 {
	const least = 1e-3
	switch {
	case v < in[0]:
		return math.Log(in[0] / max(v, least))
	case v >= in[1]:
		return math.Log(v/in[1]) + 1e-9
	}
	return 0
}
