package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/dora"
)

// rest is a closed store of a file with some of everything.
func rest(t *testing.T, place string) {
	t.Helper()
	s := mustOpen(t, place)
	if _, err := s.Import(t.Context(), parsed(t, everyKind)); err != nil {
		t.Fatal(err)
	}
	repo := mustRegister(t, s, pay)
	for n := range int64(4) {
		mustPut(t, s, page(repo.ID, n))
	}
	e := changes(10, 40, 1)
	for i := range e.Changes {
		e.Changes[i].Files = []string{strings.Repeat("folder/", 100) + "file.go"}
	}
	mustPut(t, s, Page{Repository: repo.ID, Resource: dora.ResourceChanges, Events: e, Cursor: []byte("x"), Collected: &dora.Collected{Source: "github", From: at(0), To: at(5)}})
	if err := s.Choose(t.Context(), "pay", "production", dora.Releases); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(place + "-wal"); err == nil {
		t.Fatal("a closed store has a log")
	}
}

// reading is all that figures can rest on; an error is a damage that was noticed.
func reading(ctx context.Context, place string) (string, error) {
	s, err := look(ctx, place, quick())
	if err != nil {
		return "", err
	}
	defer s.Close()
	v, err := s.View(ctx)
	if err != nil {
		return "", err
	}
	defer v.Close()
	var text strings.Builder
	repos, err := v.Repositories(ctx)
	if err != nil {
		return "", err
	}
	for _, r := range repos {
		e, err := v.Events(ctx, r)
		if err != nil {
			return "", err
		}
		found, _, err := v.Find(ctx, strings.ToUpper(r.Name))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&text, "%+v\n%+v\n%+v\n", r, e, found)
		for _, resource := range []string{dora.ResourceCommits, dora.ResourceChanges} {
			state, version, err := s.Cursor(ctx, r.ID, resource)
			if err != nil {
				return "", err
			}
			n, err := s.Count(ctx, r.ID, resource)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&text, "%q %d %d\n", state, version, n)
		}
	}
	choice, err := v.Choice(ctx, "pay", "production")
	fmt.Fprintf(&text, "%q", choice)
	return text.String(), err
}

func TestRel_S5_FlippedBytesAreNoticed(t *testing.T) {
	t.Parallel()
	flips := 200
	if os.Getenv("RUTTER_TEST_SOAK") == "1" {
		flips = 10_000
	}
	dir := t.TempDir()
	place := filepath.Join(dir, "store.db")
	rest(t, place)
	whole, err := os.ReadFile(place)
	if err != nil {
		t.Fatal(err)
	}
	want, err := reading(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	noticed, harmless, wrong := 0, 0, 0
	r := rand.New(rand.NewPCG(5, 5))
	for range flips {
		i, bit := r.IntN(len(whole)), byte(1)<<r.IntN(8)
		if r.IntN(2) == 0 {
			bit = byte(1 + r.IntN(255))
		}
		whole[i] ^= bit
		if err := os.WriteFile(place, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		whole[i] ^= bit
		got, err := reading(t.Context(), place)
		switch {
		case err != nil && !errors.Is(err, ErrStore):
			t.Fatalf("byte %d ^ %#x: %v is no ErrStore", i, bit, err)
		case err != nil:
			noticed++
		case got == want:
			harmless++
		default:
			wrong++
			t.Logf("byte %d ^ %#x went unnoticed", i, bit)
		}
		os.Remove(place + "-wal")
		os.Remove(place + "-shm")
	}
	t.Logf("%d flips: %d noticed, %d harmless, %d wrong", flips, noticed, harmless, wrong)
	if wrong*1000 > flips {
		t.Errorf("%d of %d flips went unnoticed, want at most 1 in 1,000", wrong, flips)
	}
}

// Each damage that SQL can do is one that Verify names.
func TestRel_S5_VerifyNamesTheDamage(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		repo := mustRegister(t, s, pay)
		mustPut(t, s, page(repo.ID, 0))
		for _, tt := range []struct{ damage, want string }{
			{"UPDATE records SET line = replace(line, '2026', '2025')", "record"},
			{"UPDATE records SET version = 9", "record"},
			{"DELETE FROM records WHERE id LIKE '%5'", "records are there"},
			{"DELETE FROM spans", "records are there"},
			{"UPDATE spans SET source = 'x'", "record"},
			{"UPDATE lists SET state = NULL", "the list of commits"},
			{"UPDATE lists SET version = 7", "the list of commits"},
			{"UPDATE lists SET resource = 'tags'", "the catalogue"},
			{"UPDATE repositories SET private = 1", "the catalogue"},
			{"UPDATE repositories SET name = 'acme/web'", "the catalogue"},
			{"DELETE FROM names", "the catalogue"},
			{"INSERT INTO choices (stream, source) VALUES ('x', 'tags')", "the catalogue"},
		} {
			err := s.update(t.Context(), "test", func(tx *tx) error {
				if n, err := tx.exec(t.Context(), tt.damage); err != nil || n == 0 {
					return fmt.Errorf("%d rows: %w", n, err)
				}
				found, err := tx.verify(t.Context())
				if err != nil || len(found) == 0 || !strings.Contains(found[0], tt.want) {
					t.Errorf("%s: found %q, %v; want %q", tt.damage, found, err, tt.want)
				}
				return refused("undo")
			})
			if err == nil || !strings.Contains(err.Error(), "undo") {
				t.Fatalf("%s: %v", tt.damage, err)
			}
		}
		sound(t, s)
	})
}

