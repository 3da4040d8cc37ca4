package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// watch puts a git into PATH that notes the arguments of every program it runs,
// those of git's own helpers too, and then is the real one.
func watch(t *testing.T) (notes string) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	notes = filepath.Join(t.TempDir(), "notes")
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" >> '" + notes + "'\nGIT_TRACE2_EVENT='" + notes + "' exec '" + git + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return notes
}

// It cannot run beside others: PATH and TMPDIR belong to the process.
func TestRel_T15_TokenInNoFileAndNoArgument(t *testing.T) {
	c, head := filled(t)
	h := serve(t, c, only(basic))
	tmp, dir := t.TempDir(), filepath.Join(t.TempDir(), "pay")
	t.Setenv("TMPDIR", tmp)
	t.Setenv("GIT_TRACE_CURL", filepath.Join(tmp, "curl")) // would show headers, as would the next
	t.Setenv("GIT_CURL_VERBOSE", "1")
	t.Setenv("GIT_CONFIG_COUNT", "2")
	t.Setenv("GIT_CONFIG_KEY_0", "http.extraHeader")
	t.Setenv("GIT_CONFIG_VALUE_0", "Authorization: Basic other") // the user's own for all hosts
	t.Setenv("GIT_CONFIG_KEY_1", "credential.helper")
	t.Setenv("GIT_CONFIG_VALUE_1", "!: > '"+filepath.Join(tmp, "helper")+"'")
	notes := watch(t)
	r := Remote{URL: h.URL + "/repo", Header: header(basic)}
	fetch(t, dir, r)
	wantTold(t, dir, "main", head, 2, "v1.0.0")
	c.commit("02-02")
	fetch(t, dir, r)
	r.Header = header("Basic " + canary)
	err := Fetch(t.Context(), dir, r)
	if !errors.Is(err, ErrAuth) {
		t.Errorf("another token: got %v, want ErrAuth", err)
	}
	wantClean(t, fmt.Sprint(err))
	text, err := os.ReadFile(notes)
	if err != nil {
		t.Fatal(err)
	}
	wantWords(t, string(text), "ls-remote", "remote-http", "index-pack") // so that it is a list of arguments
	seen := 0
	for _, root := range []string{tmp, filepath.Dir(dir), notes} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			seen++
			text, err := os.ReadFile(name)
			wantClean(t, strings.NewReplacer("\x1b", "", "\r", "").Replace(string(text)))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 || seen < 6 {
		t.Errorf("looked at %d files, %v; temporary files left: %v, want none: no trace, no helper asked", seen, err, left)
	}
}

// Over ssh, git's own credentials apply, and no Authorization header is asked for.
func TestFetch_OverSSH(t *testing.T) {
	c, head := filled(t)
	tmp := t.TempDir()
	ssh := filepath.Join(tmp, "ssh")
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" >> '" + ssh + ".args'\nfor last; do :; done\nexec sh -c \"$last\"\n"
	if err := os.WriteFile(ssh, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_SSH_COMMAND", ssh)
	t.Setenv("GIT_SSH_VARIANT", "ssh")
	for _, url := range []string{"ssh://git@host.test" + filepath.ToSlash(c.dir), "git@host.test:" + filepath.ToSlash(c.dir)} {
		dir := filepath.Join(t.TempDir(), "pay")
		fetch(t, dir, Remote{URL: url, Header: func(ctx context.Context) (string, error) { return "", errors.New("asked for a header") }})
		wantTold(t, dir, "main", head, 2, "v1.0.0")
	}
	text, err := os.ReadFile(ssh + ".args")
	if err != nil {
		t.Fatal(err)
	}
	wantWords(t, string(text), "git@host.test", "git-upload-pack")
}

// A helper that will not end when it is told to is killed: Fetch does not wait.
func TestRel_A22_StubbornHelper(t *testing.T) {
	tmp := t.TempDir()
	ssh, up := filepath.Join(tmp, "ssh"), filepath.Join(tmp, "up")
	script := "#!/bin/sh\ntrap '' TERM\necho $$ > '" + up + ".new'\nmv '" + up + ".new' '" + up + "'\nwhile :; do sleep 1; done\n"
	if err := os.WriteFile(ssh, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_SSH_COMMAND", ssh)
	t.Setenv("GIT_SSH_VARIANT", "ssh")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- Fetch(ctx, filepath.Join(tmp, "pay"), Remote{URL: "ssh://host.test/repo"}) }()
	for _, err := os.Stat(up); err != nil; _, err = os.Stat(up) {
		time.Sleep(10 * time.Millisecond)
	}
	begin := time.Now()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("Fetch returned after %v, want about a second", took)
	}
	pid, err := os.ReadFile(up)
	if err != nil {
		t.Fatal(err)
	}
	for range 500 { // it is dead once nobody can signal it, or is about to be waited for
		state, err := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/stat")
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the helper %s still runs", pid)
}

func TestHide(t *testing.T) {
	t.Parallel()
	tests := []struct{ said, want string }{
		{"you sent " + basic, "you sent [hidden]"},
		{"you sent " + strings.TrimPrefix(basic, "Basic "), "you sent [hidden]"},
		{"you sent " + canary + ".", "you sent [hidden]."},
		{"token=ghp_0123456789abcdefABCDEF", "token=[hidden]"},
		{"github_pat_0123456789abcdefABCDEF_x", "[hidden]"},
		{"clone https://dev:secret@host.test/x", "clone https://dev:[hidden]@host.test/x"},
		{"clone https://dev@host.test:443/x@y", "clone https://dev@host.test:443/x@y"},
	}
	for _, tt := range tests {
		if got := hide(tt.said, secretsOf(basic)); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.said, got, tt.want)
		}
	}
}
