package gitrepo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rutter-dev/rutter/internal/pack"
)

// page is a text of which a changed line leaves most the same.
func page(name string) string {
	var b strings.Builder
	for i := range 20 {
		fmt.Fprintf(&b, "line %d of %s\n", i, name)
	}
	return b.String()
}

// write writes files of the work tree, given as name and text in turn.
func (c clone) write(files ...string) {
	c.t.Helper()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(c.dir, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			c.t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
}

// save commits all that is in the work tree, on a day of 2025.
func (c clone) save(day, message string) (sha string) {
	c.t.Helper()
	c.git("add", "--all")
	c.at(date("01-01"), date(day), message, "-C", c.dir, "commit", "-q", "--allow-empty", "-F", "-")
	return c.git("rev-parse", "HEAD")
}

func changes(t *testing.T, dir, below string, o ChangesOptions) *FileChanges {
	t.Helper()
	c, err := LoadChanges(t.Context(), dir, below, o)
	if err != nil {
		t.Fatalf("changes below %q of %s: %v", below, dir, err)
	}
	return c
}

// said writes commits as "sha[:7] day subject #pull: files", files as A path,
// M path, D path, R was → path, with "=" where nothing within changed.
func said(commits []FileCommit) []string {
	all := []string{}
	for _, c := range commits {
		line := fmt.Sprintf("%.7s %s %s #%d:", c.SHA, c.At.Format("01-02"), c.Subject, c.Pull)
		for _, f := range c.Files {
			line += " " + string(f.Status)
			if f.Same {
				line += "="
			}
			if f.Was != "" {
				line += " " + f.Was + " →"
			}
			line += " " + f.Path
		}
		all = append(all, line)
	}
	return all
}

func wantCommits(t *testing.T, c *FileChanges, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), said(c.Commits)); diff != "" {
		t.Errorf("commits (-want +got):\n%s", diff)
	}
}

// lasts writes the last changes of files as "path day", "path ?" where it is
// unknown.
func lasts(c *FileChanges, paths ...string) string {
	var all []string
	for _, p := range paths {
		day := "?"
		if k, ok := c.Last(p); ok {
			day = k.At.Format("01-02")
		}
		all = append(all, p+" "+day)
	}
	return strings.Join(all, ", ")
}

func wantLasts(t *testing.T, c *FileChanges, want string) {
	t.Helper()
	var paths []string
	for part := range strings.SplitSeq(want, ", ") {
		paths = append(paths, part[:strings.LastIndexByte(part, ' ')])
	}
	if got := lasts(c, paths...); got != want {
		t.Errorf("last changes:\n got %s\nwant %s", got, want)
	}
}

func wantDirty(t *testing.T, c *FileChanges, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(c.Dirty)), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("dirty (-want +got):\n%s", diff)
	}
}

func TestLoadChanges(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.write("content/a.md", page("a"), "content/b.md", page("b"), "content/c/d.md", page("d"), "README.md", "x")
	first := c.save("01-06", "Begin")
	c.git("checkout", "-q", "-b", "side")
	c.write("content/a.md", page("a")+"more\n")
	c.save("01-02", "work in progress")
	c.write("content/new.md", page("new"))
	c.git("mv", "content/b.md", "content/c/b.md")
	c.save("01-03", "more of it")
	c.git("checkout", "-q", "main")
	c.write("README.md", "y")
	c.save("01-07", "Elsewhere")
	c.save("01-08", "Nothing")
	c.at(date("01-09"), date("01-09"), "", "-C", c.dir, "merge", "-q", "--no-ff", "-m", "Merge pull request #7 from acme/side\n\nSay more\n\nIn words.", "side")
	merge := c.git("rev-parse", "HEAD")
	c.git("mv", "content/a.md", "content/z.md")
	c.write("content/z.md", page("a")+"more\nand more\n")
	edited := c.save("01-10", "Move and edit (#8)")
	c.git("rm", "-q", "content/c/d.md")
	deleted := c.save("01-11", "Delete")
	c.git("update-index", "--chmod=+x", "content/new.md")
	c.at(date("01-12"), date("01-12"), "", "-C", c.dir, "commit", "-q", "-m", "Mode")
	mode := c.git("rev-parse", "HEAD")
	c.git("checkout", "-q", "-f", "main")

	got := changes(t, c.dir, "content", ChangesOptions{})
	wantCommits(t, got,
		mode[:7]+" 01-12 Mode #0: M= new.md",
		deleted[:7]+" 01-11 Delete #0: D c/d.md",
		edited[:7]+" 01-10 Move and edit (#8) #8: R a.md → z.md",
		merge[:7]+" 01-09 Say more #7: M a.md R= b.md → c/b.md A new.md",
		first[:7]+" 01-06 Begin #0: A a.md A b.md A c/d.md",
	)
	if want := c.git("rev-parse", "HEAD"); got.Head != want || got.Shallow {
		t.Errorf("got head %s, shallow %v; want %s, false", got.Head, got.Shallow, want)
	}
	if got.Commits[0].At.Location() != time.UTC {
		t.Errorf("got a time of %v, want UTC", got.Commits[0].At.Location())
	}
	wantDirty(t, got)
	// new.md: its mode says nothing; c/b.md was only moved since it came.
	wantLasts(t, got, "z.md 01-10, new.md 01-09, c/b.md 01-06, a.md ?, b.md ?, c/d.md ?, none.md ?")

	t.Run("all of it", func(t *testing.T) {
		t.Parallel()
		whole := changes(t, c.dir, "", ChangesOptions{})
		wantLasts(t, whole, "README.md 01-07, content/z.md 01-10")
		if first := whole.Commits[len(whole.Commits)-1]; len(first.Files) != 4 {
			t.Errorf("got %+v, want 4 files", first)
		}
	})
	t.Run("packed", func(t *testing.T) {
		t.Parallel()
		fresh := changes(t, c.dir, "content", ChangesOptions{})
		var back FileChanges
		if err := pack.Decode(pack.Append(nil, fresh), &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fresh, &back, cmpopts.IgnoreUnexported(FileChanges{})); diff != "" {
			t.Errorf("written and read (-want +got):\n%s", diff)
		}
		wantLasts(t, &back, "z.md 01-10, c/b.md 01-06")
	})
	t.Run("shared", func(t *testing.T) {
		t.Parallel()
		fresh := changes(t, c.dir, "content", ChangesOptions{})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { wantLasts(t, fresh, "z.md 01-10") })
		}
		wg.Wait()
	})
	t.Run("limits", func(t *testing.T) {
		t.Parallel()
		few := changes(t, c.dir, "content", ChangesOptions{Most: 3})
		if len(few.Commits) != 3 || few.Commits[2].SHA != edited {
			t.Errorf("got %q, want the 3 newest", said(few.Commits))
		}
		wantLasts(t, few, "z.md 01-10, new.md ?, c/b.md ?")
		raw := "%s\x001736164800\x00%s\x00m\x00\x00\n:0 1 a b A\x00%s\x00"
		p := changeReader{commits: 9, files: 1, names: map[string]string{}}
		err := p.read(bufio.NewReader(strings.NewReader(fmt.Sprintf(raw, first, merge, "x") + fmt.Sprintf(raw, merge, "", "y"))))
		if !errors.Is(err, errEnough) || len(p.all) != 1 || p.all[0].SHA != first {
			t.Errorf("with room for one file: got %q, %v; want the first commit alone", said(p.all), err)
		}
	})
}

