package gitrepo

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/dora"
)

// canary is a token that must not show anywhere.
const canary = "ghs_CANARYcanary0123456789CANARYcanary01"

// basic is how GitHub's tokens go to git.
var basic = "Basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+canary))

func header(value string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return value, nil }
}

func fetch(t *testing.T, dir string, r Remote) {
	t.Helper()
	if err := Fetch(t.Context(), dir, r); err != nil {
		t.Fatalf("fetch %+v: %v", r.URL, err)
	}
	if _, err := os.Lstat(dir + ".partial"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s.partial: got %v, want nothing there", dir, err)
	}
}

// fileURL is c as a remote on this machine.
func (c clone) fileURL() string { return "file://" + filepath.ToSlash(c.dir) }

// history opens the clone at dir and reads the history of its HEAD.
func historyOf(t *testing.T, dir string) History {
	t.Helper()
	r, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	h, err := r.History(t.Context(), "")
	if err != nil {
		t.Fatalf("history of %s: %v", dir, err)
	}
	return h
}

// told is a history in short: branch, head, number of commits, tags.
func told(h History) string {
	return fmt.Sprintf("%s %.7s %d [%s]", h.Branch, h.Head, len(h.Commits), names(h.Tags))
}

func wantTold(t *testing.T, dir, branch, head string, commits int, tags string) {
	t.Helper()
	want := fmt.Sprintf("%s %.7s %d [%s]", branch, head, commits, tags)
	if got := told(historyOf(t, dir)); got != want {
		t.Errorf("history: got %s, want %s", got, want)
	}
}

// filled is a repository with two commits that have files, and a tag.
func filled(t *testing.T) (c clone, head string) {
	t.Helper()
	c = newClone(t)
	c.git("config", "uploadpack.allowFilter", "true")
	c.file("a.txt", "first")
	c.tag("v1.0.0", "01-06", c.commit("01-06"))
	c.file("b.txt", "second")
	return c, c.commit("01-07")
}

// file puts a file into the next commit.
func (c clone) file(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
	c.git("add", name)
}

func TestFetch_OverHTTP(t *testing.T) {
	t.Parallel()
	c, head := filled(t)
	h := serve(t, c, only(basic))
	dir := filepath.Join(t.TempDir(), "clones", "pay")
	r := Remote{URL: h.URL + "/repo", Header: header(basic)}
	fetch(t, dir, r)
	wantTold(t, dir, "main", head, 2, "v1.0.0")
	kinds := clone{t, dir}.git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")
	if strings.Contains(kinds, "tree") || strings.Contains(kinds, "blob") {
		t.Errorf("the clone holds files or folders:\n%s", kinds)
	}
	c.commit("01-08")
	last := c.commit("01-09")
	c.tag("v1.1.0", "01-09", last)
	fetch(t, dir, r)
	wantTold(t, dir, "main", last, 4, "v1.0.0 v1.1.0")
	for _, q := range h.asked() {
		if q.authorization != basic {
			t.Errorf("%s came with %q, want %q once", q.path, q.authorization, basic)
		}
	}
}

func TestFetch_OverTLS(t *testing.T) {
	t.Parallel()
	c, head := filled(t)
	h := &host{}
	h.Server = httptest.NewTLSServer(h.handler(t, c, nil))
	t.Cleanup(h.Close)
	dir := filepath.Join(t.TempDir(), "pay")
	r := Remote{URL: h.URL + "/repo", Header: header("Bearer " + canary)}
	if err := Fetch(t.Context(), dir, r); !errors.Is(err, ErrUnreachable) || len(h.asked()) > 0 {
		t.Errorf("an unknown certificate: got %v, want ErrUnreachable and no request", err)
	}
	r.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Certificate().Raw})
	if err := os.WriteFile(r.CAFile, text, 0o644); err != nil {
		t.Fatal(err)
	}
	fetch(t, dir, r)
	wantTold(t, dir, "main", head, 2, "v1.0.0")
}