func TestRel_S4_WhatIsNoStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := filepath.Join(dir, "good.db")
	rest(t, good)
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	foreign := func(statements ...string) func(string) error {
		return func(path string) error {
			db, err := sql.Open("sqlite", path)
			if err != nil {
				return err
			}
			defer db.Close()
			for _, s := range statements {
				if _, err := db.Exec(s); err != nil {
					return fmt.Errorf("%s: %w", s, err)
				}
			}
			return nil
		}
	}
	bytes := func(b []byte) func(string) error {
		return func(path string) error { return os.WriteFile(path, b, 0o600) }
	}
	other := append([]byte(nil), data...)
	binary.BigEndian.PutUint32(other[68:], 99)
	hostile := func(statement string) func(string) error {
		return func(path string) error {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				return err
			}
			return foreign(statement)(path)
		}
	}
	mark := fmt.Sprintf("PRAGMA application_id = %d", application)
	seen := map[string]string{}
	for _, tt := range []struct {
		name, want string
		write      func(path string) error
	}{
		{"empty", "is an empty file", bytes(nil)},
		{"garbage", "is no SQLite file", bytes([]byte(strings.Repeat("garbage ", 1000)))},
		{"short garbage", "is no SQLite file", bytes([]byte("SQLite"))},
		{"part of a header", "cut off in its header", bytes(data[:50])},
		{"header only", "cut off: 100 of", bytes(data[:100])},
		{"half", fmt.Sprintf("cut off: %d of %d bytes", len(data)/2, len(data)), bytes(data[:len(data)/2])},
		{"folder", "is a folder", func(path string) error { return os.Mkdir(path, 0o755) }},
		{"another program", "another program (application id 0x63)", bytes(other)},
		{"another program's tables", "another program (application id 0x0)", foreign("CREATE TABLE records (id)")},
		{"our mark on other tables", "does not have the tables of a store (table records)", foreign(mark, "CREATE TABLE records (id)")},
		{"our mark on nothing", "does not have the tables of a store (something is missing)", foreign(mark)},
		{"trigger", "does not have the tables of a store (trigger evil)", hostile("CREATE TRIGGER evil AFTER INSERT ON records BEGIN DELETE FROM records; END")},
		{"view", "does not have the tables of a store (view evil)", hostile("CREATE VIEW evil AS SELECT load_extension('x')")},
		{"more tables", "does not have the tables of a store (table more)", hostile("CREATE TABLE more (id)")},
		{"fewer tables", "does not have the tables of a store (something is missing)", hostile("DROP TABLE claims")},
		{"newer", "has version 7, and this program knows versions up to 1", hostile("UPDATE meta SET value = '7' WHERE name = 'version'")},
		{"no version", "does not say its version", hostile("DELETE FROM meta")},
		{"version zero", `says that its version is "0"`, hostile("UPDATE meta SET value = '0' WHERE name = 'version'")},
	} {
		path := filepath.Join(dir, tt.name+".db")
		if err := tt.write(path); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		before, _ := os.ReadFile(path)
		for _, door := range []string{"open", "look"} {
			s, err := look(t.Context(), path, quick())
			if door == "open" {
				s, err = open(t.Context(), path, Options{}, quick())
			}
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, ErrStore) || errors.Is(err, ErrNone) || !strings.Contains(fmt.Sprint(err), tt.want) || !strings.Contains(fmt.Sprint(err), path) {
				t.Errorf("%s %s: %v; want %q", door, tt.name, err, tt.want)
			}
		}
		if after, _ := os.ReadFile(path); string(after) != string(before) && tt.name != "folder" {
			t.Errorf("%s was changed", tt.name)
		}
		if was, twice := seen[tt.want]; twice && tt.name != "short garbage" && tt.name != "fewer tables" {
			t.Errorf("%s has the message of %s", tt.name, was)
		}
		seen[tt.want] = tt.name
	}
}