// For git a file with its lines in another order is wholly the same.
func TestLoadChanges_MovedAndSorted(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	lines := strings.SplitAfter(page("a"), "\n")
	c.write("a.md", strings.Join(lines, ""))
	c.save("01-06", "Begin")
	slices.Reverse(lines)
	c.git("rm", "-q", "a.md")
	c.write("b.md", strings.Join(lines, ""))
	c.save("01-07", "Move")
	got := changes(t, c.dir, "", ChangesOptions{})
	if diff := cmp.Diff([]FileChange{{Path: "b.md", Was: "a.md", Status: 'R'}}, got.Commits[0].Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	wantLasts(t, got, "b.md 01-07")
}

func TestLoadChanges_LinkBecomesFile(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	if err := os.Symlink("b.md", filepath.Join(c.dir, "a.md")); err != nil {
		t.Skip("no symbolic links here")
	}
	c.save("01-06", "Begin")
	if err := os.Remove(filepath.Join(c.dir, "a.md")); err != nil {
		t.Fatal(err)
	}
	c.write("a.md", page("a"))
	second := c.save("01-07", "A file")
	got := changes(t, c.dir, "", ChangesOptions{Most: 1})
	wantCommits(t, got, second[:7]+" 01-07 A file #0: M a.md")
	wantLasts(t, got, "a.md 01-07")
}

// A site that is built again at the same HEAD does not read the history again,
// but what lies in the work tree may be another.
func TestLoadChanges_Known(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.write("a.md", page("a"), "b.md", page("b"))
	c.save("01-06", "Begin")
	c.write("a.md", page("a")+"more\n")
	head := c.save("01-07", "More")
	known := &FileChanges{Head: head, Commits: []FileCommit{{SHA: "known", At: instantOf(t, date("01-02")), Files: []FileChange{{Path: "b.md", Status: 'M'}}}}, Dirty: map[string]bool{"a.md": true}}
	c.write("b.md", "other")
	got := changes(t, c.dir, "", ChangesOptions{Known: known})
	if len(got.Commits) != 1 || got.Commits[0].SHA != "known" {
		t.Errorf("got %q, want what is known", said(got.Commits))
	}
	wantDirty(t, got, "b.md")
	for name, k := range map[string]*FileChanges{
		"another HEAD": {Head: strings.Repeat("0", 40)},
		"shallow":      {Head: head, Shallow: true},
	} {
		if got := changes(t, c.dir, "", ChangesOptions{Known: k}); len(got.Commits) != 2 {
			t.Errorf("%s: got %q, want 2 commits of git", name, said(got.Commits))
		}
	}
	if got := changes(t, c.copy("--depth=1").dir, "", ChangesOptions{Known: known}); len(got.Commits) != 0 {
		t.Errorf("in a shallow clone: got %q, want nothing", said(got.Commits))
	}
}

func TestLastChange(t *testing.T) {
	t.Parallel()
	at := func(day int) time.Time { return time.Date(2025, 1, day, 12, 0, 0, 0, time.UTC) }
	move := func(was, path string) FileChange { return FileChange{Path: path, Was: was, Status: 'R', Same: true} }
	did := func(status byte, path string) FileChange { return FileChange{Path: path, Status: status} }
	tests := []struct {
		name    string
		commits [][]FileChange // newest first, of the days 20, 19, …
		want    string
	}{
		{"moved twice", [][]FileChange{{move("b", "c")}, {move("a", "b")}, {did('M', "a")}, {did('A', "a")}}, "a ?, b ?, c 01-18"},
		{"moved and edited", [][]FileChange{{{Path: "b", Was: "a", Status: 'R'}}, {did('A', "a")}}, "a ?, b 01-20"},
		{"moved, another in its place", [][]FileChange{{did('A', "a")}, {move("a", "b")}, {did('M', "a")}}, "a 01-20, b 01-18"},
		{"another in its place by a move", [][]FileChange{{move("c", "a")}, {move("a", "b")}, {did('M', "a"), did('A', "c")}}, "a 01-18, b 01-18, c ?"},
		{"exchanged", [][]FileChange{{move("t", "b")}, {move("b", "a")}, {move("a", "t")}, {did('M', "b")}, {did('A', "a"), did('A', "b")}}, "a 01-17, b 01-16, t ?"},
		{"exchanged at once", [][]FileChange{{move("b", "a"), move("a", "b")}, {did('M', "b")}, {did('A', "a"), did('A', "b")}}, "a 01-19, b 01-18"},
		{"there and back", [][]FileChange{{move("b", "a")}, {move("a", "b")}, {did('M', "a")}}, "a 01-18, b ?"},
		{"deleted and back", [][]FileChange{{did('A', "a")}, {did('D', "a")}, {did('M', "a")}}, "a 01-20"},
		{"back by a move, the old one deleted", [][]FileChange{{move("b", "a")}, {did('D', "a")}, {did('M', "a")}, {did('M', "b")}}, "a 01-17, b ?"},
		{"deleted after a move", [][]FileChange{{did('D', "b")}, {move("a", "b")}, {did('M', "a")}}, "a ?, b ?"},
		{"before the move unknown", [][]FileChange{{move("a", "b")}}, "a ?, b ?"},
		{"mode", [][]FileChange{{{Path: "a", Status: 'M', Same: true}}, {did('M', "a")}}, "a 01-19"},
		{"nothing", nil, "a ?"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &FileChanges{}
			for i, files := range tt.commits {
				c.Commits = append(c.Commits, FileCommit{SHA: fmt.Sprint(i), At: at(20 - i), Files: files})
			}
			wantLasts(t, c, tt.want)
		})
	}
	t.Run("dirty or without a date", func(t *testing.T) {
		t.Parallel()
		c := &FileChanges{Dirty: map[string]bool{"a": true}, Commits: []FileCommit{{Files: []FileChange{did('A', "c")}}, {At: at(1), Files: []FileChange{did('A', "a"), did('A', "b")}}}}
		wantLasts(t, c, "a ?, b 01-01, c ?")
	})
}