// What a remote refuses becomes an error that callers can tell, without the
// token that the server repeats.
func TestRel_T15_RemoteErrors(t *testing.T) {
	t.Parallel()
	c, _ := filled(t)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	tests := []struct {
		name  string
		first func(http.ResponseWriter, *http.Request) bool
		path  string
		want  error
	}{
		{"401", only("Basic other"), "/repo", ErrAuth},
		{"403", always(403), "/repo", ErrAuth},
		{"404", nil, "/none", ErrGone},
		{"404 of a host without git", always(404), "/repo", ErrGone},
		{"410", always(410), "/repo", ErrGone},
		{"451", always(451), "/repo", ErrGone},
		{"429", always(429), "/repo", ErrUnreachable},
		{"500", always(500), "/repo", ErrUnreachable},
		{"503", always(503), "/repo", ErrUnreachable},
		{"a page", func(w http.ResponseWriter, r *http.Request) bool {
			_, err := fmt.Fprintf(w, "<!doctype html>\n<p>log in %s\x1b[2J\n", r.Header.Get("Authorization"))
			return err == nil
		}, "/repo", ErrGone},
		{"cut off", func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost {
				return false
			}
			panic(http.ErrAbortHandler)
		}, "/repo", ErrUnreachable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := serve(t, c, tt.first)
			dir := filepath.Join(t.TempDir(), "pay")
			for _, value := range []string{basic, "Bearer " + canary, ""} {
				err := Fetch(t.Context(), dir, Remote{URL: h.URL + tt.path, Header: header(value)})
				if !errors.Is(err, tt.want) {
					t.Errorf("header %q: got %v, want %v", value, err, tt.want)
				}
				wantClean(t, fmt.Sprint(err))
				if left, _ := filepath.Glob(dir + "*"); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			}
		})
	}
	t.Run("no server", func(t *testing.T) {
		t.Parallel()
		err := Fetch(t.Context(), filepath.Join(t.TempDir(), "pay"), Remote{URL: gone.URL + "/repo"})
		if !errors.Is(err, ErrUnreachable) {
			t.Errorf("got %v, want ErrUnreachable", err)
		}
	})
	t.Run("no folder", func(t *testing.T) {
		t.Parallel()
		err := Fetch(t.Context(), filepath.Join(t.TempDir(), "pay"), Remote{URL: "file://" + t.TempDir()})
		if !errors.Is(err, ErrGone) {
			t.Errorf("got %v, want ErrGone", err)
		}
	})
	t.Run("no credentials", func(t *testing.T) {
		t.Parallel()
		want := errors.New("no token")
		err := Fetch(t.Context(), filepath.Join(t.TempDir(), "pay"), Remote{URL: gone.URL + "/repo", Header: func(context.Context) (string, error) { return "", want }})
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	})
}

// wantClean fails where text holds a form of the canary, or would do something
// to a terminal.
func wantClean(t *testing.T, text string) {
	t.Helper()
	for _, s := range secretsOf(basic) {
		if strings.Contains(text, s) {
			t.Errorf("%q holds %q", text, s)
		}
	}
	if strings.ContainsAny(text, "\x1b\r") {
		t.Errorf("%q holds control characters", text)
	}
}

func TestRel_T16_Redirects(t *testing.T) {
	t.Parallel()
	c, _ := filled(t)
	elsewhere := serve(t, c, nil)
	for _, code := range []int{301, 302, 307, 308} {
		for _, target := range []string{elsewhere.URL, ""} {
			h := serve(t, c, func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasPrefix(r.URL.Path, "/old/") {
					http.Redirect(w, r, target+strings.TrimPrefix(r.URL.RequestURI(), "/old"), code)
					return true
				}
				return false
			})
			err := Fetch(t.Context(), filepath.Join(t.TempDir(), "pay"), Remote{URL: h.URL + "/old/repo", Header: header(basic)})
			if !errors.Is(err, ErrGone) || !strings.Contains(err.Error(), "redirect") {
				t.Errorf("%d to %q: got %v, want ErrGone that speaks of a redirect", code, target, err)
			}
		}
	}
	if all := elsewhere.asked(); len(all) > 0 {
		t.Errorf("the other host was asked: %+v, want nothing", all)
	}
}

