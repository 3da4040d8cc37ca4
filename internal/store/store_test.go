package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/dora"
)

func TestPutAndRead(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		repo := mustRegister(t, s, pay)
		if state, version, err := s.Cursor(t.Context(), repo.ID, dora.ResourceChanges); state != nil || version != 0 || err != nil {
			t.Fatalf("cursor before the first page: %q, %d, %v", state, version, err)
		}
		covered := &dora.Collected{Source: "github", Status: string(dora.Partial), From: at(0), To: at(10), Reasons: []string{dora.Interrupted}}
		w := mustPut(t, s, Page{Repository: repo.ID, Resource: dora.ResourceChanges, Events: changes(1, 3, 1), Cursor: []byte("one"), Collected: covered})
		if diff := cmp.Diff(Written{Version: 1, Added: 3, Count: 3}, w); diff != "" {
			t.Errorf("first page (-want +got):\n%s", diff)
		}
		covered = &dora.Collected{Source: "github", Status: string(dora.Complete), From: at(0), To: at(20)}
		w = mustPut(t, s, Page{Repository: repo.ID, Resource: dora.ResourceChanges, Events: changes(3, 2, 2), Cursor: []byte("two"), After: 1, Collected: covered})
		if diff := cmp.Diff(Written{Version: 2, Added: 1, Changed: 1, Count: 4}, w); diff != "" {
			t.Errorf("second page (-want +got):\n%s", diff)
		}
		want := `{"type":"coverage","source":"github","repo":"acme/pay","resource":"changes","status":"complete","from":"2026-03-02T08:00:00Z","to":"2026-03-02T08:20:00Z"}
{"type":"change","repo":"acme/pay","id":"1","title":"Change 1, version 1","bot":false,"created_at":"2026-03-02T08:01:00Z","state":"open","updated_at":"2026-03-02T08:01:00Z"}
{"type":"change","repo":"acme/pay","id":"2","title":"Change 2, version 1","bot":false,"created_at":"2026-03-02T08:02:00Z","state":"open","updated_at":"2026-03-02T08:01:00Z"}
{"type":"change","repo":"acme/pay","id":"3","title":"Change 3, version 2","bot":false,"created_at":"2026-03-02T08:03:00Z","state":"open","updated_at":"2026-03-02T08:02:00Z"}
{"type":"change","repo":"acme/pay","id":"4","title":"Change 4, version 2","bot":false,"created_at":"2026-03-02T08:04:00Z","state":"open","updated_at":"2026-03-02T08:02:00Z"}
`
		if diff := cmp.Diff(want, export(t, s)); diff != "" {
			t.Errorf("export (-want +got):\n%s", diff)
		}
		// Another process finds it all.
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s, err := Look(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if diff := cmp.Diff(want, export(t, s)); diff != "" {
			t.Errorf("export of another process (-want +got):\n%s", diff)
		}
		if state, version, err := s.Cursor(t.Context(), repo.ID, dora.ResourceChanges); string(state) != "two" || version != 2 || err != nil {
			t.Errorf("cursor: %q, %d, %v; want two, 2", state, version, err)
		}
		if n, err := s.Count(t.Context(), repo.ID, dora.ResourceChanges); n != 4 || err != nil {
			t.Errorf("count: %d, %v; want 4", n, err)
		}
		sound(t, s)
		defer func() { // a closed store is one file
			s.Close()
			if names, err := filepath.Glob(place + "?*"); err != nil || len(names) > 0 {
				t.Errorf("left beside the store: %q", names)
			}
		}()
		if _, err := s.Put(t.Context(), Page{Repository: repo.ID, Resource: "x"}); !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "to read only") {
			t.Errorf("put into a store that is open to read only: %v", err)
		}
	})
}

func TestLookMakesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		for range 2 {
			s, err := Look(t.Context(), place)
			if !errors.Is(err, ErrNone) || !errors.Is(err, ErrStore) || s != nil {
				t.Fatalf("look where nothing is: %v", err)
			}
		}
		if names, err := os.ReadDir(filepath.Dir(place)); err == nil && len(names) > 0 {
			t.Errorf("look made %v", names)
		}
	})
}

