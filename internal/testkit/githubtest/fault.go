package githubtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is what goes wrong with the answer to one request. The zero Fault is
// none. Faults of the answer (Status to Rewrite) and of its way (Way, Pause) go
// together.
type Fault struct {
	// Before changes the world before the request is answered (rel/A16).
	Before func(*World)

	// Status answers with a status of its own, with Header and Body.
	Status int
	Header http.Header
	Body   string

	// What becomes of the answer that GitHub would give.
	Set    http.Header                               // headers to set; a nil list takes the header away
	Items  func([]json.RawMessage) []json.RawMessage // the items of a list, over REST or GraphQL
	Edit   func(body []byte) []byte                  // its body
	Poison string                                    // an item, such as "acme/pay#12": any answer with it is a 502 (rel/A11)

	Way   Way
	Pause time.Duration // between the bytes of Dripped
}

// Way is how an answer comes, or does not.
type Way int

// The ways of answers.
const (
	Whole      Way = iota
	ResetFirst     // the connection is reset before the headers
	ResetLater     // … in the middle of the body
	Stalled        // the body stops in the middle, until the client gives up
	Dripped        // the body comes byte by byte
	CutShort       // the body ends early, against its Content-Length
	Endless        // the body never ends
	Bomb           // the body is 128 MiB, packed to little
)

// quiet reports whether git may answer by itself.
func (f Fault) quiet() bool { return f.Status == 0 && f.Way == Whole }

// own is the answer that the fault brings along.
func (f Fault) own() answer {
	a := answer{status: f.Status, header: http.Header{}, body: []byte(f.Body)}
	if strings.HasPrefix(f.Body, "{") || strings.HasPrefix(f.Body, "[") {
		a.header.Set("Content-Type", "application/json; charset=utf-8")
	}
	return a
}

// overlay puts the headers of the fault over those of the answer.
func (f Fault) overlay(h http.Header) {
	for _, headers := range []http.Header{f.Header, f.Set} {
		for name, values := range headers {
			h[http.CanonicalHeaderKey(name)] = values
		}
	}
}

// spoil changes the answer that GitHub would give.
func (f Fault) spoil(a answer) answer {
	if f.Poison != "" && a.items[f.Poison] {
		return reply(http.StatusBadGateway, map[string]any{"message": "Server Error"})
	}
	if f.Items != nil {
		a.body = mapItems(a.body, f.Items)
	}
	if f.Edit != nil {
		a.body = f.Edit(a.body)
	}
	f.overlay(a.header)
	return a
}

// mapItems changes the items of a list: those of REST, those below the one list
// of a page of runs, or the outermost nodes of GraphQL.
func mapItems(body []byte, change func([]json.RawMessage) []json.RawMessage) []byte {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil {
		return must(change(list))
	}
	var o map[string]json.RawMessage
	if json.Unmarshal(body, &o) != nil {
		return body
	}
	for _, name := range []string{"nodes", "workflow_runs"} {
		if json.Unmarshal(o[name], &list) == nil {
			o[name] = must(change(list))
			return must(o)
		}
	}
	for name, inside := range o {
		if bytes.HasPrefix(inside, []byte("{")) {
			o[name] = mapItems(inside, change)
		}
	}
	return must(o)
}

// must marshals what was JSON before.
func must(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("githubtest: what was JSON is none any more: %v", err))
	}
	return data
}

