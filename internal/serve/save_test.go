package serve

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// saves are the ways in which editors save content/roles/qa.md, after the steps
// that they were seen to take.
var saves = []struct {
	name string
	save func(file string, text []byte) error
}{
	{"in place", func(file string, text []byte) error { return os.WriteFile(file, text, 0o644) }},
	{"VS Code, slow", func(file string, text []byte) error {
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_TRUNC, 0o644)
		if err != nil {
			return err
		}
		defer f.Close()
		time.Sleep(30 * time.Millisecond)
		_, err = f.Write(text)
		return err
	}},
	{"vim, by backup", func(file string, text []byte) error {
		probe := filepath.Join(filepath.Dir(file), "4913")
		swap := filepath.Join(filepath.Dir(file), ".qa.md.swp")
		return steps(
			func() error { return os.WriteFile(swap, []byte("b0VIM"), 0o600) },
			func() error { return os.WriteFile(probe, nil, 0o644) },
			func() error { return os.Remove(probe) },
			func() error { return os.Rename(file, file+"~") },
			func() error { return os.WriteFile(file, text, 0o644) },
			func() error { return os.Remove(file + "~") },
			func() error { return os.Remove(swap) },
		)
	}},
	{"vim, slow disk", func(file string, text []byte) error {
		return steps(
			func() error { return os.Rename(file, file+"~") },
			func() error { time.Sleep(30 * time.Millisecond); return nil },
			func() error { return os.WriteFile(file, text, 0o644) },
			func() error { return os.Remove(file + "~") },
		)
	}},
	{"emacs", func(file string, text []byte) error {
		lock, auto := filepath.Join(filepath.Dir(file), ".#qa.md"), filepath.Join(filepath.Dir(file), "#qa.md#")
		return steps(
			func() error { return os.Symlink("somebody@here.1:2", lock) },
			func() error { return os.WriteFile(auto, text, 0o600) },
			func() error { return os.WriteFile(file+"~", text, 0o644) },
			func() error { return os.WriteFile(file, text, 0o644) },
			func() error { return os.Remove(auto) },
			func() error { return os.Remove(lock) },
		)
	}},
	{"JetBrains", func(file string, text []byte) error {
		return steps(
			func() error { return os.WriteFile(file+"___jb_tmp___", text, 0o644) },
			func() error { return os.Rename(file, file+"___jb_old___") },
			func() error { return os.Rename(file+"___jb_tmp___", file) },
			func() error { return os.Remove(file + "___jb_old___") },
		)
	}},
	{"sed -i", func(file string, text []byte) error {
		temporary := filepath.Join(filepath.Dir(file), "sedX1y2Z3")
		return steps(
			func() error { return os.WriteFile(temporary, text, 0o600) },
			func() error { return os.Chmod(temporary, 0o644) },
			func() error { return os.Rename(temporary, file) },
		)
	}},
	{"sed itself", func(file string, text []byte) error {
		if _, err := exec.LookPath("sed"); err != nil {
			return os.WriteFile(file, text, 0o644)
		}
		body := strings.Split(string(text), "\n")[3]
		return exec.Command("sed", "-i", "4s/.*/"+body+"/", file).Run()
	}},
	{"vim itself", func(file string, text []byte) error {
		if _, err := exec.LookPath("vim"); err != nil {
			return os.WriteFile(file, text, 0o644)
		}
		body := strings.Split(string(text), "\n")[3]
		return exec.Command("vim", "-u", "NONE", "-es", "--cmd", "set nocompatible backup writebackup backupcopy=no", "-c", "4s/.*/"+body+"/", "-c", "wq", file).Run()
	}},
}

func steps(all ...func() error) error {
	for _, step := range all {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

var built = regexp.MustCompile(`(?m)^\d+ of \d+ pages,.* ms$`)

// slow is a pace for machines that are busy with tests: the steps of a save may
// lie far apart.
var slow = pace{quiet: 60 * time.Millisecond, longest: 400 * time.Millisecond, bulk: time.Second, save: 300 * time.Millisecond, poll: usual.poll, check: usual.check, grace: usual.grace}

// TestRel_W1_EveryWayOfSaving: each save is one build, and no reader ever sees
// a page that is blank, gone or half.
func TestRel_W1_EveryWayOfSaving(t *testing.T) {
	t.Parallel()
	for _, s := range saves {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			dir := testkit.Site(t, small)
			p := startOptions(t, dir, Options{Build: build.Options{Dir: dir, Output: filepath.Join(dir, "public"), Drafts: true}, pace: slow})
			b := p.browser()
			ctx, cancel := context.WithCancel(t.Context())
			var reader sync.WaitGroup
			defer reader.Wait()
			defer cancel()
			reader.Go(func() {
				for ctx.Err() == nil {
					status, body := p.get("/roles/qa/")
					if status != 200 || !strings.Contains(body, "canary") && !strings.Contains(body, "Saved text") {
						t.Errorf("in the middle of a save: %d\n%s", status, body)
						return
					}
					time.Sleep(2 * time.Millisecond)
				}
			})
			const times = 3
			for i := range times {
				text := fmt.Sprintf("Saved text %d.", i)
				if err := s.save(filepath.Join(p.dir, "content", "roles", "qa.md"), []byte("---\ntitle: QA\n---\n"+text+"\n")); err != nil {
					t.Fatal(err)
				}
				b.untilPage("/roles/qa/", 200, text)
				time.Sleep(slow.longest + slow.save) // another build would begin
			}
			log, _ := p.log.read()
			if got := len(built.FindAllString(log, -1)); got != times || strings.Contains(log, "error") {
				t.Errorf("%d saves were %d builds:\n%s", times, got, log)
			}
		})
	}
}

