package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
	"github.com/rutter-dev/rutter/internal/testkit/postgrestest"
)

// childEnv asks this test binary to be a process that is killed or that shares
// a store: see children in crash_test.go.
const childEnv = "RUTTER_STORE_CHILD"

func TestMain(m *testing.M) {
	if what := os.Getenv(childEnv); what != "" {
		name, place, _ := strings.Cut(what, " ")
		if err := children[name](context.Background(), place); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(postgrestest.Run(m))
}

// all reports whether every test is asked for in full.
func all() bool { return os.Getenv("RUTTER_TEST_ALL") == "1" }

// onEach runs a test on both engines (rel/G20), each time with the place of a
// store that does not exist yet.
func onEach(t *testing.T, test func(t *testing.T, place string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, filepath.Join(t.TempDir(), "store.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, postgrestest.URL(t))
	})
}

// quick gives up on locks at once.
func quick() setup {
	with := defaults()
	with.waitNotice, with.waitBusy = 10*time.Millisecond, 50*time.Millisecond
	return with
}

func mustOpen(t *testing.T, place string) *Store {
	t.Helper()
	s, err := Open(t.Context(), place, Options{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func mustRegister(t *testing.T, s *Store, r Repository) Repository {
	t.Helper()
	r, err := s.Register(t.Context(), r)
	if err != nil {
		t.Fatalf("register: %v", err)
	}
	return r
}

// pay is a repository as GitHub tells of it.
var pay = Repository{Name: "acme/pay", Origin: "https://api.github.com/", OriginID: "7", Branch: "main", CreatedAt: at(-1000)}

func mustPut(t *testing.T, s *Store, p Page) Written {
	t.Helper()
	w, err := s.Put(t.Context(), p)
	if err != nil {
		t.Fatalf("put %+v: %v", p, err)
	}
	return w
}

// export is everything that the store holds, in canonical form.
func export(t *testing.T, s *Store) string {
	t.Helper()
	e, err := s.Everything(t.Context())
	if err != nil {
		t.Fatalf("read everything: %v", err)
	}
	return written(t, e)
}

func written(t *testing.T, e dora.Events) string {
	t.Helper()
	var b bytes.Buffer
	if err := events.Write(&b, e); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func parsed(t *testing.T, text string) dora.Events {
	t.Helper()
	var l diag.List
	e, err := events.Parse(strings.NewReader(text), "test", &l)
	if err != nil || l.HasErrors() {
		t.Fatalf("parse: %v %v\n%s", err, l.All(), text)
	}
	return e
}

func sound(t *testing.T, s *Store) {
	t.Helper()
	if found, err := s.Verify(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("verify: %q, %v; want a sound store", found, err)
	}
}

// at is an instant some minutes after a fixed one.
func at(minutes int) time.Time {
	return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

// commits makes the commits from number first on.
func commits(first, n int) (e dora.Events) {
	for i := first; i < first+n; i++ {
		e.Commits = append(e.Commits, dora.Commit{
			SHA: fmt.Sprintf("%040x", i), Parents: []string{fmt.Sprintf("%040x", i-1)}, AuthorDate: at(i % 100000), CommitterDate: at(i % 100000),
		})
	}
	return e
}

// changes makes the changes from number first on, as of a version.
func changes(first, n, version int) (e dora.Events) {
	for i := first; i < first+n; i++ {
		e.Changes = append(e.Changes, dora.Change{
			ID: fmt.Sprint(i), Title: fmt.Sprintf("Change %d, version %d", i, version), CreatedAt: at(i), UpdatedAt: at(version), State: "open",
		})
	}
	return e
}