// send sends an answer on its way. closing ends what would never end.
func (f Fault) send(w http.ResponseWriter, r *http.Request, a answer, closing <-chan struct{}) {
	if f.Way == ResetFirst {
		reset(w)
		return
	}
	if f.Way == Bomb {
		part := zipped(bytes.Repeat([]byte(" "), 1<<20))
		a.body = append(zipped([]byte("[")), bytes.Repeat(part, 128)...)
		a.header.Set("Content-Encoding", "gzip")
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	flush := http.NewResponseController(w).Flush
	half := a.body[:len(a.body)/2]
	switch f.Way {
	case ResetLater, Stalled, CutShort:
		w.Header().Set("Content-Length", strconv.Itoa(max(len(a.body), 1)))
		w.WriteHeader(a.status)
		w.Write(half) //nolint:errcheck // the client may be gone, as it is meant to be
		if flush() != nil {
			return
		}
		switch f.Way {
		case ResetLater:
			reset(w)
		case Stalled:
			select {
			case <-r.Context().Done():
			case <-closing:
			}
			reset(w)
		default:
			hangUp(w)
		}
	case Dripped:
		w.WriteHeader(a.status)
		for i := range a.body {
			if _, err := w.Write(a.body[i : i+1]); err != nil || flush() != nil || !wait(r, f.Pause, closing) {
				return
			}
		}
	case Endless:
		w.WriteHeader(a.status)
		w.Write([]byte("[")) //nolint:errcheck // seen by the next one
		for blank := bytes.Repeat([]byte(" "), 64<<10); ; {
			if _, err := w.Write(blank); err != nil || !wait(r, 0, closing) {
				return
			}
		}
	default:
		if a.status != http.StatusNotModified {
			w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		}
		w.WriteHeader(a.status)
		if a.status != http.StatusNotModified {
			w.Write(a.body) //nolint:errcheck // the client may be gone
		}
	}
}

// wait waits; false: there is nobody to wait for any more.
func wait(r *http.Request, d time.Duration, closing <-chan struct{}) bool {
	select {
	case <-r.Context().Done():
		return false
	case <-closing:
		return false
	default:
	}
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
		return false
	case <-closing:
		return false
	case <-timer.C:
		return true
	}
}

// reset ends a connection with a reset, hangUp with an ordinary end.
func reset(w http.ResponseWriter) {
	if conn := hijack(w); conn != nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0) //nolint:errcheck // then it ends in the ordinary way
		}
		conn.Close() //nolint:errcheck // it is to be gone
	}
}

func hangUp(w http.ResponseWriter) {
	if conn := hijack(w); conn != nil {
		conn.Close() //nolint:errcheck // it is to be gone
	}
}

func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil // the client was first
	}
	return conn
}

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

func message(text string) string {
	return string(must(map[string]any{"message": text, "documentation_url": "https://docs.github.com/rest"}))
}

// Status is a bare status with GitHub's usual body.
func Status(code int) Fault {
	return Fault{Status: code, Body: message(http.StatusText(code))}
}

// Unauthorized is a token that does not count (any more).
func Unauthorized() Fault {
	return Fault{Status: http.StatusUnauthorized, Body: message("Bad credentials")}
}

// Expiring is an answer that says when the token ends.
func Expiring(at time.Time) Fault {
	return Fault{Set: headers("GitHub-Authentication-Token-Expiration", at.UTC().Format("2006-01-02 15:04:05 MST"))}
}

// Forbidden is a token that lacks a permission, such as "deployments=read".
func Forbidden(permission string) Fault {
	return Fault{
		Status: http.StatusForbidden, Header: headers("X-Accepted-GitHub-Permissions", permission),
		Body: message("Resource not accessible by personal access token"),
	}
}

// SSO is a token that single sign-on has not approved.
func SSO() Fault {
	return Fault{
		Status: http.StatusForbidden, Header: headers("X-GitHub-SSO", "required; url=https://github.example/orgs/acme/sso?authorization_request=0"),
		Body: message("Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization."),
	}
}

// AddressRefused is an organisation that lets only some addresses in.
func AddressRefused() Fault {
	return Fault{Status: http.StatusForbidden, Body: message("Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.")}
}

// RateLimited is the primary limit, which ends at a time; 403 as it was first,
// 429 as it may be now.
func RateLimited(code int, reset time.Time) Fault {
	return Fault{
		Status: code, Body: message("API rate limit exceeded for user ID 1001."),
		Header: headers("X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0", "X-RateLimit-Used", "5000", "X-RateLimit-Resource", "core",
			"X-RateLimit-Reset", strconv.FormatInt(reset.Unix(), 10)),
	}
}