// The cursor is compared and set, so two runs cannot both go on from one page.
func TestRel_S10_CursorIsComparedAndSet(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		repo := mustRegister(t, s, pay)
		page := Page{Repository: repo.ID, Resource: dora.ResourceCommits, Events: commits(1, 2), Cursor: []byte("a")}
		mustPut(t, s, page)
		// The same page again was put before; its answer got lost.
		if w, err := s.Put(t.Context(), page); err != nil || w != (Written{Version: 1, Same: 2, Count: 2}) {
			t.Errorf("the same page again: %+v, %v", w, err)
		}
		page.Cursor, page.Events = []byte("b"), commits(9, 1)
		before := export(t, s)
		if _, err := s.Put(t.Context(), page); !errors.Is(err, ErrConflict) || !errors.Is(err, ErrStore) {
			t.Errorf("another page after the same cursor: %v, want ErrConflict", err)
		}
		if diff := cmp.Diff(before, export(t, s)); diff != "" {
			t.Errorf("a refused page left something (-want +got):\n%s", diff)
		}
		page.Cursor = nil
		if w, err := s.Put(t.Context(), page); err != nil || w.Version != 1 || w.Added != 1 {
			t.Errorf("a page without a cursor: %+v, %v", w, err)
		}
	})
}

func TestRel_S12_OlderNeverReplacesNewer(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		repo := mustRegister(t, s, pay)
		put := func(e dora.Events) Written {
			return mustPut(t, s, Page{Repository: repo.ID, Resource: dora.ResourceChanges, Events: e})
		}
		both := changes(1, 1, 9)
		both.Add(changes(1, 1, 3)) // twice in a page, the older one later
		put(both)
		for _, late := range []dora.Events{changes(1, 1, 8), {Changes: []dora.Change{{ID: "1", Title: "no version", CreatedAt: at(1)}}}} {
			if w := put(late); w.Same != 1 || w.Changed != 0 {
				t.Errorf("older data: %+v", w)
			}
		}
		if text := export(t, s); !strings.Contains(text, "version 9") || strings.Count(text, "\n") != 1 {
			t.Errorf("want version 9 alone, got\n%s", text)
		}
		if w := put(changes(1, 1, 10)); w.Changed != 1 {
			t.Errorf("newer data: %+v", w)
		}
		sound(t, s)
	})
}

// A full listing finds what is not there any more; nothing is deleted.
func TestRel_A7_MissingThenGone(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		repo := mustRegister(t, s, pay)
		pass := func(n int64, when time.Time, ends bool, e dora.Events) Written {
			return mustPut(t, s, Page{Repository: repo.ID, Resource: dora.ResourceChanges, Events: e, Pass: n, EndsPass: ends, At: when})
		}
		gone := func() (ids string) {
			rows, err := s.read.Query(strings.ReplaceAll("SELECT id FROM rutter.records WHERE gone <> 0 ORDER BY id", "rutter.", map[bool]string{true: "rutter."}[s.path == ""]))
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				var id string
				if err := rows.Scan(&id); err != nil {
					t.Fatal(err)
				}
				ids += id + " "
			}
			return ids
		}
		pass(1, at(0), false, changes(1, 2, 1))
		if w := pass(1, at(1), true, changes(3, 2, 1)); w.Count != 4 || w.Missing != 0 {
			t.Errorf("first pass: %+v", w)
		}
		before := export(t, s)
		if w := pass(2, at(10), true, changes(1, 3, 1)); w.Count != 3 || w.Missing != 1 || w.Same != 3 {
			t.Errorf("a pass without 4: %+v", w)
		}
		if w := pass(3, at(10+23*60), true, changes(1, 3, 1)); w.Count != 3 || gone() != "" {
			t.Errorf("not a day later: %+v, gone %q", w, gone())
		}
		if w := pass(4, at(10+24*60), true, changes(1, 2, 1)); w.Count != 2 || w.Missing != 2 || gone() != "4 " {
			t.Errorf("a day later, without 3 too: %+v, gone %q", w, gone())
		}
		if diff := cmp.Diff(before, export(t, s)); diff != "" {
			t.Errorf("missing records are exported all the same (-want +got):\n%s", diff)
		}
		// Back again, in a page that is part of no listing.
		if w := pass(0, at(3000), false, changes(4, 1, 1)); w.Count != 3 || w.Missing != 1 || w.Same != 1 || gone() != "" {
			t.Errorf("4 is back: %+v, gone %q", w, gone())
		}
		sound(t, s)
		if _, err := s.Put(t.Context(), Page{Repository: repo.ID, Resource: "x", EndsPass: true}); err == nil {
			t.Error("a pass without a number or a time ended")
		}
	})
}

