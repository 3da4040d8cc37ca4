package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rutter-dev/rutter/internal/testkit"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"rutter": main,
	})
}

// TestScripts runs the command as people use it; see testdata/script.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			e.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			e.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(e.WorkDir))
			for _, who := range []string{"AUTHOR", "COMMITTER"} {
				e.Setenv("GIT_"+who+"_NAME", "developer")
				e.Setenv("GIT_"+who+"_EMAIL", "developer@example.org")
				e.Setenv("GIT_"+who+"_DATE", "2026-03-02T10:00:00Z")
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exitcode": exitCode,
			"oracle":   oracle,
		},
	})
}

// exitCode runs rutter and checks its exit code: exitcode 2 build.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode CODE ARG...")
	}
	err := ts.Exec("rutter", args[1:]...)
	got := "0"
	if err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("rutter: %v", err)
		}
		got = strconv.Itoa(exit.ExitCode())
	}
	if got != args[0] {
		ts.Fatalf("rutter %v: exit code %s, want %s", args[1:], got, args[0])
	}
}

// oracle checks every file and link of a built site: oracle public [URL].
func oracle(ts *testscript.TestScript, neg bool, args []string) {
	var opts testkit.SiteOptions
	if len(args) > 1 {
		opts.URL = args[1]
	}
	problems := testkit.SiteProblems(os.DirFS(ts.MkAbs(args[0])), opts)
	for _, p := range problems {
		ts.Logf("%s", p)
	}
	if (len(problems) > 0) != neg {
		ts.Fatalf("%d problems in %s", len(problems), args[0])
	}
}