// Secondary is a secondary limit, known by its text; retry is the Retry-After
// header, "" for none.
func Secondary(code int, retry string) Fault {
	f := Fault{Status: code, Body: message("You have exceeded a secondary rate limit. Please wait a few minutes before you try again.")}
	if retry != "" {
		f.Header = headers("Retry-After", retry)
	}
	return f
}

// SecondaryByURL is a secondary limit that only its documentation names.
func SecondaryByURL() Fault {
	return Fault{Status: http.StatusForbidden, Body: `{"message":"Slow down.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`}
}

// QueryLimited is the primary limit as GraphQL says it: with a 200.
func QueryLimited(reset time.Time) Fault {
	f := RateLimited(http.StatusOK, reset)
	f.Header.Set("X-RateLimit-Resource", "graphql")
	f.Body = `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1001."}]}`
	return f
}

// QueryFailed is an error of GraphQL about a part of what was asked: with a 200,
// and no data.
func QueryFailed(kind, text string, path ...any) Fault {
	return Fault{Status: http.StatusOK, Body: string(must(map[string]any{
		"data": nil, "errors": []any{map[string]any{"type": kind, "path": path, "message": text}},
	}))}
}

// WithoutLimitHeaders is an answer as a server without limits gives it.
func WithoutLimitHeaders() Fault {
	f := Fault{Set: http.Header{}}
	for _, name := range []string{"Limit", "Remaining", "Used", "Reset", "Resource"} {
		f.Set["X-Ratelimit-"+name] = nil
	}
	return f
}

// Redirected sends the client elsewhere.
func Redirected(code int, to string) Fault {
	return Fault{Status: code, Header: headers("Location", to), Body: message("Moved")}
}

// Accepted is an answer that is still being worked on.
func Accepted() Fault { return Fault{Status: http.StatusAccepted, Body: "{}"} }

// NotModified is a 304 that nobody asked for.
func NotModified() Fault { return Fault{Status: http.StatusNotModified} }

// Invalid is a parameter that the server does not take.
func Invalid(field string) Fault {
	a := invalid("Request", field)
	return Fault{Status: a.status, Body: string(a.body)}
}

// ResetBeforeHeaders resets the connection before anything is said.
func ResetBeforeHeaders() Fault { return Fault{Way: ResetFirst} }

// ResetInBody resets the connection in the middle of the body.
func ResetInBody() Fault { return Fault{Way: ResetLater} }

// StalledBody stops in the middle of the body, until the client gives up.
func StalledBody() Fault { return Fault{Way: Stalled} }

// SlowBody sends byte by byte, with pauses between them.
func SlowBody(pause time.Duration) Fault { return Fault{Way: Dripped, Pause: pause} }

// EndlessBody sends a body without an end.
func EndlessBody() Fault { return Fault{Way: Endless} }

// GzipBomb sends little that becomes 128 MiB.
func GzipBomb() Fault { return Fault{Way: Bomb} }

// Truncated is half a body. With wrongLength, the header still promises all.
func Truncated(wrongLength bool) Fault {
	if wrongLength {
		return Fault{Way: CutShort}
	}
	return Edited(func(body []byte) []byte { return body[:len(body)/2] })
}

// Text is a 200 with a body of any kind.
func Text(body string) Fault {
	return Fault{Edit: func([]byte) []byte { return []byte(body) }}
}

// Edited changes the body.
func Edited(change func(body []byte) []byte) Fault { return Fault{Edit: change} }

// WithBOM puts a byte order mark in front of the body.
func WithBOM() Fault {
	return Edited(func(body []byte) []byte { return append([]byte("\xef\xbb\xbf"), body...) })
}

// WithGarbage puts something behind the body.
func WithGarbage() Fault {
	return Edited(func(body []byte) []byte { return append(bytes.Clone(body), "<!-- served by a proxy -->"...) })
}

// WithField gives each item of a list a field of another value, such as
// "created_at" and `"0000-00-00"`; "" takes it away.
func WithField(name, value string) Fault {
	return Fault{Items: func(items []json.RawMessage) []json.RawMessage {
		for i, item := range items {
			var o map[string]json.RawMessage
			if json.Unmarshal(item, &o) != nil {
				continue
			}
			if o[name] = json.RawMessage(value); value == "" {
				delete(o, name)
			}
			items[i] = must(o)
		}
		return items
	}}
}

