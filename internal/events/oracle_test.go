package events_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
)

// oracles is the folder of the independent answers, or skips the test.
func oracles(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("RUTTER_ORACLES")
	switch {
	case dir != "":
		return dir
	case os.Getenv("RUTTER_TEST_ALL") == "1":
		t.Fatal("RUTTER_TEST_ALL=1 asks for every test, but RUTTER_ORACLES does not name the folder of the independent answers")
	}
	t.Skip("not run: RUTTER_ORACLES does not name the folder of the independent answers")
	return ""
}

// answer is one of the figures of an oracle.
type answer struct {
	Deployments int `json:"deployments"`
	LeadTime    struct {
		N             int `json:"n"`
		P50, P75, P90 *float64
	} `json:"lead_time"`
}

// TestMetrics_G2_Oracles compares every month of two public projects with what
// an independent program worked out from git itself.
func TestMetrics_G2_Oracles(t *testing.T) {
	t.Parallel()
	dir := oracles(t)
	for _, name := range []string{"fzf", "caddy"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want struct {
				Service     string            `json:"service"`
				Redeploys   int               `json:"redeploys_not_counted"`
				Implausible int               `json:"implausible_author_dates"`
				Months      map[string]answer `json:"months"`
				Overall     answer            `json:"overall"`
			}
			text, err := os.ReadFile(filepath.Join(dir, name+".expected.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(filepath.Join(dir, name+".ndjson.gz"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			var l diag.List
			e, err := events.Parse(f, name, &l)
			if err != nil || l.Len() > 0 {
				t.Fatalf("parse: error %v and %d findings, want none; first %+v", err, l.Len(), l.All())
			}
			services := dora.Services(e)
			if len(services) != 1 || services[0].Name != want.Service || services[0].Source != dora.File {
				t.Fatalf("services = %+v, want only %s from file", services, want.Service)
			}
			s := services[0]
			r := dora.Compute([]dora.Snapshot{dora.NewSnapshot(s, e.Coverage(s), e.AsOf(), e)}, dora.Options{By: dora.Month})
			got := r.Services[0]
			if got.Coverage.Status != dora.Complete {
				t.Errorf("coverage = %+v, want complete", got.Coverage)
			}
			check(t, "overall", got.Overall, want.Overall)
			seen := 0
			for _, p := range got.Periods {
				if _, ok := want.Months[*p.Period]; ok {
					seen++
				}
				check(t, *p.Period, p, want.Months[*p.Period])
			}
			if seen != len(want.Months) {
				t.Errorf("report has %d of the %d months of the oracle", seen, len(want.Months))
			}
			if v, _ := got.Overall.Deployments.Redeploys.Get(); int(v) != want.Redeploys {
				t.Errorf("redeploys = %v, want %d", v, want.Redeploys)
			}
			odd := 0
			for _, f := range got.Findings {
				if f.Code == diag.ImplausibleDate {
					odd = f.Count
				}
			}
			if odd != want.Implausible {
				t.Errorf("implausible author dates = %d, want %d", odd, want.Implausible)
			}
		})
	}
}

func check(t *testing.T, name string, got dora.Period, want answer) {
	t.Helper()
	if v, _ := got.Deployments.Count.Get(); int(v) != want.Deployments {
		t.Errorf("%s: deployments = %v, want %d", name, v, want.Deployments)
	}
	if got.LeadTime.N != want.LeadTime.N {
		t.Errorf("%s: n = %d, want %d", name, got.LeadTime.N, want.LeadTime.N)
	}
	for _, q := range []struct {
		name string
		got  dora.Number
		want *float64
	}{{"p50", got.LeadTime.P50, want.LeadTime.P50}, {"p75", got.LeadTime.P75, want.LeadTime.P75}, {"p90", got.LeadTime.P90, want.LeadTime.P90}} {
		v, ok := q.got.Get()
		if ok != (q.want != nil) || ok && math.Abs(v-*q.want) > 1e-6 {
			t.Errorf("%s: %s = %v (%v), want %v", name, q.name, v, ok, q.want)
		}
	}
}
