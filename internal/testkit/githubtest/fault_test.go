package githubtest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
)

// Each fault of the table shows in the answer, and the request after it is
// answered as ever.
func TestFaultsShow(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	const path = "repos/acme/pay/pulls?state=all&sort=created&direction=asc&per_page=5&page=1"
	type seen struct {
		status int
		header http.Header
		body   string
		err    error
	}
	// A connection that is used again would be tried anew after a reset.
	fresh := http.Client{CheckRedirect: client.CheckRedirect, Transport: &http.Transport{DisableKeepAlives: true}}
	ask := func(ctx context.Context) (s seen) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.server.APIURL()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+githubtest.Token)
		r.Header.Set("Accept-Encoding", "gzip")
		answer, err := fresh.Do(r)
		if err != nil {
			return seen{err: err}
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(io.LimitReader(answer.Body, 4<<20))
		return seen{answer.StatusCode, answer.Header, string(body), err}
	}
	rows := map[string]bool{}
	for _, f := range githubtest.Faults() {
		rows[f.Row] = true
		t.Run(f.Row+" "+f.Name, func(t *testing.T) {
			good := ask(t.Context())
			if good.err != nil || good.status != 200 || !json.Valid([]byte(good.body)) {
				t.Fatalf("before the fault: %d, %v", good.status, good.err)
			}
			fault := f.Fault(a.server.World().Now(), a.server.APIURL()+path)
			var once atomic.Bool
			a.server.Intercept(func(*githubtest.Request) githubtest.Fault {
				if once.Swap(true) {
					return githubtest.Fault{}
				}
				return fault
			})
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			bad := ask(ctx)
			same := bad.err == nil && bad.status == good.status && bad.body == good.body
			for _, name := range []string{"Link", "X-Ratelimit-Limit", "Github-Authentication-Token-Expiration"} {
				same = same && strings.Join(bad.header.Values(name), "|") == strings.Join(good.header.Values(name), "|")
			}
			date, err := http.ParseTime(bad.header.Get("Date"))
			skewed := err != nil || date.Sub(a.server.World().Now()).Abs() > time.Hour
			if same && !skewed && fault.Before == nil && f.Name != "year 9999" { // that one is of GraphQL
				t.Errorf("the answer is as ever: %d, %v", bad.status, bad.header)
			}
			if !once.Load() {
				t.Error("nobody was asked for the fault")
			}
		})
	}
	for _, row := range strings.Fields("A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A18 A19 A20") {
		if !rows[row] {
			t.Errorf("there is no fault for row %s", row)
		}
	}
}

func TestGzipBombIsOne(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	a.server.Intercept(func(*githubtest.Request) githubtest.Fault { return githubtest.GzipBomb() })
	_, packed, err := a.do(http.MethodGet, a.server.APIURL()+"repos/acme/pay/tags", nil, "Accept-Encoding", "gzip")
	if err != nil || len(packed) > 1<<20 {
		t.Fatalf("%d bytes, %v", len(packed), err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, z); n < 128<<20 || err != nil {
		t.Errorf("it unpacks to %d bytes, %v, want 128 MiB", n, err)
	}
}

// A poisoned item takes every answer with it down, and only those (rel/A11).
func TestPoison(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	a.server.Intercept(func(*githubtest.Request) githubtest.Fault { return githubtest.Poisoned("acme/pay#2") })
	a.get("repos/acme/pay/pulls?state=all&sort=created&direction=asc&per_page=1&page=1", 200, nil)
	a.get("repos/acme/pay/pulls?state=all&sort=created&direction=asc&per_page=5", 502, nil)
	a.get("repos/acme/pay/pulls/2", 502, nil)
	a.get("repos/acme/pay/pulls/2/commits", 502, nil)
	if got := a.query(`{repository(owner:"acme",name:"pay"){pullRequests(first:5){nodes{number title}}}}`, nil, nil); len(got) != 1 || !strings.HasPrefix(got[0], "502") {
		t.Errorf("got %v, want a 502", got)
	}
	if got := a.query(`{repository(owner:"acme",name:"pay"){pullRequests(first:5){nodes{id number createdAt updatedAt}}}}`, nil, nil); got != nil {
		t.Errorf("its name alone cannot be had: %v", got)
	}
}

// The list of GraphQL is changed as that of REST is.
func TestItemsOfGraphQL(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	const text = `{repository(owner:"acme",name:"pay"){pullRequests(first:4){nodes{number labels(first:5){nodes{name}}}}}}`
	type list struct {
		Repository struct{ PullRequests page[struct{ Number int }] }
	}
	numbersOf := func(f githubtest.Fault) []int {
		a.server.Intercept(func(*githubtest.Request) githubtest.Fault { return f })
		var got list
		if errs := a.query(text, nil, &got); errs != nil {
			t.Fatal(errs)
		}
		return numbers(got.Repository.PullRequests.Nodes, func(n struct{ Number int }) int { return n.Number })
	}
	plain := numbersOf(githubtest.Fault{})
	if got := numbersOf(githubtest.Omitted(1)); len(got) != 3 || got[1] != plain[2] {
		t.Errorf("without the second: %v of %v", got, plain)
	}
	if got := numbersOf(githubtest.Duplicated()); len(got) != 8 || got[1] != plain[0] {
		t.Errorf("twice: %v of %v", got, plain)
	}
	if got := numbersOf(githubtest.Shuffled()); got[0] != plain[3] {
		t.Errorf("turned round: %v of %v", got, plain)
	}
}

// A change before an answer is part of that answer.
func TestBefore(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	count := func() int { return len(a.server.World().TruthOf("acme/pay", dora.ResourceChanges).Changes) }
	was := count()
	var once atomic.Bool
	a.server.Intercept(func(*githubtest.Request) githubtest.Fault {
		if once.Swap(true) {
			return githubtest.Fault{}
		}
		return githubtest.Changing(func(w *githubtest.World) { w.Delete("acme/gateway") })
	})
	a.get("repos/acme/gateway", 404, nil)
	if got := count(); got != was {
		t.Errorf("acme/pay has %d pull requests, want %d", got, was)
	}
}
