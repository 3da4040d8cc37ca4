package githubtest

import (
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Token is one that may read everything.
const Token = "ghp_canary0123456789abcdefghijklmnopqrst"

// Server serves a World as GitHub does. All of its methods may be called while
// it serves.
type Server struct {
	URL string // "http://127.0.0.1:port"

	world   *World
	http    *httptest.Server
	schema  *ast.Schema // nil: not installed
	clones  clones
	closing chan struct{}

	mu        sync.Mutex
	log       []*Request
	intercept func(*Request) Fault
	buckets   map[string]*bucket
	tokens    map[string]time.Time // of installations, until when
	expires   time.Time            // of Token; zero: it does not say
	key       *rsa.PublicKey       // of the App; nil: none
	unlimited bool
	most      int // nodes of a query; 0: GitHub's own limit alone
	runCap    int
}

// Request is one that the server was asked.
type Request struct {
	N              int // 1, 2, …
	Host           string
	Method         string
	Path, RawQuery string
	Operation      string         // of GraphQL, "Changes"; "": it has none
	Query          string         // of GraphQL
	Variables      map[string]any // of GraphQL
	Header         http.Header
	Body           []byte
	Status         int    // of the answer; 0: none was given
	Problem        string // what is wrong with a GraphQL query, by GitHub's schema
}

// Start serves a world until the test ends.
func Start(t testing.TB, w *World) *Server {
	t.Helper()
	s := &Server{
		world: w, buckets: map[string]*bucket{}, tokens: map[string]time.Time{}, closing: make(chan struct{}), runCap: 1000,
		clones: clones{dir: t.TempDir()},
	}
	schema, err := loadSchema()
	if err != nil {
		t.Fatal(err)
	}
	s.schema = schema
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL
	t.Cleanup(func() {
		close(s.closing) // answers that never end, do
		s.http.Close()
		for _, r := range s.Requests() {
			if r.Problem != "" {
				t.Errorf("the GraphQL query %s is not one that GitHub understands: %s\n%s", r.Operation, r.Problem, r.Query)
			}
		}
	})
	return s
}

// APIURL is the address of REST as of a GitHub of an enterprise. The same paths
// are served without api/v3 too.
func (s *Server) APIURL() string { return s.URL + "/api/v3/" }

// World is what the server serves.
func (s *Server) World() *World { return s.world }

// Requests are those so far, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Request, len(s.log))
	for i, r := range s.log {
		list[i] = *r
	}
	return list
}

// Intercept has f asked before each request is answered; the zero Fault answers
// as GitHub would. It replaces the one before; nil: none.
func (s *Server) Intercept(f func(r *Request) Fault) { s.set(func() { s.intercept = f }) }

// Limit sets what is left of a bucket, "core" or "graphql", and when it is full
// again.
func (s *Server) Limit(name string, remaining int, reset time.Duration) {
	now := s.world.Now()
	s.set(func() { s.buckets[name] = &bucket{limit: quota, used: quota - remaining, reset: now.Add(reset)} })
}

// WithoutLimits is a server as enterprises have it: it has no limits, and no
// headers about them (rel/A6).
func (s *Server) WithoutLimits() { s.set(func() { s.unlimited = true }) }

// TokenExpires has answers say when Token ends (rel/A2).
func (s *Server) TokenExpires(at time.Time) { s.set(func() { s.expires = at }) }

// App registers an App by the key that its assertions are signed with.
func (s *Server) App(key *rsa.PublicKey) { s.set(func() { s.key = key }) }

// TooMuch has queries for more than so many nodes end in a 502, as those do that
// take GitHub too long.
func (s *Server) TooMuch(nodes int) { s.set(func() { s.most = nodes }) }

// RunCap sets how many runs a search lists at most; GitHub's own is 1,000.
func (s *Server) RunCap(n int) { s.set(func() { s.runCap = n }) }

func (s *Server) set(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// limits reports whether there are any.
func (s *Server) limits() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.unlimited
}

// quota is what a bucket holds in an hour.
const quota = 5000

// bucket is a limit of requests, or of points, for an hour.
type bucket struct {
	limit, used int
	reset       time.Time
}

// take takes from a bucket; false: it is empty.
func (s *Server) take(name string, cost int, now time.Time) (bucket, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[name]
	if b == nil || !now.Before(b.reset) {
		limit := quota
		if name == anonymous {
			limit = 60
		}
		b = &bucket{limit: limit, reset: now.Add(time.Hour).Truncate(time.Second)}
		s.buckets[name] = b
	}
	if s.unlimited {
		return *b, true
	}
	if b.used+cost > b.limit {
		b.used = b.limit
		return *b, false
	}
	b.used += cost
	return *b, true
}

const anonymous = "anonymous"

// headers are those that say what is left.
func (b bucket) headers(name string, h http.Header) {
	if name == anonymous {
		name = "core"
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(b.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(b.limit-b.used))
	h.Set("X-RateLimit-Used", strconv.Itoa(b.used))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(b.reset.Unix(), 10))
	h.Set("X-RateLimit-Resource", name)
}

