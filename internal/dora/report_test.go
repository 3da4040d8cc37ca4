package dora

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func asJSON(t *testing.T, r Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMetrics_F2_ZeroIsNotNull(t *testing.T) {
	t.Parallel()
	w := line()
	w.deploy("a", "v1", 30)       // Tuesday of week 1
	w.deploy("b", "v2", 15*24)    // Tuesday of week 3
	w.covered(-7*24, 3*7*24+2*24) // from a week before to Wednesday of week 4
	r := Compute([]Snapshot{w.snapshot()}, Options{From: hour(-7 * 24), To: hour(5 * 7 * 24)}).Services[0]
	tests := []struct {
		name    string
		count   float64
		exists  bool
		partial bool
		reason  Reason // of lead time
	}{
		{"2026-W01", 0, false, true, OutsideCoverage}, // before the first deployment
		{"2026-W02", 1, true, true, NoData},           // begins with the baseline
		{"2026-W03", 0, true, false, NoData},          // nothing happened: 0
		{"2026-W04", 1, true, false, NoData},          // one change: no interval
		{"2026-W05", 0, true, true, NoData},           // ends with the data
		{"2026-W06", 0, false, true, OutsideCoverage},
	}
	if len(r.Periods) != len(tests) {
		t.Fatalf("%d periods, want %d", len(r.Periods), len(tests))
	}
	for i, test := range tests {
		p := r.Periods[i]
		v, ok := p.Deployments.Count.Get()
		if *p.Period != test.name || ok != test.exists || v != test.count || p.Partial != test.partial || p.LeadTime.Reason != test.reason {
			t.Errorf("period %s: count %v (exists: %v), partial %v, lead time %q; want %+v", *p.Period, v, ok, p.Partial, p.LeadTime.Reason, test)
		}
		if _, rated := p.Deployments.PerWeek.Get(); rated == test.partial {
			t.Errorf("period %s: rate exists: %v, want only in complete weeks", *p.Period, rated)
		}
	}
	d := r.Overall.Deployments
	wantNumber(t, "rate over the two complete weeks", d.PerWeek, 0.5)
	wantNumber(t, "median of days", d.MedianDaysPerWeek, 0.5)
	wantNumber(t, "gap", d.MedianGap, (15*24-30)*3600)
	wantNumber(t, "one change", r.Periods[3].LeadTime.P50, (15*24-1)*3600)
	wantNone(t, "its interval", r.Periods[3].LeadTime.Low)

	since := Compute([]Snapshot{w.snapshot(func(s *Service) { s.Since = hour(-7 * 24) })}, Options{}).Services[0]
	wantNumber(t, "with since, the week before the first deployment", since.Periods[0].Deployments.Count, 0)
}

func TestMetrics_X0_FailuresAreNotMeasured(t *testing.T) {
	t.Parallel()
	w := line()
	w.deploy("a", "v1", 1)
	w.deploy("b", "v2", 2)
	p := w.report().Overall
	if p.ChangeFailRate.Reason != NotMeasured || p.RecoveryTime.Reason != NotMeasured || p.ReworkRate.Reason != NotMeasured {
		t.Errorf("reasons = %q, %q, %q, want not_measured", p.ChangeFailRate.Reason, p.RecoveryTime.Reason, p.ReworkRate.Reason)
	}
	wantNone(t, "change fail rate", p.ChangeFailRate.Value)
	wantNone(t, "recovery time", p.RecoveryTime.P50)
	wantNone(t, "rework rate", p.ReworkRate.Value)
}

func TestMetrics_G6_ShallowCloneHasNoLeadTime(t *testing.T) {
	t.Parallel()
	w := line()
	w.deploy("a", "v1", 1)
	w.deploy("b", "v2", 2)
	s := Service{Name: "shop", Source: Tags, Repos: []string{"shop"}}
	c := Coverage{Status: Partial, From: hour(0), To: hour(5), Reasons: []string{ShallowClone}}
	r := Compute([]Snapshot{NewSnapshot(s, c, hour(5), w.Events)}, Options{}).Services[0]
	wantNumber(t, "deployments", r.Overall.Deployments.Count, 2)
	if l := r.Overall.LeadTime; l.N != 0 || l.Reason != NotMeasured || l.Waiting.Reason != NotMeasured || l.Stages.Deploy.Reason != NotMeasured {
		t.Errorf("lead time = %+v, want not measured", l)
	}
	if f := finding(r, "DQ07"); !strings.Contains(f.Hint, "fetch-depth: 0") {
		t.Errorf("DQ07 = %+v, want a hint with fetch-depth: 0", f)
	}
}

func TestMetrics_G7_NoTagIsNoData(t *testing.T) {
	t.Parallel()
	w := line()
	s := Service{Name: "shop", Source: Tags, Repos: []string{"shop"}}
	c := Coverage{Status: Complete, From: hour(0), To: hour(5), Reasons: []string{NoTag}}
	r := Compute([]Snapshot{NewSnapshot(s, c, hour(5), w.Events)}, Options{}).Services[0]
	wantNone(t, "deployments", r.Overall.Deployments.Count)
	if r.Overall.Deployments.Reason != NoData || len(r.Periods) != 1 || finding(r, "DQ18").Count != 1 {
		t.Errorf("report = %+v, want no_data, one week and DQ18", r)
	}
}

func TestCompute_WithoutCoverageNothingHasAValue(t *testing.T) {
	t.Parallel()
	w := line()
	w.deploy("a", "v1", 1)
	for _, c := range []Coverage{{}, {Status: Uncovered, From: hour(0), To: hour(5)}, {Status: Complete}} {
		s := Service{Name: "shop", Source: File, Repos: []string{"shop"}}
		r := Compute([]Snapshot{NewSnapshot(s, c, hour(5), w.Events)}, Options{}).Services[0]
		wantNone(t, fmt.Sprintf("deployments with coverage %+v", c), r.Overall.Deployments.Count)
		if finding(r, "DQ07").Count != 1 {
			t.Errorf("coverage %+v: findings %+v, want DQ07", c, r.Findings)
		}
	}
}

func TestCompute_Empty(t *testing.T) {
	t.Parallel()
	r := Compute(nil, Options{})
	text := asJSON(t, r)
	for _, want := range []string{`"as_of": null`, `"teams": []`, `"services": []`, `"periods": []`, `"findings": []`, `"reasons": []`, `"reason": "outside_coverage"`} {
		if !strings.Contains(text, want) {
			t.Errorf("JSON of no snapshot lacks %s:\n%s", want, text)
		}
	}
	for _, write := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return r.WriteCSV(b) }, func(b *bytes.Buffer) error { return r.WriteTable(b) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil || b.Len() == 0 {
			t.Errorf("writing no snapshot: %q, %v; want text", b.String(), err)
		}
	}
	var e Events
	if got := e.AsOf(); !got.IsZero() {
		t.Errorf("AsOf of no events = %s, want zero", got)
	}
	s := Service{Name: "x", Source: File}
	one := Compute([]Snapshot{NewSnapshot(s, e.Coverage(s), e.AsOf(), e)}, Options{})
	wantNone(t, "deployments of nothing", one.Services[0].Overall.Deployments.Count)
}