func TestFetch_ServerThatCannotFilter(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		settings []string
		want     string // kinds of objects
	}{
		"no filters":    {[]string{"uploadpack.allowFilter=false"}, "blob commit tag tree"},
		"no trees":      {[]string{"uploadpack.allowFilter=true", "uploadpackfilter.tree.allow=false"}, "commit tag tree"},
		"only trees":    {[]string{"uploadpack.allowFilter=true", "uploadpackfilter.allow=false", "uploadpackfilter.tree.allow=true"}, "commit tag"},
		"all forbidden": {[]string{"uploadpack.allowFilter=true", "uploadpackfilter.allow=false"}, "blob commit tag tree"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, head := filled(t)
			for _, s := range tt.settings {
				key, value, _ := strings.Cut(s, "=")
				c.git("config", key, value)
			}
			h := serve(t, c, nil)
			dir := filepath.Join(t.TempDir(), "pay")
			for range 2 {
				fetch(t, dir, Remote{URL: h.URL + "/repo"})
				wantTold(t, dir, "main", head, 2, "v1.0.0")
			}
			kinds := map[string]bool{}
			for kind := range strings.Lines(clone{t, dir}.git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")) {
				kinds[strings.TrimSpace(kind)] = true
			}
			if got := strings.Join(slices.Sorted(maps.Keys(kinds)), " "); got != tt.want {
				t.Errorf("the clone holds %s, want %s", got, tt.want)
			}
			head = c.commit("03-03")
			fetch(t, dir, Remote{URL: h.URL + "/repo"})
			wantTold(t, dir, "main", head, 3, "v1.0.0")
		})
	}
}

func TestFetch_FollowsTheRemote(t *testing.T) {
	t.Parallel()
	c, _ := filled(t)
	dir := filepath.Join(t.TempDir(), "pay")
	r := Remote{URL: c.fileURL()}
	c.git("tag", "nightly")
	c.git("branch", "stable", "HEAD~1")
	fetch(t, dir, r)
	steps := []struct {
		name string
		do   func() (branch, head string, commits int, tags string)
	}{
		{"nothing", func() (string, string, int, string) {
			return "main", c.git("rev-parse", "main"), 2, "v1.0.0 nightly"
		}},
		{"tag moved", func() (string, string, int, string) {
			c.git("tag", "-f", "nightly", "HEAD~1")
			return "main", c.git("rev-parse", "main"), 2, "nightly v1.0.0"
		}},
		{"tag deleted, another below its name", func() (string, string, int, string) {
			c.git("tag", "-d", "nightly")
			c.tag("nightly/1", "02-01", "main")
			return "main", c.git("rev-parse", "main"), 2, "v1.0.0 nightly/1"
		}},
		{"force push", func() (string, string, int, string) {
			c.git("reset", "-q", "--hard", "HEAD~1")
			sha := c.commit("03-01")
			return "main", sha, 2, "v1.0.0"
		}},
		{"history shorter", func() (string, string, int, string) {
			c.git("reset", "-q", "--hard", "HEAD~1")
			return "main", c.git("rev-parse", "main"), 1, "v1.0.0"
		}},
		{"another default branch", func() (string, string, int, string) {
			c.git("checkout", "-q", "-b", "trunk")
			return "trunk", c.commit("03-02"), 2, "v1.0.0"
		}},
		{"a default branch below the name of the last", func() (string, string, int, string) {
			c.git("branch", "-m", "trunk", "old")
			c.git("checkout", "-q", "-b", "trunk/next")
			return "trunk/next", c.commit("03-03"), 3, "v1.0.0"
		}},
	}
	for _, s := range steps {
		branch, head, commits, tags := s.do()
		fetch(t, dir, r)
		want := fmt.Sprintf("%s %.7s %d [%s]", branch, head, commits, tags)
		if got := told(historyOf(t, dir)); got != want {
			t.Errorf("after %s: got %s, want %s", s.name, got, want)
		}
		if got := (clone{t, dir}).git("for-each-ref", "--format=%(refname:short)", "refs/heads"); got != branch {
			t.Errorf("after %s: branches %q, want %s alone", s.name, got, branch)
		}
	}
	r.Branch = "stable"
	fetch(t, dir, r)
	if got := historyOf(t, dir); got.Branch != "stable" || len(got.Commits) != 1 {
		t.Errorf("the branch stable: got %s", told(got))
	}
}

