package github

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http/httpproxy"
)

func TestRequestsAreThoseOfTheAPI(t *testing.T) {
	t.Parallel()
	s := newScript(t, fine, reply(200, `{"data":{"a":1}}`))
	c := s.client(t, func(o *Options) { o.Agent = "rutter/1" })
	if _, _, err := c.items(t.Context()); err != nil {
		t.Fatal(err)
	}
	var data struct{ A int }
	if _, err := c.query(t.Context(), "query Q { a }", map[string]any{"n": 1}, &data); err != nil || data.A != 1 {
		t.Fatalf("query: got %+v, %v", data, err)
	}
	got := s.requests()
	for _, r := range got {
		want := map[string]string{"Authorization": "Bearer " + canary, "X-Github-Api-Version": apiVersion, "Accept": "application/json", "User-Agent": "rutter/1"}
		for name, value := range want {
			if r.Header.Get(name) != value {
				t.Errorf("%s %s: header %s is %q, want %q", r.Method, r.Path, name, r.Header.Get(name), value)
			}
		}
	}
	if got[0].Path != "/api/v3/repos/acme/pay/releases" || got[1].Path != "/api/graphql" || got[1].Method != "POST" {
		t.Errorf("got %s %s and %s %s", got[0].Method, got[0].Path, got[1].Method, got[1].Path)
	}
	if want := `{"query":"query Q { a }","variables":{"n":1}}`; strings.TrimSpace(got[1].Body) != want {
		t.Errorf("question: got %s, want %s", got[1].Body, want)
	}
}

func TestAddressOfTheAPI(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ address, graphql string }{
		{"https://api.github.com/", "https://api.github.com/graphql"},
		{"https://api.acme.ghe.com/", "https://api.acme.ghe.com/graphql"},
		{"https://ghes.test/api/v3/", "https://ghes.test/api/graphql"},
		{"https://ghes.test/api/v3", "https://ghes.test/api/graphql"},
		{"http://127.0.0.1:1/api/v3/", "http://127.0.0.1:1/api/graphql"},
	} {
		c, err := New(Options{APIURL: test.address})
		if err != nil {
			t.Errorf("%s: %v", test.address, err)
			continue
		}
		if got, err := c.base.Parse(c.graphql); err != nil || got.String() != test.graphql {
			t.Errorf("%s: GraphQL is at %v, want %s", test.address, got, test.graphql)
		}
	}
	for _, bad := range []string{"", "api.github.com", "http://api.github.com/", "https://user:pw@host/", "ftp://host/", "https://host/?a=b"} {
		if _, err := New(Options{APIURL: bad}); err == nil {
			t.Errorf("%q is taken for an address", bad)
		} else if strings.Contains(err.Error(), "pw") {
			t.Errorf("%q: the error holds the password: %v", bad, err)
		}
	}
}

func TestRel_A1_RefusedTokenStopsEverything(t *testing.T) {
	t.Parallel()
	s := newScript(t, fine, reply(401, `{"message":"Bad credentials"}`, "GitHub-Authentication-Token-Expiration", "2026-11-22 13:00:00 UTC"))
	c := s.client(t)
	if _, _, err := c.items(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		err := c.fails(t)
		var auth *AuthError
		if !errors.As(err, &auth) || !strings.Contains(err.Error(), "does not accept the token: it is expired, revoked or wrong") || !strings.Contains(err.Error(), "2026-11-22 13:00:00 UTC") {
			t.Fatalf("got %v", err)
		}
	}
	if n := len(s.requests()); n != 2 {
		t.Errorf("%d requests; want 2, none after the refusal", n)
	}
}