// Where nothing was renamed, git itself can be asked for one file after another.
func TestLastChange_AsGitSays(t *testing.T) {
	t.Parallel()
	const files = 8
	c := newClone(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 40 {
		branch := i%4 == 3
		if branch {
			c.git("checkout", "-q", "-b", fmt.Sprint("side", i))
		}
		for range 1 + rng.IntN(2) {
			name := fmt.Sprintf("content/%d.md", rng.IntN(files))
			if _, err := os.Stat(filepath.Join(c.dir, name)); err == nil && rng.IntN(5) == 0 {
				c.git("rm", "-q", "-f", name)
			} else {
				c.write(name, fmt.Sprint(rng.Uint64())) // nothing in common with any other
			}
		}
		c.save(fmt.Sprintf("02-%02d", 1+i%28), "work")
		if branch {
			c.git("checkout", "-q", "main")
			c.at(date("03-01"), date("03-01"), "", "-C", c.dir, "merge", "-q", "--no-ff", "-m", "merge", fmt.Sprint("side", i))
		}
	}
	got := changes(t, c.dir, "content", ChangesOptions{})
	present := 0
	for i := range files {
		name, want := fmt.Sprintf("%d.md", i), ""
		if _, err := os.Stat(filepath.Join(c.dir, "content", name)); err == nil {
			want = c.git("log", "-1", "--first-parent", "--format=%H", "--", "content/"+name)
			present++
		}
		if k, ok := got.Last(name); k.SHA != want || ok != (want != "") {
			t.Errorf("%s: got %s, %v; git says %s", name, k.SHA, ok, want)
		}
	}
	if present == 0 || present == files {
		t.Errorf("%d files of %d are there: want some, and not all", present, files)
	}
}

func TestLoadChanges_HostileNames(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("names that Windows does not take")
	}
	names := []string{
		"new\nline.md", "-M.md", "R100", ":(top)x.md", ":!x.md", "*.md", "a\tb.md", `"quoted".md`, `back\slash.md`, "größe.md", " .md", "A",
		strings.Repeat("1", 40), ":100644 100644 1 2 M", "# branch.oid x", "1 .M N... x", "? x", "../content/x\u202e.md"[11:], "\x01\x1b[31m.md", "a -> b.md",
	}
	if runtime.GOOS == "linux" {
		names = append(names, "\xff\xfe.md") // no UTF-8
	}
	c := newClone(t)
	for _, n := range names {
		c.write("content/"+n, page(n))
	}
	first := c.save("01-06", "Begin")
	for i, n := range names {
		if i%2 == 0 {
			c.write("content/"+n, page(n)+"more\n")
		}
	}
	c.save("01-07", "More")
	for i, n := range names {
		if i%4 == 0 {
			c.write("content/"+n, "other")
		}
		c.write("content/untracked "+n, "")
	}
	got := changes(t, c.dir, "content", ChangesOptions{})
	if len(got.Commits) != 2 || len(got.Commits[1].Files) != len(names) || got.Commits[1].SHA != first || len(got.Dirty) != len(names)+(len(names)+3)/4 {
		t.Errorf("got %q and dirty %q", said(got.Commits), slices.Sorted(maps.Keys(got.Dirty)))
	}
	for i, n := range names {
		want := []string{"?", "01-06", "01-07", "01-06"}[i%4]
		if s := lasts(got, n); s != n+" "+want {
			t.Errorf("%q: got %q, want %s", n, s, want)
		}
		if !got.Dirty["untracked "+n] {
			t.Errorf("%q is not dirty", "untracked "+n)
		}
	}
}