func TestFetch_NoBranch(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	dir := filepath.Join(t.TempDir(), "pay")
	check := func(what, branch, word string) {
		t.Helper()
		err := Fetch(t.Context(), dir, Remote{URL: c.fileURL(), Branch: branch})
		if !errors.Is(err, ErrEmpty) || !strings.Contains(fmt.Sprint(err), word) {
			t.Errorf("%s, branch %q: got %v, want ErrEmpty with %q", what, branch, err, word)
		}
	}
	check("an empty repository", "", "empty")
	check("an empty repository", "main", "main")
	sha := c.commit("01-06")
	check("no such branch", "stable", "stable")
	c.git("symbolic-ref", "HEAD", "refs/heads/unborn")
	check("HEAD on nothing", "", "HEAD")
	c.git("checkout", "-q", "--detach", "main")
	check("HEAD detached", "", "HEAD")
	c.git("checkout", "-q", "main")
	fetch(t, dir, Remote{URL: c.fileURL()})
	c.git("symbolic-ref", "HEAD", "refs/heads/unborn")
	c.git("update-ref", "-d", "refs/heads/main")
	check("all deleted", "", "empty")
	wantTold(t, dir, "main", sha, 1, "") // what is known stays
}

func TestRel_T24_HostileRemotes(t *testing.T) {
	t.Parallel()
	c, _ := filled(t)
	mark := filepath.Join(t.TempDir(), "ran")
	dir := filepath.Join(t.TempDir(), "pay")
	for _, url := range []string{
		"", "-x", "--upload-pack=touch " + mark, "ext::touch " + mark, "host::x", "fd::17", c.dir, ".", "../repo", "C:/repo",
		"http://example.org/acme/pay", "http://127.0.0.1.example.org/acme/pay", "http://localhost@example.org/acme/pay", "ftp://127.0.0.1/x", "git://127.0.0.1/x", "HTTPS+x://h/p",
		"https://user:" + canary + "@127.0.0.1/x", "https://127.0.0.1", "https://127.0.0.1/x?token=" + canary, "https://127.0.0.1/x#y", "https:///x",
		"ssh://-oProxyCommand=touch/x", "ssh://-x@127.0.0.1/y", "-oProxyCommand=touch:x", "file://host/x", "file://" + c.dir + "\n--x", "https://127.0.0.1/\u202ex", "https://user:" + canary + "@127.0.0.1/%zz",
	} {
		err := Fetch(t.Context(), dir, Remote{URL: url})
		if err == nil || errors.Is(err, ErrUnreachable) {
			t.Errorf("URL %q: got %v, want it refused", url, err)
		}
		if text := fmt.Sprint(err); strings.Contains(text, canary) || strings.Contains(text, "\n") {
			t.Errorf("URL %q: the error shows too much: %q", url, text)
		}
	}
	for _, branch := range []string{"-x", "--all", "a:b", "+main", "*", "a..b", "x ", "main^", "a\x00b", "a\nb", "\u202emain", "@{u}", "refs/heads/main", "HEAD", "/main", "main.lock", "~"} {
		err := Fetch(t.Context(), dir, Remote{URL: c.fileURL(), Branch: branch})
		if !errors.Is(err, ErrEmpty) {
			t.Errorf("branch %q: got %v, want ErrEmpty", branch, err)
		}
	}
	if left, _ := filepath.Glob(dir + "*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	for _, branch := range []string{"$(touch${IFS}ran)", "`id`", "'quoted'", "größe/🚢", "a,b", "%(refname)", "&&x"} {
		c.git("branch", branch, "main")
		fetch(t, dir, Remote{URL: c.fileURL(), Branch: branch})
		if got := historyOf(t, dir).Branch; got != branch {
			t.Errorf("got branch %q, want %q", got, branch)
		}
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program ran")
	}
}