func TestCompute_OneDeployment(t *testing.T) {
	t.Parallel()
	w := line()
	w.deploy("a", "v1", 1)
	r := w.report()
	wantNumber(t, "count", r.Overall.Deployments.Count, 1)
	wantNone(t, "gap", r.Overall.Deployments.MedianGap)
	wantNone(t, "rate", r.Overall.Deployments.PerWeek)
	if l := r.Overall.LeadTime; l.N != 0 || l.Reason != NoData || l.Stages.Coding.Reason != NotInSource {
		t.Errorf("lead time = %+v, want no data, and stages not in the source", l)
	}
}

func TestCompute_DeploymentsWithoutHistory(t *testing.T) {
	t.Parallel()
	w := &world{}
	for i := range 8 {
		w.deploy(fmt.Sprint(i), fmt.Sprintf("sha%d", i), float64(24*i))
	}
	r := w.report()
	wantNumber(t, "count", r.Overall.Deployments.Count, 8)
	if r.Overall.LeadTime.Reason != NotInSource || finding(r, "DQ01").Count != 0 {
		t.Errorf("lead time %q and findings %+v, want not_in_source and no DQ01", r.Overall.LeadTime.Reason, r.Findings)
	}
	if r.Coverage.Status != Partial || !slices.Equal(r.Coverage.Reasons, []string{NoCoverageRecord}) {
		t.Errorf("coverage = %+v, want partial without record", r.Coverage)
	}
}

