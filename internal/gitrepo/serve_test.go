package gitrepo

import (
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// host serves clones over HTTP, as git's own server does.
type host struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
}

// request is one that a host was asked.
type request struct{ path, authorization, protocol string }

// serve serves the folder that c is in; first may answer a request itself, and
// then returns true.
func serve(t *testing.T, c clone, first func(http.ResponseWriter, *http.Request) bool) *host {
	t.Helper()
	h := &host{}
	h.Server = httptest.NewServer(h.handler(t, c, first))
	t.Cleanup(h.Close)
	return h
}

func (h *host) handler(t *testing.T, c clone, first func(http.ResponseWriter, *http.Request) bool) http.Handler {
	t.Helper()
	backend := filepath.Join(c.run("--exec-path"), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		if os.Getenv("RUTTER_TEST_ALL") == "1" {
			t.Fatalf("RUTTER_TEST_ALL=1 asks for every test, but git's server is missing: %v", err)
		}
		t.Skipf("not run: git's server is missing: %v", err)
	}
	git := &cgi.Handler{Path: backend, Stderr: io.Discard, Env: []string{
		"GIT_PROJECT_ROOT=" + filepath.Dir(c.dir), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.requests = append(h.requests, request{r.URL.Path, strings.Join(r.Header["Authorization"], " and "), r.Header.Get("Git-Protocol")})
		h.mu.Unlock()
		if first == nil || !first(w, r) {
			git.ServeHTTP(w, r)
		}
	})
}

// asked lists the requests since the last call.
func (h *host) asked() []request {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := slices.Clone(h.requests)
	h.requests = nil
	return all
}

// only lets requests pass that have the header.
func only(authorization string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == authorization {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
		http.Error(w, "you sent "+r.Header.Get("Authorization"), http.StatusUnauthorized)
		return true
	}
}

// always answers every request with a status.
func always(code int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		http.Error(w, "you sent "+r.Header.Get("Authorization"), code)
		return true
	}
}