func TestLoadChanges_Subjects(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("wörd ", 100)
	tests := []struct {
		name, message, want string
		pull                int
	}{
		{"plain", "Say it\n\nBecause.", "Say it", 0},
		{"empty", "", "", 0},
		{"two lines", "Say it\nand more (#12)\n\nBecause.", "Say it and more (#12)", 12},
		{"Windows lines", "Say it\r\n\r\nBecause.", "Say it", 0},
		{"tab and spaces", "Say\t it  \u00a0now\u2028please", "Say it now please", 0},
		{"control characters", "a\x1b[31mb\x07c\u009bd", "a�[31mb�c�d", 0},
		{"turned", "a\u202egpj.exe\u2066b\u2069", "a�gpj.exe�b�", 0},
		{"joined letters", "👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم", 0},
		{"no UTF-8", "a\xff\xfeb", "a�b", 0},
		{"not for XML", "a\uffffb", "a�b", 0},
		{"too long", long, long[:len("wörd ")*50] + "…", 0},
		{"far too long", strings.Repeat("a", 300_000) + " (#12)", strings.Repeat("a", 250) + "…", 0},
		{"pull request", "Merge pull request #12 from octo/cat\n\nSay it\n\nIn words.", "Say it", 12},
		{"pull request without a title", "Merge pull request #12 from octo/cat", "Merge pull request #12", 12},
		{"pull request of an odd branch", "Merge pull request #12 from octo/cat(#3)\n\nSay it (#4)", "Say it (#4)", 12},
		{"merge", "Merge branch 'main' into x", "Merge branch 'main' into x", 0},
		{"number that is none", "Say it (#123456789012345678901)", "Say it (#123456789012345678901)", 0},
		{"looks like a commit", strings.Repeat("a", 40), strings.Repeat("a", 40), 0},
		{"looks like a file", ":100644 100644 1 2 M", ":100644 100644 1 2 M", 0},
	}
	c := newClone(t)
	head := ""
	for i, tt := range tests {
		c.write("a.md", fmt.Sprint(i))
		c.git("add", "a.md")
		text := "tree " + c.git("write-tree") + "\n"
		if head != "" {
			text += "parent " + head + "\n"
		}
		text += "author D <d@example.org> 1736164800 +0000\ncommitter D <d@example.org> 1736164800 +0000\n\n" + tt.message
		head = c.at("", "", text, "-C", c.dir, "hash-object", "-t", "commit", "-w", "--stdin", "--literally") // git commit would mend the messages
	}
	c.git("update-ref", "refs/heads/main", head)
	c.git("config", "i18n.logOutputEncoding", "UTF-16") // would put NULs between the letters
	got := changes(t, c.dir, "", ChangesOptions{})
	if len(got.Commits) != len(tests) {
		t.Fatalf("got %d commits, want %d: %q", len(got.Commits), len(tests), said(got.Commits))
	}
	for i, tt := range tests {
		if k := got.Commits[len(tests)-1-i]; k.Subject != tt.want || k.Pull != tt.pull {
			t.Errorf("%s: %.100q: got %q, #%d; want %q, #%d", tt.name, tt.message, k.Subject, k.Pull, tt.want, tt.pull)
		}
	}
}

func TestLoadChanges_OddDate(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.write("a.md", "a")
	c.git("add", "a.md")
	text := "tree " + c.git("write-tree") + "\nauthor D <d@example.org> 1 +0000\ncommitter D <d@example.org> -5 +0000\n\nwork\n"
	c.git("update-ref", "refs/heads/main", c.at("", "", text, "-C", c.dir, "hash-object", "-t", "commit", "-w", "--stdin", "--literally"))
	got := changes(t, c.dir, "", ChangesOptions{})
	if len(got.Commits) != 1 || !got.Commits[0].At.IsZero() {
		t.Errorf("got %q, want one commit without a date", said(got.Commits))
	}
	wantLasts(t, got, "a.md ?")
}