func TestRegister(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		find := func(name string) string {
			v, err := s.View(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer v.Close()
			r, ok, err := v.Find(t.Context(), name)
			if err != nil || !ok {
				return fmt.Sprint(ok, err)
			}
			return r.Name
		}
		list := func() string {
			repos, err := s.Repositories(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, r := range repos {
				names = append(names, r.Name)
			}
			return strings.Join(names, " ")
		}
		first := mustRegister(t, s, pay)
		if again := mustRegister(t, s, pay); again != first {
			t.Errorf("again: %+v, want %+v", again, first)
		}
		if got := mustRegister(t, s, Repository{Name: "ACME/Pay"}); got != first {
			t.Errorf("by name: %+v, want %+v", got, first)
		}
		// A rename keeps the events and the former name.
		mustPut(t, s, Page{Repository: first.ID, Resource: dora.ResourceCommits, Events: commits(1, 1)})
		renamed := pay
		renamed.Name, renamed.Private = "acme/payments", true
		got := mustRegister(t, s, renamed)
		renamed.ID = first.ID
		if got != renamed {
			t.Errorf("renamed: %+v, want %+v", got, renamed)
		}
		if a, b := find("acme/pay"), find("acme/PAYMENTS"); a != "acme/payments" || b != a {
			t.Errorf("former name finds %s, current one %s", a, b)
		}
		if text := export(t, s); !strings.Contains(text, `"repo":"acme/payments"`) {
			t.Errorf("events have the former name:\n%s", text)
		}
		// A new repository takes the former name; the old events stay with the old one.
		other := pay
		other.OriginID = "8"
		if mustRegister(t, s, other).ID == first.ID || find("acme/pay") != "acme/pay" || list() != "acme/pay acme/payments" {
			t.Errorf("a new repository of the former name: %s", list())
		}
		// And then the current one too: it was deleted and made again.
		other.Name = "acme/payments"
		mustRegister(t, s, other)
		if find("acme/payments") != "acme/payments" || find("acme/payments#7") != "acme/payments#7" || list() != "acme/payments acme/payments#7" {
			t.Errorf("a repository that takes the current name of another one: %s", list())
		}
		// They swap names.
		back := renamed
		back.Name, back.ID = "acme/pay", 0
		mustRegister(t, s, back)
		if find("acme/pay") != "acme/pay" || list() != "acme/pay acme/payments" {
			t.Errorf("after both got new names: %s", list())
		}
		sound(t, s)
	})
}

// What was imported under a name goes over to the repository that has it.
func TestImportedRepositoriesAreAdopted(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		e := commits(1, 3)
		e.Collected = []dora.Collected{{Source: "pipeline", From: at(0), To: at(1)}}
		named := func(name string, e dora.Events) dora.Events {
			rename(&e, Repository{Name: name})
			return e
		}
		if _, err := s.Import(t.Context(), named("Acme/Pay", e)); err != nil {
			t.Fatal(err)
		}
		adopted := mustRegister(t, s, pay)
		if got := export(t, s); got != written(t, named("acme/pay", e)) {
			t.Errorf("adopted:\n%s", got)
		}
		// Renamed to a name under which other events were imported.
		mustPut(t, s, Page{Repository: adopted.ID, Resource: dora.ResourceCommits, Events: commits(1, 1)})
		if _, err := s.Import(t.Context(), named("acme/new", commits(3, 2))); err != nil {
			t.Fatal(err)
		}
		renamed := pay
		renamed.Name = "acme/new"
		mustRegister(t, s, renamed)
		want := commits(1, 4)
		want.Collected = e.Collected
		if got := export(t, s); got != written(t, named("acme/new", want)) {
			t.Errorf("joined:\n%s", got)
		}
		if repos, err := s.Repositories(t.Context()); err != nil || len(repos) != 1 {
			t.Errorf("repositories: %+v, %v; want one", repos, err)
		}
		sound(t, s)
	})
}

