package render_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// weekly is a service that delivers one change each Wednesday, a day after it
// was written, for twenty weeks up to a Sunday evening.
func weekly(sample bool) dora.Snapshot {
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) // a Monday
	var e dora.Events
	parent := []string(nil)
	for i := range 20 {
		at := start.AddDate(0, 0, 7*i+2).Add(12 * time.Hour)
		sha := fmt.Sprintf("c%02d", i)
		e.Commits = append(e.Commits, dora.Commit{Repo: "pay", SHA: sha, Parents: parent, AuthorDate: at.AddDate(0, 0, -1), CommitterDate: at.AddDate(0, 0, -1)})
		e.Deployments = append(e.Deployments, dora.Deployment{ID: sha, Service: "pay", Repo: "pay", SHA: sha, CreatedAt: at, FinishedAt: at, Status: dora.Success})
		parent = []string{sha}
	}
	end := start.AddDate(0, 0, 7*20).Add(-time.Second)
	return dora.NewSnapshot(dora.Service{Name: "pay", Source: dora.File, Repos: []string{"pay"}, Sample: sample},
		dora.Coverage{Status: dora.Complete, From: start, To: end}, end, e)
}

func servicePage() *handbook.Page {
	p := page("services/pay.md", "Payments", "<p>text</p>")
	p.Kind = handbook.Service
	p.Meta.Service = &handbook.ServiceMeta{}
	return p
}

func metric(id, stat string, last int) handbook.MetricRef {
	m := handbook.MetricRef{Inline: true, Service: handbook.Located{Value: "pay"}, Metric: handbook.Located{Value: id}, Stat: stat}
	if last > 0 {
		m.Last = handbook.Last{N: last, Unit: 'w'}
	}
	return m
}

func TestValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		ref         handbook.MetricRef
		sample      bool
		text, title string
	}{
		{metric("deployment_frequency", "", 4), false, "1 a week", "deployments a week · pay · 27 Apr – 24 May 2026 · 4 deployments · source: event file · data as of 24 May 2026, 23:59 (UTC) · coverage: complete, 5 Jan – 24 May 2026 · none left out"},
		{metric("deployment_frequency", "count", 4), false, "4 deployments", "deployments · pay · 27 Apr – 24 May 2026"},
		{metric("lead_time", "", 4), false, "24 h", "median of change lead time · pay · 27 Apr – 24 May 2026 · n = 4"},
		{metric("lead_time", "n", 1), true, "1 change (sample)", "changes delivered · pay · 18–24 May 2026 · n = 1"},
		{metric("lead_time.review", "", 4), false, "not in the source", ""},
		{metric("change_fail_rate", "", 4), false, "not measured", ""},
	} {
		p := page("a.md", "A", "<p>[[⟦value 0⟧]]</p>")
		p.Body.Metrics = []handbook.MetricRef{tt.ref}
		tree := &handbook.Tree{Name: "t", Pages: []*handbook.Page{p, servicePage()}}
		files, _ := build(t, tree, site.Options{}, map[string]dora.Snapshot{"pay": weekly(tt.sample)}, nil)
		got := between(t, files["a/index.html"], "[[", "]]")
		if !strings.HasPrefix(got, `<a class="value" href="../services/pay/" title="`) || !strings.HasSuffix(got, ">"+tt.text+"</a>") || !strings.Contains(got, tt.title) {
			t.Errorf("%s %s: got %s, want %q and %q", tt.ref.Metric.Value, tt.ref.Stat, got, tt.text, tt.title)
		}
	}
}

func TestServicePage(t *testing.T) {
	t.Parallel()
	for _, sample := range []bool{false, true} {
		tree := &handbook.Tree{Name: "t", Pages: []*handbook.Page{servicePage()}}
		files, _ := build(t, tree, site.Options{}, map[string]dora.Snapshot{"pay": weekly(sample)}, nil)
		got := string(files["services/pay/index.html"])
		for _, want := range []string{"24 May 2026", "1 a week", "median of 19 changes, nine in ten under 24 h, last 19 whole weeks", "19 deployments, last 19 whole weeks", "not measured", `id="rt-deployment-frequency"`, `id="rt-lead-time-month"`, `href="explain/lead-time/#2026-W20"`} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is missing in\n%s", want, between(t, []byte(got), "tiles", "</dl>"))
			}
		}
		if figures, marks := strings.Count(got, `<figure class="figure"`), strings.Count(strings.ToLower(got), "sample data"); figures != 8 || sample != (marks > figures) || !sample && marks > 0 {
			t.Errorf("sample %v: %d figures, %d marks", sample, figures, marks)
		}
		testkit.CheckSite(t, testkit.Files(files), testkit.SiteOptions{})
	}
}

// TestServiceWithoutData says so instead of showing numbers.
func TestServiceWithoutData(t *testing.T) {
	t.Parallel()
	tree := &handbook.Tree{Name: "t", Pages: []*handbook.Page{servicePage()}}
	empty := dora.NewSnapshot(dora.Service{Name: "pay", Source: dora.File}, dora.Coverage{Status: dora.Uncovered}, time.Time{}, dora.Events{})
	files, _ := build(t, tree, site.Options{}, map[string]dora.Snapshot{"pay": empty}, nil)
	got := string(files["services/pay/index.html"])
	if strings.Contains(got, "0001") || strings.Contains(got, "<svg class=\"fig") {
		t.Errorf("got\n%s", got)
	}
	testkit.CheckSite(t, testkit.Files(files), testkit.SiteOptions{})
}