func TestFetch_FolderAtItsPlace(t *testing.T) {
	t.Parallel()
	c, head := filled(t)
	r := Remote{URL: c.fileURL()}
	t.Run("foreign", func(t *testing.T) {
		t.Parallel()
		mine := newClone(t)
		mine.tag("v9.0.0", "01-01", mine.commit("01-01"))
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(mine.dir, link); err != nil {
			t.Fatal(err)
		}
		odd := filepath.Join(t.TempDir(), "odd")
		if err := os.MkdirAll(filepath.Join(odd, markerName), 0o755); err != nil {
			t.Fatal(err)
		}
		before := mine.git("show-ref", "--head")
		for _, dir := range []string{mine.dir, file, link, odd} {
			if err := Fetch(t.Context(), dir, r); err == nil || !strings.Contains(err.Error(), "another folder") {
				t.Errorf("%s: got %v, want it refused", dir, err)
			}
		}
		if got := mine.git("show-ref", "--head"); got != before {
			t.Errorf("the user's repository was changed from\n%s\nto\n%s", before, got)
		}
		beside := filepath.Join(t.TempDir(), "pay")
		if err := os.MkdirAll(filepath.Join(beside+".partial", "mine"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := Fetch(t.Context(), beside, r); err == nil {
			t.Errorf("a folder of the user at %s.partial: got no error", beside)
		}
	})
	t.Run("empty", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		fetch(t, dir, r)
		wantTold(t, dir, "main", head, 2, "v1.0.0")
	})
	t.Run("another URL", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "pay")
		fetch(t, dir, r)
		o := newClone(t)
		sha := o.commit("05-05")
		if err := Fetch(t.Context(), dir, Remote{URL: o.fileURL() + "x"}); !errors.Is(err, ErrGone) {
			t.Errorf("got %v, want ErrGone", err)
		}
		wantTold(t, dir, "main", head, 2, "v1.0.0") // until there is another
		fetch(t, dir, Remote{URL: o.fileURL()})
		wantTold(t, dir, "main", sha, 1, "")
	})
	for name, damage := range map[string]func(t *testing.T, dir string) error{
		"HEAD gone":    func(_ *testing.T, dir string) error { return os.Remove(filepath.Join(dir, "HEAD")) },
		"objects gone": func(_ *testing.T, dir string) error { return os.RemoveAll(filepath.Join(dir, "objects")) },
		"packs gone":   func(_ *testing.T, dir string) error { return os.RemoveAll(filepath.Join(dir, "objects", "pack")) },
		"all gone but the marker": func(_ *testing.T, dir string) error {
			for _, name := range []string{"HEAD", "config", "objects", "refs", "packed-refs"} {
				if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
					return err
				}
			}
			return nil
		},
		"config is a folder": func(_ *testing.T, dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "config")), os.Mkdir(filepath.Join(dir, "config"), 0o755))
		},
		"config is a link": func(t *testing.T, dir string) error {
			outside := filepath.Join(t.TempDir(), "outside")
			t.Cleanup(func() {
				if text, err := os.ReadFile(outside); string(text) != "mine" {
					t.Errorf("the file that a link named holds %q, %v; want it as it was", text, err)
				}
			})
			return errors.Join(os.WriteFile(outside, []byte("mine"), 0o644), os.Remove(filepath.Join(dir, "config")), os.Symlink(outside, filepath.Join(dir, "config")))
		},
		"locked by a git that was killed": func(_ *testing.T, dir string) error {
			return errors.Join(os.WriteFile(filepath.Join(dir, "HEAD.lock"), nil, 0o644), os.WriteFile(filepath.Join(dir, "refs", "heads", "main.lock"), nil, 0o644))
		},
		"a clone that was begun": func(_ *testing.T, dir string) error {
			return begin(dir+".partial", "file:///anything")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := filled(t)
			r := Remote{URL: c.fileURL()}
			dir := filepath.Join(t.TempDir(), "pay")
			fetch(t, dir, r)
			if err := damage(t, dir); err != nil {
				t.Fatal(err)
			}
			sha := c.commit("04-01")
			fetch(t, dir, r)
			wantTold(t, dir, "main", sha, 3, "v1.0.0")
		})
	}
}

