package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/testkit/postgrestest"
)

// proxy stands before a server and cuts one connection after so many bytes of
// what the server says.
type proxy struct {
	net.Listener
	server string
	left   atomic.Int64 // bytes until the cut; negative: it was done, or is not asked for
	cuts   atomic.Int64
	wg     sync.WaitGroup
}

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, server: server}
	p.left.Store(-1)
	p.wg.Go(p.accept)
	t.Cleanup(func() {
		l.Close()
		p.wg.Wait()
	})
	return p
}

func (p *proxy) accept() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			client.Close()
			continue
		}
		p.wg.Go(func() {
			io.Copy(server, client)
			server.Close()
			client.Close()
		})
		p.wg.Go(func() {
			p.answer(client, server)
			server.Close()
			client.Close()
		})
	}
}

// answer hands on what the server says, byte for byte until the cut.
func (p *proxy) answer(client io.Writer, server io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			return
		}
		before := p.left.Load()
		if before >= 0 {
			if after := p.left.Add(-int64(n)); after < 0 {
				p.left.Store(-1)
				p.cuts.Add(1)
				client.Write(buffer[:before])
				return
			}
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// through is the address of a database by way of the proxy.
func (p *proxy) through(t *testing.T, place string) string {
	t.Helper()
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = p.Addr().String()
	return u.String()
}

// host is where the server of a database listens.
func host(t *testing.T, place string) string {
	t.Helper()
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// The connection breaks after byte k of the answers: also in the middle of a
// commit, which then was done or was not. The page is there once, all the same.
func TestRel_S10_CutAtEveryPoint(t *testing.T) {
	t.Parallel()
	cuts := 25
	if all() {
		cuts = 200
	}
	place := postgrestest.URL(t)
	p := newProxy(t, host(t, place))
	s := mustOpen(t, p.through(t, place))
	repo := mustRegister(t, s, pay)
	mustPut(t, s, page(repo.ID, 0))
	// A page with its answers takes about this many bytes.
	const span = 1200
	for i := range cuts {
		p.left.Store(int64(i * span / cuts))
		n := int64(i + 1)
		if w := mustPut(t, s, page(repo.ID, n)); w.Version != n+1 || w.Added != 20 || w.Count != int(n+1)*20 {
			t.Errorf("cut %d: %+v", i, w)
		}
	}
	p.left.Store(-1)
	if got := whole(t, s); got != int64(cuts+1) {
		t.Errorf("%d pages, want %d", got, cuts+1)
	}
	if n := p.cuts.Load(); n < int64(cuts)/2 {
		t.Errorf("only %d of %d cuts met a page; it is shorter than %d bytes", n, cuts, span)
	}
	sound(t, s)
}

// Each of the other changes is the same when it is done twice because its
// answer was lost.
func TestRel_S10_CutClaims(t *testing.T) {
	t.Parallel()
	place := postgrestest.URL(t)
	p := newProxy(t, host(t, place))
	s := mustOpen(t, p.through(t, place))
	ids := repositories(t, s, 1)
	for cut := int64(0); cut < 400; cut += 16 {
		since, err := s.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.left.Store(cut)
		c, state, err := s.Next(t.Context(), ids, since, "me", 1<<40)
		if err != nil || state != Claimed {
			t.Fatalf("cut %d: next %v, %v", cut, state, err)
		}
		p.left.Store(cut)
		if err := s.Finish(t.Context(), c, true); err != nil {
			t.Fatalf("cut %d: finish %v", cut, err)
		}
		p.left.Store(-1)
		if _, state, err := s.Next(t.Context(), ids, since, "me", 1<<40); err != nil || state != Finished {
			t.Fatalf("cut %d: then %v, %v", cut, state, err)
		}
	}
}

func TestRel_S10_ServerIsGone(t *testing.T) {
	t.Parallel()
	place := postgrestest.URL(t)
	p := newProxy(t, host(t, place))
	s := mustOpen(t, p.through(t, place))
	v, err := s.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	p.Close()
	p.left.Store(0)
	if _, err := s.Register(t.Context(), pay); !errors.Is(err, ErrStore) || strings.Contains(err.Error(), "rutter:") {
		t.Errorf("register: %v", err)
	}
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	for name, change := range map[string]func(*url.URL){
		"does not accept the user or the password": func(u *url.URL) { u.User = url.UserPassword("rutter", "canary") },
		"does not exist":    func(u *url.URL) { u.Path = "/nothing" },
		"cannot be reached": func(u *url.URL) { u.Host = p.Addr().String() },
		"cannot be used":    func(u *url.URL) { u.RawQuery = "sslmode=maybe" },
		"cannot be read":    func(u *url.URL) { u.Path = "/%zz" },
	} {
		u := *u
		change(&u)
		location := u.String()
		if name == "cannot be read" {
			location = strings.Replace(place, "@", "@[", 1)
		}
		_, err := Look(t.Context(), location)
		if !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), name) {
			t.Errorf("want %q, got %v", name, err)
		}
		if text := fmt.Sprintf("%v %+v", err, err); strings.Contains(text, password) || strings.Contains(text, "canary") {
			t.Errorf("rel/T26: the message holds the password: %s", text)
		}
	}
}