func TestLoadChanges_Dirty(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	for _, n := range []string{"same", "edited", "staged", "both", "deleted", "removed", "moved", "cached", "touched"} {
		c.write("content/"+n+".md", page(n))
	}
	c.write(".gitignore", "ignored.md\n", "other.md", "x")
	c.save("01-06", "Begin")
	c.write("content/edited.md", "other", "content/staged.md", "other", "content/both.md", "other", "content/new.md", "", "content/in/folder/new.md", "",
		"content/added.md", "", "content/ignored.md", "", "other.md", "y")
	c.git("add", "content/staged.md", "content/both.md", "content/added.md")
	c.write("content/both.md", "yet another")
	if err := os.Remove(filepath.Join(c.dir, "content", "deleted.md")); err != nil {
		t.Fatal(err)
	}
	c.git("rm", "-q", "content/removed.md")
	c.git("mv", "content/moved.md", "content/there.md")
	c.git("rm", "-q", "--cached", "content/cached.md")
	c.run("init", "-q", filepath.Join(c.dir, "content", "nested"))
	c.write("content/nested/a.md", "")
	touched := filepath.Join(c.dir, "content", "touched.md")
	if err := os.Chtimes(touched, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	index := filepath.Join(c.dir, ".git", "index")
	before, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	got := changes(t, c.dir, "content", ChangesOptions{})
	wantDirty(t, got, "added.md", "both.md", "cached.md", "deleted.md", "edited.md", "in/folder/new.md", "moved.md", "new.md", "removed.md", "staged.md", "there.md")
	wantLasts(t, got, "same.md 01-06, touched.md 01-06, edited.md ?, cached.md ?, there.md ?, ignored.md ?, nested/a.md ?")
	if after, err := os.ReadFile(index); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the index was written (%v)", err)
	}
}

func TestLoadChanges_Conflict(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.write("a.md", "a\n", "b.md", "b\n")
	c.save("01-06", "Begin")
	c.git("checkout", "-q", "-b", "side")
	c.write("a.md", "b\n")
	c.save("01-07", "Side")
	c.git("checkout", "-q", "main")
	c.write("a.md", "c\n")
	c.save("01-08", "Main")
	merge := exec.Command("git", "-C", c.dir, "-c", "user.name=D", "-c", "user.email=d@example.org", "merge", "-q", "side")
	merge.Env = environment(os.Environ())
	if err := merge.Run(); err == nil {
		t.Fatal("the merge met no conflict")
	}
	got := changes(t, c.dir, "", ChangesOptions{})
	wantDirty(t, got, "a.md")
	wantLasts(t, got, "a.md ?, b.md 01-06")
}

func TestLoadChanges_Submodule(t *testing.T) {
	t.Parallel()
	inner := newClone(t)
	inner.write("a.md", "a")
	inner.save("01-05", "Inner")
	c := newClone(t)
	c.write("content/page.md", "p")
	c.save("01-06", "Begin")
	c.git("submodule", "--quiet", "add", "file://"+filepath.ToSlash(inner.dir), "content/sub")
	c.save("01-07", "Add the submodule")
	c.write("content/sub/a.md", "b")
	mark := filepath.Join(t.TempDir(), "ran")
	c.git("-C", "content/sub", "config", "core.fsmonitor", program(t, mark)) // git status in it would run this
	got := changes(t, c.dir, "content", ChangesOptions{})
	if len(got.Commits) != 1 || got.Commits[0].Subject != "Begin" {
		t.Errorf("got %q, want the first commit alone: .gitmodules is outside, a submodule is no file", said(got.Commits))
	}
	wantDirty(t, got)
	wantLasts(t, got, "page.md 01-06, sub ?, sub/a.md ?")
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program of the submodule's configuration ran")
	}
	t.Run("as the folder", func(t *testing.T) {
		t.Parallel()
		got := changes(t, c.dir, "content/sub", ChangesOptions{})
		wantDirty(t, got, "a.md")
		if len(got.Commits) != 1 || got.Commits[0].Subject != "Inner" {
			t.Errorf("got %q, want the history of the submodule", said(got.Commits))
		}
	})
}

// program writes one that leaves a mark when it runs.
func program(t *testing.T, mark string) string {
	t.Helper()
	script := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n: > '"+mark+"'\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return script
}