// A folder in a checkout could be made to look like a clone of ours, with
// settings that make git run programs. Fetch writes the configuration anew.
func TestFetch_HostileFolder(t *testing.T) {
	t.Parallel()
	c, head := filled(t)
	dir, tmp := filepath.Join(t.TempDir(), "pay"), t.TempDir()
	fetch(t, dir, Remote{URL: c.fileURL()})
	mark, script := filepath.Join(tmp, "ran"), filepath.Join(tmp, "program")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n: > '"+mark+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	evil := filepath.Join(tmp, "evil")
	c.run("init", "-q", "--bare", evil)
	for _, d := range []clone{{t, dir}, {t, evil}} {
		for _, key := range []string{"core.sshCommand", "core.gitProxy", "credential.helper", "core.alternateRefsCommand", "remote.rutter.uploadpack", "core.fsmonitor"} {
			d.git("config", key, script)
		}
	}
	for _, hook := range []string{"reference-transaction", "post-checkout", "pre-auto-gc"} {
		if err := os.MkdirAll(filepath.Join(dir, "hooks"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(script, filepath.Join(dir, "hooks", hook)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "commondir"), []byte(evil+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c.git("tag", "another")
	fetch(t, dir, Remote{URL: c.fileURL()})
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program of the folder ran")
	}
	if got := (clone{t, evil}).git("for-each-ref"); got != "" {
		t.Errorf("another repository got refs:\n%s", got)
	}
	wantTold(t, dir, "main", head, 2, "v1.0.0 another")
}

// A remote may have tags of everything, and be shallow itself.
func TestFetch_OddRemotes(t *testing.T) {
	t.Parallel()
	c, head := filled(t)
	c.git("tag", "on-a-file", c.git("rev-parse", "HEAD:a.txt"))
	c.git("tag", "on-a-folder", "HEAD^{tree}")
	c.tag("of-a-tag", "02-02", "v1.0.0")
	h := serve(t, c, nil)
	dir := filepath.Join(t.TempDir(), "pay")
	for range 2 {
		fetch(t, dir, Remote{URL: h.URL + "/repo"})
		wantTold(t, dir, "main", head, 2, "v1.0.0 of-a-tag")
		c.file("c.txt", "more")
		c.commit("03-01")
		c.git("tag", "-f", "on-a-folder", "HEAD^{tree}")
		c.git("reset", "-q", "--hard", "HEAD~1")
	}
	shallow := c.copy("--depth=1")
	h = serve(t, shallow, nil)
	for _, filters := range []string{"false", "true"} {
		shallow.git("config", "uploadpack.allowFilter", filters)
		for _, url := range []string{shallow.fileURL(), h.URL + "/copy"} {
			at := filepath.Join(t.TempDir(), "shallow")
			fetch(t, at, Remote{URL: url})
			if h := historyOf(t, at); !h.Shallow || len(h.Commits) != 1 {
				t.Errorf("of a shallow remote at %s that filters %s: got %s, shallow %v; want one commit and true", url, filters, told(h), h.Shallow)
			}
		}
	}
}

func TestFetch_Repack(t *testing.T) {
	t.Parallel()
	c, _ := filled(t)
	dir := filepath.Join(t.TempDir(), "pay")
	r := Remote{URL: serve(t, c, nil).URL + "/repo"}
	fetch(t, dir, r)
	var head string
	for i := range 3 {
		head = c.commit(fmt.Sprintf("02-0%d", i+1))
		fetch(t, dir, r)
	}
	x, err := newJob(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	local, _, err := x.commands(dir)
	if err != nil {
		t.Fatal(err)
	}
	packs := func() int {
		all, err := filepath.Glob(filepath.Join(dir, "objects", "pack", "*.pack"))
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	before := packs()
	if err := repack(t.Context(), local, before); err != nil || packs() != before {
		t.Errorf("%d packs, which are not too many: got %v and %d packs", before, err, packs())
	}
	if err := repack(t.Context(), local, 1); err != nil || packs() >= before || before < 4 {
		t.Errorf("too many packs: got %v and %d packs of %d, want fewer", err, packs(), before)
	}
	wantTold(t, dir, "main", head, 5, "v1.0.0")
	head = c.commit("03-01")
	fetch(t, dir, r)
	wantTold(t, dir, "main", head, 6, "v1.0.0")
}

func TestFetch_Cancelled(t *testing.T) {
	t.Parallel()
	c, head := filled(t)
	reached, left := make(chan bool, 8), make(chan bool, 8)
	stall := true
	h := serve(t, c, func(w http.ResponseWriter, r *http.Request) bool {
		if !stall || r.Method != http.MethodPost {
			return false
		}
		w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		reached <- true
		<-r.Context().Done() // git has gone
		left <- true
		return true
	})
	dir := filepath.Join(t.TempDir(), "pay")
	r := Remote{URL: h.URL + "/repo"}
	cancelled := func() {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- Fetch(ctx, dir, r) }()
		<-reached
		begin := time.Now()
		cancel()
		err := <-done
		if took := time.Since(begin); !errors.Is(err, context.Canceled) || took > 10*time.Second {
			t.Errorf("got %v after %v, want context.Canceled at once", err, took)
		}
		<-left
		if all, _ := filepath.Glob(dir + ".*"); len(all) > 0 {
			t.Errorf("left behind: %q", all)
		}
	}
	cancelled()
	stall = false
	fetch(t, dir, r)
	stall = true
	cancelled()
	wantTold(t, dir, "main", head, 2, "v1.0.0") // as it was
	stall = false
	sha := c.commit("06-01")
	fetch(t, dir, r)
	wantTold(t, dir, "main", sha, 3, "v1.0.0")
}

func TestFetch_Progress(t *testing.T) {
	t.Parallel()
	c, _ := filled(t)
	h := serve(t, c, nil)
	var all []string
	fetch(t, filepath.Join(t.TempDir(), "pay"), Remote{URL: h.URL + "/repo", Header: header(basic), Progress: func(s string) { all = append(all, s) }})
	text := strings.Join(all, "\n")
	wantWords(t, text, "Counting objects: 100% (", "%")
	wantClean(t, text)
	for _, line := range all {
		if strings.HasPrefix(line, "remote:") || !strings.HasSuffix(line, ")") {
			t.Errorf("got %q, want a step and how far it is", line)
		}
	}
}

// What Fetch brings, Load reads like any clone.
func TestFetch_Load(t *testing.T) {
	t.Parallel()
	c, _ := filled(t)
	dir := filepath.Join(t.TempDir(), "pay")
	fetch(t, dir, Remote{URL: c.fileURL()})
	o := Options{Name: "pay", Source: dora.Tags, Top: true}
	want, found := c.load(o)
	got, foundHere := load(t, dir, o)
	if diff := cmp.Diff(want, got); diff != "" || found+foundHere != "" {
		t.Errorf("delivery (-the repository, +its clone):\n%s%s%s", diff, found, foundHere)
	}
}
