package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/dora"
)

// children are what this test binary does as a process of its own, with the
// place of a store, until it ends or is killed.
var children = map[string]func(context.Context, string) error{
	"put":     putUntilKilled,
	"migrate": migrateUntilKilled,
	"hold":    holdUntilKilled,
	"share":   share,
}

// start runs a child; the test ends it.
func start(t *testing.T, what, place string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+what+" "+place)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewReader(out)
}

// killed kills a child some time after its first line, and returns that and
// what it said until then.
func killed(t *testing.T, what, place string, within time.Duration) string {
	t.Helper()
	cmd, out := start(t, what, place)
	first, err := out.ReadString('\n')
	if err != nil {
		t.Fatalf("child %s says %q, %v", what, first, err)
	}
	time.Sleep(rand.N(within))
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(out)
	_ = cmd.Wait() // it was killed
	return first + string(rest)
}

// page is page number n of a list of commits, whose cursor is that number.
func page(repository int64, n int64) Page {
	return Page{
		Repository: repository, Resource: dora.ResourceCommits, Events: commits(int(n)*20, 20),
		Cursor: []byte(strconv.FormatInt(n+1, 10)), After: n,
		Collected: &dora.Collected{Source: "github", From: at(0), To: at(int(n) + 1)},
	}
}

// putUntilKilled puts one page after the other, and says each that is safe.
func putUntilKilled(ctx context.Context, place string) error {
	s, err := Open(ctx, place, Options{})
	if err != nil {
		return err
	}
	repo, err := s.Register(ctx, pay)
	if err != nil {
		return err
	}
	for {
		_, n, err := s.Cursor(ctx, repo.ID, dora.ResourceCommits)
		if err != nil {
			return err
		}
		if _, err := s.Put(ctx, page(repo.ID, n)); err != nil {
			return err
		}
		fmt.Println(n + 1)
	}
}

// whole checks that the store holds all pages up to its cursor and nothing
// else, and returns the cursor's version.
func whole(t *testing.T, s *Store) int64 {
	t.Helper()
	repo := mustRegister(t, s, pay)
	state, n, err := s.Cursor(t.Context(), repo.ID, dora.ResourceCommits)
	if err != nil {
		t.Fatal(err)
	}
	want := dora.Events{}
	if n > 0 {
		want = commits(0, int(n)*20)
		want.Collected = []dora.Collected{*page(0, n-1).Collected}
		want.Collected[0].Resource = dora.ResourceCommits
	}
	rename(&want, repo)
	if n > 0 && string(state) != strconv.FormatInt(n, 10) {
		t.Errorf("cursor %q of version %d", state, n)
	}
	if diff := cmp.Diff(written(t, want), export(t, s)); diff != "" {
		t.Errorf("%d pages and the cursor differ (-want +got):\n%.2000s", n, diff)
	}
	return n
}

func TestRel_S1_KilledAnyTime(t *testing.T) {
	t.Parallel()
	kills := 25
	if all() {
		kills = 300
	}
	place := filepath.Join(t.TempDir(), "store.db")
	for i := range kills {
		if i%50 == 0 { // from an empty place again, so that kills meet the making of a store too
			place = filepath.Join(t.TempDir(), "store.db")
		}
		said := strings.Fields(killed(t, "put", place, 60*time.Millisecond))
		acknowledged, err := strconv.ParseInt(said[len(said)-1], 10, 64)
		if err != nil {
			t.Fatalf("kill %d: child says %q", i, said)
		}
		s, err := Open(t.Context(), place, Options{})
		if err != nil {
			t.Fatalf("kill %d: %v", i, err)
		}
		if n := whole(t, s); n < acknowledged {
			t.Errorf("kill %d: %d pages are there, %d were acknowledged", i, n, acknowledged)
		}
		sound(t, s)
		s.Close()
		if t.Failed() {
			return
		}
	}
}

// Each way to grow by one more page of the file fails once: with every k the
// store holds whole pages, and goes on when there is room again.
func TestRel_S2_NoRoomAtEveryGrowth(t *testing.T) {
	t.Parallel()
	place := filepath.Join(t.TempDir(), "store.db")
	s := mustOpen(t, place)
	repo := mustRegister(t, s, pay)
	limit := func(pages int) (now int) {
		t.Helper()
		if err := s.write.QueryRow(fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&now); err != nil {
			t.Fatal(err)
		}
		return now
	}
	var pages int
	if err := s.write.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for n, k := int64(0), pages; n < 8; k++ {
		limit(k)
		_, err := s.Put(t.Context(), page(repo.ID, n))
		if err == nil {
			n++
		} else if refused++; !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "no space left on the disk of the store "+place) {
			t.Fatalf("limit %d: %v", k, err)
		}
		if got := whole(t, s); got != n {
			t.Fatalf("limit %d: version %d, want %d", k, got, n)
		}
	}
	if refused < 5 {
		t.Errorf("only %d pages met a full disk", refused)
	}
	limit(1 << 30)
	mustPut(t, s, page(repo.ID, 8))
	sound(t, s)
}