func TestLoadChanges_NoHistory(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.write("content/a.md", "", "content/b.md", "", "README.md", "")
	c.git("add", "content/b.md")
	got := changes(t, c.dir, "content", ChangesOptions{})
	if got.Head != "" || got.Commits != nil {
		t.Errorf("without a commit: got %q, %q", got.Head, said(got.Commits))
	}
	wantDirty(t, got, "a.md", "b.md")
	wantLasts(t, got, "a.md ?")

	c.git("rm", "-q", "-r", "--cached", ".")
	c.save("01-06", "Begin")
	c.write("later/x.md", "")
	got = changes(t, c.dir, "later", ChangesOptions{})
	if got.Head == "" || len(got.Commits) != 0 {
		t.Errorf("nothing in git below the folder: got %q, %q; want a head and no commit", got.Head, said(got.Commits))
	}
	wantDirty(t, got, "x.md")

	for _, dir := range []string{t.TempDir(), filepath.Join(c.dir, "missing"), filepath.Join(c.dir, "README.md")} {
		if _, err := LoadChanges(t.Context(), dir, "", ChangesOptions{}); !errors.Is(err, ErrNotRepo) {
			t.Errorf("%s: got %v, want ErrNotRepo", dir, err)
		}
	}
	failed := (*CommandError)(nil)
	if _, err := LoadChanges(t.Context(), c.copy("--bare").dir, "", ChangesOptions{}); !errors.As(err, &failed) || failed.Subcommand != "status" {
		t.Errorf("bare repository: got %v, want git's error about the missing work tree", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := LoadChanges(ctx, c.dir, "", ChangesOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v, want context.Canceled", err)
	}
}

func TestLoadChanges_OtherOwner(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	c := newClone(t)
	c.write("content/a.md", "")
	c.save("01-06", "Begin")
	const somebody = 54321
	for _, dir := range []string{c.dir, filepath.Join(c.dir, ".git")} {
		if err := os.Chown(dir, somebody, somebody); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := LoadChanges(t.Context(), c.dir, "content", ChangesOptions{}); !errors.Is(err, ErrOwner) {
		t.Errorf("got %v, want ErrOwner", err)
	}
}

// The last commit of a shallow clone seems to add every file there is.
func TestLoadChanges_Shallow(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.write("content/a.md", page("a"), "content/b.md", page("b"), "content/c.md", page("c"))
	c.save("01-06", "Begin")
	c.write("content/a.md", page("a")+"more\n")
	c.save("01-07", "More")
	c.write("content/b.md", page("b")+"more\n")
	third := c.save("01-08", "More")
	c.git("mv", "content/c.md", "content/d.md")
	moved := c.save("01-09", "Move")

	one := changes(t, c.copy("--depth=1").dir, "content", ChangesOptions{})
	if wantCommits(t, one); !one.Shallow || one.Head != moved {
		t.Errorf("depth 1: got head %s, shallow %v; want %s, true", one.Head, one.Shallow, moved)
	}
	wantLasts(t, one, "a.md ?, b.md ?, d.md ?")

	three := c.copy("--depth=3")
	got := changes(t, three.dir, "content", ChangesOptions{})
	wantCommits(t, got, moved[:7]+" 01-09 Move #0: R= c.md → d.md", third[:7]+" 01-08 More #0: M b.md")
	wantLasts(t, got, "a.md ?, b.md 01-08, d.md ?")
	wantDirty(t, got)

	three.git("fetch", "-q", "--unshallow")
	whole := changes(t, three.dir, "content", ChangesOptions{Known: got})
	if whole.Shallow || len(whole.Commits) != 4 {
		t.Errorf("made whole: got shallow %v, %q", whole.Shallow, said(whole.Commits))
	}
	wantLasts(t, whole, "a.md 01-07, b.md 01-08, d.md 01-06")
}

// A clone without old contents must not go to its origin for them: renames are
// found where nothing else changed.
func TestLoadChanges_PartialClone(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.git("config", "uploadpack.allowFilter", "true")
	c.write("content/a.md", page("a"), "content/b.md", page("b"))
	c.save("01-06", "Begin")
	c.git("mv", "content/a.md", "content/c.md")
	c.git("mv", "content/b.md", "content/d.md")
	c.write("content/d.md", page("b")+"more\n")
	c.save("01-07", "Move")
	c.write("content/d.md", page("b"))
	c.save("01-08", "Edit")
	p := c.copy("--filter=blob:none")
	if err := os.Rename(c.dir, c.dir+".gone"); err != nil {
		t.Fatal(err)
	}
	if missing := p.git("rev-list", "--objects", "--missing=print", "HEAD"); !strings.Contains(missing, "?") {
		t.Fatal("the clone has all contents")
	}
	got := changes(t, p.dir, "content", ChangesOptions{})
	if len(got.Commits) != 3 {
		t.Fatalf("got %q, want 3 commits", said(got.Commits))
	}
	if diff := cmp.Diff([]FileChange{{Path: "b.md", Status: 'D'}, {Path: "c.md", Was: "a.md", Status: 'R', Same: true}, {Path: "d.md", Status: 'A'}}, got.Commits[1].Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	wantLasts(t, got, "c.md 01-06, d.md 01-08")
}

func TestLoadChanges_Places(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	site := "teams/a*[b]?/:(glob)site"
	if runtime.GOOS == "windows" {
		site = "teams/a[b]/site"
	}
	c.write(site+"/content/a.md", page("a"), "teams/aXb/site/content/x.md", page("x"), "content/outside.md", page("outside"))
	c.save("01-06", "Begin")
	c.write("teams/aXb/site/content/x.md", "x")
	c.save("01-07", "Elsewhere")
	c.git("mv", site+"/content/a.md", site+"/content/b.md")
	c.git("mv", "content/outside.md", site+"/content/inside.md")
	c.save("01-08", "Move in")
	c.write(site+"/content/new.md", "", "teams/aXb/site/content/new.md", "")
	dir := filepath.Join(c.dir, filepath.FromSlash(site))
	check := func(t *testing.T, dir, below string, dirty ...string) {
		t.Helper()
		got := changes(t, dir, below, ChangesOptions{})
		wantLasts(t, got, "b.md 01-06, inside.md 01-08, a.md ?, outside.md ?")
		wantDirty(t, got, dirty...)
		if len(got.Commits) != 2 {
			t.Errorf("got %q, want 2 commits", said(got.Commits))
		}
	}
	t.Run("folder of a repository", func(t *testing.T) {
		t.Parallel()
		check(t, dir, "content", "new.md")
	})
	t.Run("linked", func(t *testing.T) {
		t.Parallel()
		links := t.TempDir()
		if err := os.Symlink(dir, filepath.Join(links, "site")); err != nil {
			t.Skip("no symbolic links here")
		}
		if err := os.Symlink(filepath.Join(dir, "content"), filepath.Join(links, "pages")); err != nil {
			t.Fatal(err)
		}
		check(t, filepath.Join(links, "site"), "content", "new.md")
		check(t, links, "pages", "new.md")
	})
	t.Run("worktree", func(t *testing.T) {
		t.Parallel()
		tree := filepath.Join(t.TempDir(), "tree")
		c.git("worktree", "add", "-q", "--detach", tree)
		check(t, filepath.Join(tree, filepath.FromSlash(site)), "content")
	})
}

// A repository's configuration may change what git prints, and name programs
// that git status and git log run.
func TestLoadChanges_HostileConfiguration(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.write("content/a.md", page("a"), "content/b.md", page("b"), "content/c.md", page("c"), "content/e.md", page("e"), "content/f.md", page("f"))
	first := c.save("01-06", "Begin")
	c.git("checkout", "-q", "-b", "side")
	c.git("mv", "content/b.md", "content/d.md")
	c.git("rm", "-q", "content/e.md", "content/f.md")
	c.write("content/g.md", page("e")+"more\n", "content/h.md", page("f")+"more\n")
	c.save("01-07", "Side")
	c.git("checkout", "-q", "main")
	c.at(date("01-08"), date("01-08"), "", "-C", c.dir, "merge", "-q", "--no-ff", "-m", "Merge", "side")
	merge := c.git("rev-parse", "HEAD")
	c.git("checkout", "-q", "main")
	c.write("content/a.md", "other")
	mark := filepath.Join(t.TempDir(), "ran")
	script := program(t, mark)
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "pager.log", "pager.status", "gpg.program", "diff.external", "filter.x.clean", "filter.x.smudge", "filter.x.process",
		"filter.X=y.clean", "diff.x.command", "diff.x.textconv", "core.alternateRefsCommand", "core.sshCommand",
	} {
		c.git("config", key, script)
	}
	for key, value := range map[string]string{
		"filter.x.required": "true", "core.hooksPath": filepath.Dir(script), "alias.log": "!" + script, "alias.status": "!" + script,
		"color.ui": "always", "column.ui": "always", "log.decorate": "full", "log.date": "human", "format.pretty": "fuller", "core.abbrev": "7", "core.quotePath": "true",
		"log.follow": "true", "log.showRoot": "false", "log.showSignature": "true", "log.diffMerges": "off", "log.mailmap": "true", "format.notes": "*",
		"diff.relative": "false", "diff.orderFile": "/nonexistent", "diff.renames": "false", "diff.renameLimit": "1", "diff.noprefix": "true", "diff.ignoreSubmodules": "none",
		"status.short": "true", "status.branch": "false", "status.showStash": "true", "status.relativePaths": "true", "status.showUntrackedFiles": "no", "status.renames": "copies",
		"status.aheadBehind": "true", "status.submoduleSummary": "true", "status.displayCommentPrefix": "true", "core.untrackedCache": "true", "pager.config": script,
	} {
		c.git("config", key, value)
	}
	c.write(".git/info/attributes", "*.md diff=x filter=x\nd.md filter=X=y\n", "content/new.md", "")
	for _, name := range []string{"c.md", "d.md"} {
		later := time.Now().Add(time.Hour) // git looks into the file
		if err := os.Chtimes(filepath.Join(c.dir, "content", name), later, later); err != nil {
			t.Fatal(err)
		}
	}
	got := changes(t, c.dir, "content", ChangesOptions{})
	wantCommits(t, got, merge[:7]+" 01-08 Merge #0: R= b.md → d.md R e.md → g.md R f.md → h.md", first[:7]+" 01-06 Begin #0: A a.md A b.md A c.md A e.md A f.md")
	wantDirty(t, got, "a.md", "new.md")
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program of the repository's configuration ran")
	}
}

func TestReadChanges_CutOff(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("a1", 20)
	whole := name + "\x001736164800\x00\x00Begin\n\x00\x00\n:000000 100644 0 1 A\x00a.md\x00:100644 100644 1 1 R100\x00b\x00c\x00"
	read := func(text string) (p changeReader, err error) {
		p = changeReader{commits: 9, files: 9, names: map[string]string{}}
		return p, p.read(bufio.NewReader(strings.NewReader(text)))
	}
	if p, err := read(whole); err != nil || len(p.all) != 1 || len(p.all[0].Files) != 2 {
		t.Errorf("whole: got %q, %v; want 2 files", said(p.all), err)
	}
	for i := range len(whole) {
		// Between two files nobody can tell that more would come, but by git's exit status.
		between := i == 0 || strings.HasSuffix(whole[:i], "Begin\n\x00") || strings.HasSuffix(whole[:i], "Begin\n\x00\x00") || strings.HasSuffix(whole[:i], "a.md\x00")
		if _, err := read(whole[:i]); errors.Is(err, io.ErrUnexpectedEOF) == between || between && err != nil {
			t.Errorf("%q: got %v", whole[:i], err)
		}
	}
	for _, bad := range []string{
		"x\x00", name[1:] + "\x00", name + "\x001\x00\x00m\x00A\x00a.md\x00", name + "\x001\x00\x00m\x00:1 2 3 4\x00a.md\x00",
		name + "\x001\x00\x00m\x00:1 2 3 4 \x00a.md\x00", name + "\x001\x00\x00m\x00:1 2 3 4 C100\x00a.md\x00b.md\x00",
	} {
		if _, err := read(bad); err == nil || !strings.Contains(err.Error(), "git printed") {
			t.Errorf("%q: got %v, want what git printed", bad, err)
		}
	}
	for text, want := range map[string]bool{
		"# branch.oid x\x00? content/a\x00": true, "? a\x00": false, "1 .M N... content/a\x00": false, "? content/a": false, "x\x00": true,
	} {
		if err := readStatus(bufio.NewReader(strings.NewReader(text)), "content/", &FileChanges{Dirty: map[string]bool{}}); (err == nil) != want {
			t.Errorf("status %q: got %v", text, err)
		}
	}
}

func FuzzReadChanges(f *testing.F) {
	name := strings.Repeat("a1", 20)
	f.Add([]byte(name + "\x001736164800\x00\x00Begin\n\x00\x00\n:000000 100644 0 1 A\x00a.md\x00:100644 100644 1 1 R100\x00b\x00c\x00" + name + "\x005\x00x\x00\x00\x00"))
	f.Add([]byte("# branch.oid " + name + "\x00# branch.head main\x001 .M N... 100644 100644 100644 1 1 content/a b\x00? content/x\x00u UU N... 1 2 3 4 5 6 7 content/u\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := changeReader{commits: 3, files: 5, names: map[string]string{}}
		err := p.read(bufio.NewReader(bytes.NewReader(data)))
		files := 0
		for _, c := range p.all {
			files += len(c.Files)
			if strings.ContainsAny(c.Subject, "\n\x00\x1b") {
				t.Errorf("got subject %q", c.Subject)
			}
		}
		if files > 5 || len(p.all) > 3 {
			t.Errorf("got %d files in %d commits (%v), want at most 5 in 3", files, len(p.all), err)
		}
		(&FileChanges{Commits: p.all}).Last("a.md")
		c := FileChanges{Dirty: map[string]bool{}}
		if err := readStatus(bufio.NewReader(bytes.NewReader(data)), "content/", &c); err == nil && bytes.Count(data, []byte{0}) < len(c.Dirty) {
			t.Errorf("got %d dirty files", len(c.Dirty))
		}
	})
}

// history writes a repository of 20,000 commits in the language of git
// fast-import: each edits two pages, every twentieth moves them as well, every
// tenth is a merge.
func history(b *testing.B, pages int) string {
	b.Helper()
	const commits = 20_000
	var in bytes.Buffer
	rng := rand.New(rand.NewPCG(1, 2))
	names := make([]string, pages)
	put := func(i, edit int) {
		body := fmt.Sprintf("# Page %d\n%sedit %d\n", i, strings.Repeat(fmt.Sprintf("a line of page %d in a handbook\n", i), 20), edit)
		fmt.Fprintf(&in, "M 644 inline %s\ndata %d\n%s\n", names[i], len(body), body)
	}
	folder := func() string { return fmt.Sprintf("content/part-%02d", rng.IntN(max(1, pages/50))) }
	commit := func(ref string, mark, from, merge int, subject string) {
		fmt.Fprintf(&in, "commit %s\nmark :%d\ncommitter D <d@example.org> %d +0000\ndata %d\n%s\n", ref, mark, 1_600_000_000+600*mark, len(subject), subject)
		if from > 0 {
			fmt.Fprintf(&in, "from :%d\n", from)
		}
		if merge > 0 {
			fmt.Fprintf(&in, "merge :%d\n", merge)
		}
	}
	commit("refs/heads/main", 1, 0, 0, "Begin")
	for i := range names {
		names[i] = fmt.Sprintf("%s/page-%05d.md", folder(), i)
		put(i, 0)
	}
	for c := 2; c <= commits; c++ {
		merge := 0
		if c%10 == 0 {
			merge = commits + c
			commit("refs/heads/side", merge, c-1, 0, "Side")
			commit("refs/heads/main", c, c-1, merge, fmt.Sprintf("Merge pull request #%d from acme/side\n\nA change\n", c))
		} else {
			commit("refs/heads/main", c, c-1, 0, fmt.Sprintf("A change (#%d)", c))
		}
		for range 2 {
			i := rng.IntN(pages)
			if c%20 == 7 {
				fmt.Fprintf(&in, "D %s\n", names[i])
				names[i] = fmt.Sprintf("%s/page-%05d-%d.md", folder(), i, c)
			}
			put(i, c)
		}
	}
	dir := filepath.Join(b.TempDir(), "repo")
	run := func(in *bytes.Buffer, args ...string) {
		cmd := exec.Command("git", args...)
		cmd.Env = environment(os.Environ())
		if in != nil {
			cmd.Stdin = in
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	run(nil, "init", "-q", "-b", "main", dir)
	run(&in, "-C", dir, "fast-import", "--quiet")
	run(nil, "-C", dir, "repack", "-adq")
	run(nil, "-C", dir, "reset", "-q", "--hard")
	return dir
}

// One pass over 20,000 commits takes at most a second; at the same HEAD again
// only the work tree is compared.
func BenchmarkLoadChanges(b *testing.B) {
	for _, pages := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			dir := history(b, pages)
			var c *FileChanges
			load := func(b *testing.B, o ChangesOptions) {
				b.ReportAllocs()
				for b.Loop() {
					var err error
					if c, err = LoadChanges(b.Context(), dir, "content", o); err != nil || len(c.Commits) != 20_000 || len(c.Dirty) > 0 {
						b.Fatalf("got %d commits, %d dirty files, %v", len(c.Commits), len(c.Dirty), err)
					}
				}
			}
			b.Run("whole", func(b *testing.B) { load(b, ChangesOptions{}) })
			b.Run("known", func(b *testing.B) { load(b, ChangesOptions{Known: c}) })
			b.Run("index", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if n := len(lastChanges(c.Commits)); n != pages {
						b.Fatalf("got the last changes of %d files, want %d", n, pages)
					}
				}
			})
		})
	}
}