// busy is a made-up history with branches, duplicates, failures and odd clocks.
func busy(seed uint64) *world {
	random := rand.New(rand.NewPCG(seed, 1))
	w := &world{}
	heads := []string{"c0"}
	w.commit("c0", 0)
	for i := 1; i < 400; i++ {
		sha := fmt.Sprintf("c%d", i)
		parents := []string{heads[random.IntN(len(heads))]}
		if random.IntN(5) == 0 {
			parents = append(parents, heads[random.IntN(len(heads))])
		}
		at := float64(i * 3)
		w.commit(sha, at, parents...)
		if random.IntN(20) == 0 {
			w.Commits[i].AuthorDate = hour(at + 1)
		}
		if len(heads) < 4 && random.IntN(3) == 0 {
			heads = append(heads, sha)
		} else {
			heads[random.IntN(len(heads))] = sha
		}
		if random.IntN(6) == 0 {
			d := w.deploy(fmt.Sprintf("d%d", i), fmt.Sprintf("c%d", random.IntN(i+1)), at+random.Float64())
			d.FinishedAt = d.FinishedAt.Truncate(time.Second)
			d.CreatedAt = d.FinishedAt
			d.Status = []Status{Success, Success, Success, Failure, Unknown}[random.IntN(5)]
		}
	}
	w.covered(0, 1300)
	return w
}

func TestMetrics_T2_OrderAndDuplicatesDoNotMatter(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		w := busy(seed)
		want := asJSON(t, Compute([]Snapshot{w.snapshot()}, Options{}))
		random := rand.New(rand.NewPCG(seed, 2))
		w.Commits = append(w.Commits, w.Commits[:50]...)
		w.Deployments = append(w.Deployments, w.Deployments[:10]...)
		w.Collected = append(w.Collected, w.Collected...)
		random.Shuffle(len(w.Commits), func(i, j int) { w.Commits[i], w.Commits[j] = w.Commits[j], w.Commits[i] })
		random.Shuffle(len(w.Deployments), func(i, j int) { w.Deployments[i], w.Deployments[j] = w.Deployments[j], w.Deployments[i] })
		if got := asJSON(t, Compute([]Snapshot{w.snapshot()}, Options{})); got != want {
			t.Fatalf("seed %d: shuffled and doubled events give another report:\n%s\nwant\n%s", seed, got, want)
		}
	}
}

func TestMetrics_T2_SplittingTheRangeLosesNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		w := busy(seed)
		s := []Snapshot{w.snapshot()}
		all := Compute(s, Options{}).Services[0]
		cut := all.Periods[len(all.Periods)/2].From
		left, right := Compute(s, Options{To: cut}).Services[0], Compute(s, Options{From: cut}).Services[0]
		for _, sum := range []struct {
			name string
			of   func(Period) int
		}{
			{"deployments", func(p Period) int { v, _ := p.Deployments.Count.Get(); return int(v) }},
			{"redeploys", func(p Period) int { v, _ := p.Deployments.Redeploys.Get(); return int(v) }},
			{"failed attempts", func(p Period) int { v, _ := p.Deployments.FailedAttempts.Get(); return int(v) }},
			{"lead time n", func(p Period) int { return p.LeadTime.N }},
		} {
			if a, b, c := sum.of(left.Overall), sum.of(right.Overall), sum.of(all.Overall); a+b != c {
				t.Errorf("seed %d: %s: %d before the cut and %d after it, want %d in all", seed, sum.name, a, b, c)
			}
			total := 0
			for _, p := range all.Periods {
				total += sum.of(p)
			}
			if total != sum.of(all.Overall) {
				t.Errorf("seed %d: %s: periods add up to %d, want %d", seed, sum.name, total, sum.of(all.Overall))
			}
		}
		for i, p := range append(slices.Clone(left.Periods), right.Periods...) {
			if a, b := fmt.Sprint(p.Deployments, p.LeadTime), fmt.Sprint(all.Periods[i].Deployments, all.Periods[i].LeadTime); a != b {
				t.Errorf("seed %d: %s alone = %s, want %s", seed, *p.Period, a, b)
			}
		}
	}
}