// TestRel_W2_Checkout: thousands of files at once end in what a clean build
// makes, whether or not events are lost. RUTTER_TEST_SOAK=1 takes 20,000.
func TestRel_W2_Checkout(t *testing.T) {
	t.Parallel()
	count := 2000
	if os.Getenv("RUTTER_TEST_SOAK") == "1" {
		count = 20000
	}
	p := start(t, small)
	b := p.browser()
	for i := range count {
		file := filepath.Join(p.dir, "content", fmt.Sprintf("s%d", i/100), fmt.Sprintf("p%d.md", i))
		if i%100 == 0 {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(file, fmt.Appendf(nil, "---\ntitle: Page %d\n---\nSee [another](p%d.md).\n", i, i/100*100+(i+7)%100), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	last := fmt.Sprintf("/s%d/p%d/", (count-1)/100, count-1)
	b.untilPage(last, 200, "another")
	p.sameAsClean(count + 3)
}

// TestRel_W2_Overflow: events are lost, and the system says so.
func TestRel_W2_Overflow(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, -1, false)
	p := startFaulty(t, func() (notifier, error) { return f, nil })
	b := p.browser()
	f.hear(false)
	p.page("content/one/two/three.md", "While events were lost.")
	if err := os.Remove(filepath.Join(p.dir, "content", "plain.md")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond)
	f.hear(true)
	f.errors <- fsnotify.ErrEventOverflow
	b.untilPage("/one/two/three/", 200, "While events were lost.")
	b.untilPage("/plain/", 404, "")
	p.page("content/one/two/three.md", "In a folder that came unheard.")
	b.untilPage("/one/two/three/", 200, "In a folder that came unheard.")
	p.sameAsClean(3)
	if log, _ := p.log.read(); strings.Contains(log, polling) {
		t.Errorf("an overflow is no reason to give up on events:\n%s", log)
	}
}

// sameAsClean waits until the preview serves so many pages, and compares all it
// serves with a clean build.
func (p preview) sameAsClean(pages int) {
	p.t.Helper()
	want, err := build.Open(p.t.Context(), build.Options{Dir: p.dir, Output: filepath.Join(p.dir, "public"), Drafts: true, BaseURL: "http://" + p.addr + "/", Preview: true})
	if err != nil {
		p.t.Fatal(err)
	}
	defer want.Close()
	if want.Findings.HasErrors() {
		p.t.Fatalf("the clean build has errors: %v", want.Findings.All())
	}
	inject := regexp.MustCompile(`<script src="/-preview/.*?</script>`)
	var differ []string
	timeout := time.After(patient)
	for {
		differ = differ[:0]
		count := 0
		for _, f := range want.Files() {
			if f.Page {
				count++
			}
			data, _, err := want.Make(f)
			if err != nil {
				p.t.Fatal(err)
			}
			status, body := p.get("/" + strings.TrimSuffix(f.Name, "index.html"))
			if f.Name == "404.html" {
				status = 200
			}
			if status != 200 || inject.ReplaceAllString(body, "") != string(data) {
				differ = append(differ, f.Name)
				break // that is enough to try again
			}
		}
		if len(differ) == 0 && count == pages {
			return
		}
		select {
		case <-timeout:
			log, _ := p.log.read()
			p.t.Fatalf("%d pages, want %d; %v is not as in a clean build; the log is\n%s", count, pages, differ, log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// TestBurst: what the usual pace makes of events.
func TestBurst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	full, empty, missing := filepath.Join(dir, "full.md"), filepath.Join(dir, "empty.md"), filepath.Join(dir, "missing.md")
	for name, text := range map[string]string{full: "x", empty: ""} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const ms = time.Millisecond
	event := func(op fsnotify.Op, names ...string) (events []fsnotify.Event) {
		for _, name := range names {
			events = append(events, fsnotify.Event{Name: name, Op: op})
		}
		return events
	}
	many := make([]string, manyEvents+1)
	for i := range many {
		many[i] = filepath.Join(dir, fmt.Sprintf("%d.md", i))
	}
	for _, c := range []struct {
		name       string
		events     []fsnotify.Event
		since      time.Duration // from the first event to the last
		after      time.Duration // from the last event to now
		wait       time.Duration // asked at the last event
		unfinished time.Duration // asked now
	}{
		{"write", event(fsnotify.Write, full), 0, 15 * ms, 15 * ms, 0},
		{"at the end of what is put off", event(fsnotify.Write, full), 95 * ms, 5 * ms, 5 * ms, 0},
		{"a checkout", event(fsnotify.Create, many...), 95 * ms, 15 * ms, 15 * ms, 0},
		{"the end of a checkout", event(fsnotify.Create, many...), 990 * ms, 10 * ms, 10 * ms, 0},
		{"emptied", event(fsnotify.Write, full, empty), 0, 15 * ms, 15 * ms, 35 * ms},
		{"emptied for long", event(fsnotify.Write, empty), 0, 50 * ms, 15 * ms, 0},
		{"emptied in a long burst", event(fsnotify.Write, empty), 140 * ms, 15 * ms, -40 * ms, 0},
		{"moved aside", event(fsnotify.Rename, missing), 0, 15 * ms, 15 * ms, 35 * ms},
		{"a file of the moment", append(event(fsnotify.Create, missing), event(fsnotify.Rename, missing)...), 0, 15 * ms, 15 * ms, 0},
		{"a folder", event(fsnotify.Write, dir), 0, 15 * ms, 15 * ms, 0},
	} {
		var b burst
		for _, e := range c.events {
			b.event(e)
		}
		b.first = b.last.Add(-c.since)
		if got := b.wait(usual, b.last); got != c.wait {
			t.Errorf("%s: waits for %v, want %v", c.name, got, c.wait)
		}
		if got := b.unfinished(usual, b.last.Add(c.after)); got != c.unfinished {
			t.Errorf("%s: unfinished for %v, want %v", c.name, got, c.unfinished)
		}
	}
}

// TestHints: a hint names the folders that were touched, and no others.
func TestHints(t *testing.T) {
	t.Parallel()
	dir := testkit.Site(t, small)
	w := newWatcher(&log{more: make(chan struct{})}, usual, newNotifier)
	var ended sync.WaitGroup
	ended.Go(func() { w.run(t.Context()) })
	t.Cleanup(ended.Wait)
	e := newEngine(build.Options{Dir: dir})
	w.Set(t.Context(), e.inputs())
	p := preview{t: t, dir: dir}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	in := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for _, c := range []struct {
		name   string
		change func()
		want   string
	}{
		{"edit", func() { p.page("content/roles/qa.md", "x") }, "content/roles"},
		{"two edits", func() { p.page("content/roles/qa.md", "y"); p.page("content/plain.md", "y") }, "content content/roles"},
		{"new folders", func() { check(os.MkdirAll(in("content/a/b/c"), 0o755)) }, "content content/a content/a/b content/a/b/c"},
		{"in them", func() { p.page("content/a/b/c/d.md", "x") }, "content/a/b/c"},
		{"rename", func() { check(os.Rename(in("content/a"), in("content/z"))) }, "content content/a content/a/b content/a/b/c content/z content/z/b content/z/b/c"},
		{"in the new place", func() { p.page("content/z/b/c/d.md", "y") }, "content/z/b/c"},
		{"settings", func() { p.write("site.yaml", "title: x\n") }, "everything"},
		{"a theme", func() { p.write("themes/default/base/x.css", "x") }, "everything"},
		{"in the theme", func() { p.write("themes/default/base/x.css", "y") }, "themes/default/base"},
		{"many folders", func() {
			for i := range maxHint + 1 {
				check(os.Mkdir(in(fmt.Sprintf("content/m%d", i)), 0o755))
			}
		}, "everything"},
	} {
		c.change()
		var all touched
		for quiet := false; !quiet; {
			select {
			case <-w.Changed:
				h := w.Take()
				if h.Everything {
					all.all()
				}
				all.add(h.Folders...)
			case <-time.After(300 * time.Millisecond):
				quiet = true
			}
		}
		h := all.take()
		var got []string
		for _, f := range h.Folders {
			rel, err := filepath.Rel(dir, f)
			check(err)
			got = append(got, filepath.ToSlash(rel))
		}
		if h.Everything {
			got = append(got, "everything")
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", c.name, got, c.want)
		}
	}
}
