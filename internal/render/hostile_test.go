package render_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// hostileDelivery is a service in which every field that comes from elsewhere
// holds one of the texts.
func hostileDelivery(texts []string) dora.Snapshot {
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	var e dora.Events
	parent := []string(nil)
	for i, text := range texts {
		at := start.Add(time.Duration(i) * 20 * time.Hour)
		sha := fmt.Sprintf("%040x", i+1)
		e.Commits = append(e.Commits, dora.Commit{Repo: "pay", SHA: sha, Parents: parent, AuthorDate: at, CommitterDate: at.Add(time.Hour)})
		parent = []string{sha}
		e.Changes = append(e.Changes, dora.Change{
			Repo: "pay", ID: text, Title: text, Author: text, URL: text, HeadRef: text, BaseRef: text, Labels: []string{text, "hotfix"}, Files: []string{text},
			CreatedAt: at, FirstReviewAt: at.Add(time.Minute), MergedAt: at.Add(time.Hour), LandingSHA: sha, Reverts: []string{text},
			Commits: []dora.ChangeCommit{{SHA: text, AuthorDate: at}},
		}, dora.Change{Repo: "pay", ID: text + "open", Title: text, URL: text, CreatedAt: at, State: "open"})
		e.Deployments = append(e.Deployments, dora.Deployment{
			ID: text, Repo: "pay", SHA: sha, Ref: text, URL: text, Environment: "production", CreatedAt: at.Add(2 * time.Hour), FinishedAt: at.Add(2 * time.Hour), Status: dora.Success,
		}, dora.Deployment{ID: text + "2", Repo: "pay", SHA: sha, Ref: text, URL: text, Environment: text + "x", CreatedAt: at.Add(3 * time.Hour), FinishedAt: at.Add(3 * time.Hour), Status: dora.Success})
		e.Incidents = append(e.Incidents, dora.Incident{ID: text, Repo: "pay", Title: text, URL: text, Labels: []string{text}, CausedBy: text, OpenedAt: at.Add(4 * time.Hour), ResolvedAt: at.Add(5 * time.Hour)})
	}
	end := start.Add(time.Duration(len(texts)+2) * 20 * time.Hour)
	s := dora.Service{
		Name: "pay", Source: dora.File, Repos: []string{"pay"},
		Failures: &dora.Failures{Verdicts: []dora.Verdict{{Deployment: texts[0], Failed: new(bool), Reason: texts[0]}}},
	}
	return dora.NewSnapshot(s, dora.Coverage{Status: dora.Complete, From: start, To: end, Reasons: []string{texts[0]}}, end, e)
}

// Nothing that comes from elsewhere is run, wherever it is shown.
func TestRel_T1_HostileDeliveries(t *testing.T) {
	t.Parallel()
	// What comes as JSON or stands in a page is UTF-8 by the time it is here.
	texts := slices.DeleteFunc(testkit.Hostile(), func(s string) bool { return !utf8.ValidString(s) })
	if len(texts) < 150 {
		t.Fatalf("only %d texts", len(texts))
	}
	const each = 12
	step := 3 // every third group, unless all are wanted
	if os.Getenv("RUTTER_TEST_ALL") == "1" {
		step = 1
	}
	for from := 0; from < len(texts); from += each * step {
		group := texts[from:min(from+each, len(texts))]
		t.Run(fmt.Sprint(from), func(t *testing.T) {
			t.Parallel()
			overview := page("metrics/_index.md", "Metrics", "")
			overview.Kind = handbook.Overview
			tree := &handbook.Tree{Name: "t", Pages: []*handbook.Page{servicePage(), overview}}
			files, _ := build(t, tree, site.Options{}, map[string]dora.Snapshot{"pay": hostileDelivery(group)}, func(in *render.Input) {
				in.Delivery = render.NewDelivery(map[string]dora.Snapshot{"pay": hostileDelivery(group)}, render.DeliveryOptions{
					Zone: time.UTC, By: dora.Week, Window: handbook.Last{N: 26, Unit: 'w'},
					Flags: map[string][]render.Flag{"pay": {{At: time.Date(2026, 1, 8, 0, 0, 0, 0, time.UTC), Text: group[0], URL: group[len(group)-1]}}},
				})
			})
			for _, problem := range testkit.SiteProblems(testkit.Files(files), testkit.SiteOptions{}) {
				t.Errorf("%.300s", problem)
			}
			seen := 0
			for name, data := range files {
				switch {
				case strings.HasSuffix(name, ".csv"):
					seen++
					rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
					if err != nil {
						t.Errorf("%s: %v", name, err)
					}
					for _, row := range rows {
						for _, cell := range row {
							if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
								t.Errorf("%s: a spreadsheet would run %.60q", name, cell)
							}
						}
					}
				case strings.HasSuffix(name, ".json"):
					seen++
					if !json.Valid(data) {
						t.Errorf("%s is no JSON", name)
					}
				case strings.HasPrefix(name, "services/pay/") && strings.HasSuffix(name, ".html"):
					seen++
					for _, bad := range []string{"javascript:", "vbscript:"} {
						if strings.Contains(strings.ToLower(string(data)), `href="`+bad) {
							t.Errorf("%s links to %s", name, bad)
						}
					}
				}
			}
			if seen < 15 {
				t.Errorf("only %d files hold deliveries", seen)
			}
		})
	}
}