// answer is what is sent back.
type answer struct {
	status int
	header http.Header
	body   []byte
	items  map[string]bool // that it holds, by their names; see Fault.Poison
}

func reply(status int, body any) answer {
	data, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("githubtest: an answer that is no JSON: %v", err)) // it is made of maps and texts here
	}
	return answer{status: status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body: data}
}

func problem(status int, message string) answer {
	return reply(status, map[string]any{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)})
}

// invalid is the answer to a parameter that is wrong (rel/A10).
func invalid(resource, field string) answer {
	return reply(http.StatusUnprocessableEntity, map[string]any{
		"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest", "status": "422",
		"errors": []any{map[string]any{"resource": resource, "field": field, "code": "invalid"}},
	})
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	req := &Request{
		Host: r.Host, Method: r.Method, Path: r.URL.Path, RawQuery: r.URL.RawQuery, Header: r.Header.Clone(), Body: body,
	}
	s.mu.Lock()
	req.N = len(s.log) + 1
	s.log = append(s.log, req)
	ask := s.intercept
	s.mu.Unlock()
	var q query
	if isGraphQL(r.URL.Path) {
		q = readQuery(body)
		s.set(func() { req.Operation, req.Query, req.Variables = q.operation(), q.Text, q.Variables })
	}
	var fault Fault
	if ask != nil {
		asked := *req
		fault = ask(&asked)
	}
	if fault.Before != nil {
		fault.Before(s.world)
	}
	now := s.world.tick()
	done := func(status int) { s.set(func() { req.Status = status }) }
	if strings.Contains(r.URL.Path, ".git/") && fault.quiet() {
		done(s.git(w, r, now))
		return
	}
	a := answer{header: http.Header{}}
	switch {
	case fault.Status != 0:
		a = fault.own()
		if s.limits() && !strings.Contains(r.URL.Path, ".git/") {
			b, _ := s.take("core", 0, now)
			b.headers("core", a.header)
		}
		fault.overlay(a.header)
	case isGraphQL(r.URL.Path):
		var wrong string
		a, wrong = s.graphql(r, q, now)
		s.set(func() { req.Problem = wrong })
	default:
		a = s.rest(r, now)
	}
	if fault.Status == 0 {
		a = fault.spoil(a)
	}
	if _, set := a.header["Date"]; !set {
		a.header.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	done(a.status)
	fault.send(w, r, a, s.closing)
}

func isGraphQL(path string) bool {
	return path == "/graphql" || path == "/api/graphql"
}

// who is whom a request comes from.
type who struct {
	ok      bool // a token that is known
	app     bool // an assertion of the App
	missing bool // none at all
}

// identify reads the Authorization header.
func (s *Server) identify(header string, now time.Time) who {
	scheme, value, _ := strings.Cut(header, " ")
	switch strings.ToLower(scheme) {
	case "":
		return who{missing: true}
	case "basic":
		plain, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return who{}
		}
		_, value, _ = strings.Cut(string(plain), ":")
	case "bearer", "token":
	default:
		return who{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if value == Token {
		return who{ok: s.expires.IsZero() || now.Before(s.expires)}
	}
	if until, known := s.tokens[value]; known {
		return who{ok: now.Before(until)}
	}
	return who{app: s.key != nil && signed(value, s.key)}
}

// signed checks the signature of an assertion (RS256).
func signed(assertion string, key *rsa.PublicKey) bool {
	last := strings.LastIndexByte(assertion, '.')
	if strings.Count(assertion, ".") != 2 {
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(assertion[last+1:])
	sum := sha256.Sum256([]byte(assertion[:last]))
	return err == nil && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

// grant gives a new token of an installation, for an hour.
func (s *Server) grant(now time.Time) (token string, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, until = fmt.Sprintf("ghs_canary%030d", len(s.tokens)+1), now.Add(time.Hour)
	s.tokens[token] = until
	return token, until
}

// tag gives an answer its ETag and, where the client has the same, takes its
// body away (rel/A9).
func (a *answer) tag(r *http.Request) {
	sum := sha256.Sum256(a.body)
	etag := `W/"` + hex.EncodeToString(sum[:16]) + `"`
	a.header.Set("ETag", etag)
	a.header.Set("Cache-Control", "private, max-age=60, s-maxage=60")
	for list := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(list), "W/") == strings.TrimPrefix(etag, "W/") {
			a.status, a.body = http.StatusNotModified, nil
			return
		}
	}
}

// zipped is a body as gzip.
func zipped(parts ...[]byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	for _, p := range parts {
		z.Write(p) //nolint:errcheck // a bytes.Buffer takes everything
	}
	z.Close() //nolint:errcheck // as above
	return out.Bytes()
}

// contains reports whether a list of names holds one, whatever its case.
func contains(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}