const everyKind = `{"type":"coverage","repo":"acme/pay","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z","private":true}
{"type":"coverage","source":"github","repo":"acme/pay","resource":"changes","status":"partial","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z","reasons":["rate_limited"],"private":true}
{"type":"coverage","source":"github","repo":"acme/pay","resource":"changes","status":"complete","from":"2026-02-01T00:00:00Z","to":"2026-03-01T00:00:00Z","head":"c1","private":true}
{"type":"commit","repo":"acme/pay","sha":"c1","parents":[],"author_date":"2026-03-01T00:00:00Z","committer_date":"2026-03-01T00:00:00Z","pull":"7"}
{"type":"deployment","id":"1","service":"pay","sha":"c1","finished_at":"2026-03-01T01:00:00Z","status":"success"}
{"type":"deployment","id":"1","service":"web","sha":"c1","finished_at":"2026-03-01T01:00:00Z","status":"success","source":"file"}
{"type":"deployment","id":"1","service":"web","environment":"staging","sha":"c1","finished_at":"2026-03-01T01:00:00Z","status":"success","attempt":2,"source":"file"}
{"type":"deployment","id":"9","repo":"acme/pay","created_at":"2026-03-01T01:00:00Z","status":"success","source":"github_deployments"}
{"type":"deployment","id":"9","repo":"acme/pay","created_at":"2026-03-01T01:00:00Z","status":"success","source":"releases"}
{"type":"deployment","id":"9","repo":"acme/pay","created_at":"2026-03-01T01:00:00Z","status":"success","attempt":1,"source":"workflow","workflow":"a.yml"}
{"type":"deployment","id":"9","repo":"acme/pay","created_at":"2026-03-01T01:00:00Z","status":"success","attempt":1,"source":"workflow"}
{"type":"deployment","id":"9","repo":"acme/pay","created_at":"2026-03-01T01:00:00Z","status":"success","attempt":2,"source":"workflow","workflow":"a.yml"}
{"type":"deployment","id":"v1","repo":"acme/pay","created_at":"2026-03-01T01:00:00Z","status":"success","source":"merge"}
{"type":"deployment","id":"v1","repo":"acme/pay","created_at":"2026-03-01T01:00:00Z","status":"success","source":"tags","approximate":true}
{"type":"change","repo":"acme/pay","id":"7","title":"Fix it","bot":false,"created_at":"2026-02-28T00:00:00Z"}
{"type":"change","repo":"acme/web","id":"7","bot":true,"created_at":"2026-02-28T00:00:00Z"}
{"type":"incident","id":"INC-1","services":["pay"],"opened_at":"2026-03-01T02:00:00Z"}
`

func TestRel_S13_ImportAndExport(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		e := parsed(t, everyKind)
		want := written(t, e)
		w, err := s.Import(t.Context(), e)
		if err != nil || w.Added != 14 {
			t.Fatalf("import: %+v, %v; want 14 added", w, err)
		}
		if diff := cmp.Diff(want, export(t, s)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		w, err = s.Import(t.Context(), e)
		if err != nil || w.Added+w.Changed != 0 || w.Same != 14 {
			t.Errorf("import again: %+v, %v; want 14 the same", w, err)
		}
		if diff := cmp.Diff(want, export(t, s)); diff != "" {
			t.Errorf("after a second import (-want +got):\n%s", diff)
		}
		sound(t, s)
	})
}