// Duplicated names each item of a list twice.
func Duplicated() Fault {
	return Fault{Items: func(items []json.RawMessage) (list []json.RawMessage) {
		for _, item := range items {
			list = append(list, item, item)
		}
		return list
	}}
}

// Shuffled turns the order of a list round.
func Shuffled() Fault {
	return Fault{Items: func(items []json.RawMessage) []json.RawMessage {
		list := make([]json.RawMessage, len(items))
		for i, item := range items {
			list[len(items)-1-i] = item
		}
		return list
	}}
}

// Omitted leaves the i-th item of a list out.
func Omitted(i int) Fault {
	return Fault{Items: func(items []json.RawMessage) []json.RawMessage {
		if i >= len(items) {
			return items
		}
		return append(items[:i:i], items[i+1:]...)
	}}
}

// Linked sets the Link header; none: there is no such header.
func Linked(links ...string) Fault {
	f := Fault{Set: http.Header{"Link": links}}
	if len(links) == 0 {
		f.Set["Link"] = nil
	}
	return f
}

// Clock sets the Date header to a time that is wrong.
func Clock(at time.Time) Fault {
	return Fault{Set: headers("Date", at.UTC().Format(http.TimeFormat))}
}

// WithoutDate takes the Date header away.
func WithoutDate() Fault { return Fault{Set: http.Header{"Date": nil}} }

// Poisoned has every answer with an item end in a 502: "acme/pay#12",
// "acme/pay deployment 7", "acme/pay release v1.2.0", "acme/pay run 7". What
// only names it (its ids and times, over GraphQL) still works.
func Poisoned(item string) Fault { return Fault{Poison: item} }

// Changing changes the world before the answer.
func Changing(do func(*World)) Fault { return Fault{Before: do} }

// NamedFault is a fault of the table of reliability.md, section 3.1.
type NamedFault struct {
	Row, Name string
	Fault     func(now time.Time, url string) Fault // made for the time of the world and the address of the server
}