func TestMetrics_C2_AgreesWithSetsOfAncestors(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		w := busy(seed)
		s := w.snapshot()
		b := &book{}
		list := s.service.deploy(s.service.collect(s.events, s.asOf, b), b)
		g := newGraph(s.events, map[string]bool{"shop": true})
		for i := range list {
			list[i].node = g.node(list[i].sha)
		}
		seen := map[int32]bool{}
		var collect func(n int32) []int32
		collect = func(n int32) (fresh []int32) {
			if seen[n] {
				return nil
			}
			seen[n] = true
			fresh = append(fresh, n)
			for _, p := range g.parents[n] {
				fresh = append(fresh, collect(p)...)
			}
			return fresh
		}
		owner := g.reach(nodes(list))
		for i, d := range list {
			for _, n := range collect(d.node) {
				if owner[n] != int32(i) {
					t.Fatalf("seed %d: commit %s belongs to deployment %d, want %d", seed, g.commits[n].SHA, owner[n], i)
				}
			}
		}
		for a := range int32(40) { // ancestors, the slow way
			for b := range int32(40) {
				above := map[int32]bool{}
				var climb func(int32)
				climb = func(n int32) {
					for _, p := range g.parents[n] {
						if !above[p] {
							above[p] = true
							climb(p)
						}
					}
				}
				climb(b)
				if got := g.ancestor(a, b); got != above[a] {
					t.Fatalf("seed %d: ancestor(%s, %s) = %v, want %v", seed, g.commits[a].SHA, g.commits[b].SHA, got, above[a])
				}
			}
		}
	}
}

func TestGraph_CycleInAForgedFileEnds(t *testing.T) {
	t.Parallel()
	w := &world{}
	w.commit("a", 0, "c")
	w.commit("b", 1, "a")
	w.commit("c", 2, "b", "c")
	w.deploy("1", "a", 3)
	w.deploy("2", "b", 4)
	w.deploy("3", "c", 5)
	wantNumber(t, "deployments", w.report().Overall.Deployments.Count, 3)
}

func TestMetrics_S2_TeamsAndOrganisationArePooled(t *testing.T) {
	t.Parallel()
	w := &world{}
	snapshot := func(name, team string, hours ...float64) Snapshot {
		e := Events{Collected: []Collected{{Repo: name, From: hour(0), To: hour(2000)}}}
		parent := name + "-base"
		e.Commits = append(e.Commits, Commit{Repo: name, SHA: parent, AuthorDate: hour(0), CommitterDate: hour(0)})
		e.Deployments = append(e.Deployments, Deployment{ID: "base", Repo: name, SHA: parent, FinishedAt: hour(1), Status: Success})
		for i, h := range hours {
			sha := fmt.Sprintf("%s-%d", name, i)
			e.Commits = append(e.Commits, Commit{Repo: name, SHA: sha, Parents: []string{parent}, AuthorDate: hour(100), CommitterDate: hour(100)})
			e.Deployments = append(e.Deployments, Deployment{ID: sha, Repo: name, SHA: sha, FinishedAt: hour(100 + h), Status: Success})
			parent = sha
		}
		s := Service{Name: name, Team: team, Source: Tags, Repos: []string{name}}
		return NewSnapshot(s, e.Coverage(s), e.AsOf(), e)
	}
	r := Compute([]Snapshot{snapshot("web", "red", 1, 2, 30), snapshot("api", "red", 40), snapshot("job", "blue", 50)}, Options{})
	if len(r.Teams) != 2 || *r.Teams[0].Team != "blue" || *r.Teams[1].Team != "red" || *r.Services[0].Service != "api" {
		t.Fatalf("teams and services are not in the order of their names: %+v", r)
	}
	if r.Organisation.Service != nil || r.Teams[1].Service != nil || r.Organisation.Source != Tags {
		t.Errorf("organisation = %+v, want no service and the source tags", r.Organisation)
	}
	wantNumber(t, "red: median of 1, 2, 30, 40, not the mean of 2 and 40", r.Teams[1].Overall.LeadTime.P50, 16*3600)
	wantNumber(t, "organisation: median of all five", r.Organisation.Overall.LeadTime.P50, 30*3600)
	wantNumber(t, "organisation: deployments", r.Organisation.Overall.Deployments.Count, 8)

	// Two services that own the same repository: once in the total.
	w = line()
	w.deploy("a", "v1", 1)
	w.deploy("b", "v2", 2)
	one, other := w.snapshot(), w.snapshot(func(s *Service) { s.Name = "shop two" })
	r = Compute([]Snapshot{one, other}, Options{})
	wantNumber(t, "shared deployments", r.Organisation.Overall.Deployments.Count, 2)
	if n := r.Organisation.Overall.LeadTime.N; n != 1 {
		t.Errorf("shared changes = %d, want 1", n)
	}
}

