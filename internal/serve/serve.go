// Package serve is the preview for editors: it builds the site, watches what the
// build reads, builds what changed again and tells the browser. Pages are made
// when they are asked for, of the last good build.
//
//	folders ── watcher ── Hint ──▶ engine ──▶ edition ── http, events ──▶ browser
//	                                 └── findings ──▶ overlay over the last good page
//
// Only what a build made is served, never a path of the source tree; the
// output folder of rutter build is left alone. The server listens on loopback
// addresses only and answers no other site: Host and Origin must be its own.
package serve

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rutter-dev/rutter/internal/build"
)

// Options say what to serve, and where.
type Options struct {
	Addr  string // host:port; the host is a loopback address or localhost
	Build build.Options
	Poll  bool      // look at the files again and again, and wait for no events
	Log   io.Writer // what happens, for the editor's terminal

	notify func() (notifier, error) // nil: fsnotify
	pace   pace                     // zero: usual
}

// How long nothing happens before a preview does what an edit should not wait
// for: collects what the last builds have left, and saves for the next preview
// what this one has learnt.
const (
	restAfter = 100 * time.Millisecond
	idleAfter = 3 * time.Second
)

// ErrAddr is wrapped by errors about an address that cannot be served on.
var ErrAddr = errors.New("address cannot be used")

// Run serves until ctx ends, which is no error. It returns when all it started
// has ended.
func Run(ctx context.Context, opts Options) error {
	listener, err := listen(ctx, opts.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	watch := newWatcher(opts.Log, cmp.Or(opts.pace, usual), opts.notifier())
	g, ctx := errgroup.WithContext(ctx)
	s := newServer(opts, listener.Addr().String())
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       2 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // ends the streams
	}
	g.Go(func() error { return watch.run(ctx) })
	g.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		return shutdown(server)
	})
	defer s.engine.close()
	if notice := s.engine.session.Notice; notice != "" {
		fmt.Fprintln(opts.Log, notice)
	}
	s.rebuild(ctx, watch)
	if ctx.Err() == nil {
		fmt.Fprintf(opts.Log, "Serving on http://%s/ (end with Ctrl-C)\n", s.host)
	}
	idle, rest := time.NewTimer(idleAfter), time.NewTimer(restAfter)
	defer idle.Stop()
	defer rest.Stop()
	rebuild := func() {
		s.rebuild(ctx, watch)
		idle.Reset(idleAfter)
		rest.Reset(restAfter)
	}
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-watch.Changed:
			rebuild()
		case <-s.again:
			rebuild()
		case <-rest.C:
			runtime.GC()
		case <-idle.C:
			if !s.engine.save() {
				idle.Reset(idleAfter)
			}
		}
	}
	return g.Wait()
}

// notifier is where events come from; nil: nowhere.
func (o Options) notifier() func() (notifier, error) {
	switch {
	case o.Poll:
		return nil
	case o.notify != nil:
		return o.notify
	}
	return newNotifier
}

// shutdown lets answers end for a moment, then cuts them off.
func shutdown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		server.Close()
	}
	return nil
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
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%w: another program serves on %s, perhaps another preview; end that one, or take a free port with --addr %s", ErrAddr, addr, net.JoinHostPort(host, "0"))
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%w: this user may not serve on port %s; take a free one with --addr %s", ErrAddr, port, net.JoinHostPort(host, "0"))
	}
	return nil, fmt.Errorf("%w: %w", ErrAddr, err)
}

// server holds the last good build and the browsers that wait for the next.
type server struct {
	opts  Options
	host  string          // own host and port
	hosts map[string]bool // what browsers of this machine may call it
	token string          // in the paths of the preview's own files, so that no other site knows them

	start []byte // the page until there is another

	// Only Run's goroutine has these.
	engine  *engine
	said    map[said]bool // findings of the last build
	nothing bool          // the last build changed nothing

	again chan struct{} // a build is wanted though nothing has changed

	lock     sync.Mutex
	now      *edition // the last good build; nil: there was none
	before   *edition // the one before, while not all pages of now have been tried
	build    int      // number of the last build that changed a file
	findings []finding
	waiting  map[chan struct{}]string // browsers, with the addresses of their pages
}

func newServer(opts Options, host string) *server {
	s := &server{opts: opts, host: host, hosts: map[string]bool{host: true}, token: rand.Text(), waiting: map[chan struct{}]string{}, again: make(chan struct{}, 1)}
	s.start = bytes.ReplaceAll(startPage, []byte("TOKEN"), []byte(s.token))
	opts.Build.BaseURL = "http://" + host + "/"
	s.engine = newEngine(opts.Build)
	if _, port, err := net.SplitHostPort(host); err == nil {
		for _, name := range []string{"127.0.0.1", "localhost", "[::1]"} {
			s.hosts[name+":"+port] = true
			s.hosts[name] = port == "80" // browsers leave out the usual port
		}
	}
	return s
}
