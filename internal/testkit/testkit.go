// Package testkit is for tests: golden files, tiny sites in txtar, tree hashes,
// and the oracle that judges every page a test builds.
//
//	txtar ── Site ──▶ folder ── build ──▶ fs.FS ── CheckSite ──▶ problems
//	                                  └── Tree ───▶ one hash
//
// The oracle (Violations, CheckPage, SiteProblems) is pure: bytes in, sentences
// out, one for each problem, beginning with its kind and a colon. It holds the
// pages to the rules of docs/architecture.md and knows nothing of how they are
// made, so that a mistake in the product is not made again in its test.
package testkit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update is the one flag that rewrites golden files: go test ./... -update.
var update = flag.Bool("update", false, "rewrite golden files with what the code gives now")

// Golden compares got with testdata/name, and rewrites the file under -update.
func Golden(t testing.TB, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs (-want +got); look at it, then run the test with -update:\n%s", file, cmp.Diff(string(want), string(got)))
	}
}

// Tree returns one hash over the names, modes and bytes of everything below
// dir, folders and links included, and the names of its files in order.
func Tree(t testing.TB, dir string) (hash string, files []string) {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		var data []byte
		switch {
		case d.Type().IsRegular():
			data, err = os.ReadFile(path)
		case d.Type()&fs.ModeSymlink != 0:
			var to string
			to, err = os.Readlink(path)
			data = []byte(to)
		}
		if !d.IsDir() {
			files = append(files, name)
		}
		fmt.Fprintf(h, "%q %v %d\n", name, info.Mode(), len(data))
		h.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil)), files
}

// Need returns the path of a program, and skips the test where it is missing.
func Need(t testing.TB, tool string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		Missing(t, tool)
	}
	return path
}

// Missing skips a test, saying what it lacks; under RUTTER_TEST_ALL=1, where
// everything should be there, it fails instead.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("RUTTER_TEST_ALL") == "1" {
		t.Fatalf("missing: %s (RUTTER_TEST_ALL=1 asks for every test)", what)
	}
	t.Skipf("not run, missing: %s", what)
}
