package gitrepo

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
)

func TestOpen_FolderWithoutGit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{dir, file, filepath.Join(dir, "missing")} {
		if _, err := Open(t.Context(), dir); !errors.Is(err, ErrNotRepo) {
			t.Errorf("open %s: got %v, want ErrNotRepo", dir, err)
		}
		d, found := load(t, dir, Options{})
		wantWords(t, found, "services/pay.md:5:3: warning[RT602]", dir)
		want := Delivery{Source: dora.Tags, Coverage: dora.Coverage{Status: dora.Uncovered, Reasons: []string{"not_a_repository"}}}
		if diff := cmp.Diff(want, d); diff != "" {
			t.Errorf("%s (-want +got):\n%s", dir, diff)
		}
	}
}

// A service that names a plain folder of a checkout has no history of its own;
// that of the checkout around it would be another one's.
func TestLoadDir_TopOfAClone(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.commit("01-01")
	inside := filepath.Join(c.dir, "pay")
	if err := os.Mkdir(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	if d, found := load(t, inside, Options{Source: dora.Merge}); len(d.Events.Deployments) != 1 {
		t.Errorf("a part of a clone: got %d deployments, want 1\n%s", len(d.Events.Deployments), found)
	}
	d, found := load(t, inside, Options{Source: dora.Merge, Top: true})
	wantWords(t, found, "RT602")
	if len(d.Events.Deployments) != 0 {
		t.Errorf("the history of the checkout around it: %+v", d.Events.Deployments)
	}
	if d, found := load(t, c.dir, Options{Source: dora.Merge, Top: true}); len(d.Events.Deployments) != 1 {
		t.Errorf("the top of a clone: got %d deployments, want 1\n%s", len(d.Events.Deployments), found)
	}
}

// It cannot run beside others: PATH and the current folder belong to the process.
func TestOpen_GitOfTheCurrentFolder(t *testing.T) {
	dir := t.TempDir()
	mark := filepath.Join(dir, "ran")
	script := "#!/bin/sh\n: > '" + mark + "'\n"
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, path := range []string{".", "", "./"} {
		t.Setenv("PATH", path)
		if _, err := Open(t.Context(), dir); !errors.Is(err, ErrNoGit) {
			t.Errorf("PATH=%q: got %v, want ErrNoGit", path, err)
		}
		d, found := load(t, dir, Options{})
		wantWords(t, found, "warning[RT603]", "not installed", "PATH")
		if d.Coverage.Status != dora.Uncovered {
			t.Errorf("PATH=%q: got %+v, want nothing covered", path, d.Coverage)
		}
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the git of the current folder ran")
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	own := []string{
		"PATH=/bin", "HOME=/home/dev", "LC_ALL=de_DE.UTF-8", "LANGUAGE=de", "GIT_DIR=/x", "GIT_WORK_TREE=/x", "GIT_INDEX_FILE=/x",
		"GIT_OBJECT_DIRECTORY=/x", "GIT_CONFIG_PARAMETERS='a.b=c'", "GIT_SSH_COMMAND=x", "GIT_EXTERNAL_DIFF=x", "GIT_PAGER=x", "GIT_TRACE=1", "GIT_NAMESPACE=x",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=/x", "GIT_CONFIG_GLOBAL=/c", "GIT_CEILING_DIRECTORIES=/home",
	}
	want := []string{
		"PATH=/bin", "HOME=/home/dev",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=/x", "GIT_CONFIG_GLOBAL=/c", "GIT_CEILING_DIRECTORIES=/home",
		"LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=:", "GIT_NO_REPLACE_OBJECTS=1",
	}
	if diff := cmp.Diff(want, environment(own)); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

// A repository's configuration is written by whoever wrote the repository. Each
// setting below makes some git command run a program.
func TestLoad_HostileConfiguration(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n: > '"+mark+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	tree := c.at("", "", "", "-C", c.dir, "hash-object", "-t", "tree", "-w", "--stdin")
	signed := c.at("", "", "tree "+tree+"\nauthor D <d@example.org> 1735732800 +0000\ncommitter D <d@example.org> 1735732800 +0000\n"+
		"gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\nwork\n", "-C", c.dir, "hash-object", "-t", "commit", "-w", "--stdin")
	c.git("update-ref", "refs/heads/main", signed)
	c.tag("v1.0.0", "01-06", signed)
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "pager.log", "gpg.program", "gpg.openpgp.program", "core.sshCommand", "core.editor", "core.askPass",
		"diff.external", "credential.helper", "core.gitProxy", "core.alternateRefsCommand", "uploadpack.packObjectsHook",
	} {
		c.git("config", key, script)
	}
	for key, value := range map[string]string{
		"log.showSignature": "true", "core.hooksPath": filepath.Dir(script), "alias.log": "!" + script, "alias.for-each-ref": "!" + script,
		"color.ui": "always", "log.decorate": "full", "log.date": "human", "format.pretty": "fuller", "log.abbrevCommit": "true", "core.quotePath": "true",
		"log.excludeDecoration": "refs/tags/*", "log.mailmap": "true", "format.notes": "*", "log.diffMerges": "on", "tag.sort": "-refname",
	} {
		c.git("config", key, value)
	}
	d, found := c.load(Options{Source: dora.Tags})
	if names(d.Events.Deployments) != "v1.0.0" || len(d.Events.Commits) != 1 || found != "" {
		t.Errorf("got %+v %s, want v1.0.0 and one commit", d.Events, found)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program of the repository's configuration ran")
	}
}

// A partial clone asks its origin for what it lacks; here that would run a
// program. The missing commit must be a finding, and nothing may run.
func TestLoad_NoNetwork(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	first := c.commit("01-06")
	c.commit("01-07")
	mark := filepath.Join(t.TempDir(), "ran")
	for key, value := range map[string]string{
		"core.repositoryFormatVersion": "1", "extensions.partialClone": "origin", "remote.origin.promisor": "true",
		"remote.origin.url": "ext::touch " + mark, "protocol.allow": "always", "protocol.ext.allow": "always",
	} {
		c.git("config", key, value)
	}
	if err := os.Remove(filepath.Join(c.dir, ".git", "objects", first[:2], first[2:])); err != nil {
		t.Fatal(err)
	}
	d, found := c.load(Options{Source: dora.Merge})
	wantWords(t, found, "warning[RT603]", "git log: ", "git fsck")
	if d.Coverage.Status != dora.Uncovered || len(d.Coverage.Reasons) != 1 || d.Coverage.Reasons[0] != "git_failed" {
		t.Errorf("got coverage %+v, want unknown by git_failed", d.Coverage)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("git went to the remote")
	}
}

func TestRel_B13_DubiousOwnership(t *testing.T) {
	t.Parallel()
	said := "fatal: detected dubious ownership in repository at '/srv/pay repo'\nTo add an exception for this directory, call:"
	e := &CommandError{Subcommand: "rev-parse", Said: "detected dubious ownership in repository at '/srv/pay repo'", Err: &exec.ExitError{}}
	err := classify(e, said)
	if !errors.Is(err, ErrOwner) {
		t.Fatalf("%q: got %v, want ErrOwner", said, err)
	}
	var l diag.List
	if reason := report(err, "pay repo/sub", pos, &l); reason != "git_failed" {
		t.Errorf("got reason %q, want git_failed", reason)
	}
	var b strings.Builder
	if err := l.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	wantWords(t, b.String(), "warning[RT603]", "pay repo/sub: it belongs to another user", "git config --global --add safe.directory '/srv/pay repo'")
}

func TestLoad_Cancelled(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.commit("01-06")
	r, err := Open(t.Context(), c.dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var l diag.List
	if _, err := r.Load(ctx, Options{}, pos, &l); !errors.Is(err, context.Canceled) {
		t.Errorf("Load: got %v, want context.Canceled", err)
	}
	if _, err := LoadDir(ctx, c.dir, Options{}, pos, &l); !errors.Is(err, context.Canceled) || l.Len() > 0 {
		t.Errorf("LoadDir: got %v and %d findings, want context.Canceled and none", err, l.Len())
	}
}