func TestRel_S10_RetriesAndWords(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		retry bool
		text  string
	}{
		"40001": {true, ""}, "40P01": {true, ""}, "57P01": {true, ""}, "08006": {true, ""},
		"53100": {false, "no space left"}, "53300": {false, "no connection left"}, "57014": {false, "statement_timeout"},
		"25006": {false, "can only be read"}, "42501": {false, "may not use the schema"}, "42601": {false, ""},
	} {
		err := fmt.Errorf("exec: %w", &pgconn.PgError{Code: code, Message: "said the server"})
		if got := retryPostgres(err); got != want.retry {
			t.Errorf("%s is tried again: %v, want %v", code, got, want.retry)
		}
		if got := explainPostgres("db", err); fmt.Sprint(got) != "<nil>" != (want.text != "") || !strings.Contains(fmt.Sprint(got), want.text) && want.text != "" {
			t.Errorf("%s: %v, want %q", code, got, want.text)
		}
	}
	s := &Store{place: "db", engine: postgresEngine(), setup: defaults()}
	tries := 0
	err := s.again(t.Context(), "put", func() error { tries++; return &pgconn.PgError{Code: "40001"} })
	if tries != retries+1 || !errors.Is(err, ErrStore) {
		t.Errorf("%d tries, %v; want %d", tries, err, retries+1)
	}
}

// Two who write the same list meet, and both get through or one is told.
func TestRel_S10_WritersMeet(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				r, err := s.Register(t.Context(), Repository{Name: fmt.Sprint("acme/", i%2), Branch: fmt.Sprint(i)})
				if err != nil {
					t.Error(err)
					return
				}
				for n := range 5 {
					e := commits(100*n+i, 10)
					for a, b := 0, len(e.Commits)-1; i%2 == 1 && a < b; a, b = a+1, b-1 { // in the other order: deadlocks
						e.Commits[a], e.Commits[b] = e.Commits[b], e.Commits[a]
					}
					if _, err := s.Put(t.Context(), Page{Repository: r.ID, Resource: dora.ResourceCommits, Events: e}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		sound(t, s)
	})
}

func TestRel_S10_EncodingThatCannotHoldEveryText(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), postgrestest.Encoded(t, "SQL_ASCII"), Options{})
	if !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "has the encoding SQL_ASCII") {
		t.Errorf("got %v", err)
	}
}

// Behind a pooler each transaction may be in another session, so nothing may
// rest in one: no setting, no prepared statement, no advisory lock.
func TestRel_S10_SessionsKeepNothing(t *testing.T) {
	t.Parallel()
	place := postgrestest.URL(t)
	s := mustOpen(t, place)
	s.read.SetMaxOpenConns(1)
	repo := mustRegister(t, s, pay)
	mustPut(t, s, page(repo.ID, 0))
	export(t, s)
	for query, want := range map[string]string{
		"SELECT count(*) FROM pg_prepared_statements":             "0",
		"SELECT count(*) FROM pg_locks WHERE locktype='advisory'": "0",
		"SHOW search_path": `"$user", public`,
	} {
		var got string
		if err := s.read.QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", query, got, err, want)
		}
	}
}

// A schema of somebody else, with a function that would be called in place of
// ours and a table of the same name.
func TestRel_T26_SearchPathIsFixed(t *testing.T) {
	t.Parallel()
	place := postgrestest.URL(t)
	db, err := sql.Open("pgx", place)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		"CREATE TABLE public.meta (name text, value text)", "INSERT INTO public.meta VALUES ('version', '99')",
		"CREATE TABLE public.records (x int)",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	s := mustOpen(t, place)
	mustPut(t, s, page(mustRegister(t, s, Repository{Name: `x'; DROP SCHEMA rutter CASCADE; --`}).ID, 0))
	sound(t, s)
	// A user without rights on the schema is told so.
	for _, statement := range []string{"DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN PASSWORD 'guest'"} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("guest", "guest")
	if _, err := Open(t.Context(), u.String(), Options{}); !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "may not use the schema rutter") {
		t.Errorf("a user without rights: %v", err)
	}
}

func TestRel_T26_TLSByDefault(t *testing.T) {
	t.Setenv("PGSSLMODE", "")
	for location, want := range map[string]bool{ // whether it is encrypted, whatever the server says
		"postgres://u:p@db.example.org/x":                   true,
		"postgresql://u:p@db.example.org:5433/x":            true,
		"postgres://u:p@localhost,db.example.org/x":         true,
		"postgres://u:p@db.example.org/x?sslmode=disable":   false,
		"postgres://u:p@localhost/x":                        false,
		"postgres://u:p@127.0.0.1:5433/x":                   false,
		"postgres://u:p@[::1]/x":                            false,
		"postgres://u:p@/x?host=/var/run/postgresql":        false,
		"postgres://u:p@db.example.org/x?sslmode=verify-ca": true,
	} {
		u, err := url.Parse(location)
		if err != nil {
			t.Fatal(err)
		}
		config, err := configure(u)
		if err != nil {
			t.Fatalf("%s: %v", location, err)
		}
		strict := config.TLSConfig != nil
		for _, f := range config.Fallbacks {
			strict = strict && f.TLSConfig != nil
		}
		if strict != want {
			t.Errorf("%s is always encrypted: %v, want %v", location, strict, want)
		}
		if strict && !strings.Contains(location, "sslmode") && (config.TLSConfig.InsecureSkipVerify || config.TLSConfig.ServerName == "") {
			t.Errorf("%s: the server's name is not checked", location)
		}
		if text := place(*u); strings.Contains(text, ":p@") || !strings.Contains(text, "/x") {
			t.Errorf("%s is shown as %s", location, text)
		}
	}
}
