package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// TestForeignHandbooks builds handbooks that nobody here wrote, without
// configuration, and holds every page to the oracle. RUTTER_HANDBOOKS names a
// folder with one handbook in each of its folders. They belong to others and
// are not part of this repository, so the test is an extra that nothing asks
// for, RUTTER_TEST_ALL neither.
func TestForeignHandbooks(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("RUTTER_HANDBOOKS")
	if folder == "" {
		t.Skip("not run: RUTTER_HANDBOOKS does not name a folder of handbooks")
	}
	handbooks, err := filepath.Glob(filepath.Join(folder, "*", ""))
	if err != nil || len(handbooks) == 0 {
		t.Fatalf("no handbooks in %s: %v", folder, err)
	}
	for _, h := range handbooks {
		t.Run(filepath.Base(h), func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out")
			c := command(t.TempDir(), nil, "build", "--content", h, "-o", out)
			said, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			t.Logf("%s", said)
			testkit.CheckSite(t, os.DirFS(out), testkit.SiteOptions{})
		})
	}
}