func TestRel_A2_TokenThatExpiresSoon(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ token, header, want string }{
		{canary, "2026-12-01 10:00:00 UTC", "the token expires on 2026-12-01 10:00:00 UTC; make a new one in time"},
		{canary, "2026-12-01 10:00:00 +0200", "the token expires on 2026-12-01 08:00:00 UTC; make a new one in time"},
		{canary, "2027-12-01 10:00:00 UTC", ""},
		{canary, "soon", ""},
		{"ghs_of_an_installation", "2026-11-22 14:50:00 UTC", ""}, // always soon
	} {
		s := newScript(t, reply(200, `[]`, "GitHub-Authentication-Token-Expiration", test.header))
		c := s.client(t, func(o *Options) { o.Credentials = Token(test.token) })
		for range 2 { // said once
			if _, _, err := c.items(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.told(); got != test.want {
			t.Errorf("%q: told %q, want %q", test.header, got, test.want)
		}
	}
}

func TestRel_A3_DeniedSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		step step
		want DeniedError
	}{
		{"permission", reply(403, `{"message":"Resource not accessible by integration"}`, "X-Accepted-GitHub-Permissions", "deployments=read", "X-RateLimit-Remaining", "0"),
			DeniedError{Needs: "deployments=read", Message: "Resource not accessible by integration"}},
		{"single sign-on", reply(403, `{"message":"Resource protected by organization SAML enforcement."}`, "X-GitHub-SSO", "required; url=https://github.com/orgs/acme/sso?authorization_request=A1"),
			DeniedError{SSO: "https://github.com/orgs/acme/sso?authorization_request=A1", Message: "Resource protected by organization SAML enforcement."}},
		{"single sign-on, hostile", reply(403, `{"message":"no"}`, "X-GitHub-SSO", "required; url=javascript:alert(1)"),
			DeniedError{SSO: "the settings of the token", Message: "no"}},
		{"IP allow list", reply(403, `{"message":"the acme organization has an IP allow list enabled, and your IP address is not permitted"}`, "X-Accepted-GitHub-Permissions", "contents=read"),
			DeniedError{Message: "the acme organization has an IP allow list enabled, and your IP address is not permitted"}},
		{"a proxy", reply(403, `<html>Forbidden</html>`), DeniedError{}},
	} {
		s := newScript(t, test.step)
		err := s.client(t).fails(t)
		test.want.What = "repos/acme/pay/releases of " + strings.TrimPrefix(s.URL, "http://")
		var denied *DeniedError
		if !errors.As(err, &denied) || *denied != test.want {
			t.Errorf("%s: got %#v (%v), want %#v", test.name, denied, err, test.want)
		}
		if n := len(s.requests()); n != 1 {
			t.Errorf("%s: %d requests, want 1", test.name, n)
		}
	}
}