// Faults lists the faults of the API that a server can have, one or more for
// each row of the table. Two more need a name or a number: a poisoned item (A11,
// Poisoned) and the cap of searches (A17, Server.RunCap). The rows of two syncs,
// of interrupts, of proxies and of the cut at every request (A21 to A24) are up
// to the client.
func Faults() []NamedFault {
	always := func(f Fault) func(time.Time, string) Fault { return func(time.Time, string) Fault { return f } }
	list := []NamedFault{
		{"A1", "token refused", always(Unauthorized())},
		{"A2", "token ends soon", func(now time.Time, _ string) Fault { return Expiring(now.Add(7 * 24 * time.Hour)) }},
		{"A3", "permission missing", always(Forbidden("deployments=read"))},
		{"A3", "single sign-on", always(SSO())},
		{"A3", "address refused", always(AddressRefused())},
		{"A3", "200, forbidden", always(QueryFailed("FORBIDDEN", "Resource not accessible by personal access token", "repository", "deployments"))},
		{"A4", "limit for 20 minutes", func(now time.Time, _ string) Fault { return RateLimited(403, now.Add(20*time.Minute)) }},
		{"A4", "limit for 59 minutes", func(now time.Time, _ string) Fault { return RateLimited(403, now.Add(59*time.Minute)) }},
		{"A5", "429, primary", func(now time.Time, _ string) Fault { return RateLimited(429, now.Add(time.Minute)) }},
		{"A5", "429, retry after 7", always(Secondary(429, "7"))},
		{"A5", "secondary by URL", always(SecondaryByURL())},
		{"A5", "secondary by text", always(Secondary(403, ""))},
		{"A5", "429 without a word", always(Fault{Status: 429})},
		{"A5", "retry at a date", func(now time.Time, _ string) Fault {
			return Secondary(429, now.Add(time.Minute).UTC().Format(http.TimeFormat))
		}},
		{"A5", "retry after 0", always(Secondary(429, "0"))},
		{"A5", "retry after -5", always(Secondary(429, "-5"))},
		{"A5", "retry after 1e9", always(Secondary(429, "1000000000"))},
		{"A5", "retry after abc", always(Secondary(429, "abc"))},
		{"A5", "200, limited", func(now time.Time, _ string) Fault { return QueryLimited(now.Add(time.Minute)) }},
		{"A6", "no limits", always(WithoutLimitHeaders())},
		{"A7", "404", always(Status(404))},
		{"A7", "410", always(Status(410))},
		{"A7", "451", always(Status(451))},
		{"A8", "301 to itself", func(_ time.Time, url string) Fault { return Redirected(301, url) }},
		{"A8", "302 to another host", always(Redirected(302, "https://elsewhere.example/api/v3/"))},
		{"A8", "307 to plain http", always(Redirected(307, "http://elsewhere.example/"))},
		{"A9", "304 without a condition", always(NotModified())},
		{"A9", "202", always(Accepted())},
		{"A10", "422", always(Invalid("since"))},
	}
	for _, code := range []int{500, 502, 503, 504} {
		list = append(list, NamedFault{"A11", strconv.Itoa(code), always(Status(code))})
	}
	return append(list, []NamedFault{
		{"A12", "reset before the headers", always(ResetBeforeHeaders())},
		{"A12", "reset in the body", always(ResetInBody())},
		{"A12", "stalled body", always(StalledBody())},
		{"A12", "slow body", always(SlowBody(time.Second))},
		{"A12", "endless body", always(EndlessBody())},
		{"A12", "gzip bomb", always(GzipBomb())},
		{"A13", "truncated, wrong length", always(Truncated(true))},
		{"A13", "truncated, clean end", always(Truncated(false))},
		{"A14", "empty body", always(Text(""))},
		{"A14", "null", always(Text("null"))},
		{"A14", "empty object", always(Text("{}"))},
		{"A14", "login page", always(Text("<!DOCTYPE html><title>Sign in</title>"))},
		{"A14", "captive portal", always(Redirected(302, "http://portal.example/login"))},
		{"A14", "byte order mark", always(WithBOM())},
		{"A14", "trailing garbage", always(WithGarbage())},
		{"A14", "id of the wrong type", always(WithField("id", `{"a":1}`))},
		{"A14", "no time of creation", always(WithField("created_at", ""))},
		{"A14", "year 0", always(WithField("created_at", `"0000-01-01T00:00:00Z"`))},
		{"A14", "year 9999", always(WithField("createdAt", `"9999-12-31T23:59:59Z"`))},
		{"A15", "no Link", always(Linked())},
		{"A15", "Link malformed", always(Linked("<?page=2>;rel=next"))},
		{"A15", "two Link headers", always(Linked("<https://elsewhere.example/?page=2>; rel=\"prev\"", "<https://elsewhere.example/?page=2>; rel=\"next\""))},
		{"A15", "Link in a loop", func(_ time.Time, url string) Fault { return Linked("<" + url + "?page=1>; rel=\"next\"") }},
		{"A15", "Link to another host", always(Linked("<https://elsewhere.example/?page=2>; rel=\"next\""))},
		{"A15", "Link to page 10^9", func(_ time.Time, url string) Fault { return Linked("<" + url + "?page=1000000000>; rel=\"next\"") }},
		{"A16", "duplicates", always(Duplicated())},
		{"A16", "another order", always(Shuffled())},
		{"A16", "an item left out", always(Omitted(0))},
		{"A16", "a change in between", always(Changing((*World).step))},
		{"A18", "a status in between", always(Changing((*World).settle))},
		{"A19", "clock two hours ahead", func(now time.Time, _ string) Fault { return Clock(now.Add(2 * time.Hour)) }},
		{"A19", "clock two hours behind", func(now time.Time, _ string) Fault { return Clock(now.Add(-2 * time.Hour)) }},
		{"A19", "no Date", always(WithoutDate())},
		{"A19", "limit that is over", func(now time.Time, _ string) Fault { return RateLimited(403, now.Add(-time.Hour)) }},
		{"A20", "a force push in between", always(Changing((*World).forcePush))},
	}...)
}