// nextVersion is a program that knows one version more.
func nextVersion(steps ...string) setup {
	with := quick()
	with.migrations = append(with.migrations, strings.Join(steps, ";\n"))
	return with
}

var step2 = []string{"ALTER TABLE lists ADD COLUMN note {text} NOT NULL DEFAULT ''", "CREATE TABLE notes (id {text} NOT NULL PRIMARY KEY){keyed}"}

func TestRel_S6_MigrationInOneTransaction(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		repo := mustRegister(t, s, pay)
		mustPut(t, s, page(repo.ID, 0))
		before := export(t, s)
		s.Close()
		// A step that fails leaves the old version.
		bad := nextVersion(append(step2, "INSERT INTO meta (name, value) VALUES ('version', '1')")...)
		if _, err := open(t.Context(), place, Options{}, bad); !errors.Is(err, ErrStore) {
			t.Fatalf("a step that fails: %v", err)
		}
		old := mustOpen(t, place)
		if whole(t, old) != 1 {
			t.Error("the old version has lost its page")
		}
		old.Close()
		if _, err := look(t.Context(), place, nextVersion(step2...)); !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "version 1") {
			t.Errorf("look at an older version: %v", err)
		}
		var notices []string
		s, err := open(t.Context(), place, Options{Notice: func(text string) { notices = append(notices, text) }}, nextVersion(step2...))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if diff := cmp.Diff(before, export(t, s)); diff != "" {
			t.Errorf("migrated (-before +after):\n%s", diff)
		}
		sound(t, s)
		// We are too old for it now.
		for _, door := range []func() (*Store, error){
			func() (*Store, error) { return Open(t.Context(), place, Options{}) },
			func() (*Store, error) { return Look(t.Context(), place) },
		} {
			if _, err := door(); !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "has version 2, and this program knows versions up to 1") {
				t.Errorf("a newer version: %v", err)
			}
		}
		if s.path == "" {
			return
		}
		copies, err := filepath.Glob(place + ".v1-*")
		if err != nil || len(copies) != 2 || len(notices) != 1 || !strings.Contains(notices[0], copies[1]) {
			t.Fatalf("copies %q, %v; notices %q", copies, err, notices)
		}
		kept := mustOpen(t, copies[1])
		if diff := cmp.Diff(before, export(t, kept)); diff != "" {
			t.Errorf("the copy (-before +after):\n%s", diff)
		}
	})
}

func migrateUntilKilled(ctx context.Context, place string) error {
	fmt.Println("ready")
	steps := append([]string{}, step2...)
	for i := range 200 {
		steps = append(steps, fmt.Sprintf("CREATE TABLE more%d (id {text} NOT NULL PRIMARY KEY){keyed}", i))
	}
	s, err := open(ctx, place, Options{}, nextVersion(steps...))
	if err != nil {
		return err
	}
	return s.Close()
}

func TestRel_S6_KilledInAMigration(t *testing.T) {
	t.Parallel()
	kills := 8
	if all() {
		kills = 60
	}
	for i := range kills {
		place := filepath.Join(t.TempDir(), "store.db")
		s := mustOpen(t, place)
		mustPut(t, s, page(mustRegister(t, s, pay).ID, 0))
		s.Close()
		killed(t, "migrate", place, 40*time.Millisecond)
		s, err := Open(t.Context(), place, Options{})
		if err != nil && strings.Contains(err.Error(), "has version 2") {
			continue // it was quick
		}
		if err != nil {
			t.Fatalf("kill %d: %v", i, err)
		}
		if whole(t, s) != 1 {
			t.Errorf("kill %d: the page is lost", i)
		}
		sound(t, s)
		s.Close()
	}
}

func holdUntilKilled(ctx context.Context, place string) error {
	s, err := Open(ctx, place, Options{})
	if err != nil {
		return err
	}
	if _, err := s.Hold(ctx, "the first one"); err != nil {
		return err
	}
	fmt.Println("held")
	_, err = io.Copy(io.Discard, os.Stdin) // until we are killed
	return err
}

func TestRel_A21_OneSyncAtATime(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		release, err := s.Hold(t.Context(), "first")
		if err != nil {
			t.Fatal(err)
		}
		second, err := s.Hold(t.Context(), "second")
		var busy *BusyError
		switch {
		case s.path == "" && err == nil:
			second()
			release()
			return // they share
		case !errors.As(err, &busy) || !errors.Is(err, ErrStore) || busy.Who != "first" || time.Since(busy.Since) > time.Hour:
			t.Fatalf("second: %v", err)
		}
		if text := err.Error(); !strings.Contains(text, place) || !strings.Contains(text, "by first") {
			t.Errorf("message %q", text)
		}
		release()
		// A killed holder holds nothing.
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"=hold "+place)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
			t.Fatalf("child says %q, %v", line, err)
		}
		if _, err := s.Hold(t.Context(), "second"); !errors.As(err, &busy) || busy.Who != "the first one" {
			t.Errorf("while another process holds: %v", err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		release, err = s.Hold(t.Context(), "third")
		if err != nil {
			t.Fatalf("after the holder was killed: %v", err)
		}
		release()
	})
}