func TestRel_A6_ServerWithoutLimits(t *testing.T) {
	t.Parallel()
	s := newScript(t, fine)
	c := s.client(t)
	if _, _, err := c.items(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := c.Usage(), (Usage{Requests: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestUsageCounts(t *testing.T) {
	t.Parallel()
	rate := []string{"X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", fmt.Sprint(scriptStart.Add(time.Hour).Unix())}
	s := newScript(t, reply(502, ""), reply(200, `[]`, rate...), reply(200, `{"data":{}}`, "X-RateLimit-Limit", "100", "X-RateLimit-Remaining", "7"), fine)
	c := s.client(t)
	if _, _, err := c.items(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.query(t.Context(), "query { a }", nil, &struct{}{}); err != nil {
		t.Fatal(err)
	}
	// go-github would refuse this one: the last answer said that nothing remains.
	if _, _, err := c.items(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := c.Usage()
	want := Usage{Requests: 4, Waited: time.Second, Core: Bucket{5000, 0, scriptStart.Add(time.Hour)}, GraphQL: Bucket{Limit: 100, Remaining: 7}}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestRel_A7_GoneIsNoFailureOfTheServer(t *testing.T) {
	t.Parallel()
	for _, status := range []int{404, 410, 451} {
		s := newScript(t, reply(status, `{"message":"Not Found"}`))
		var gone *GoneError
		if err := s.client(t).fails(t); !errors.As(err, &gone) || gone.Status != status {
			t.Errorf("%d: got %v", status, err)
		}
		if n := len(s.requests()); n != 1 {
			t.Errorf("%d: %d requests, want 1", status, n)
		}
	}
}

func TestRel_A8_RedirectsToTheSameOrigin(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 307, 308} {
		s := newScript(t, reply(status, "", "Location", "/api/v3/repositories/7/releases?page=1"), fine)
		c := s.client(t)
		list, _, err := c.items(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatalf("%d: got %v, %v", status, list, err)
		}
		got := s.requests()[1]
		if got.Path != "/api/v3/repositories/7/releases" || got.Header.Get("Authorization") == "" {
			t.Errorf("%d: asked for %s with %q", status, got.Path, got.Header.Get("Authorization"))
		}
	}
}

func TestRel_A8_T16_OtherRedirectsAreRefused(t *testing.T) {
	t.Parallel()
	var other []http.Header
	foreign := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { other = append(other, r.Header.Clone()) }))
	t.Cleanup(foreign.Close)
	for _, test := range []struct{ name, to, want string }{
		{"another host", foreign.URL + "/api/v3/", "it leads to " + foreign.URL},
		{"another host with the token", foreign.URL + "/?token=" + canary, "it leads to " + foreign.URL},
		{"without a scheme", "//" + strings.TrimPrefix(foreign.URL, "http://") + "/", "it leads to " + foreign.URL},
		{"the token as host", "https://" + canary + "/", "[secret]"},
		{"another scheme", "https://127.0.0.1/", "it leads to https://127.0.0.1"},
		{"a script", "javascript:alert(1)", "it leads to javascript"},
		{"no address", "", "it leads to no address"},
		{"itself", "/api/v3/repos/acme/pay/releases", "after five redirects"},
	} {
		s := newScript(t, reply(302, "", "Location", test.to))
		c := s.client(t)
		err := c.fails(t)
		var redirect *RedirectError
		if !errors.As(err, &redirect) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: got %v, want a redirect error with %q", test.name, err, test.want)
		}
		if n := len(s.requests()); n > 6 {
			t.Errorf("%s: %d requests", test.name, n)
		}
	}
	if len(other) > 0 {
		t.Errorf("the other host was asked %d times: %v", len(other), other)
	}
	s := newScript(t, reply(302, "", "Location", "/api/v3/elsewhere"))
	var redirect *RedirectError
	if _, err := s.client(t).query(t.Context(), "query { a }", nil, &struct{}{}); !errors.As(err, &redirect) {
		t.Errorf("a query that is redirected by 302: got %v", err)
	}
}

func TestRel_T16_TokenForTheConfiguredOriginOnly(t *testing.T) {
	t.Parallel()
	var asked int
	foreign := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(foreign.Close)
	c := newScript(t, fine).client(t)
	for _, path := range []string{foreign.URL + "/", "//" + strings.TrimPrefix(foreign.URL, "http://") + "/x", "https://127.0.0.1/x"} {
		var redirect *RedirectError
		if _, err := c.get(t.Context(), path, &[]item{}); !errors.As(err, &redirect) {
			t.Errorf("%s: got %v", path, err)
		}
	}
	if asked > 0 {
		t.Errorf("another origin was asked %d times", asked)
	}
}

func TestRel_A9_AcceptedIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := newScript(t, reply(202, `{}`), reply(202, `{}`), fine)
	c := s.client(t)
	if list, _, err := c.items(t.Context()); err != nil || len(list) != 1 {
		t.Fatalf("got %v, %v", list, err)
	}
	s = newScript(t, reply(202, `[]`))
	var unavailable *UnavailableError
	if err := s.client(t).fails(t); !errors.As(err, &unavailable) || unavailable.Status != 202 {
		t.Errorf("202 for ever: got %v", err)
	}
}

func TestRel_A10_InvalidNamesTheParameter(t *testing.T) {
	t.Parallel()
	s := newScript(t, reply(422, `{"message":"Validation Failed","errors":[{"resource":"Search","field":"since","code":"invalid"}]}`))
	var invalid *InvalidError
	if err := s.client(t).fails(t); !errors.As(err, &invalid) || invalid.Message != "Validation Failed; since invalid" {
		t.Errorf("got %v", err)
	}
	if n := len(s.requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestRel_A11_ServerErrorsAreTriedFiveTimes(t *testing.T) {
	t.Parallel()
	for _, status := range []int{500, 502, 503, 504, 408} {
		s := newScript(t, reply(status, "<html>"), fine)
		if list, _, err := s.client(t).items(t.Context()); err != nil || len(list) != 1 {
			t.Errorf("%d once: got %v, %v", status, list, err)
		}
		s = newScript(t, reply(status, "<html>"))
		c := s.client(t)
		var unavailable *UnavailableError
		if err := c.fails(t); !errors.As(err, &unavailable) || unavailable.Status != status {
			t.Errorf("%d always: got %v", status, err)
		}
		want := []time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}
		if n, waits := len(s.requests()), s.clock.waits(); n != 5 || !slices.Equal(waits, want) {
			t.Errorf("%d always: %d requests and waits of %v, want 5 and %v", status, n, waits, want)
		}
	}
	s := newScript(t, reply(502, ""))
	c := s.client(t)
	if _, err := c.query(c.tries(t.Context(), 2), "query { a }", nil, &struct{}{}); err == nil {
		t.Error("no error")
	}
	if n := len(s.requests()); n != 2 {
		t.Errorf("two tries asked for: %d requests", n)
	}
}

func TestRel_A11_BackoffIsBounded(t *testing.T) {
	t.Parallel()
	c := newScript(t, fine).client(t)
	for _, jitter := range []float64{0, 0.5, 0.999} {
		c.jitter = func() float64 { return jitter }
		for n := 1; n < 100; n++ {
			for _, asked := range []time.Duration{0, time.Second, time.Hour} {
				if got := c.backoff(n, asked); got < time.Second || got > time.Minute {
					t.Errorf("try %d, jitter %v, asked %v: wait %v, want 1 s to 60 s", n, jitter, asked, got)
				}
			}
		}
	}
}

// The queries that a server could not work out in time say so with HTTP 200.
func TestRel_A11_QueryThatTookTooLong(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"data":null,"errors":[{"message":"Something went wrong while executing your query. This may be the result of a timeout."}]}`,
		`{"data":{"a":1},"errors":[{"type":"RESOURCE_LIMITS_EXCEEDED","message":"Resource limits for this query exceeded."}]}`,
	} {
		s := newScript(t, reply(200, body), reply(200, `{"data":{"a":2}}`))
		var data struct{ A int }
		if _, err := s.client(t).query(t.Context(), "query { a }", nil, &data); err != nil || data.A != 2 {
			t.Errorf("%s: got %+v, %v", body, data, err)
		}
	}
}

// quick are time-outs for tests; what is tested gets a short one of its own.
var quick = timeouts{dial: 5 * time.Second, headers: 5 * time.Second, idle: 5 * time.Second, total: 5 * time.Second}

func TestRel_A12_NetworkFaults(t *testing.T) {
	t.Parallel()
	halt := func(r *http.Request) { <-r.Context().Done() }
	begin := func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "[")
		w.(http.Flusher).Flush()
	}
	short := func(edit func(*timeouts)) timeouts {
		t := quick
		edit(&t)
		return t
	}
	for _, test := range []struct {
		name  string
		fault step
		times timeouts
		want  string
	}{
		{"reset before headers", cut, quick, "EOF"},
		{"reset in the body", func(w http.ResponseWriter, r *http.Request) { begin(w); cut(w, r) }, quick, "unexpected EOF"},
		{"body shorter than promised", reply(200, `[{"id":1}]`, "Content-Length", "100"), quick, "unexpected EOF"},
		{"no headers", func(_ http.ResponseWriter, r *http.Request) { halt(r) }, short(func(t *timeouts) { t.headers = 100 * time.Millisecond }), "timeout awaiting response headers"},
		{"body stalls", func(w http.ResponseWriter, r *http.Request) { begin(w); halt(r) }, short(func(t *timeouts) { t.idle = 100 * time.Millisecond }), "nothing more comes for 100ms"},
		{"slow body", func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				time.Sleep(time.Millisecond)
			}
		}, short(func(t *timeouts) { t.total = 150 * time.Millisecond }), "it takes longer than 150ms"},
		{"broken gzip", reply(200, "this is no gzip", "Content-Encoding", "gzip"), quick, "gzip"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, test.fault)
			var unavailable *UnavailableError
			if err := s.clientWith(t, test.times).fails(t); !errors.As(err, &unavailable) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("always: got %v, want an unavailable error with %q", err, test.want)
			}
			if n := len(s.requests()); n < 5 { // net/http asks once more after a reset of a used connection
				t.Errorf("%d requests, want 5", n)
			}
			s = newScript(t, test.fault, fine)
			if list, _, err := s.clientWith(t, test.times).items(t.Context()); err != nil || len(list) != 1 {
				t.Errorf("once: got %v, %v", list, err)
			}
		})
	}
}

func TestRel_A12_NobodyThere(t *testing.T) {
	t.Parallel()
	s := newScript(t, fine)
	s.Close()
	var unavailable *UnavailableError
	if err := s.client(t).fails(t); !errors.As(err, &unavailable) || unavailable.Status != 0 {
		t.Errorf("got %v", err)
	}
	if got := s.clock.waits(); len(got) != 4 {
		t.Errorf("waits: %v, want four", got)
	}
}

func TestRel_A12_BodiesAreBounded(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range maxBody>>20 + 1 {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	large := func(w http.ResponseWriter, _ *http.Request) {
		for range maxBody>>20 + 1 {
			if _, err := w.Write(zeros); err != nil {
				return
			}
		}
	}
	for name, fault := range map[string]step{"gzip bomb": reply(200, bomb.String(), "Content-Encoding", "gzip"), "large body": large} {
		s := newScript(t, fault)
		var malformed *MalformedError
		if err := s.client(t).fails(t); !errors.As(err, &malformed) || !strings.Contains(err.Error(), "larger than 32 MiB") {
			t.Errorf("%s: got %v", name, err)
		}
		if n := len(s.requests()); n != 1 {
			t.Errorf("%s: %d requests, want 1", name, n)
		}
	}
}

func TestRel_A13_A14_AnswersThatAreNone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, body, want string }{
		{"cut with a clean end", `[{"id":1},{"id":2`, "unexpected end of JSON input"},
		{"empty", ``, "it is empty"},
		{"spaces", " \n", "it is empty"},
		{"null", `null`, `begins with "null"`},
		{"object for a list", `{"message":"moved"}`, "it is not a list"},
		{"login page", "\n<!DOCTYPE html><form>", "a page for people"},
		{"BOM", "\xef\xbb\xbf[]", "byte order mark"},
		{"trailing garbage", `[{"id":1}]garbage`, "invalid character"},
		{"two values", `[] []`, "invalid character"},
		{"double key", `[{"id":1,"a":{"id":2},"id":3}]`, `the field "id" twice`},
		{"double key, escaped", `[{"id":1,"\u0069d":3}]`, `the field "id" twice`},
		{"wrong type", `[{"id":"1"}]`, `the field "id" holds a string`},
		{"number too large", `[{"id":99999999999999999999}]`, `the field "id" holds a number`},
		{"fraction", `[{"id":1.5}]`, `the field "id" holds a number`},
		{"garbage", "\x00\x01", "it is not a list"},
	} {
		s := newScript(t, reply(200, test.body))
		err := s.client(t).fails(t)
		var malformed *MalformedError
		if !errors.As(err, &malformed) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %q: got %v, want a malformed answer with %q", test.name, test.body, err, test.want)
		}
	}
	s := newScript(t, reply(200, `[{"id":9007199254740993,"unknown":{"a":[1,{"b":"}"}]},"x":"\"{"}]`))
	if list, _, err := s.client(t).items(t.Context()); err != nil || list[0].ID != 9007199254740993 {
		t.Errorf("unknown fields and an id above 2^53: got %v, %v", list, err)
	}
	for _, status := range []int{203, 204, 206, 304} {
		var malformed *MalformedError
		if err := newScript(t, reply(status, "")).client(t).fails(t); !errors.As(err, &malformed) {
			t.Errorf("HTTP %d: got %v", status, err)
		}
	}
}

func TestRel_A14_QueryAnswers(t *testing.T) {
	t.Parallel()
	type data struct{ A, B *int }
	for _, test := range []struct {
		name, body string
		problems   int
		malformed  bool
		a          bool // data has a
	}{
		{"good", `{"data":{"a":1}}`, 0, false, true},
		{"part of it", `{"data":{"a":1,"b":null},"errors":[{"type":"NOT_FOUND","path":["b",0],"message":"Could not resolve"}]}`, 1, false, true},
		{"errors only", `{"errors":[{"message":"Parse error"}]}`, 1, false, false},
		{"errors beside null", `{"data":null,"errors":[{"message":"x"},{"message":"y"}]}`, 2, false, false},
		{"null", `{"data":null}`, 0, true, false},
		{"nothing", `{}`, 0, true, false},
		{"a list", `{"data":[]}`, 0, true, false},
		{"wrong type", `{"data":{"a":"1"}}`, 0, true, false},
		{"list of lists", `[]`, 0, true, false},
	} {
		s := newScript(t, reply(200, test.body))
		var d data
		_, err := s.client(t).query(t.Context(), "query { a b }", nil, &d)
		var query *QueryError
		var malformed *MalformedError
		problems := 0
		if errors.As(err, &query) {
			problems = len(query.Errors)
		}
		if problems != test.problems || errors.As(err, &malformed) != test.malformed || (d.A != nil) != test.a || err == nil && (test.malformed || test.problems > 0) {
			t.Errorf("%s: %s: got %+v, %v", test.name, test.body, d, err)
		}
	}
}

func TestRel_A15_LinkOfAnAnswer(t *testing.T) {
	t.Parallel()
	s := newScript(t, reply(200, `[]`, "Link", `<https://elsewhere.test/x?page=1>; rel="prev"`, "Link", `<https://elsewhere.test/x?a=1,2&page=3>; rel=next`))
	_, a, err := s.client(t).items(t.Context())
	if err != nil || a.Next != 3 || !a.Date.Equal(scriptStart) {
		t.Errorf("got %+v, %v; want page 3 at %v", a, err, scriptStart)
	}
}

func TestRel_A19_ClockSkew(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{-2 * time.Hour, -30 * time.Second, 0, 2 * time.Hour} {
		reset := scriptStart.Add(skew + 10*time.Minute) // ten minutes from now by the server's clock
		s := newScript(t, reply(403, `{"message":"API rate limit exceeded"}`, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", fmt.Sprint(reset.Unix())), fine)
		s.skew = skew
		c := s.client(t)
		_, a, err := c.items(t.Context())
		if err != nil {
			t.Fatalf("skew %v: %v", skew, err)
		}
		if got, want := s.clock.waits(), []time.Duration{10*time.Minute + time.Second}; !slices.Equal(got, want) {
			t.Errorf("skew %v: waits %v, want %v", skew, got, want)
		}
		if want := reset.Add(time.Second); !a.Date.Equal(want) {
			t.Errorf("skew %v: date of the answer %v, want %v", skew, a.Date, want)
		}
		if got, want := strings.Count(c.told(), "the clock of this machine"), btoi(skew.Abs() > time.Minute); got != want {
			t.Errorf("skew %v: told %q; want %d notices of the skew", skew, c.told(), want)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestRel_A19_NoDateAndResetInThePast(t *testing.T) {
	t.Parallel()
	undated := func(s step) step {
		return func(w http.ResponseWriter, r *http.Request) { w.Header()["Date"] = nil; s(w, r) }
	}
	limit := reply(403, `{"message":"API rate limit exceeded"}`, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", fmt.Sprint(scriptStart.Add(-time.Hour).Unix()))
	s := newScript(t, undated(limit), undated(limit), undated(limit), undated(fine))
	_, a, err := s.client(t).items(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.clock.waits(), []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}; !slices.Equal(got, want) {
		t.Errorf("waits %v, want %v: never negative, and longer each time", got, want)
	}
	if want := scriptStart.Add(7 * time.Second); !a.Date.Equal(want) {
		t.Errorf("date %v, want our own, %v", a.Date, want)
	}
}

func TestRel_A22_CancelledReturnsAtOnce(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]step{
		"before headers": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"in the body": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "[")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"in a wait": reply(403, `{"message":"secondary rate limit"}`, "Retry-After", "600"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			s := newScript(t, func(w http.ResponseWriter, r *http.Request) {
				time.AfterFunc(20*time.Millisecond, cancel)
				fault(w, r)
			})
			c := s.client(t, func(o *Options) { o.Clock = machineClock{} })
			began := time.Now()
			_, _, err := c.items(ctx)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// connectProxy is a proxy that leads every connection to one address.
func connectProxy(t *testing.T, to string) (address string, seen func() []string) {
	t.Helper()
	var mu sync.Mutex
	var got []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		got = append(got, r.Method+" "+r.Host+" "+r.Header.Get("Proxy-Authorization")+r.Header.Get("Authorization"))
		mu.Unlock()
		there, err := net.Dial("tcp", to)
		if err != nil {
			w.WriteHeader(502)
			return
		}
		defer there.Close()
		here, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer here.Close()
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(there, buffered) }()
		_, _ = io.Copy(here, there)
	}))
	t.Cleanup(s.Close)
	return s.Listener.Addr().String(), func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(got) }
}

func TestRel_A23_ProxyWithCredentials(t *testing.T) {
	t.Parallel()
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fine(w, r) }))
	t.Cleanup(secure.Close)
	proxy, seen := connectProxy(t, secure.Listener.Addr().String())
	config := &httpproxy.Config{HTTPSProxy: "http://proxy-user:pass%2Fword-7@" + proxy}
	o := Options{APIURL: "https://example.com/", Credentials: Token(canary), CAFile: certificateFile(t, secure), Clock: &scriptClock{now: scriptStart}}
	c, err := newClient(o, quick, config.ProxyFunc(), proxySecrets(config))
	if err != nil {
		t.Fatal(err)
	}
	var list []item
	if _, err := c.get(t.Context(), "repos", &list); err != nil {
		t.Fatal(err)
	}
	// The proxy gets its own password, and nothing of ours.
	want := "CONNECT example.com:443 Basic cHJveHktdXNlcjpwYXNzL3dvcmQtNw=="
	if got := seen(); len(got) != 1 || got[0] != want {
		t.Errorf("the proxy saw %q, want %q", got, want)
	}
}

func TestRel_A23_ProxyAddressIsRedacted(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"http://proxy-user:hunter22@127.0.0.1:1",
		"http://proxy-user:hun ter22@127.0.0.1:1",
		"http://proxy-user:hunter/22@127.0.0.1:bad",
		"proxy-user:hunter22@127.0.0.1:bad",
	} {
		config := &httpproxy.Config{HTTPSProxy: address}
		o := Options{APIURL: "https://example.com/", Clock: &scriptClock{now: scriptStart}}
		c, err := newClient(o, quick, config.ProxyFunc(), proxySecrets(config))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.get(t.Context(), "repos", &[]item{})
		var unavailable *UnavailableError
		if !errors.As(err, &unavailable) {
			t.Errorf("%s: got %v", address, err)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if text := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(text, "hun") || strings.Contains(text, "ter") && strings.Contains(text, "22@") {
				t.Errorf("%s: the error holds the password: %s", address, text)
			}
		}
	}
	if text := newProxyScrub("http://proxy-user:p@ss/w0rd@proxy.test:3128").text("via http://proxy-user:p@ss/w0rd@proxy.test:3128 p@ss/w0rd"); strings.Contains(text, "w0rd") {
		t.Errorf("got %q", text)
	}
}

func newProxyScrub(address string) *scrubber {
	var s scrubber
	for _, secret := range proxySecrets(&httpproxy.Config{HTTPProxy: address}) {
		s.learn(secret)
	}
	return &s
}

func TestRel_A23_IPv6(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skipf("not run, this machine has no IPv6: %v", err)
	}
	s := &http.Server{Handler: http.HandlerFunc(fine)}
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close() })
	c, err := newClient(Options{APIURL: "http://" + listener.Addr().String() + "/"}, quick, noProxy, nil)
	if err != nil {
		t.Fatal(err)
	}
	var list []item
	if _, err := c.get(t.Context(), "repos", &list); err != nil || len(list) != 1 {
		t.Errorf("got %v, %v", list, err)
	}
}

// Nothing of go-github's memory of limits may stop a request.
func TestLimitsStayHiddenFromGoGithub(t *testing.T) {
	t.Parallel()
	reset := fmt.Sprint(time.Now().Add(time.Hour).Unix()) // go-github asks the real clock
	s := newScript(t, reply(200, `[]`, "X-RateLimit-Limit", "60", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset))
	c := s.client(t)
	for range 3 {
		if _, _, err := c.items(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.requests()); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}

func TestWebURL(t *testing.T) {
	t.Parallel()
	for api, want := range map[string]string{
		"https://api.github.com/":        "https://github.com",
		"https://API.github.com/":        "https://github.com",
		"https://ghes.test/api/v3/":      "https://ghes.test",
		"https://ghes.test:8443/api/v3/": "https://ghes.test:8443",
		"https://api.acme.ghe.com/":      "https://acme.ghe.com",
		"https://api.example.org/":       "https://api.example.org",
		"http://127.0.0.1:8080/api/v3/":  "http://127.0.0.1:8080",
		"":                               "",
		"nothing":                        "",
	} {
		if got := WebURL(api); got != want {
			t.Errorf("WebURL(%q) = %q, want %q", api, got, want)
		}
	}
}
