package serve

import (
	"bytes"
	_ "embed" // the preview's own files
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

//go:embed swap.js
var swapJS []byte

//go:embed overlay.js
var overlayJS []byte

//go:embed preview.js
var previewJS []byte

//go:embed preview.css
var previewCSS []byte

//go:embed start.html
var startPage []byte

// patience is how long a browser may take to read an answer, or one event.
const patience = 10 * time.Second

// ServeHTTP answers requests of this machine's browsers for files of the build.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(patience))
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
// that point their name at this machine, and scripts of other sites, those of
// other ports included.
func (s *server) own(r *http.Request) bool {
	if !s.hosts[r.Host] || !strings.HasPrefix(r.RequestURI, "/") { // a target with a host in it is for a proxy
		return false
	}
	for _, origin := range r.Header.Values("Origin") {
		if origin != "http://"+r.Host {
			return false
		}
	}
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		// A link from elsewhere may be followed, with the page in a window of its own.
		followed := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
		if site != "same-origin" && site != "none" && !followed {
			return false
		}
	}
	return true
}

// file serves a file of the last good build. The request's path is only ever a
// key of what the build made.
func (s *server) file(w http.ResponseWriter, r *http.Request) {
	a := s.answer(r.URL.Path)
	if a.to != "" {
		to := url.URL{Path: a.to, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusFound)
		return
	}
	if a.name == "" {
		status := http.StatusNotFound
		if !a.started {
			status = http.StatusServiceUnavailable
		}
		page := s.inject(a)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", fmt.Sprint(len(page)))
		w.WriteHeader(status)
		w.Write(page)
		return
	}
	kind := contentType(a.name)
	w.Header().Set("Content-Type", kind)
	switch {
	case strings.HasPrefix(a.name, "assets/diagram."): // its own policy lets it run nothing of ours
	case strings.HasPrefix(kind, "text/html"):
		a.data = s.inject(a)
	case strings.HasPrefix(kind, "image/svg+xml"):
		// Opened by its own address, a drawing of the content runs nothing.
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.data))
}

// contentType is the media type of a file. Those that pages need to work are
// not left to the tables of this machine, which may say anything.
func contentType(name string) string {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	case ".txt":
		return "text/plain; charset=utf-8"
	default:
		if kind := mime.TypeByExtension(ext); kind != "" && !strings.Contains(kind, "html") {
			return kind
		}
		return "application/octet-stream"
	}
}

// inject adds the preview's script to a page, with the version of the page. The
// page's content security policy allows it, since it comes from the same server.
func (s *server) inject(a answer) []byte {
	gone := ""
	if a.name == "" {
		gone = " data-gone"
	}
	tag := fmt.Sprintf("<script src=\"/-preview/%s/preview.js\" data-version=\"%s\"%s defer></script>", s.token, version(a.data), gone)
	end := bytes.Index(a.data, []byte("</head>"))
	if end < 0 {
		end = len(a.data) // a theme may leave the tag out; browsers find the script here too
	}
	return bytes.Join([][]byte{a.data[:end], a.data[end:]}, []byte(tag))
}

// preview serves what the preview itself needs.
func (s *server) preview(w http.ResponseWriter, r *http.Request, rest string) {
	token, name, _ := strings.Cut(rest, "/")
	switch {
	case token == s.token && name == "preview.js":
		w.Header().Set("Content-Type", contentType(name))
		// One script, so that its names are not the page's.
		w.Write(slices.Concat([]byte("(() => {\n\"use strict\";\n"), swapJS, overlayJS, previewJS, []byte("})();\n")))
	case token == s.token && name == "preview.css":
		w.Header().Set("Content-Type", contentType(name))
		w.Write(previewCSS)
	case token == s.token && name == "events" && r.Method == http.MethodGet:
		s.events(w, r)
	default:
		http.NotFound(w, r)
	}
}
