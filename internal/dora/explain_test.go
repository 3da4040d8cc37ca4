package dora_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// The figures of the example site, worked out anew from the rows that explain
// them, by a database and not by this package's arithmetic.
var bySQL = map[handbook.Metric]map[string]string{
	handbook.DeploymentFrequency: {
		"count": `SELECT count(*) FROM rows WHERE included = 'true'`,
		"days":  `SELECT count(DISTINCT substr(at, 1, 10)) FROM rows WHERE included = 'true'`,
	},
	handbook.LeadTime: {
		"p50": percentileSQL(.5), "p75": percentileSQL(.75), "p90": percentileSQL(.9),
		"mean": `SELECT avg(CAST(seconds AS REAL)) FROM rows WHERE included = 'true'`,
	},
	handbook.LeadTimeCoding: {"p50": percentileSQL(.5)},
	handbook.LeadTimePickup: {"p50": percentileSQL(.5), "p90": percentileSQL(.9)},
	handbook.LeadTimeReview: {"p50": percentileSQL(.5)},
	handbook.LeadTimeDeploy: {"p50": percentileSQL(.5)},
	handbook.ChangeFailRate: {
		"failed": `SELECT count(*) FROM rows WHERE included = 'true' AND evidence <> ''`,
		"value":  `SELECT CASE WHEN count(*) > 0 THEN avg(evidence <> '') END FROM rows WHERE included = 'true'`,
		"low": `SELECT CASE WHEN n > 0 THEN max(0, (p + 1.9207294 / n - 1.959963985 * sqrt(p * (1 - p) / n + 0.9603647 / n / n)) / (1 + 3.8414588 / n)) END
			FROM (SELECT count(*) * 1.0 AS n, avg(evidence <> '') AS p FROM rows WHERE included = 'true')`,
	},
	handbook.ReworkRate: {
		"rework": `SELECT count(*) FROM rows WHERE included = 'true' AND evidence <> ''`,
		"value":  `SELECT CASE WHEN count(*) > 0 THEN avg(evidence <> '') END FROM rows WHERE included = 'true'`,
	},
	handbook.RecoveryTime: {
		"open": `SELECT count(*) FROM rows WHERE included = 'true' AND "to" = ''`,
		// The share that goes on after t is the product, over all times up to t at
		// which something ended, of 1 - ended / at risk.
		"p50": `WITH r AS (SELECT CAST(seconds AS REAL) AS s, "to" = '' AS open FROM rows WHERE included = 'true'),
			ends AS (SELECT s, count(*) AS d, (SELECT count(*) FROM r AS x WHERE x.s >= r.s) AS risk FROM r WHERE NOT open GROUP BY s),
			curve AS (SELECT s, (SELECT exp(sum(CASE WHEN e.d = e.risk THEN -1e9 ELSE ln(1.0 - 1.0 * e.d / e.risk) END)) FROM ends AS e WHERE e.s <= ends.s) AS going FROM ends)
			SELECT min(s) FROM curve WHERE going <= 0.5 + 1e-9`,
	},
}

// percentileSQL is PERCENTILE_CONT (metrics/S1).
func percentileSQL(p float64) string {
	return fmt.Sprintf(`WITH v AS (SELECT CAST(seconds AS REAL) AS s, row_number() OVER (ORDER BY CAST(seconds AS REAL)) - 1 AS i, count(*) OVER () AS n
		FROM rows WHERE included = 'true')
		SELECT a.s + (%[1]g * (a.n - 1) - a.i) * (coalesce(b.s, a.s) - a.s) FROM v AS a LEFT JOIN v AS b ON b.i = a.i + 1
		WHERE a.i = CAST(%[1]g * (a.n - 1) + 1e-9 AS INTEGER)`, p)
}

