// Command quality has Lighthouse judge pages of the example site, and writes
// what it says into docs/quality.md.
//
//	rutter build --base-url ─▶ server with gzip ─▶ Lighthouse × runs ─▶ medians ─▶ docs/quality.md
//
// Lighthouse plays a phone of the middle class on a slow network. Its figures
// depend on the machine it runs on; one page at a time is opened. Run by make
// quality, after make deps.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// pages are those that the goals are set for.
var pages = []struct{ name, address string }{
	{"Home", ""},
	{"Role", "roles/developer/"},
	{"Process", "processes/build/integrate-deliver/"},
	{"Book guide", "books/accelerate/"},
	{"Service", "services/checkout/"},
	{"Metrics", "metrics/"},
	{"Search", "search/?q=release"},
	{"Report", "reports/raci/"},
	{"404", "nowhere/"},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "quality:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	f := flag.NewFlagSet("quality", flag.ContinueOnError)
	runs := f.Int("runs", 5, "how often each page is judged; the median counts")
	rutter := f.String("rutter", filepath.Join("bin", "rutter"), "the `program` that builds the site")
	output := f.String("o", "", "the `document` whose generated part is replaced")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *runs < 1 || f.NArg() > 0 {
		return errors.New("nothing is expected after the flags, and at least one run")
	}
	folder, err := os.MkdirTemp("", "rutter-quality")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String() + "/"
	site := filepath.Join(folder, "site")
	if out, err := exec.CommandContext(ctx, *rutter, "build", "-o", site, "--base-url", base).CombinedOutput(); err != nil {
		return fmt.Errorf("build the example site: %w\n%s", err, out)
	}
	server := &http.Server{Handler: packed(os.DirFS(site))}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	defer func() {
		err = errors.Join(err, server.Close())
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
	}()
	var table strings.Builder
	table.WriteString("| Page | Performance | Accessibility | Best practices | SEO | Largest paint | Blocked | Shift | Loaded |\n|---|---|---|---|---|---|---|---|---|\n")
	version, notes := "", []string{}
	for _, p := range pages {
		var all []report
		for range *runs {
			r, err := judge(ctx, base+p.address)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			all = append(all, r)
		}
		version = all[0].Version
		fmt.Fprintf(&table, "| %s | %.0f | %.0f | %.0f | %.0f | %.2f s | %.0f ms | %.3f | %.0f kB |\n", p.name,
			100*median(all, category("performance")), 100*median(all, category("accessibility")), 100*median(all, category("best-practices")), 100*median(all, category("seo")),
			median(all, audit("largest-contentful-paint"))/1000, median(all, audit("total-blocking-time")), median(all, audit("cumulative-layout-shift")), median(all, audit("total-byte-weight"))/1000)
		if failed := all[0].failed(); len(failed) > 0 {
			notes = append(notes, fmt.Sprintf("%s: %s.", p.name, strings.Join(failed, "; ")))
		}
		fmt.Fprintln(os.Stderr, p.name, "done")
	}
	text := fmt.Sprintf("Lighthouse %s, phone, slow 4G; median of %d.\n\n%s", version, *runs, table.String())
	if len(notes) > 0 {
		text += "\nWhat keeps a page from 100 in accessibility, best practices or SEO:\n\n- " + strings.Join(notes, "\n- ") + "\n"
	}
	if *output == "" {
		fmt.Print(text)
		return nil
	}
	return replace(*output, text)
}

// packed serves files as servers do: compressed, to be kept where their name
// holds their content, and 404.html where there is none.
func packed(site fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if strings.HasSuffix(r.URL.Path, "/") {
			name = path.Join(name, "index.html")
		}
		status := http.StatusOK
		data, err := fs.ReadFile(site, name)
		if err != nil {
			status, name = http.StatusNotFound, "404.html"
			if data, err = fs.ReadFile(site, name); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		kinds := map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json", ".xml": "application/xml", ".txt": "text/plain; charset=utf-8"}
		w.Header().Set("Content-Type", cmp.Or(kinds[path.Ext(name)], "application/octet-stream"))
		w.Header().Set("Content-Encoding", "gzip")
		if strings.HasPrefix(name, "assets/") {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		w.WriteHeader(status)
		z := gzip.NewWriter(w)
		if _, err := z.Write(data); err == nil { // a browser that has gone away is no mistake
			_ = z.Close()
		}
	})
}

// report is what Lighthouse says of a page.
type report struct {
	Version    string `json:"lighthouseVersion"`
	Categories map[string]struct {
		Score  float64
		Audits []struct {
			ID     string
			Weight float64
		} `json:"auditRefs"`
	}
	Audits map[string]struct {
		Title   string
		Score   *float64
		Numeric float64 `json:"numericValue"`
	}
	Error *struct{ Message string } `json:"runtimeError"`
}

func judge(ctx context.Context, address string) (report, error) {
	c := exec.CommandContext(ctx, "node", filepath.Join(".ci", "web", "node_modules", "lighthouse", "cli", "index.js"), address,
		"--quiet", "--output=json", "--output-path=stdout", "--no-enable-error-reporting", "--ignore-status-code", "--disable-full-page-screenshot",
		"--only-categories=performance,accessibility,best-practices,seo", "--chrome-flags=--headless=new --no-sandbox --disable-gpu")
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) } // so that it closes its browser
	c.WaitDelay = 10 * time.Second
	var problems bytes.Buffer
	c.Stderr = &problems
	if chromium, err := exec.LookPath("chromium"); err == nil {
		c.Env = append(os.Environ(), "CHROME_PATH="+chromium)
	}
	out, err := c.Output()
	if err != nil {
		return report{}, fmt.Errorf("run lighthouse (make deps installs it): %w\n%s", err, problems.Bytes())
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		return report{}, fmt.Errorf("read what lighthouse says: %w", err)
	}
	if r.Error != nil && r.Error.Message != "" {
		return report{}, errors.New(r.Error.Message)
	}
	return r, nil
}

// failed names what a page lost points for, where the machine has no say.
func (r report) failed() []string {
	var names []string
	for _, c := range []string{"accessibility", "best-practices", "seo"} {
		for _, a := range r.Categories[c].Audits {
			if score := r.Audits[a.ID].Score; a.Weight > 0 && score != nil && *score < 1 {
				names = append(names, r.Audits[a.ID].Title)
			}
		}
	}
	return names
}

func category(name string) func(report) float64 {
	return func(r report) float64 { return r.Categories[name].Score }
}

func audit(name string) func(report) float64 {
	return func(r report) float64 { return r.Audits[name].Numeric }
}

func median(all []report, of func(report) float64) float64 {
	var values []float64
	for _, r := range all {
		values = append(values, of(r))
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

const (
	begin = "<!-- written by make quality: begin -->\n"
	end   = "<!-- written by make quality: end -->\n"
)

// replace writes text between the marks of a document.
func replace(name, text string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s lacks the marks that the figures go between", name)
	}
	return os.WriteFile(name, []byte(before+begin+"\n"+text+"\n"+end+after), 0o644)
}