// What a collector puts is what an import of its export puts.
func TestImportMeetsWhatWasCollected(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, filepath.Join(t.TempDir(), "store.db"))
	repo := mustRegister(t, s, pay)
	run := dora.Deployment{ID: "9", Attempt: 1, CreatedAt: at(1), Status: dora.Success, Source: dora.Workflow, Workflow: "a.yml"}
	mustPut(t, s, Page{Repository: repo.ID, Resource: dora.RunsOf("a.yml"), Events: dora.Events{Deployments: []dora.Deployment{run}}})
	before := export(t, s)
	if _, err := s.Import(t.Context(), parsed(t, before)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, export(t, s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRel_S14_StrangeTexts(t *testing.T) {
	t.Parallel()
	longest, mark := strings.Repeat("é", 1<<19), "… (cut: 1048576 bytes, sha256 f09174b501fc2334)"
	change := func(title string) dora.Change { return dora.Change{ID: "1", Title: title, CreatedAt: at(0)} }
	tests := []struct{ name, title, want string }{
		{"emoji", "🚀 ship it", "🚀 ship it"},
		{"NUL", "a\x00b", "a␀b"},
		{"no UTF-8", "a\xffb\xed\xa0\x80", "a\uFFFDb\uFFFD"},
		{"controls", "a\x01\x1f\u2028\u202e\\", "a\x01\x1f\u2028\u202e\\"},
		{"a megabyte", longest, strings.Repeat("é", (maxText-len(mark))/2) + mark},
		{"quotes", `'); DROP TABLE records; --`, `'); DROP TABLE records; --`},
	}
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		for i, tt := range tests {
			name := tt.title[:min(len(tt.title), 20)] // strange names too
			repo := mustRegister(t, s, Repository{Name: fmt.Sprint(i) + name})
			given := change(tt.title)
			given.Labels = []string{tt.title}
			mustPut(t, s, Page{Repository: repo.ID, Resource: "changes " + name, Events: dora.Events{Changes: []dora.Change{given}}})
			if given.Labels[0] != tt.title {
				t.Errorf("%s: what was given was changed", tt.name)
			}
			v, err := s.View(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			e, err := v.Events(t.Context(), repo)
			v.Close()
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			if got := e.Changes[0]; got.Title != tt.want || got.Labels[0] != tt.want {
				t.Errorf("%s: got %.80q … %q, want %.80q … %q", tt.name, got.Title, got.Title[max(0, len(got.Title)-60):], tt.want, tt.want[max(0, len(tt.want)-60):])
			}
		}
		sound(t, s)
	})
}

func TestRecordsThatCannotBeKept(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		repo := mustRegister(t, s, pay)
		for name, e := range map[string]dora.Events{
			"no id":        {Changes: []dora.Change{{CreatedAt: at(0)}}},
			"no time":      {Changes: []dora.Change{{ID: "1"}}},
			"year 9999":    {Changes: []dora.Change{{ID: "1", CreatedAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}}},
			"no status":    {Deployments: []dora.Deployment{{ID: "1", CreatedAt: at(0)}}},
			"long history": {Deployments: []dora.Deployment{{ID: "1", Status: dora.Success, Statuses: make([]dora.StatusAt, 50_000)}}},
		} {
			e.Add(changes(5, 1, 1)) // a good one beside it
			if _, err := s.Put(t.Context(), Page{Repository: repo.ID, Resource: "x", Events: e, Cursor: []byte("x")}); !errors.Is(err, ErrRecord) || errors.Is(err, ErrStore) {
				t.Errorf("%s: %v, want ErrRecord", name, err)
			}
		}
		if got := export(t, s); got != "" {
			t.Errorf("something was kept:\n%s", got)
		}
	})
}

func TestHugeChangesAreCut(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, filepath.Join(t.TempDir(), "store.db"))
	repo := mustRegister(t, s, pay)
	c := dora.Change{ID: "1", CreatedAt: at(0), Truncated: []string{"reviews"}}
	for i := range 3000 {
		c.Files = append(c.Files, strings.Repeat("d/", 500)+fmt.Sprint(i))
	}
	mustPut(t, s, Page{Repository: repo.ID, Resource: dora.ResourceChanges, Events: dora.Events{Changes: []dora.Change{c}}})
	e, err := s.Everything(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Changes[0]; len(got.Files) != 750 || fmt.Sprint(got.Truncated) != "[files reviews]" {
		t.Errorf("%d files, truncated %v; want 750, [files reviews]", len(got.Files), got.Truncated)
	}
}

// A view shows one instant, whatever is written meanwhile.
func TestRel_S11_ViewsAreSnapshots(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		repo := mustRegister(t, s, pay)
		mustPut(t, s, Page{Repository: repo.ID, Resource: dora.ResourceCommits, Events: commits(1, 2), Cursor: []byte("1")})
		v, err := s.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		state, err := v.State(t.Context(), repo)
		if err != nil {
			t.Fatal(err)
		}
		mustPut(t, s, Page{Repository: repo.ID, Resource: dora.ResourceCommits, Events: commits(3, 2), Cursor: []byte("2"), After: 1})
		mustRegister(t, s, Repository{Name: "acme/web"})
		if e, err := v.Events(t.Context(), repo); err != nil || len(e.Commits) != 2 {
			t.Errorf("%d commits in the view, %v; want 2", len(e.Commits), err)
		}
		if again, err := v.State(t.Context(), repo); err != nil || again != state {
			t.Errorf("the state within a view changed: %v", err)
		}
		if _, ok, err := v.Find(t.Context(), "acme/web"); ok || err != nil {
			t.Errorf("the view sees a new repository, %v", err)
		}
		later, err := s.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer later.Close()
		if e, err := later.Events(t.Context(), repo); err != nil || len(e.Commits) != 4 {
			t.Errorf("%d commits in the next view, %v; want 4", len(e.Commits), err)
		}
		if next, err := later.State(t.Context(), repo); err != nil || next == state {
			t.Errorf("the state is the same after more commits, %v", err)
		}
	})
}