func TestExplanationsAddUp(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "rows.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	figures := 0
	for _, service := range []struct {
		name  string
		rules func(*dora.Service)
	}{
		{"checkout", func(s *dora.Service) { s.Environment, s.Failures = "production", &dora.Failures{} }},
		{"search", func(s *dora.Service) { s.Group, s.Failures = "prod-*", &dora.Failures{} }},
		{"notify", func(s *dora.Service) { s.Source = dora.Merge }},
	} {
		file, err := os.Open(filepath.Join("..", "..", "content", "services", service.name+".ndjson"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		var found diag.List
		e, err := events.Parse(file, service.name, &found)
		if err != nil || found.HasErrors() {
			t.Fatalf("%v %v", err, found)
		}
		s := dora.Service{Name: service.name, Source: dora.File, Repos: []string{service.name}}
		service.rules(&s)
		ledger := dora.NewLedger([]dora.Snapshot{dora.NewSnapshot(s, e.Coverage(s), e.AsOf(), e)})
		opts := dora.Options{By: dora.Month}
		report := ledger.Report(opts)
		periods := []string{""}
		for _, p := range report.Services[0].Periods {
			periods = append(periods, *p.Period)
		}
		for metric, values := range bySQL {
			for _, period := range periods {
				x, err := ledger.Explain(dora.Query{Metric: metric, Service: service.name, Period: period}, opts)
				if err != nil {
					t.Fatal(err)
				}
				at := fmt.Sprintf("%s, %s, period %q", service.name, metric, period)
				if x.Collected != len(x.Rows) || x.Included+x.Excluded != x.Collected {
					t.Errorf("%s: %d collected, %d included and %d excluded, in %d rows", at, x.Collected, x.Included, x.Excluded, len(x.Rows))
				}
				load(t, db, x)
				for _, stat := range x.Values {
					query := values[stat.Name]
					if query == "" {
						continue
					}
					var want sql.NullFloat64
					if err := db.QueryRow(query).Scan(&want); err != nil && err != sql.ErrNoRows {
						t.Fatalf("%s: %s: %v", at, stat.Name, err)
					}
					got, known := stat.Value.Get()
					if !known && x.Reason != "" && (x.Reason == dora.NotMeasured || x.Reason == dora.NotInSource || x.Reason == dora.OutsideCoverage) {
						continue
					}
					if known != want.Valid || math.Abs(got-want.Float64) > 5e-4*max(1, math.Abs(got)*1e-6) {
						t.Errorf("%s: %s is %v (%v), by its rows %v", at, stat.Name, got, known, want)
					}
					if known {
						figures++
					}
				}
			}
		}
	}
	if figures < 400 {
		t.Errorf("only %d figures were worked out anew", figures)
	}
}

// load puts the rows of an explanation into the database, as its CSV has them.
func load(t *testing.T, db *sql.DB, x dora.Explanation) {
	t.Helper()
	var text bytes.Buffer
	if err := x.WriteCSV(&text); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // does nothing after the commit
	do := func(query string, args ...any) {
		if _, err := tx.Exec(query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	do(`DROP TABLE IF EXISTS rows`)
	do(`CREATE TABLE rows ("` + strings.Join(lines[0], `" TEXT, "`) + `" TEXT)`)
	for _, line := range lines[1:] {
		args := make([]any, len(line))
		for i, cell := range line {
			args[i] = cell
		}
		do(`INSERT INTO rows VALUES (?`+strings.Repeat(", ?", len(line)-1)+`)`, args...)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// A range cut in two explains the same rows as the whole.
func TestExplanationsOfPeriodsAreThatOfTheRange(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	var e dora.Events
	for i := range 40 {
		at := start.Add(time.Duration(i) * 30 * time.Hour)
		sha := fmt.Sprintf("%040x", i+1)
		e.Commits = append(e.Commits, dora.Commit{Repo: "r", SHA: sha, AuthorDate: at, CommitterDate: at})
		e.Deployments = append(e.Deployments, dora.Deployment{ID: fmt.Sprint(i), Repo: "r", SHA: sha, CreatedAt: at.Add(time.Hour), FinishedAt: at.Add(time.Hour), Status: dora.Success})
	}
	s := dora.Service{Name: "r", Repos: []string{"r"}, Source: dora.File}
	l := dora.NewLedger([]dora.Snapshot{dora.NewSnapshot(s, dora.Coverage{Status: dora.Complete, From: start, To: start.AddDate(0, 0, 60)}, start.AddDate(0, 0, 60), e)})
	for _, metric := range []handbook.Metric{handbook.LeadTime, handbook.DeploymentFrequency} {
		whole, err := l.Explain(dora.Query{Metric: metric, Service: "r"}, dora.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, p := range l.Report(dora.Options{}).Services[0].Periods {
			x, err := l.Explain(dora.Query{Metric: metric, Service: "r", Period: *p.Period}, dora.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range x.Rows {
				parts = append(parts, fmt.Sprint(r))
			}
		}
		var all []string
		for _, r := range whole.Rows {
			all = append(all, fmt.Sprint(r))
		}
		if strings.Join(parts, "\n") != strings.Join(all, "\n") || len(all) == 0 {
			t.Errorf("%s: the rows of the periods are not those of the range:\n%s\n--\n%s", metric, strings.Join(parts, "\n"), strings.Join(all, "\n"))
		}
	}
}