func TestEvents_AsOfAndCoverage(t *testing.T) {
	t.Parallel()
	w := line()
	w.Commits[0].AuthorDate = time.Date(2038, 1, 1, 0, 0, 0, 0, time.UTC)
	w.deploy("a", "v1", 30)
	if got := w.AsOf(); !got.Equal(hour(30)) {
		t.Errorf("AsOf without coverage = %s, want the deployment's time %s", got, hour(30))
	}
	w.covered(0, 20)
	if got := w.AsOf(); !got.Equal(hour(20)) {
		t.Errorf("AsOf = %s, want the end of coverage %s", got, hour(20))
	}
	s := Service{Name: "shop", Repos: []string{"shop"}}
	w.Collected = []Collected{
		{Repo: "shop", Resource: "commits", From: hour(0), To: hour(10)},
		{Repo: "shop", Resource: "commits", From: hour(10), To: hour(30)},
		{Repo: "shop", Resource: "deployments", From: hour(5), To: hour(25)},
	}
	if got := w.Coverage(s); got.Status != Complete || !got.From.Equal(hour(5)) || !got.To.Equal(hour(25)) || len(got.Reasons) != 0 {
		t.Errorf("Coverage = %+v, want complete from hour 5 to 25", got)
	}
	w.Collected[1].From = hour(11)
	w.Collected[2].Status = string(Stale)
	if got := w.Coverage(s); got.Status != Stale || !slices.Equal(got.Reasons, []string{CollectionGap, CollectionPart}) {
		t.Errorf("Coverage with a gap and a stale part = %+v", got)
	}
}

func TestMetrics_Report_KeysAndNumbers(t *testing.T) {
	t.Parallel()
	w := landed("squash")
	text := asJSON(t, Compute([]Snapshot{w.snapshot()}, Options{Zone: zone(t, "Europe/Berlin"), By: Month}))
	last := -1
	for _, key := range []string{"schema", "as_of", "time_zone", "by", "organisation", "service", "team", "environment", "source",
		"coverage", "status", "overall", "period", "from", "to", "partial", "deployments", "count", "redeploys", "failed_attempts", "days", "per_week",
		"median_days_per_week", "median_gap", "lead_time", "n", "p50", "p75", "p90", "mean", "low", "high", "stages", "coding", "pickup", "review", "deploy",
		"waiting", "oldest", "median_age", "change_fail_rate", "failed", "value", "confirmed", "inferred", "recovery_time", "open", "rework_rate", "rework", "periods", "findings", "teams", "services"} {
		at := strings.Index(text[last+1:], `"`+key+`":`)
		if at < 0 {
			t.Fatalf("key %q is missing, or not in its place:\n%s", key, text)
		}
		last += 1 + at
	}
	var any map[string]any
	if err := json.Unmarshal([]byte(text), &any); err != nil {
		t.Fatal(err)
	}
	everyNullHasItsReason(t, "", any)
	if strings.Contains(text, "0001-01-01") {
		t.Errorf("a zero time is written:\n%s", text)
	}
	for v, want := range map[float64]string{1.0005: "1.001", 2.5: "2.5", 3: "3", 1e7 + 0.1236: "10000000.124"} {
		if got, _ := json.Marshal(Num(v)); string(got) != want {
			t.Errorf("JSON of %v = %s, want %s", v, got, want)
		}
	}
}