// State is another one exactly when the events are.
func TestStateFollowsEvents(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		r := mustRegister(t, s, pay)
		read := func() (state, text string) {
			v, err := s.View(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer v.Close()
			repo, _, err := v.Find(t.Context(), "acme/pay")
			if err != nil {
				t.Fatal(err)
			}
			if state, err = v.State(t.Context(), repo); err != nil {
				t.Fatal(err)
			}
			e, err := v.Events(t.Context(), repo)
			if err != nil {
				t.Fatal(err)
			}
			return state, written(t, e)
		}
		page := func(p Page) func() {
			return func() {
				p.Repository, p.Resource = r.ID, dora.ResourceChanges
				mustPut(t, s, p)
			}
		}
		renamed := pay
		renamed.Name = "acme/payments"
		private := renamed
		private.Private = true
		for _, step := range []struct {
			name string
			do   func()
		}{
			{"a cursor", page(Page{Cursor: []byte("x")})},
			{"a change", page(Page{Events: changes(1, 1, 1)})},
			{"the same", page(Page{Events: changes(1, 1, 1)})},
			{"newer", page(Page{Events: changes(1, 1, 2)})},
			{"coverage", page(Page{Collected: &dora.Collected{From: at(0), To: at(1)}})},
			{"more coverage", page(Page{Collected: &dora.Collected{From: at(0), To: at(2)}})},
			{"missing", page(Page{Pass: 1, EndsPass: true, At: at(9)})},
			{"renamed", func() { mustRegister(t, s, renamed) }},
			{"private", func() { mustRegister(t, s, private) }},
		} {
			state, text := read()
			step.do()
			next, now := read()
			if (state == next) != (text == now) {
				t.Errorf("%s: state changed %v, events changed %v", step.name, state != next, text != now)
			}
		}
	})
}

func TestMetrics_D1_TheFirstChoiceStays(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		for _, source := range []dora.Source{dora.Releases, dora.Tags} {
			if err := s.Choose(t.Context(), "pay", "production", source); err != nil {
				t.Fatal(err)
			}
		}
		v, err := s.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		for stream, want := range map[[2]string]dora.Source{{"pay", "production"}: dora.Releases, {"pay", ""}: "", {"web", "production"}: ""} {
			if got, err := v.Choice(t.Context(), stream[0], stream[1]); got != want || err != nil {
				t.Errorf("choice of %q: %q, %v; want %q", stream, got, err, want)
			}
		}
		sound(t, s)
	})
}

func TestValidators(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		with := defaults()
		day := time.Date(2026, 3, 2, 23, 0, 0, 0, time.UTC)
		with.now = func() time.Time { return day }
		open := func() *Store {
			s, err := open(t.Context(), place, Options{}, with)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		s := open()
		get := func(key string) string {
			data, err := s.Validator(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			if data == nil {
				return "none"
			}
			return string(data)
		}
		for key, data := range map[string]string{"used": "one", "idle": "two", "empty": "", "bad": "three"} {
			if err := s.SetValidator(t.Context(), key, []byte(data)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.SetValidator(t.Context(), "used", []byte("new")); err != nil {
			t.Fatal(err)
		}
		if err := s.update(t.Context(), "damage", func(tx *tx) error {
			_, err := tx.exec(t.Context(), "UPDATE validators SET data = ? WHERE id = ?", []byte("garbage"), validatorID("bad"))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got := []string{get("used"), get("idle"), get("empty"), get("bad"), get("other")}; fmt.Sprint(got) != "[new two  none none]" {
			t.Errorf("got %q", got)
		}
		day = day.Add(59 * 24 * time.Hour)
		get("used")
		day = day.Add(2 * 24 * time.Hour)
		s.Close()
		s = open()
		defer s.Close()
		if got := []string{get("used"), get("idle")}; fmt.Sprint(got) != "[new none]" {
			t.Errorf("after 61 days: %q, want the one that was used", got)
		}
		if text := export(t, s); text != "" {
			t.Errorf("validators are exported: %s", text)
		}
	})
}
