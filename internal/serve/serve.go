// Package serve is the preview for editors: it builds the site into memory,
// watches its folders, builds again after a change and tells the browser.
//
//	folders ── fsnotify ──▶ build.Open, Write ──▶ memory ──▶ http ──▶ browser
//	                              └── findings ──▶ overlay over the last good page
//
// Only what a build made is served, never a path of the source tree; the
// output folder of rutter build is left alone. The server listens on loopback
// addresses only and answers no other site: Host and Origin must be its own.
package serve

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/diag"
)

// Options say what to serve, and where.
type Options struct {
	Addr  string // host:port; the host is a loopback address or localhost
	Build build.Options
	Log   io.Writer // what happens, for the editor's terminal
}

// ErrAddr is wrapped by errors about an address that cannot be served on.
var ErrAddr = errors.New("address cannot be used")

// Run serves until ctx ends.
func Run(ctx context.Context, opts Options) error {
	listener, err := listen(ctx, opts.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	s := newServer(opts, listener.Addr().String())
	watch, err := newWatcher(opts.Log)
	if err != nil {
		return fmt.Errorf("watch for changes: %w", err)
	}
	defer watch.Close()
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	defer server.Close()

	s.rebuild(ctx, watch)
	fmt.Fprintf(opts.Log, "Serving on http://%s/ (end with Ctrl-C)\n", s.host)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return fmt.Errorf("serve: %w", err)
		case <-watch.Changed:
			s.rebuild(ctx, watch)
		}
	}
}

// listen opens the address, if it is one that only this machine reaches.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%w: %q: write a host and a port, such as 127.0.0.1:1414", ErrAddr, addr)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%w: %q is not an address of this machine alone; the preview is for you, use 127.0.0.1 or localhost", ErrAddr, addr)
	}
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("%w: %w; --addr 127.0.0.1:0 takes a free port", ErrAddr, err)
	}
	return l, nil
}

// server holds the last good build and the browsers that wait for the next.
type server struct {
	opts  Options
	host  string // own host and port
	token string // in the paths of the preview's own files, so that no other site knows them

	lock     sync.Mutex
	files    map[string][]byte // of the last build that could be published
	build    int               // number of the last build that changed something
	findings []finding         // errors that keep the newest state from being shown
	waiting  map[chan struct{}]bool
}

func newServer(opts Options, host string) *server {
	return &server{opts: opts, host: host, token: rand.Text(), waiting: map[chan struct{}]bool{}}
}

// rebuild builds the site and swaps it in. With errors the last good build
// stays, and browsers show the findings over it.
func (s *server) rebuild(ctx context.Context, watch *watcher) {
	start := time.Now()
	files, found, pages, err := s.make(ctx, watch)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		found.Errorf(diag.Pos{}, diag.Unreadable, "%v", err)
	}
	found.WriteText(s.opts.Log)
	s.lock.Lock()
	defer s.lock.Unlock()
	before := s.findings
	s.findings = nil
	if found.HasErrors() {
		s.findings = overlay(found)
		fmt.Fprintf(s.opts.Log, "%d errors: the browser keeps the last good build\n", len(s.findings))
	} else {
		changed := difference(s.files, files)
		s.files = files
		if changed > 0 {
			fmt.Fprintf(s.opts.Log, "%d of %d pages changed, %d ms\n", changed, pages, time.Since(start).Milliseconds())
		} else if before == nil {
			return
		}
	}
	s.build++
	for c := range s.waiting {
		select {
		case c <- struct{}{}:
		default: // already told
		}
	}
}

// finding is an error as the overlay shows it.
type finding struct {
	Place   string `json:"place"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Source  string `json:"source"`
	Hint    string `json:"hint"`
}

func overlay(found diag.List) []finding {
	var list []finding
	for _, f := range found.All() {
		if f.Severity == diag.Error {
			list = append(list, finding{f.Pos.String(), string(f.Code), f.Message, f.Source, f.Hint})
		}
	}
	return list
}

// make runs one build into memory.
func (s *server) make(ctx context.Context, watch *watcher) (files map[string][]byte, found diag.List, pages int, err error) {
	opts := s.opts.Build
	opts.BaseURL = "http://" + s.host + "/"
	b, err := build.Open(ctx, opts)
	if err != nil {
		return nil, found, 0, err
	}
	defer b.Close()
	watch.Add(b.Folders())
	files = map[string][]byte{}
	var lock sync.Mutex
	err = b.Write(ctx, func(name string, data []byte) error {
		lock.Lock()
		defer lock.Unlock()
		files[name] = bytes.Clone(data)
		return nil
	})
	r := b.Result()
	return files, r.Findings, r.Pages, err
}

// difference counts the pages that are not the same in two builds.
func difference(before, after map[string][]byte) int {
	n := 0
	for name, data := range after {
		if old, ok := before[name]; !ok || !bytes.Equal(old, data) {
			n++
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			n++
		}
	}
	return n
}