// everyNullHasItsReason walks the JSON of a report: where a figure is null, its
// object says why.
func everyNullHasItsReason(t *testing.T, path string, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			everyNullHasItsReason(t, path+"[]", item)
		}
	case map[string]any:
		_, reason := v["reason"]
		for key, item := range v {
			if item == nil && !reason && !slices.Contains([]string{"service", "team", "period"}, key) {
				t.Errorf("%s.%s is null without a reason", path, key)
			}
			everyNullHasItsReason(t, path+"."+key, item)
		}
	}
}

func TestMetrics_Report_CSV(t *testing.T) {
	t.Parallel()
	w := line()
	w.deploy("a", "v1", 1)
	w.deploy("b", "v2", 8*24)
	var b bytes.Buffer
	r := Compute([]Snapshot{w.snapshot(func(s *Service) { s.Name, s.Team = "=HYPERLINK(\"x\")", "@red" })}, Options{})
	if err := r.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 {
		t.Fatalf("%d rows, want a header and two weeks: %q", len(rows), rows)
	}
	cell := func(row int, column string) string {
		i := slices.Index(rows[0], column)
		if i < 0 {
			t.Fatalf("no column %q in %q", column, rows[0])
		}
		return rows[row][i]
	}
	for column, want := range map[string]string{
		"service": "'=HYPERLINK(\"x\")", "team": "'@red", "coverage_status": "partial", "coverage_reasons": NoCoverageRecord, "period": "2026-W03",
		"from": "2026-01-12T00:00:00Z", "partial": "true", "deployments_count": "1", "deployments_per_week": "", "deployments_reason": "outside_coverage",
		"lead_time_p50": "687600", "lead_time_low": "", "lead_time_stages_coding_n": "0", "lead_time_stages_coding_p50": "",
		"lead_time_waiting_n": "2", "change_fail_rate_value": "", "change_fail_rate_reason": "not_measured", "rework_rate_n": "0",
	} {
		if got := cell(2, column); got != want {
			t.Errorf("column %s = %q, want %q", column, got, want)
		}
	}
}

func TestMetrics_Report_Table(t *testing.T) {
	t.Parallel()
	w := landed("merge")
	w.deploy("c", "gone", 30)
	var b bytes.Buffer
	r := Compute([]Snapshot{w.snapshot(func(s *Service) { s.Name, s.Source, s.Sample = "shop\x1b[31m", Merge, true })}, Options{})
	if err := r.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for i, l := range strings.Split(text, "\n") {
		if n := utf8.RuneCountInString(l); n > 80 {
			t.Errorf("line %d has %d columns, want at most 80: %s", i+1, n, l)
		}
	}
	for _, want := range []string{`shop\u001b[31m`, "a proxy for deployments", "Sample data", "coverage partial", "2026-W02 ~", "20.0 h", "—¹ outside", "DQ01", "DQ11", "rework rate: not measured"} {
		if !strings.Contains(text, want) {
			t.Errorf("table lacks %q:\n%s", want, text)
		}
	}
	if strings.ContainsRune(text, 0x1b) {
		t.Errorf("table holds an escape character:\n%q", text)
	}
}

func TestHumanSeconds(t *testing.T) {
	t.Parallel()
	for s, want := range map[float64]string{0: "0 s", 45: "45 s", 312: "5.2 min", 12240: "3.4 h", 293760: "3.4 d", 30 * 86400: "30.0 d", 200 * 86400: "200 d", 1e9: "11574 d"} {
		if got := humanSeconds(s); got != want {
			t.Errorf("humanSeconds(%v) = %q, want %q", s, got, want)
		}
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, fmt.Errorf("disk full") }

func TestWriters_PassOnErrors(t *testing.T) {
	t.Parallel()
	w := line()
	w.deploy("a", "v1", 1)
	r := Compute([]Snapshot{w.snapshot()}, Options{})
	for name, err := range map[string]error{"JSON": r.WriteJSON(failingWriter{}), "CSV": r.WriteCSV(failingWriter{}), "table": r.WriteTable(failingWriter{})} {
		if err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s on a full disk: error %v, want it to say so", name, err)
		}
	}
}