func TestRel_S4_LogsWithoutTheirStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// The log of a store that is gone is not applied to a new one.
	gone := filepath.Join(dir, "gone.db")
	if err := os.WriteFile(gone+"-wal", []byte("log"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), gone, Options{}); !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "is gone, but its log") {
		t.Errorf("a log without its store: %v", err)
	}
	// A log of another store: one of the two, or a damage, never a mix.
	var texts [2]string
	var logs, files [2][]byte
	for i := range 2 {
		place := filepath.Join(dir, fmt.Sprintf("%d.db", i))
		rest(t, place)
		s := mustOpen(t, place)
		repo := mustRegister(t, s, pay)
		for n := range int64(2 + 3*i) {
			p := page(repo.ID, n+4)
			p.Events = commits(1000*(i+1)+int(n)*20, 20)
			mustPut(t, s, p)
		}
		var err error
		if texts[i], err = reading(t.Context(), place); err != nil {
			t.Fatal(err)
		}
		if logs[i], err = os.ReadFile(place + "-wal"); err != nil {
			t.Fatal(err)
		}
		if files[i], err = os.ReadFile(place); err != nil {
			t.Fatal(err)
		}
	}
	mixed := filepath.Join(dir, "mixed.db")
	for i := range 2 {
		if err := errors.Join(os.WriteFile(mixed, files[i], 0o600), os.WriteFile(mixed+"-wal", logs[1-i], 0o600)); err != nil {
			t.Fatal(err)
		}
		os.Remove(mixed + "-shm")
		if got, err := reading(t.Context(), mixed); err == nil && got != texts[0] && got != texts[1] {
			t.Errorf("store %d with the log of the other: neither the one nor the other", i)
		}
	}
}

func TestRel_S4_NoRightToWrite(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("not run: root may write everything")
	}
	dir := t.TempDir()
	place := filepath.Join(dir, "store.db")
	rest(t, place)
	if err := errors.Join(os.Chmod(place, 0o400), os.Chmod(dir, 0o500)); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	if _, err := Open(t.Context(), place, Options{}); !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("open: %v", err)
	}
	if _, err := reading(t.Context(), place); err != nil {
		t.Errorf("read: %v", err)
	}
}

