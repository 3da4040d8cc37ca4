package serve

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

//go:embed preview.js
var previewJS []byte

//go:embed preview.css
var previewCSS []byte

// maxWaiting bounds the browsers that wait for a build at once.
const maxWaiting = 64

// ServeHTTP answers requests of this machine's browsers for files of the build.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if !s.own(r) {
		http.Error(w, "this preview answers only its own pages", http.StatusForbidden)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/-preview/"); ok {
		s.preview(w, r, rest)
		return
	}
	s.file(w, r)
}

// own reports whether a request is for this server under its own name and
// comes from one of its own pages or from the address bar. It keeps away sites
// that point their name at this machine, and scripts of other sites.
func (s *server) own(r *http.Request) bool {
	if !s.named(r.Host) {
		return false
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "http" || u.Host != r.Host {
			return false
		}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// named reports whether host is a name of this server, with its port.
func (s *server) named(host string) bool {
	_, port, _ := strings.Cut(strings.TrimPrefix(s.host, "[::1]"), ":")
	for _, name := range []string{"127.0.0.1", "localhost", "[::1]"} {
		if host == name+":"+port || port == "80" && host == name {
			return true
		}
	}
	return host == s.host
}

// file serves a file of the last good build. The request's path is only ever a
// key of what the build made.
func (s *server) file(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	s.lock.Lock()
	data, ok := s.files[name]
	_, folder := s.files[name+"/index.html"]
	missing := s.files["404.html"]
	s.lock.Unlock()
	status := http.StatusOK
	switch {
	case ok:
	case folder:
		to := url.URL{Path: "/" + name + "/", RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.EscapedPath(), http.StatusFound)
		return
	default:
		status, data, name = http.StatusNotFound, missing, "404.html"
		if data == nil {
			data = []byte("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Preview</title></head><body><p>There is no good build yet.</p></body></html>")
		}
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	if strings.HasPrefix(kind, "text/html") {
		data = s.inject(data)
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		w.Write(data)
	}
}

// inject adds the preview's script to a page. The page's content security
// policy allows it, since it comes from the same server.
func (s *server) inject(page []byte) []byte {
	tag := fmt.Sprintf("<link rel=\"stylesheet\" href=\"/-preview/%s/preview.css\"><script src=\"/-preview/%[1]s/preview.js\" defer></script></head>", s.token)
	return bytes.Replace(page, []byte("</head>"), []byte(tag), 1)
}

// preview serves what the preview itself needs.
func (s *server) preview(w http.ResponseWriter, r *http.Request, rest string) {
	token, name, _ := strings.Cut(rest, "/")
	if token != s.token {
		http.NotFound(w, r)
		return
	}
	switch name {
	case "preview.js":
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(previewJS)
	case "preview.css":
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Write(previewCSS)
	case "events":
		s.events(w, r)
	default:
		http.NotFound(w, r)
	}
}

// events is the stream of builds: one event at once, so that a browser that
// slept learns what it missed, then one for each build.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	flush := http.NewResponseController(w)
	told := make(chan struct{}, 1)
	s.lock.Lock()
	full := len(s.waiting) >= maxWaiting
	if !full {
		s.waiting[told] = true
	}
	s.lock.Unlock()
	if full {
		http.Error(w, "too many open pages", http.StatusServiceUnavailable)
		return
	}
	defer func() {
		s.lock.Lock()
		delete(s.waiting, told)
		s.lock.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	for {
		s.lock.Lock()
		state := struct {
			Build    int       `json:"build"`
			Findings []finding `json:"findings"`
		}{s.build, s.findings}
		s.lock.Unlock()
		data, err := json.Marshal(state)
		if err != nil {
			return
		}
		flush.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if _, err := fmt.Fprintf(w, "retry: 500\ndata: %s\n\n", data); err != nil {
			return
		}
		if flush.Flush() != nil {
			return
		}
		select {
		case <-told:
		case <-r.Context().Done():
			return
		}
	}
}