func TestRel_S3_LockedByAnotherProgram(t *testing.T) {
	t.Parallel()
	place := filepath.Join(t.TempDir(), "store.db")
	rest(t, place)
	notices := make(chan string, 10)
	s, err := open(t.Context(), place, Options{Notice: func(text string) { notices <- text }}, quick())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	repo := mustRegister(t, s, pay)
	before := export(t, s)
	other, err := sql.Open("sqlite", "file:"+filepath.ToSlash(place)+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var busy *BusyError
	_, err = s.Put(t.Context(), page(repo.ID, 4))
	if !errors.As(err, &busy) || !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), place) {
		t.Errorf("put: %v; want a BusyError that names the file", err)
	}
	if text := <-notices; text != "waiting for the store "+place {
		t.Errorf("notice %q", text)
	}
	if diff := export(t, s); diff != before { // readers are not kept waiting
		t.Errorf("a refused page left something:\n%s", diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, page(repo.ID, 4)); !errors.Is(err, context.Canceled) || errors.Is(err, ErrStore) {
		t.Errorf("interrupted: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	mustPut(t, s, page(repo.ID, 4))
}

// On a network file system there is no log that others share.
func TestRel_S8_NetworkFileSystem(t *testing.T) {
	t.Parallel()
	place := filepath.Join(t.TempDir(), "store.db")
	with := quick()
	with.network = func(string) string { return "NFS" }
	var notice string
	s, err := open(t.Context(), place, Options{Notice: func(text string) { notice = text }}, with)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var mode string
	if err := s.write.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "delete" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
	if !strings.Contains(notice, place) || !strings.Contains(notice, "NFS") {
		t.Errorf("notice %q", notice)
	}
	repo := mustRegister(t, s, pay)
	mustPut(t, s, page(repo.ID, 0))
	v, err := s.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var busy *BusyError
	if _, err := s.Put(t.Context(), page(repo.ID, 1)); !errors.As(err, &busy) {
		t.Errorf("put while somebody reads: %v, want BusyError", err)
	}
	v.Close()
	mustPut(t, s, page(repo.ID, 1))
	whole(t, s)
	if got := network(place); got != "" && runtime.GOOS == "linux" {
		t.Logf("the folder for tests is on %s", got)
	}
}

func TestRel_S9_OldSQLite(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"3.51.2": false, "3.51.3": true, "3.54.1": true, "4.0": true, "3.9.9": false, "3": false, "x": false} {
		if got := newEnough(version); got != want {
			t.Errorf("SQLite %s is new enough: %v, want %v", version, got, want)
		}
	}
	s := mustOpen(t, filepath.Join(t.TempDir(), "store.db"))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "trusted_schema": "0", "busy_timeout": "5000"} {
		var got string
		if err := s.write.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("PRAGMA %s is %q, %v; want %q", pragma, got, err, want)
		}
	}
}

// Processes that make a store at once make one store.
func TestOneOfManyMakesTheStore(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		stores := make(chan *Store)
		for range 6 {
			go func() {
				s, err := Open(t.Context(), place, Options{})
				if err != nil {
					t.Error(err)
				}
				stores <- s
			}()
		}
		for i := range 6 {
			s := <-stores
			if s == nil {
				continue
			}
			defer s.Close()
			mustRegister(t, s, Repository{Name: fmt.Sprint(i)})
			if repos, err := s.Repositories(t.Context()); err != nil || len(repos) != i+1 {
				t.Errorf("store %d knows %d repositories, %v", i, len(repos), err)
			}
		}
		if names, err := filepath.Glob(place + ".new-*"); err != nil || len(names) > 0 {
			t.Errorf("left behind: %q", names)
		}
	})
}

// The file of a released version opens, and says what it said then (rel/G18).
func TestRel_G18_FilesOfEveryVersion(t *testing.T) {
	t.Parallel()
	dumps, err := filepath.Glob("testdata/v*.sql")
	if err != nil || len(dumps) != len(migrations()) {
		t.Fatalf("%d dumps, %v; want one for each of %d versions", len(dumps), err, len(migrations()))
	}
	for _, dump := range dumps {
		text, err := os.ReadFile(dump)
		if err != nil {
			t.Fatal(err)
		}
		place := filepath.Join(t.TempDir(), "store.db")
		db, err := sql.Open("sqlite", place)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(string(text)); err != nil {
			t.Fatalf("%s: %v", dump, err)
		}
		db.Close()
		s := mustOpen(t, place)
		sound(t, s)
		want := written(t, parsed(t, everyKind))
		if got := export(t, s); got != want {
			t.Errorf("%s holds\n%s\nwant\n%s", dump, got, want)
		}
		repo, err := s.Register(t.Context(), Repository{Name: "acme/web"})
		if err != nil {
			t.Fatal(err)
		}
		state, version, err := s.Cursor(t.Context(), repo.ID, dora.ResourceChanges)
		if string(state) != "cursor" || version != 1 || err != nil {
			t.Errorf("%s: cursor %q, %d, %v; want cursor, 1", dump, state, version, err)
		}
	}
}
